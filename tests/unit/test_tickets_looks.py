"""What the arrows are measured from: a look moves on when the operator asks for news, and by nothing else."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qtydash.tui.panes.tickets_looks import Looks

EVENING = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 6, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 6)
MINUTE = timedelta(minutes=1)


@dataclass
class Past:
    """Tells of each time asked for what "moved" since."""

    last: dict[str, datetime] = field(default_factory=dict)

    def last_look(self, product: str) -> datetime | None:
        return self.last.get(product)

    def moved_since(self, product: str, when: datetime) -> Mapping[Hashable, int]:
        return {(product, when): 1}


def since(looks: Looks, past: Any, fetched_at: datetime, product: str = "park") -> datetime | None:
    moves = looks.moves(past, product, fetched_at, TODAY)
    assert moves.look == {(product, moves.looked_at): 1}
    return moves.looked_at


def test_at_first_it_is_the_reading_that_was_shown_last_before_this_session() -> None:
    assert since(Looks(), Past({"park": EVENING}), MORNING) == EVENING


def test_without_one_it_is_the_first_reading_that_is_shown() -> None:
    assert since(Looks(), Past(), MORNING) == MORNING


def test_a_look_at_a_later_reading_than_is_shown_counts_as_this_one() -> None:
    assert since(Looks(), Past({"park": MORNING + MINUTE}), MORNING) == MORNING


def test_readings_that_come_by_themselves_leave_it() -> None:
    looks, past = Looks(), Past({"park": EVENING})
    for minutes in range(5):
        assert since(looks, past, MORNING + minutes * MINUTE) == EVENING
        past.last["park"] = MORNING + minutes * MINUTE  # as this session keeps it, or another dashboard


def test_asking_for_news_moves_it_when_they_have_come() -> None:
    looks, past = Looks(), Past({"park": EVENING})
    assert since(looks, past, MORNING) == EVENING

    looks.ask("park", MORNING)

    assert since(looks, past, MORNING) == EVENING  # the read failed, or is under way
    assert since(looks, past, MORNING + MINUTE) == MORNING
    assert since(looks, past, MORNING + 9 * MINUTE) == MORNING


def test_each_product_has_its_own() -> None:
    looks, past = Looks(), Past({"park": EVENING})
    assert since(looks, past, MORNING) == EVENING

    looks.ask("park", MORNING)

    assert since(looks, past, MORNING + MINUTE, "zoo") == MORNING + MINUTE
    assert since(looks, past, MORNING + 2 * MINUTE) == MORNING


def test_yesterday_ends_at_the_operators_own_midnight() -> None:
    moves = Looks().moves(Past(), "park", MORNING, TODAY)  # type: ignore[arg-type]
    midnight = datetime(2026, 3, 6).astimezone(UTC)
    assert moves.yesterday == {("park", midnight): 1}
