"""``python -m tests.proof.outside.recorded …``: qtydash that writes down each action that drawn text fires.

Text that is drawn with an action in its style has it done when it is clicked. The program itself draws none, so a
line in the file ``FIRED`` of its home is an action that a text from outside had fired.
"""

import os
import sys
from pathlib import Path
from typing import Any

from textual import _event_broker, app

FIRED = "fired"


def record() -> None:
    """From here on write down what is fired, and each address that is to be opened."""
    found_in, opened = _event_broker.extract_handler_actions, app.App.open_url

    def noted(event: str, meta: dict[str, Any]) -> Any:
        found = found_in(event, meta)  # raises where there is no action
        _write(f"{event} fired {found.action!r}")
        return found

    def noted_address(self: app.App[Any], url: str, **more: Any) -> None:
        _write(f"{url!r} was opened")
        opened(self, url, **more)

    setattr(app, "extract_handler_actions", noted)  # noqa: B010 - types cannot say that it stands for another
    setattr(app.App, "open_url", noted_address)  # noqa: B010


def _write(told: str) -> None:
    with (Path(os.environ["QTYDASH_HOME"]) / FIRED).open("a", encoding="utf-8") as out:
        out.write(f"{told}\n")


if __name__ == "__main__":
    record()
    from qtydash.__main__ import main

    sys.exit(main())
