"""What the arrows of the tickets pane are measured from: the operator's last look at each product."""

from datetime import UTC, date, datetime, time

from qtydash.services.history import TicketHistory
from qtydash.tui.models.tickets_moves import Moves


class Looks:
    """Which reading of each product counts as seen, in this session.

    At first it is the last one that the dashboard showed before the session, or else the first one it shows now:
    whoever else reads meanwhile, a cron job or a second dashboard, changes nothing. It moves on when the operator
    asks for a new reading and that has come, never when time does.
    """

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}
        self._next: tuple[str, datetime] | None = None

    def ask(self, product: str, fetched_at: datetime) -> None:
        """The operator has seen the reading made at ``fetched_at`` and asks for a new one."""
        self._next = (product, fetched_at)

    def moves(self, history: TicketHistory, product: str, fetched_at: datetime, today: date) -> Moves:
        """What moved until now, when the reading made at ``fetched_at`` is shown on the operator's own ``today``.
        Milliseconds."""
        if self._next is not None and self._next[0] == product and fetched_at > self._next[1]:
            self._seen[product] = self._next[1]
            self._next = None
        if product not in self._seen:
            self._seen[product] = min(history.last_look(product) or fetched_at, fetched_at)
        seen = self._seen[product]
        midnight = datetime.combine(today, time.min).astimezone(UTC)
        return Moves(seen, history.moved_since(product, seen), history.moved_since(product, midnight))
