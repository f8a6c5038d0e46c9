"""Keys are answered while other threads compute: what the interpreter is told for it.

One thread runs at a time. A key gives the turn away and wants it back a dozen times until it is drawn, and whoever
reads an answer meanwhile keeps each turn for as long as is set here. Nobody gets one while garbage is looked for,
which takes the longer the more there is: what the program itself consists of is left out.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

SWITCH_SECONDS = 0.001
"""How long a thread keeps its turn when another wants it. The interpreter's own 5 ms made a key wait for 100."""
START_SECONDS = 5
"""How long after the start what is loaded counts as the program's own: its panes, and the libraries that reads
need. A look for garbage held everything up for 40 ms to 100 ms with it, and for 1 ms to 10 ms without."""


def keep_short(app: App[int]) -> None:
    """Keep the pauses of ``app`` short, once its first screen is there. It has effect on the whole process.

    Whoever started it may have put off looking for garbage until then.
    """
    gc.enable()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)
    app.set_interval(1.0, _leave_out_what_is_loaded, repeat=START_SECONDS)


def _leave_out_what_is_loaded() -> None:
    gc.freeze()
