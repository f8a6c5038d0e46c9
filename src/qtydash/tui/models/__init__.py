"""What the grids draw, made from snapshots by pure functions: tested without a screen."""
