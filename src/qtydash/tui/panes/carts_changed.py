"""What changed in a cart from read to read: a line for the pane, a page for whoever wants it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qtydash.domain.cart_difference import CartChange, difference
from qtydash.domain.cart_words import change_words
from qtydash.domain.carts import Cart
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line

READ_ONCE = "This cart was read once so far: there is nothing to compare it with yet."


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two readings of one cart, and what of the later is not as it was in the earlier."""

    earlier: datetime
    later: datetime
    changes: tuple[CartChange, ...]
    currency: str


class CartReadings:
    """What the readings of one cart changed, as they come. Holds the newest reading only."""

    def __init__(self) -> None:
        self._newest: Snapshot[Cart] | None = None
        self._latest: Comparison | None = None
        self._last_change: Comparison | None = None

    def take(self, snapshot: Snapshot[Cart] | None) -> None:
        """A reading has come; None, when another cart is to be shown, which is compared with nothing."""
        before, self._newest = self._newest, snapshot
        if snapshot is None:
            self._latest = self._last_change = None
        elif before is not None and before is not snapshot:
            changes = difference(before.data, snapshot.data)
            currency = snapshot.data.currency or before.data.currency
            self._latest = Comparison(before.fetched_at, snapshot.fetched_at, changes, currency)
            if changes:
                self._last_change = self._latest

    @property
    def changes(self) -> tuple[CartChange, ...]:
        """What the newest reading changed."""
        return self._latest.changes if self._latest is not None else ()

    @property
    def compared(self) -> bool:
        """Whether there were two readings to compare."""
        return self._latest is not None

    def line(self, key: str) -> Sequence[Part]:
        """What changed since the read before, or when something last did; nothing while nothing ever did.

        ``key`` shows all of it.
        """
        last, latest = self._last_change, self._latest
        if last is None or latest is None:
            return ()
        first, more = _foremost(last.changes), len(last.changes) - 1
        # The numbers before the name: the end of the line is cut where it is narrow.
        rest = f", and {more} more" if more else ""
        words = f"{change_words(first, last.currency)}: {first.title}{rest}"
        if last is latest:
            return [Part(f" changed since the last read ({key}): ", "bold $text-accent"), Part(words)]
        at = _clock(last.later) if last.later.date() != latest.later.date() else f"{last.later:%H:%M:%S} UTC"
        return [Part(f" unchanged since {at} ({key}): {words}", "$text-muted")]

    def page(self) -> list[Line]:
        """Every change of the last comparison that found any."""
        last, latest = self._last_change, self._latest
        if latest is None:
            return [[Part(READ_ONCE)]]
        lines: list[Line] = []
        if not latest.changes:
            told = f"Nothing changed between {_clock(latest.earlier)} and {_clock(latest.later)}."
            lines += [[Part(told)], []] if last is not None else [[Part(told)]]
        if last is not None:
            lines.append([Part(f"Changed between {_clock(last.earlier)} and {_clock(last.later)}:", "bold")])
            lines += [
                [Part(f"{change.title}: "), Part(change_words(change, last.currency), "$text-accent")]
                for change in last.changes
            ]
        return lines


def _foremost(changes: Sequence[CartChange]) -> CartChange:
    """What to tell where there is room for one: another order, else a gift selection, else what comes first."""
    another = (change for change in changes if change.part == "order" and change.value("order_id"))
    selected = (change for change in changes if change.part == "selection")
    return (*another, *selected, *changes)[0]


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
