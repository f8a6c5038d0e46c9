"""How old what you see is, in each of the states a pane can be in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from qtydash.domain.snapshot import Progress
from qtydash.tui.freshness import Freshness, PaneStatus, freshness

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
SECONDS, HOURS = NOW - timedelta(seconds=12), NOW - timedelta(hours=3)
REFUSED = "The connection was refused."


ASKED = "started with --offline"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (PaneStatus(configured=False), Freshness("not set up", "-", "-", "off")),
        (PaneStatus(SECONDS, "live", configured=False), Freshness("not set up", "-", "-", "off")),
        (PaneStatus(), Freshness("no data", "none", "-", "empty")),
        (PaneStatus(offline=True), Freshness("no data", "none", "-", "empty")),
        (PaneStatus(reading=True), Freshness("reading", "reading", "..", "loading")),
        (
            PaneStatus(reading=True, progress=Progress(3, 75)),
            Freshness("reading page 3, 75 rows", "reading", "..", "loading"),
        ),
        (
            PaneStatus(reading=True, progress=Progress(3, 75, 9)),
            Freshness("reading page 3/9, 75 rows", "reading", "..", "loading"),
        ),
        (PaneStatus(reading=True, trouble=REFUSED), Freshness("reading", "reading", "..", "loading")),
        (PaneStatus(trouble=REFUSED), Freshness("OFFLINE", "OFF", "!", "offline", REFUSED)),
        (PaneStatus(SECONDS, "live"), Freshness("live 12s", "12s", "12s", "live")),
        (PaneStatus(HOURS, "cache"), Freshness("cached 3h", "~3h", "~3h", "cached")),
        (PaneStatus(SECONDS, "live", reading=True), Freshness("live 12s, reading", "12s", "12s", "live")),
        (
            PaneStatus(HOURS, "cache", reading=True, progress=Progress(2, 50, 4)),
            Freshness("cached 3h, reading page 2/4, 50 rows", "~3h", "~3h", "cached"),
        ),
        (
            PaneStatus(HOURS, "cache", trouble=REFUSED),
            Freshness("OFFLINE 3h", "OFF 3h", "!3h", "offline", REFUSED),
        ),
        (PaneStatus(HOURS, "live", trouble=REFUSED), Freshness("OFFLINE 3h", "OFF 3h", "!3h", "offline", REFUSED)),
        (
            PaneStatus(HOURS, "cache", trouble=REFUSED, reading=True),
            Freshness("OFFLINE 3h", "OFF 3h", "!3h", "offline", REFUSED),
        ),
        (PaneStatus(HOURS, "cache", offline=True), Freshness("OFFLINE 3h", "OFF 3h", "!3h", "offline", ASKED)),
        (
            PaneStatus(HOURS, "cache", trouble=REFUSED, answered=True),
            Freshness("ERROR 3h", "ERR 3h", "!3h", "error", REFUSED),
        ),
        (PaneStatus(trouble=REFUSED, answered=True), Freshness("ERROR", "ERR", "!", "error", REFUSED)),
        (PaneStatus(SECONDS, "live", complete=False), Freshness("live 12s, incomplete", "12s", "12s", "cached")),
        (PaneStatus(NOW + timedelta(minutes=5), "live"), Freshness("live 0s", "0s", "0s", "live")),
    ],
)
def test_the_words(status: PaneStatus, told: Freshness) -> None:
    assert freshness(status, NOW) == told


def test_an_age_in_another_time_zone_is_the_same_age() -> None:
    seoul = SECONDS.astimezone(timezone(timedelta(hours=9)))
    assert freshness(PaneStatus(seoul, "live"), NOW).words == "live 12s"
