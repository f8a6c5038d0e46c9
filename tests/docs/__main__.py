"""Writes what is made from the program in ``docs/``: ``python -m tests.docs``, or ``make docs``."""

import sys

from tests.docs.pages import ROOT, pages


def main() -> None:
    """Write the pages that are not as the program would have them, and name them."""
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"Wrote {path.relative_to(ROOT)}.\n")


if __name__ == "__main__":
    main()
