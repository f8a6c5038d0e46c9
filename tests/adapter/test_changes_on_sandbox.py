"""Gift stock changed over real sockets, whatever vendor or network do; the sandbox's ledger is the judge."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.adapter.answer_table import ANSWERS, check_answer, check_nothing_listens, states
from tests.adapter.change_shop import ChangeShop, Served, change_shop, served
from tests.adapter.raw_server import Exchange, raw_server
from tests.changes_kit import HORIZON, quick_folder, until_idle

from qtydash.domain.changes import Intent, Kind, State
from qtydash.domain.errors import VendorError
from qtydash.sandbox import credentials
from qtydash.sandbox.data.gifts import (
    DOCUMENTED,
    DRAFT,
    LOW,
    NEGATIVE,
    OTHER_TWIN,
    PLENTY,
    PROMISED,
    TWIN,
    UNLIMITED,
    Promised,
)
from qtydash.services.port import ChangePort
from qtydash.services.sources import Sources


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


@pytest.fixture
async def shop(sandbox: Served) -> AsyncIterator[ChangeShop]:
    with quick_folder() as home:
        async with change_shop(sandbox, Path(home)) as made:
            yield made


def broken(shop: ChangeShop, *faults: str) -> None:
    shop.state.faults.add(faults)


# One change.


@pytest.mark.parametrize(
    ("kind", "amount", "becomes", "body"),
    [
        (Kind.GIFT_ADJUST, -4, 6, '{"quantity":-4,"replace":false}'),
        (Kind.GIFT_ADJUST, 3, 13, '{"quantity":3,"replace":false}'),
        (Kind.GIFT_SET, 21, 21, '{"quantity":21,"replace":true}'),
        (Kind.GIFT_SET, 0, 0, '{"quantity":0,"replace":true}'),
    ],
)
async def test_a_change_is_one_request_under_its_operation_id(
    shop: ChangeShop, kind: Kind, amount: int, becomes: int, body: str
) -> None:
    result = await shop.apply(shop.wish(DOCUMENTED, amount, kind))
    (write,) = shop.writes
    record = shop.changes.found(result.results[0].change.op_id)
    assert (record.state, record.status, record.note) == (State.CONFIRMED, 200, "")
    assert (write.request_id, write.body, shop.quantity(DOCUMENTED)) == (record.op_id, body, becomes)
    request = record.change.request
    assert (request.method, request.path) == (write.method, write.path)
    assert json.dumps(request.body, separators=(",", ":")) == write.body
    assert not shop.changes.staged


async def test_a_gift_is_changed_by_its_id_and_its_twin_of_the_same_sku_is_not(shop: ChangeShop) -> None:
    await shop.apply(shop.wish(TWIN, 3))
    assert (shop.quantity(TWIN), shop.quantity(OTHER_TWIN)) == (126, 7)


async def test_a_batch_larger_than_what_is_read_one_by_one(shop: ChangeShop) -> None:
    gifts = [gift for gift in shop.state.gifts.all if not gift.unlimited][:12]
    wanted = [shop.wish(Promised(gift.id, gift.sku, gift.quantity), 1) for gift in gifts]
    before = [gift.quantity for gift in gifts]
    assert states(await shop.apply(*wanted)) == [State.CONFIRMED] * 12
    assert [gift.quantity for gift in gifts] == [quantity + 1 for quantity in before]
    assert len({write.request_id for write in shop.done}) == 12


async def test_the_token_is_in_no_journal(shop: ChangeShop) -> None:
    broken(shop, "gifts.write:status=401")
    await shop.apply(shop.wish(DOCUMENTED, 3))
    assert credentials.SHOPLINE_TOKEN.encode() not in shop.paths.journal_db.read_bytes()


# What becomes of it when the answer does not come, or is not the one asked for.


@pytest.mark.parametrize(("fault", "state", "inferred"), ANSWERS)
async def test_the_answer_table_on_real_sockets(
    shop: ChangeShop, fault: str, state: State, inferred: State | None
) -> None:
    broken(shop, f"gifts.write:{fault}")
    await check_answer(shop, shop.wish(DOCUMENTED, -4), state, inferred)


async def test_where_nothing_listens_it_is_not_sent_and_tried_three_times(shop: ChangeShop) -> None:
    await check_nothing_listens(shop, shop.wish(DOCUMENTED, 3))


@pytest.mark.parametrize(
    ("body", "state", "note"),
    [
        ('{"id":"ID","sku":"s","quantity":13}', State.CONFIRMED, ""),
        ('{"_id":"ID","quantity":13}', State.CONFIRMED, ""),
        ('{"id":"ID","quantity":12}', State.CONFIRMED, "the vendor says it is 12 now, not 13"),
        ('{"id":"another","quantity":13}', State.UNKNOWN, "is about gift another"),
        ('{"quantity":13}', State.UNKNOWN, "does not say"),
        ('{"id":"ID"}', State.UNKNOWN, "does not say"),
        ('{"id":"ID","quantity":null}', State.UNKNOWN, "does not say"),
        ('{"id":"ID","quantity":true}', State.UNKNOWN, "does not say"),
        ('{"id":"ID","quantity":1e400}', State.UNKNOWN, ""),
        ("[]", State.UNKNOWN, "does not say"),
        ("null", State.UNKNOWN, "does not say"),
        ("", State.UNKNOWN, ""),
        ('{"id":"ID","quan', State.UNKNOWN, ""),
        ("\x00", State.UNKNOWN, ""),
    ],
)
async def test_a_change_is_confirmed_by_an_answer_about_it_and_by_nothing_else(
    shop: ChangeShop, body: str, state: State, note: str
) -> None:
    async def behave(exchange: Exchange) -> None:
        if exchange.head.startswith("GET"):
            gift = {"id": DOCUMENTED.id, "sku": "s", "quantity": 10, "title_translations": {}}
            await exchange.answer(json.dumps({"items": [gift]}).encode())
        else:
            await exchange.answer(body.replace("ID", DOCUMENTED.id).encode())

    async with raw_server(behave) as server:
        result = await elsewhere(shop, server.url).apply(shop.wish(DOCUMENTED, 3))
        await shop.sources.aclose()
    puts = [exchange for exchange in server.exchanges if exchange.head.startswith("PUT")]
    assert [exchange.header("X-Request-Id") for exchange in puts] == [result.results[0].change.op_id]
    assert states(result) == [state]
    assert note in result.results[0].words


def elsewhere(shop: ChangeShop, url: str) -> ChangeShop:
    """The shop's engine, pointed to another server."""
    assert shop.profile.gifts is not None
    shop.profile = replace(shop.profile, gifts=replace(shop.profile.gifts, base_url=url))
    shop.changes.close()
    shop.sources = Sources(shop.profile, shop.paths, shop.clock)
    shop.changes = shop.engine(shop.sources.change_ports)
    return shop


async def test_cancelled_in_flight_it_is_unknown_and_what_became_of_it_is_found_by_reading(
    shop: ChangeShop,
) -> None:
    broken(shop, "gifts.write:answer_delay=1m")
    applying = asyncio.ensure_future(shop.apply(shop.wish(DOCUMENTED, 3), shop.wish(PLENTY, 1)))
    await shop.until_applied()
    writer = shop.changes._writer._task
    assert writer is not None
    writer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await applying
    (doubt,) = shop.changes.in_doubt()
    assert (doubt.events[-1].phase, doubt.change.intent.ids["gift"]) == ("cancelled", DOCUMENTED.id)
    assert [r.state for r in shop.changes.records(states=[State.ABANDONED])] == [State.ABANDONED]
    assert (await shop.changes.reconcile(doubt.op_id)).state is State.APPLIED_INFERRED
    assert len(shop.writes) == 1


async def test_whoever_waits_may_leave_and_the_change_is_finished(shop: ChangeShop) -> None:
    proposals = await shop.changes.plan([shop.wish(DOCUMENTED, 3)])
    shop.answers.clear()
    applying = asyncio.ensure_future(shop.changes.apply(proposals))
    await shop.until_applied()
    applying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await applying
    idle = until_idle(shop.changes)
    shop.answers.set()
    await idle.wait()
    assert [r.state for r in shop.changes.records()] == [State.CONFIRMED]


async def test_a_gift_made_unlimited_meanwhile_is_no_proof_of_anything(shop: ChangeShop) -> None:
    """The vendor then shows 0, which is what 10 - 10 would be."""
    broken(shop, "gifts.write:close=before-apply")
    result = await shop.apply(shop.wish(DOCUMENTED, -10))
    shop.state.gifts.by_id[DOCUMENTED.id].unlimited = True
    shop.state.gifts.by_id[DOCUMENTED.id].quantity = 0
    record = await shop.changes.reconcile(result.results[0].change.op_id)
    assert record.state is State.UNDECIDED
    assert "unlimited" in record.note


async def test_while_the_shop_cannot_be_read_the_outcome_stays_unknown(shop: ChangeShop) -> None:
    broken(shop, "gifts.write:close=after-apply")
    result = await shop.apply(shop.wish(DOCUMENTED, 3))
    op_id = result.results[0].change.op_id
    broken(shop, "gifts.read:status=500,after=1,times=1")
    with pytest.raises(VendorError):
        await shop.changes.reconcile(op_id)
    assert shop.changes.found(op_id).state is State.UNKNOWN
    assert (await shop.changes.reconcile(op_id)).state is State.APPLIED_INFERRED


# A batch.


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [("", 1, 2), (",retry_after=0", 1, 2), (",retry_after=7", 7, 8), (",retry_after=86400", 60, 60)],
)
async def test_429_pauses_the_batch_no_longer_than_60_seconds(
    shop: ChangeShop, asked: str, least: float, most: float
) -> None:
    broken(shop, f"gifts.write:status=429{asked},times=1")
    result = await shop.apply(shop.wish(DOCUMENTED, 3), shop.wish(PLENTY, 1))
    assert states(result) == [State.REJECTED, State.CONFIRMED]
    assert least <= sum(shop.clock.sleeps) <= most
    assert len(shop.writes) == 2


@pytest.mark.parametrize(
    ("fault", "state"),
    [("status=401", State.REJECTED), ("status=403", State.REJECTED), ("close=after-apply", State.UNKNOWN)],
)
async def test_401_403_and_the_first_unknown_stop_the_batch_and_the_rest_is_not_attempted(
    shop: ChangeShop, fault: str, state: State
) -> None:
    broken(shop, f"gifts.write:{fault},after=1")
    wanted = [shop.wish(gift, 1) for gift in (DOCUMENTED, PLENTY, TWIN, LOW)]
    result = await shop.apply(*wanted)
    assert states(result) == [State.CONFIRMED, state, None, None]
    assert len(shop.writes) == 2
    for each in result.results[2:]:
        record = shop.changes.found(each.change.op_id)
        assert (record.state, record.sent_at) == (State.ABANDONED, None)
        assert "Not attempted" in record.note


# The review.


async def test_what_drifted_between_review_and_send_is_abandoned_and_stays_staged(shop: ChangeShop) -> None:
    wanted = shop.wish(DOCUMENTED, 3)
    shop.changes.stage(wanted)
    proposals = await shop.changes.plan([wanted])
    shop.state.gifts.by_id[DOCUMENTED.id].quantity = 8
    result = await shop.changes.apply(proposals)
    assert states(result) == [State.ABANDONED]
    assert "it was 10 in the review and is 8 now" in result.results[0].words
    assert (shop.writes, shop.changes.staged) == ([], (wanted,))


async def test_drift_since_it_was_staged_asks_for_a_set_and_bases_an_adjust_on_the_new_number(
    shop: ChangeShop,
) -> None:
    shop.state.gifts.by_id[DOCUMENTED.id].quantity = 8
    set_, adjust = await shop.changes.plan([shop.wish(DOCUMENTED, 5, Kind.GIFT_SET), shop.wish(DOCUMENTED, 3)])
    assert (set_.question, set_.ready) == ("It was 10 when you staged this and is 8 now.", False)
    assert (adjust.expected, adjust.drifted, adjust.ready) == ({"quantity": 11}, True, True)


def wishes(shop: ChangeShop) -> dict[str, tuple[Intent, str, str]]:
    nowhere = Promised("5d8b0a6552910502640e0000", "NONE", 1)
    return {
        "unlimited": (shop.wish(UNLIMITED, 5), "Its stock is unlimited", ""),
        "below zero": (shop.wish(LOW, -3), "", "It would be -1 pieces, below zero"),
        "set below zero": (shop.wish(LOW, -3, Kind.GIFT_SET), "", "below zero"),
        "beyond the range": (shop.wish(PLENTY, 9_999_999), "beyond ±9,999,999", ""),
        "set beyond the range": (shop.wish(PLENTY, 10_000_000, Kind.GIFT_SET), "beyond ±9,999,999", ""),
        "nothing": (shop.wish(DOCUMENTED, 10, Kind.GIFT_SET), "It would change nothing", ""),
        "unknown gift": (shop.wish(nowhere, 1), "does not know it", ""),
        "a draft of the shop": (shop.wish(DRAFT, 1), "", ""),
        "negative stock": (shop.wish(NEGATIVE, 5), "", ""),
    }


@pytest.mark.parametrize(
    "name",
    [
        *("unlimited", "below zero", "set below zero", "beyond the range", "set beyond the range", "nothing"),
        *("unknown gift", "a draft of the shop", "negative stock"),
    ],
)
async def test_what_the_vendor_would_refuse_or_regret_is_refused_or_asked_about(
    shop: ChangeShop, name: str
) -> None:
    wanted, refusal, question = wishes(shop)[name]
    (line,) = await shop.changes.plan([wanted])
    assert bool(line.refusal) is bool(refusal)
    assert refusal in line.refusal
    assert bool(line.question) is bool(question)
    assert question in line.question
    assert line.ready is not bool(refusal or question)
    assert not shop.writes
    if not refusal:
        assert states(await shop.apply(wanted)) == [State.CONFIRMED]


async def test_a_shop_that_cannot_be_read_refuses_every_line_with_the_reason(shop: ChangeShop) -> None:
    broken(shop, "gifts.read:status=500")
    lines = await shop.changes.plan([shop.wish(gift, 1) for gift in PROMISED])
    assert all("could not be read" in line.refusal for line in lines)


async def test_the_port_keeps_the_engine_s_contract(shop: ChangeShop) -> None:
    port: ChangePort = shop.port
    found = await port.observe([shop.wish(LOW, 1), shop.wish(UNLIMITED, 1)], max_age=HORIZON)
    assert found[shop.wish(LOW, 1).target].facts == {"quantity": 2}
    assert found[shop.wish(UNLIMITED, 1).target].facts != {"quantity": 0}
