"""``python -m tests.proof.outside.crashing WHERE FILE …``: qtydash that breaks where a secret is at hand.

The place raises as a fault would, with the secret that is in the file in its message, in a variable and in a
cause.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qtydash.__main__ import main

PLACES = (
    "qtydash.adapters.http:VendorClient._read",
    "qtydash.adapters.gifts:_Gifts.take",
    "qtydash.storage.cache:Cache.save",
    "qtydash.services.connect:prefixed",
    "qtydash.tui.models.table:Table.cell",
    "qtydash.tui.widgets.grid:Grid.render_line",
    "qtydash.tui.widgets.header:Header.show",
    "qtydash.tui.app:QtyDash.tick",
    "qtydash.tui.app:QtyDash.action_help",
    "qtydash.services.changes:Changes.stage",
)
"""What breaks: reading, keeping, connecting, drawing, keys."""


def _breaking(secret: str) -> Callable[..., Any]:
    def broken(*given: Any, **named: Any) -> Any:
        holder = {"Authorization": f"Bearer {secret}", "given": given}
        try:
            raise ValueError(f"inner {secret}")
        except ValueError as inner:
            raise RuntimeError(f"broken with {secret}", holder, named) from inner

    return broken


def break_at(place: str, secret: str) -> None:
    """Replace what is at ``place``, as ``module:name.name``. Raises ``AttributeError`` when it is not there."""
    name, _, path = place.partition(":")
    holder: Any = importlib.import_module(name)
    *outer, last = path.split(".")
    for each in outer:
        holder = getattr(holder, each)
    getattr(holder, last)
    setattr(holder, last, _breaking(secret))


if __name__ == "__main__":
    break_at(sys.argv.pop(1), Path(sys.argv.pop(1)).read_text())
    sys.exit(main())
