"""Everything the sandbox remembers, in one place, so that it can be made anew."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from starlette.requests import Request

from qtydash.sandbox.data.carts import carts
from qtydash.sandbox.data.gifts import Gifts
from qtydash.sandbox.data.order_qty import OrderQtys
from qtydash.sandbox.data.tickets import DayTickets
from qtydash.sandbox.faults import Faults
from qtydash.sandbox.ledger import Ledger
from qtydash.sandbox.sessions import Sessions

Clock = Callable[[], datetime]


def clock(today: date | None, now: Clock | None) -> Clock:
    """The sandbox's clock: ``now`` where given, else noon of ``today`` standing still, else the real one (UTC)."""
    if now is not None:
        return now
    if today is not None:
        noon = datetime.combine(today, time(12), UTC)
        return lambda: noon
    return lambda: datetime.now(UTC)


class SandboxState:
    """The four vendors' data, the sessions, the ledger and the scripted faults.

    The data depend on the seed, the day and the time at which they were made, and on nothing else.
    """

    def __init__(
        self, *, seed: int, today: date | None, now: Clock, token_lifetime: timedelta, faults: Sequence[str]
    ) -> None:
        self.seed = seed
        self.now = now
        self._today = today
        self._token_lifetime = token_lifetime
        self._faults = tuple(faults)
        self.reset()

    def reset(self) -> None:
        """As just started: own data, nobody logged in, an empty ledger, the faults of the start."""
        now = self.now()
        today = self._today or now.date()
        self.tickets = DayTickets(self.seed, today)
        self.gifts = Gifts(self.seed, today)
        self.carts = carts()
        self.order_qty = OrderQtys(self.seed, now)
        self.sessions = Sessions(self.now, self._token_lifetime)
        self.ledger = Ledger()
        self.faults = Faults(self._faults)


def state_of(request: Request) -> SandboxState:
    """The state of the application that serves ``request``."""
    state = request.app.state.sandbox
    assert isinstance(state, SandboxState)
    return state
