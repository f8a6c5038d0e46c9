"""The dashboard, with a matrix that takes nothing over from the one before it: each ``m`` fills it whole."""

import sys
from typing import Any

from qtydash.__main__ import main
from qtydash.tui.models.tickets import Matrix

_made = Matrix.__init__


def _filled(self: Matrix, *given: Any, **named: Any) -> None:
    _made(self, *given, **{**named, "before": None})


if __name__ == "__main__":
    Matrix.__init__ = _filled  # type: ignore[method-assign]
    sys.exit(main())
