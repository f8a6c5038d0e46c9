"""What the measures start: floors to compare with, and servers to read from."""
