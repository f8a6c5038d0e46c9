"""What the figures about the outside share: texts that want to act, a shop that says them, a judge of what
comes."""
