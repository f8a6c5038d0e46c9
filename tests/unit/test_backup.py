"""What is deleted is on the disk first, whole, or nothing is sent."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.changes_kit import NOON, ORIGIN, Clock, of_profile, quick_folder
from tests.hold_model import HoldStore, hold

from qtydash.domain.changes import Intent, State
from qtydash.domain.op_id import new_op_id
from qtydash.domain.order_qty import FIELDS
from qtydash.services.backup import backup_file
from qtydash.services.changes import Changes, NotNow
from qtydash.services.order_qty_intents import cart_deletion_intent, deletion_intent
from qtydash.storage.journal import Journal, JournalError

ROWS = (hold("a", quantity="0.10"), hold("b", quantity="2"), hold("c", "brew"))


class Desk:
    def __init__(self, path: Path, **settings: bool | int) -> None:
        self.store = HoldStore(Clock())
        self.store.add(ROWS)
        self.path = path
        clock = self.store.clock
        profile = of_profile("shop", **settings)  # type: ignore[arg-type]
        port = self.store.port()
        self.changes = Changes(profile, Journal(path), [port], clock, purpose="a test", sleep=clock.sleep)
        self.changes.open()

    def deletions(self, *ids: str) -> list[Intent]:
        rows = [self.store.rows[id] for id in ids]
        return [deletion_intent(row, row.product_id, now=NOON, seen_at=NOON) for row in rows]

    @property
    def files(self) -> list[Path]:
        folder = self.path.parent / "backups"
        return sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def desk() -> Iterator[Desk]:
    with quick_folder() as folder:
        desk = Desk(Path(folder) / "journal.db")
        yield desk
        desk.changes.close()


async def test_every_field_of_every_row_is_on_the_disk_before_anything_is_sent(desk: Desk) -> None:
    seen: list[str] = []
    desk.store.on_arrival = lambda arrival: seen.append(desk.files[0].read_text())
    batch = new_op_id(NOON)
    await desk.changes.apply(await desk.changes.plan(desk.deletions("a", "b", "c")), batch=batch)

    (file,) = desk.files
    assert file == backup_file(desk.path, "shop", batch)
    assert file.name == f"order-qty-shop-20260301T120000Z-{batch}.json"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert seen == [file.read_text()] * 3
    told = json.loads(seen[0])
    assert {name: told[name] for name in ("format", "version", "profile", "base_url", "batch", "made_at")} == {
        "format": "qtydash order-qty backup",
        "version": 1,
        "profile": "shop",
        "base_url": ORIGIN,
        "batch": batch,
        "made_at": "2026-03-01T12:00:00Z",
    }
    assert [row["id"] for row in told["rows"]] == ["a", "b", "c"]
    first = told["rows"][0]
    assert tuple(first) == (*FIELDS, "read_at", "op_id")
    assert (first["quantity"], first["created"]) == ("0.10", "2026-02-01T08:30:00Z")
    assert first["read_at"] == "2026-03-01T12:00:00Z"
    assert [row["op_id"] for row in told["rows"]] == [arrival.op_id for arrival in desk.store.arrivals]


async def test_the_journal_says_where_the_backup_is(desk: Desk) -> None:
    result = await desk.changes.apply(await desk.changes.plan(desk.deletions("a")))
    record = desk.changes.found(result.results[0].change.op_id)
    assert record.events[0].note == f"Backed up in {desk.files[0]}."
    assert record.note == "", "where it was kept says nothing about what came of it"


async def test_a_cart_is_backed_up_row_by_row(desk: Desk) -> None:
    cart = cart_deletion_intent("cart-1", [(row.product_id, row) for row in ROWS], now=NOON, seen_at=NOON)
    await desk.changes.apply(await desk.changes.plan([cart]))
    rows = json.loads(desk.files[0].read_text())["rows"]
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert len({row["op_id"] for row in rows}) == 1


async def test_without_a_backup_nothing_is_sent_or_written_down(desk: Desk) -> None:
    (desk.path.parent / "backups").write_text("a file where the folder should be")
    proposals = await desk.changes.plan(desk.deletions("a", "b"))
    with pytest.raises(NotNow, match=r"could not be written to .* first .*, so nothing was sent"):
        await desk.changes.apply(proposals)
    assert desk.store.arrivals == []
    assert desk.changes.records() == ()


async def test_a_full_disk_leaves_no_half_backup(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    proposals = await desk.changes.plan(desk.deletions("a"))
    with monkeypatch.context() as patched:
        patched.setattr("qtydash.storage.durable.os.fsync", full)
        with pytest.raises(NotNow, match="No space left on device"):
            await desk.changes.apply(proposals)
    assert (desk.files, desk.store.arrivals) == ([], [])


async def test_what_could_not_be_journaled_leaves_no_backup(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*changes: object) -> None:
        raise JournalError("The journal cannot be written.")

    proposals = await desk.changes.plan(desk.deletions("a"))
    monkeypatch.setattr(desk.changes.journal, "plan", broken)
    with pytest.raises(JournalError):
        await desk.changes.apply(proposals)
    assert (desk.files, desk.store.arrivals) == ([], [])


async def test_more_than_the_profile_allows_are_refused_by_the_engine_itself() -> None:
    with quick_folder() as folder:
        desk = Desk(Path(folder) / "journal.db", max_bulk=2)
        proposals = await desk.changes.plan(desk.deletions("a", "b", "c"))
        with pytest.raises(NotNow, match="3 deletions are more than the 2"):
            await desk.changes.apply(proposals)
        assert (desk.files, desk.store.arrivals) == ([], [])
        desk.changes.close()


async def test_the_first_that_is_really_deleted_is_the_one_that_is_looked_up(desk: Desk) -> None:
    """The first of the batch may be skipped: then it shows nothing about deleting."""
    proposals = await desk.changes.plan(desk.deletions("a", "b", "c"))
    desk.store.touch("a")
    desk.store.clock.move(6)
    reads = desk.store.reads
    result = await desk.changes.apply(proposals)
    assert [found.state for found in result.results] == [State.ABANDONED, State.CONFIRMED, State.CONFIRMED]
    assert desk.store.reads - reads == 3, "gummies afresh, gummies for the first deletion, brew afresh"
