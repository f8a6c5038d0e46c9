"""What needs a person, found in data at hand; and what of it is new or gone since it was told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtydash.config.models import GiftsSource, Secret, TicketsSource
from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker
from qtydash.domain.gifts import Gift
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.tickets import Availability, TicketDay, TicketOption
from qtydash.domain.vendors import GIFTS, TICKETS
from qtydash.services.findings import Finding, cart_findings, gift_findings, hold_findings, ticket_findings
from qtydash.services.watch import Known, Part, Round

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
TODAY = NOW.date()
FAKE = Secret("plain", ("obviously-fake",))


def day(offset: int, left: int, *, sold: int | None = None, option: str = "adult") -> TicketDay:
    return TicketDay(option, TODAY + timedelta(days=offset), 30, left, 30 - left if sold is None else sold, "inv")


def test_days_from_today_on_that_need_someone_the_nearest_first() -> None:
    days = (day(-1, 0), day(0, 29), day(3, 0), day(1, 4), day(2, -2), day(4, 20, sold=1), day(5, 12))
    data = Availability("p", days, (TicketOption("adult", "Adult"),))
    found = ticket_findings(data, TicketsSource(FAKE, FAKE), TODAY)
    assert [(finding.id, finding.state, finding.words) for finding in found] == [
        ("adult 2026-03-07 inv", "low", "Adult 2026-03-07: 4 left of 30, 26 sold, low"),
        ("adult 2026-03-08 inv", "oversold", "Adult 2026-03-08: -2 left of 30, 32 sold, oversold"),
        ("adult 2026-03-09 inv", "sold_out", "Adult 2026-03-09: 0 left of 30, 30 sold, sold out"),
        ("adult 2026-03-10 inv", "mismatch", "Adult 2026-03-10: 20 left of 30, 1 sold, does not add up"),
    ]
    assert found[0].row["date"] == date(2026, 3, 7)


def test_an_option_without_a_name_has_the_configured_one() -> None:
    section = TicketsSource(FAKE, FAKE, option_names={"adult": "Grown-up"})
    (found,) = ticket_findings(Availability("p", (day(0, 1),)), section, TODAY)
    assert found.words.startswith("Grown-up 2026-03-06: 1 left")


def test_gifts_that_are_low_those_with_the_fewest_first() -> None:
    def gift(n: int, quantity: int, unlimited: bool = False) -> Gift:
        return Gift(f"{n:024x}", f"SKU-{n}", (("en", f"Gift {n}"),), "active", quantity, unlimited, None)

    gifts = [gift(1, 5), gift(2, 6), gift(3, 0), gift(4, -3), gift(5, 0, True)]
    found = gift_findings(gifts, GiftsSource(FAKE, "me"))
    assert [(finding.state, finding.words) for finding in found] == [
        ("below_zero", "Gift 4 (SKU-4): -3 left, below zero"),
        ("sold_out", "Gift 3 (SKU-3): 0 left, sold out"),
        ("low", "Gift 1 (SKU-1): 5 left, low"),
    ]


def test_a_rule_that_is_broken_twice_is_two_findings() -> None:
    markers = (ItemMarker("promo", 7, -1, 0, 0, 3), ItemMarker("other", 8, 0, 0, 1, 0))
    cart = Cart(
        "o-1",
        lines=(CartLine("ci-1", "p", "s", "Mug", 2, markers=markers),),
        order_markers=(OrderMarker("promo", 7, 1, -1, 0, 0, 0, 0, "product", "mug", False),),
        infos=(GiftInfo("promo", 7, 2, "product"),),
    )
    found = cart_findings(cart)
    assert len({finding.id for finding in found}) == len(found)
    assert [finding.id for finding in found if " negative " in finding.id] == [
        "o-1 promo 7 negative 1",
        "o-1 promo 7 negative 2",
    ]
    assert cart_findings(Cart("")) == []


def hold(id: str, cart: str, quantity: str, minutes: int) -> OrderQty:
    touched = NOW - timedelta(minutes=minutes)
    return OrderQty(
        id, "", "", touched, touched, False, False, "", "", "prod", cart, Decimal(quantity), None, True, False
    )


def test_stale_holds_by_cart_those_that_hold_the_most_first() -> None:
    records = [
        hold("a", "c-1", "1", 50),
        hold("b", "c-2", "2.5", 90),
        hold("c", "c-2", "0.5", 60),
        hold("d", "c-3", "9", 44),
        replace(hold("e", "c-4", "9", 50), submitted=True),
        hold("f", "", "1", 46),
    ]
    found = hold_findings(records, NOW, timedelta(minutes=45))
    assert [(finding.id, finding.words) for finding in found] == [
        ("c-2", "cart c-2: 3 held by 2 stale rows, not touched for 1h 30m"),
        ("c-1", "cart c-1: 1 held by 1 stale row, not touched for 50m"),
        ("f", "cart without an id: 1 held by 1 stale row, not touched for 46m"),
    ]


def finding(id: str, state: str = "low") -> Finding:
    return Finding(id, state, f"{id} is {state}", {"id": id})


def part(*findings: Finding, subject: str = "Day", **other: Any) -> Part:
    return Part(TICKETS, subject, findings, 10, **{"fetched_at": NOW, "source": "live", **other})


def round_of(*parts: Part) -> Round:
    return Round(NOW, parts)


def names(moved: tuple[tuple[Part, Finding], ...]) -> list[str]:
    return [finding.id for _, finding in moved]


def test_what_was_told_is_news_no_more() -> None:
    known = Known()
    first = round_of(part(finding("a"), finding("b")))
    assert names(known.moved(first).new) == ["a", "b"]
    known.tell(first)
    assert not known.moved(first)
    later = known.moved(round_of(part(finding("b"), finding("c"))))
    assert (names(later.new), names(later.gone)) == (["c"], ["a"])


def test_other_numbers_are_no_news_and_another_state_is() -> None:
    known = Known()
    known.tell(round_of(part(finding("a"))))
    assert not known.moved(round_of(part(replace(finding("a"), words="3 left", row={"left": 3}))))
    moved = known.moved(round_of(part(finding("a", "sold_out"))))
    assert (names(moved.new), names(moved.gone)) == (["a"], [])


def test_the_same_id_of_another_subject_is_another_finding() -> None:
    known = Known()
    known.tell(round_of(part(finding("a")), part(subject="Night")))
    assert names(known.moved(round_of(part(), part(finding("a"), subject="Night"))).new) == ["a"]


@pytest.mark.parametrize("unread", [{"fetched_at": None, "source": None, "trouble": "Down."}, {"complete": False}])
def test_what_could_not_be_read_is_not_gone(unread: dict[str, Any]) -> None:
    known = Known()
    known.tell(round_of(part(finding("a"))))
    blind = round_of(part(**unread))
    assert not known.moved(blind)
    known.tell(blind)
    assert not known.moved(round_of(part(finding("a"))))
    assert names(known.moved(round_of(part())).gone) == ["a"]


@given(st.lists(st.tuples(st.sets(st.sampled_from("abcd")), st.booleans()), max_size=8))
def test_whoever_adds_up_the_news_knows_what_is_there(rounds: list[tuple[set[str], bool]]) -> None:
    known, heard, seen = Known(), set[str](), set[str]()
    for there, readable in rounds:
        now = round_of(part(*map(finding, sorted(there))) if readable else part(fetched_at=None, source=None))
        moved = known.moved(now)
        known.tell(now)
        heard = (heard | set(names(moved.new))) - set(names(moved.gone))
        seen = there if readable else seen
        assert heard == seen


def test_a_round_knows_whether_something_was_not_read() -> None:
    assert not round_of(part(), Part(GIFTS, "", fetched_at=NOW, source="cache")).unread
    assert round_of(part(trouble="Down.", source="cache")).unread
