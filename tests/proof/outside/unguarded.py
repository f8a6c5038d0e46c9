"""``python -m tests.proof.outside.unguarded …``: qtydash whose ``safe_text`` gives back its input.

What it draws is then left to the last guard alone, which goes over every line on its way to the terminal.
"""

import sys

from qtydash.domain import text


def _as_it_is(told: str, limit: int = text.MAX_TEXT) -> str:
    return told[:limit]


if __name__ == "__main__":
    setattr(text, "safe_text", _as_it_is)  # noqa: B010 - types cannot say that one stands for the other
    from qtydash.__main__ import main

    sys.exit(main())
