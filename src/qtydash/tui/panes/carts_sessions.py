"""Choose whose cart: every session with what was last seen of it. No token and no visitor id is shown."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from qtydash.config.models import CartSession
from qtydash.domain.carts import Cart, selections
from qtydash.domain.snapshot import Snapshot, age_in_words, plural
from qtydash.services.read import Reads
from qtydash.tui.models.table import TableColumn
from qtydash.tui.screens.pick import Choice, PickScreen
from qtydash.tui.widgets.grid_model import Cell


def way_in(session: CartSession) -> str:
    """How a session gets in, without what it gets in with."""
    way = f"login {session.username}" if session.username else "token" if session.token else "visitor id"
    return ", ".join(filter(None, (way, session.organization, session.site)))


def seen_words(seen: Snapshot[Cart] | None) -> str:
    """What was last seen of a session's cart."""
    if seen is None:
        return "not read yet"
    if seen.data.is_empty:
        return "empty cart"
    found = selections(seen.data)
    findings = sum(len(selection.findings) for selection in found)
    if findings:
        return plural(findings, "finding")
    return f"{plural(len(found), 'gift')} fit" if len(found) != 1 else "1 gift fits"


def age_words(seen: Snapshot[Cart] | None, now: datetime) -> str:
    """How long ago that was."""
    return "" if seen is None else f"{age_in_words((now - seen.fetched_at).total_seconds())} ago"


class SessionScreen(PickScreen[str]):
    """Gives the name of a session."""

    def __init__(self, sessions: Iterable[CartSession], reads: Reads[str, Cart] | None, now: datetime) -> None:
        self._now = now
        self._seen = {s.name: reads.cached(s.name) if reads is not None else None for s in sessions}
        super().__init__("Session", [Choice(s.name, s.name, way_in(s)) for s in sessions])

    def columns(self) -> Sequence[TableColumn[Choice[str]]]:
        def seen(choice: Choice[str]) -> Cell:
            words = seen_words(self._seen[choice.value])
            return Cell(words, "bad" if words.endswith(("finding", "findings")) else "")

        def order(choice: Choice[str]) -> Cell:
            found = self._seen[choice.value]
            return Cell(found.data.order_id if found is not None else "", "dim")

        return (
            TableColumn("Name", 12, lambda c: Cell(c.label), flexible=True),
            TableColumn("Seen", 12, seen),
            TableColumn("Age", 8, lambda c: Cell(age_words(self._seen[c.value], self._now), "dim"), align="right"),
            TableColumn("Order", 10, order),
            TableColumn("Way in", 27, lambda c: Cell(c.note, "dim")),
        )
