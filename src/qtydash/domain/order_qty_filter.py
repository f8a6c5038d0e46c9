"""Which order-quantity records are asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from qtydash.domain.order_qty import HoldState, OrderQty


@dataclass(frozen=True, slots=True)
class HoldFilter:
    """``states``: any of these, all when empty. ``older``: last touched longer ago than this; a record of unknown
    age, or one dated in the future, never is."""

    states: frozenset[HoldState] = frozenset()
    older: timedelta | None = None

    def takes(self, record: OrderQty, now: datetime, stale_after: timedelta) -> bool:
        """Whether ``record`` is asked for."""
        if self.states and record.state(now, stale_after) not in self.states:
            return False
        if self.older is None:
            return True
        age = record.age(now)
        return age is not None and age > self.older

    def chosen(self, records: Iterable[OrderQty], now: datetime, stale_after: timedelta) -> tuple[OrderQty, ...]:
        """The records that are asked for, in their order."""
        if not self.states and self.older is None:
            return tuple(records)
        return tuple(record for record in records if self.takes(record, now, stale_after))


def all_stale(records: Iterable[OrderQty], now: datetime, stale_after: timedelta) -> tuple[OrderQty, ...]:
    """The records that may be chosen for deletion without looking at each: stale ones, and no other."""
    return HoldFilter(frozenset({HoldState.STALE})).chosen(records, now, stale_after)
