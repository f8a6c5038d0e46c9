"""What is open removed over real sockets, whatever vendor or network do; the sandbox's ledger is the judge."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import stamina
from tests.adapter.answer_table import ANSWERS, check_answer, check_nothing_listens, states
from tests.adapter.cart_shop import FILM, CartShop, cart_shop
from tests.adapter.change_shop import Served, served
from tests.changes_kit import quick_folder

from qtydash.adapters.carts import parse_order
from qtydash.domain.carts import Cart, selections
from qtydash.domain.changes import Intent, State
from qtydash.domain.errors import VendorError
from qtydash.domain.snapshot import Reading
from qtydash.sandbox import credentials
from qtydash.sandbox.data.carts import LOCKED, LOCKED_IDENTIFIER
from qtydash.services.carts import CartChanges
from qtydash.services.changes import NotNow
from qtydash.services.port import Told


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


@pytest.fixture
async def shop(sandbox: Served) -> AsyncIterator[CartShop]:
    with quick_folder() as home:
        async with cart_shop(sandbox, Path(home)) as made:
            yield made


# One removal.


async def test_a_removal_is_one_request_under_its_operation_id_with_an_integer(shop: CartShop) -> None:
    before = await shop.cart()
    result = await shop.apply(await shop.wish(2))
    (post,) = shop.writes
    record = shop.changes.found(result.results[0].change.op_id)
    assert (record.state, record.status, record.note) == (State.CONFIRMED, 200, "")
    assert (post.method, post.path) == ("POST", "/ccstore/v1/orders/current/items/removeSelectableQuantity")
    assert (post.request_id, await shop.counts()) == (record.op_id, (0, 3))
    assert json.loads(post.body or "") == {
        "promotionId": FILM[0],
        "giftWithPurchaseIdentifier": FILM[1],
        "quantity": 2,
    }
    after = await shop.cart()
    assert (after.lines, after.total) == (before.lines, before.total)
    assert result.results[0].data == after
    assert not shop.changes.staged


async def test_everything_open_goes_with_one_request_without_a_body(shop: CartShop) -> None:
    result = await shop.apply(await shop.wish_all())
    (post,) = shop.writes
    assert (post.path.rpartition("/")[2], post.body) == ("removeAllSelectableQuantity", None)
    assert (states(result), result.results[0].words) == ([State.CONFIRMED], "")
    assert not any(s.available for s in selections(await shop.cart()))


async def test_what_the_vendor_left_open_is_told(shop: CartShop) -> None:
    result = await shop.apply(await shop.wish_all("odd"))
    assert states(result) == [State.CONFIRMED]
    assert "it is 1 open, 2 removed now, not 0 open, 4 removed" in result.results[0].words
    assert result.results[0].words.endswith("Still open: 1 of Cannot be changed now (bulb_3).")


async def test_no_credential_is_in_the_journal(shop: CartShop) -> None:
    shop.faults("cart.write:status=401")
    await shop.apply(await shop.wish())
    kept = shop.paths.journal_db.read_bytes()
    assert credentials.CART_PASSWORD.encode() not in kept
    assert b"sandbox-token" not in kept


# What becomes of it when the answer does not come, or is not the one asked for.


@pytest.mark.parametrize(("fault", "state", "inferred"), ANSWERS)
@pytest.mark.parametrize("everything", [False, True], ids=["some", "all"])
async def test_the_answer_table_on_real_sockets(
    shop: CartShop, fault: str, state: State, inferred: State | None, everything: bool
) -> None:
    shop.faults(f"cart.write:{fault}")
    wanted = await (shop.wish_all() if everything else shop.wish())
    await check_answer(shop, wanted, state, inferred)


async def test_a_business_error_sent_as_500_is_unknown_and_found_not_applied(shop: CartShop) -> None:
    result = await shop.apply(await shop.wish(1, (LOCKED.id, LOCKED_IDENTIFIER), "odd"))
    assert states(result) == [State.UNKNOWN]
    assert "28327" in result.results[0].words
    record = await shop.changes.reconcile(result.results[0].change.op_id)
    assert record.state is State.NOT_APPLIED_INFERRED


@pytest.mark.parametrize("applied", [True, False], ids=["applied late", "never applied"])
async def test_what_is_applied_after_the_deadline_is_found_by_reading_and_not_sent_again(
    shop: CartShop, monkeypatch: pytest.MonkeyPatch, applied: bool
) -> None:
    shop.faults("cart.write:delay=2m" if applied else "cart.write:status=504,delay=2m")
    api, send = await shop.api(), CartChanges.send

    async def impatient(self: CartChanges, intent: Intent, op_id: str) -> Told:
        monkeypatch.setattr(api._http, "_deadline", 0.2)
        try:
            return await send(self, intent, op_id)
        finally:
            monkeypatch.setattr(api._http, "_deadline", 30.0)

    monkeypatch.setattr(CartChanges, "send", impatient)
    result = await shop.apply(await shop.wish())
    op_id = result.results[0].change.op_id
    assert (states(result), result.results[0].status) == ([State.UNKNOWN], None)
    assert (await shop.counts(), shop.done) == ((2, 1), [])  # at once, a read would have said: not applied
    with pytest.raises(NotNow, match="Too early"):
        await shop.changes.reconcile(op_id, wait=False)
    shop.go.set()
    if applied:
        await shop.until_applied()
    record = await shop.changes.reconcile(op_id)
    assert record.state is (State.APPLIED_INFERRED if applied else State.NOT_APPLIED_INFERRED)
    assert (len(shop.writes), len(shop.done)) == (1, int(applied))


async def test_where_nothing_listens_it_is_not_sent_and_tried_three_times(shop: CartShop) -> None:
    await check_nothing_listens(shop, await shop.wish())


# The login.


@pytest.mark.parametrize(
    ("fault", "tries", "words"),
    [
        ("status=500", 3, "500"),
        ("status=401", 1, "did not accept the login of session 'support'"),
        ("close=before-apply", 3, "closed the connection"),
        ("html", 3, "where JSON is due"),
    ],
)
async def test_where_it_cannot_log_in_nothing_of_the_removal_leaves(
    shop: CartShop, monkeypatch: pytest.MonkeyPatch, fault: str, tries: int, words: str
) -> None:
    """The token ran out between the last read and the removal."""
    api, send = await shop.api(), CartChanges.send

    async def expired(self: CartChanges, intent: Intent, op_id: str) -> Told:
        api._login.forget()
        shop.faults(f"cart:{fault},path=login")
        return await send(self, intent, op_id)

    monkeypatch.setattr(CartChanges, "send", expired)
    wanted = await shop.wish()
    with stamina.set_testing(True, attempts=1):
        result = await shop.apply(wanted)
    assert states(result) == [State.NOT_SENT]
    assert words in result.results[0].words
    record = shop.changes.found(result.results[0].change.op_id)
    assert [e.state for e in record.events].count(State.NOT_SENT) == tries
    assert not shop.writes
    assert shop.changes.staged == (wanted,)


async def test_where_it_cannot_log_in_the_review_refuses_with_the_reason(shop: CartShop) -> None:
    wanted = await shop.wish()
    (await shop.api())._login.forget()
    shop.faults("cart:status=401,path=login")
    (line,) = await shop.changes.plan([wanted])
    assert "did not accept the login of session 'support'" in line.refusal
    assert not shop.writes


async def test_a_session_that_ends_in_the_review_logs_in_once_and_goes_on(shop: CartShop) -> None:
    wanted = await shop.wish()
    shop.changes.stage(wanted)
    proposals = await shop.changes.plan([wanted])
    assert len(shop.logins) == 1
    shop.faults("cart.read:status=401,times=1,path=current")
    assert states(await shop.changes.apply(proposals)) == [State.CONFIRMED]
    assert (len(shop.logins), len(shop.writes)) == (2, 1)


async def test_a_session_that_ends_as_it_is_sent_is_not_sent_again_and_logs_in_for_the_next(
    shop: CartShop,
) -> None:
    shop.faults("cart.write:status=401,times=1")
    wanted = await shop.wish()
    first = await shop.apply(wanted)
    assert (states(first), len(shop.writes), len(shop.logins)) == ([State.REJECTED], 1, 1)
    assert "the session's login any more (401): it had ended" in first.results[0].words
    assert shop.changes.staged == (wanted,)
    assert states(await shop.apply(wanted)) == [State.CONFIRMED]
    assert (len(shop.writes), len(shop.done), len(shop.logins)) == (2, 1, 2)


# The review.


async def test_what_moved_between_review_and_send_is_not_sent_and_stays_staged(shop: CartShop) -> None:
    wanted = await shop.wish()
    shop.changes.stage(wanted)
    proposals = await shop.changes.plan([wanted])
    elsewhere = await shop.api("support")
    await elsewhere.remove_selectable_quantity(*FILM, 1, "0190f5fe-7c00-7a00-8000-000000000001")
    result = await shop.changes.apply(proposals)
    assert states(result) == [State.ABANDONED]
    assert "it was 2 open, 1 removed in the review and is 1 open, 2 removed now" in result.results[0].words
    assert (len(shop.writes), shop.changes.staged) == (1, (wanted,))


async def test_what_another_took_since_it_was_staged_is_told_and_no_more_than_the_rest_can_go(
    shop: CartShop,
) -> None:
    one, two = await shop.wish(1), await shop.wish(2)
    await (await shop.api()).remove_selectable_quantity(*FILM, 1, "0190f5fe-7c00-7a00-8000-000000000001")
    (line,) = await shop.changes.plan([one])
    assert (line.drifted, line.ready, line.expected) == (True, True, {"available": 0, "removed": 3})
    (line,) = await shop.changes.plan([two])
    assert line.refusal == "Only 1 of it can still be removed."


async def test_more_open_than_was_counted_out_is_asked_about(shop: CartShop) -> None:
    wanted = await shop.wish_all()
    await (await shop.api()).remove_selectable_quantity(*FILM, 1, "0190f5fe-7c00-7a00-8000-000000000001")
    (line,) = await shop.changes.plan([wanted])
    assert (line.question, line.ready) == ("Open in the cart: 10 when this was staged, 9 now.", False)
    assert (await shop.changes.plan([await shop.wish_all()]))[0].ready


async def test_a_cart_that_cannot_be_read_leaves_another_session_s_alone(shop: CartShop) -> None:
    wanted = [await shop.wish(), await shop.wish(1, (LOCKED.id, LOCKED_IDENTIFIER), "odd")]
    shop.faults("cart.read:status=401,times=1,path=current")  # meets the session that is read first
    fine, expired = await shop.changes.plan(wanted)
    assert (fine.ready, fine.unread) == (True, None)
    assert "It could not be read" in expired.refusal
    assert "The token of session 'odd' has expired" in expired.refusal
    assert expired.unread is not None


async def test_a_session_that_is_not_configured_any_more_is_told_and_leaves_the_others_alone(
    shop: CartShop,
) -> None:
    wanted = await shop.wish_all("odd")
    gone = replace(wanted, ids={**wanted.ids, "session": "odder"})
    refused, fine = await shop.changes.plan([gone, await shop.wish()])
    assert "There is no session called 'odder'. Did you mean 'odd'?" in refused.refusal
    assert "or unstage it" in refused.refusal
    assert fine.ready
    (alone,) = await shop.changes.plan([gone])
    assert alone.refusal == refused.refusal


async def test_a_doubt_in_a_session_that_is_not_configured_any_more_stays_one(
    shop: CartShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.faults("cart.write:close=after-apply")
    op_id = (await shop.apply(await shop.wish())).results[0].change.op_id
    monkeypatch.setattr(shop.port, "_apis", {})
    with pytest.raises(VendorError, match="There is no session yet"):
        await shop.changes.reconcile(op_id)
    assert shop.changes.found(op_id).state is State.UNKNOWN


async def test_a_cart_of_which_nothing_is_told_is_not_changed(
    shop: CartShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, api = await shop.wish(), await shop.api()
    monkeypatch.setattr(api, "current", in_short)
    (line,) = await shop.changes.plan([wanted])
    assert "what is in it is not known" in line.refusal
    assert line.unread is not None


async def in_short() -> Reading[Cart]:
    return parse_order(b'{"orderId": "o10001"}')


def answering(patch: pytest.MonkeyPatch, api: Any, become: Callable[[Reading[Cart]], Reading[Cart]]) -> None:
    """The vendor's answer to a removal is another than it is."""
    remove = api.remove_selectable_quantity

    async def answered(*told: object) -> Reading[Cart]:
        return become(await remove(*told))

    patch.setattr(api, "remove_selectable_quantity", answered)


async def test_what_of_the_answer_could_not_be_read_is_told(
    shop: CartShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    gap = ("1 row was set aside: data is missing.",)
    answering(monkeypatch, await shop.api(), lambda reading: replace(reading, warnings=gap))
    result = await shop.apply(await shop.wish())
    assert states(result) == [State.CONFIRMED]
    assert "1 row was set aside: data is missing." in result.results[0].words


async def test_a_cart_that_was_ordered_meanwhile_is_told(shop: CartShop) -> None:
    wanted = replace(await shop.wish(), ids={**(await shop.wish()).ids, "order": "o-of-before"})
    (line,) = await shop.changes.plan([wanted])
    assert line.refusal == "The session has cart o10001 now, not cart o-of-before."


async def test_an_answer_about_another_cart_confirms_nothing(
    shop: CartShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another(reading: Reading[Cart]) -> Reading[Cart]:
        return replace(reading, data=replace(reading.data, order_id="o-of-another"))

    answering(monkeypatch, await shop.api(), another)
    result = await shop.apply(await shop.wish())
    assert states(result) == [State.UNKNOWN]
    assert "answered the removal with another cart, o-of-another" in result.results[0].words
