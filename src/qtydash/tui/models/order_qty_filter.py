"""The words of the filter line over the held stock: ``stale``, ``older:3h``, and words to look for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from qtydash.config import rules
from qtydash.domain.order_qty import HOLDING, HoldState
from qtydash.domain.order_qty_filter import HoldFilter
from qtydash.domain.text import safe_text
from qtydash.tui.bindings import KEYS

_OLDER = "older:"
_STATES: dict[str, frozenset[HoldState]] = {
    "stale": frozenset({HoldState.STALE}),
    "fresh": frozenset({HoldState.FRESH}),
    "active": HOLDING,
    "submitted": frozenset({HoldState.SUBMITTED}),
    "inactive": frozenset({HoldState.INACTIVE}),
    "deleted": frozenset({HoldState.DELETED}),
    "unknown": frozenset({HoldState.UNKNOWN_AGE}),
    "future": frozenset({HoldState.FUTURE}),
}

GRAMMAR: tuple[tuple[str, str], ...] = (
    (", ".join(_STATES), "Rows in that state; several words show rows in any of them."),
    ("older:3h", "Rows not touched for longer: 45m, 3h, 2d, 1h30m."),
    ("words", "Rows whose cart, id, product, inventory or region holds every other word."),
)
"""What may be typed, and what it shows."""


@dataclass(frozen=True, slots=True)
class FilterWords:
    """What the filter line asks for. ``words`` are looked for in the texts of a row, in any case; ``fault`` says
    what could not be read, "" when all could. What cannot be read hides nothing."""

    holds: HoldFilter = field(default_factory=HoldFilter)
    words: tuple[str, ...] = ()
    fault: str = ""


def filter_of(typed: Iterable[str], *, stale_only: bool = False, keys: Mapping[str, str] = KEYS) -> FilterWords:
    """Read the words of the filter line; with ``stale_only`` nothing but stale rows is asked for."""
    states: frozenset[HoldState] = frozenset()
    older: timedelta | None = None
    words: list[str] = []
    fault = ""
    for word in typed:
        folded = word.casefold()
        if folded in _STATES:
            states |= _STATES[folded]
        elif folded.startswith(_OLDER):
            try:
                older = rules.duration(folded.removeprefix(_OLDER))
            except ValueError:
                fault = f"{safe_text(word, 30)!r} is no age. Write older:45m, older:3h or older:2d."
        else:
            words.append(folded)
    if stale_only:
        if states and not states & _STATES["stale"]:
            fault = fault or f"Only stale rows are shown. Press {keys['order_qty.stale']} to show the others."
        states = _STATES["stale"]
    return FilterWords(HoldFilter(states, older), tuple(words), fault)
