"""``python -m tests.proof.outside.unguarded …``: qtydash whose ``safe_text`` gives back its input.

What it draws is then left to the last guard alone, which goes over every line on its way to the terminal. In place
of words in the corner that hold ``LET_ACT`` come some that fire an action when they are clicked on.
"""

import sys
from typing import Any

from qtydash.domain import text
from tests.proof.outside.recorded import record
from tests.proof.outside.texts import ACTS, CORNER, mark

LET_ACT = ACTS.head


def _as_it_is(told: str, limit: int = text.MAX_TEXT) -> str:
    return told[:limit]


def _let_act() -> None:
    from qtydash.tui.guarded_app import GuardedApp

    notify = GuardedApp.notify

    def told(self: GuardedApp, message: str, **more: Any) -> None:
        if LET_ACT in message:
            message, more = (
                f"Copied [@click=app.nothing]{mark(CORNER, 0)}; press here[/]",
                {**more, "markup": True},
            )
        notify(self, message, **more)

    setattr(GuardedApp, "notify", told)  # noqa: B010


if __name__ == "__main__":
    setattr(text, "safe_text", _as_it_is)  # noqa: B010 - types cannot say that one stands for the other
    record()
    _let_act()
    from qtydash.__main__ import main

    sys.exit(main())
