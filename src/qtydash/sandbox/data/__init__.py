"""The sandbox's own data, made anew from a seed, a day and a time."""

import hashlib
import random


def stream(seed: int, name: str) -> random.Random:
    """A random stream of its own for each kind of data, so that a change to one leaves the others as they are."""
    return random.Random(f"{seed}/{name}")  # noqa: S311


def hex_id(name: str) -> str:
    """A 24-digit hexadecimal identity (the vendors' databases make such), the same for every seed and day."""
    return hashlib.sha256(name.encode()).hexdigest()[:24]
