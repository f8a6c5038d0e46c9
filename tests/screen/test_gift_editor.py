"""Editing gift stock by the keys: what is typed, what it would do, what is staged, what is refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import (
    GIFT_LIST,
    NOW,
    PROFILE,
    WRITABLE,
    Dashboard,
    live_snapshot,
    opened,
    screen_svg,
    shop,
    stub_stock,
)
from textual import events
from textual.widgets import Input

from qtydash.domain.changes import Intent, Kind
from qtydash.domain.errors import UnexpectedAnswer
from qtydash.tui.bindings import KEYS
from qtydash.tui.models.change_states import offline_words
from qtydash.tui.panes.gifts import GiftsPane

BAG, SUMMER, ENDLESS, DRAFT, PEN, NAMELESS = (gift.id for gift in GIFT_LIST[:6])
SIZES = ((60, 20), (80, 24), (160, 48))


async def edit(dashboard: Dashboard, text: str) -> None:
    """Type an edit on the row of the cursor and stage it."""
    await dashboard.press(*text, "enter")


def staged(dashboard: Dashboard) -> Sequence[tuple[Kind, str, int | None]]:
    return [(i.kind, str(i.ids["gift"]), i.amount) for i in dashboard.app.workspace.changes.staged]


def row(dashboard: Dashboard, words: str) -> str:
    """The line of the screen that holds ``words``, its cells parted by one blank."""
    return " ".join(dashboard.line_with(words).split())


def flat(dashboard: Dashboard) -> str:
    """Every word on the screen, whatever the line it stands in."""
    return " ".join(dashboard.text.replace("▌", " ").split())


def said(dashboard: Dashboard) -> str:
    """What was said in the corner last."""
    return list(dashboard.app._notifications)[-1].message


def written(dashboard: Dashboard) -> str | None:
    """What is typed and not staged, None when nothing is being typed."""
    typing = next(pane for pane in dashboard.app.panes if isinstance(pane, GiftsPane)).typing
    return None if typing is None else typing.text


@pytest.mark.parametrize(
    ("text", "kind", "amount", "shown"),
    [
        ("+3", Kind.GIFT_ADJUST, 3, "+3 21 ➔ 24"),
        ("-4", Kind.GIFT_ADJUST, -4, "-4 21 ➔ 17"),
        ("=10", Kind.GIFT_SET, 10, "=10 21 ➔ 10"),
    ],
)
async def test_typing_on_a_row_stages(text: str, kind: Kind, amount: int, shown: str) -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2")
        await edit(dashboard, text)

        assert staged(dashboard) == [(kind, BAG, amount)]
        assert shown in row(dashboard, "Canvas bag")
        assert "1 staged" in dashboard.line_with("5 Changes")
        assert written(dashboard) is None


async def test_the_preview_follows_what_is_typed() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", *"-")
        assert dashboard.line_with("Canvas bag (BAG-01)").startswith(" - ")
        for key, shown in (("3", "21 ➔ 18 (-3)"), ("0", "21 ➔ -9 (-30)"), ("backspace", "21 ➔ 18 (-3)")):
            await dashboard.press(key)
            assert shown in dashboard.text
        assert staged(dashboard) == []


async def test_digits_belong_to_the_edit_and_not_to_the_panes() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", *"+1345")
        assert dashboard.app.active == "gifts"
        assert written(dashboard) == "+1345"


def burst(dashboard: Dashboard, *keys: str) -> None:
    """Keys all at once, as a terminal sends them when the program was busy."""
    names = {"+": "plus", "-": "minus", "=": "equals_sign"}
    driver = dashboard.app._driver
    assert driver is not None
    for key in keys:
        driver.send_message(events.Key(names.get(key, key), key if len(key) == 1 else None))


async def test_keys_that_come_all_at_once_go_where_they_belong() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2")
        burst(
            dashboard, "+", "1", "5", "enter", "down", "-", "2", "enter", "down", "down", "space", "down", "space"
        )
        burst(dashboard, "=", "3", "9", "backspace", "enter", "up", "+", "4", "escape", "down", "w")
        await dashboard.press("f12")
        for _ in range(3):
            await dashboard.settle()

        assert staged(dashboard) == [
            (Kind.GIFT_ADJUST, BAG, 15),
            (Kind.GIFT_ADJUST, SUMMER, -2),
            (Kind.GIFT_SET, DRAFT, 3),
            (Kind.GIFT_SET, PEN, 3),
        ]
        assert "4 of 4 changes will be sent" in dashboard.text


async def test_keys_are_commands_again_once_nothing_is_typed() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", *"+1lqw3!")
        assert (dashboard.app.active, written(dashboard)) == ("gifts", "+1lqw3!")
        assert "is no whole number" in dashboard.text
        await dashboard.press("down", "ctrl+end", "escape")
        await edit(dashboard, "+2")
        assert staged(dashboard) == [(Kind.GIFT_ADJUST, BAG, 2)]
        await dashboard.press("l", "3")
        assert "low only" not in dashboard.text
        assert dashboard.app.active == "cart"


async def test_pasted_text_is_typed_and_stages_nothing() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", "plus")
        dashboard.app.post_message(events.Paste("12\n+5\n"))
        await dashboard.settle()
        assert (written(dashboard), staged(dashboard)) == ("+12", [])
        await dashboard.press("escape")
        dashboard.app.post_message(events.Paste("+7\n"))
        await dashboard.settle()
        assert (written(dashboard), staged(dashboard)) == (None, [])


async def test_escape_leaves_the_edit_and_stages_nothing() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", *"+3", "escape")
        assert (written(dashboard), staged(dashboard)) == (None, [])
        await dashboard.press("down", *"+4", "enter")
        assert staged(dashboard) == [(Kind.GIFT_ADJUST, SUMMER, 4)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("+1.5", "is no whole number"),
        ("=1,000", "has a separator"),
        ("+", "+3 adds, -4 takes away, =10 sets."),
        ("+0", "It would change nothing."),
        ("=21", "It is 21 already."),
        ("+10000000", "beyond ±9,999,999"),
        ("+9999999", "10,000,020 is beyond ±9,999,999"),
        ("=-10000000", "beyond ±9,999,999"),
    ],
)
async def test_what_cannot_be_is_refused_in_words_and_stays_typed(text: str, why: str) -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", *text, "enter")

        assert why in dashboard.text
        assert (staged(dashboard), written(dashboard)) == ([], text)


async def test_an_edit_without_its_sign_is_refused() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", *"+", "ctrl+u", *"10", "enter")
        assert written(dashboard) == "10"
        assert "Begin with what to do" in dashboard.text
        assert staged(dashboard) == []


async def test_an_unlimited_gift_is_refused_with_the_reason() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", "down", "down", *"+3", "enter")
        assert "Its stock is unlimited" in dashboard.text
        assert (staged(dashboard), written(dashboard)) == ([], "+3")


async def test_a_result_below_zero_is_told_before_it_is_staged() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", "down", *"-4")
        assert "Below zero: the review will ask" in dashboard.text
        await dashboard.press("enter")
        assert staged(dashboard) == [(Kind.GIFT_ADJUST, SUMMER, -4)]


async def test_one_edit_goes_to_all_marked_rows_and_names_what_it_skips() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", "space", "down", "down", "space", "down", "space")
        assert "3 marked: the next + - = changes them all" in dashboard.text
        assert dashboard.line_with("CUP-01").startswith("* CUP-01")

        await dashboard.press("ctrl+end", *"+5")
        assert "3 marked gifts" in dashboard.text
        assert "Skipped: Cup (CUP-01): its stock is unlimited" in flat(dashboard)
        await dashboard.press("enter")

        assert staged(dashboard) == [(Kind.GIFT_ADJUST, BAG, 5), (Kind.GIFT_ADJUST, DRAFT, 5)]
        assert said(dashboard).startswith("Staged +5 for 2 gifts. Skipped: Cup (CUP-01)")
        assert "marked" not in dashboard.text.splitlines()[3]


async def test_marks_survive_the_filter_and_a_read_and_go_by_escape() -> None:
    stubs = shop()
    async with opened(stubs, profile=WRITABLE) as dashboard:
        await dashboard.press("2", "space", "down", "space", "slash", *"pin 1", "enter", "r")
        await dashboard.press(*"+1")
        assert "2 of them are not shown: the filter hides them." in dashboard.text
        await dashboard.press("escape")
        assert "2 marked" in dashboard.text

        stubs.gifts.answer = live_snapshot(GIFT_LIST[1:])
        await dashboard.press("r")
        assert "1 marked" in dashboard.text
        await dashboard.press("escape")
        assert "marked" not in dashboard.text


async def test_all_rows_shown_can_be_marked_at_once() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", "slash", *"cup", "enter", "A")
        assert "2 marked" in dashboard.text
        await dashboard.press("A")
        assert "marked" not in dashboard.text


async def test_another_edit_takes_the_place_of_the_staged_one() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2")
        await edit(dashboard, "+3")
        await dashboard.press(*"=7")
        assert "+3 is staged. This takes its place." in dashboard.text
        await dashboard.press("enter")
        assert staged(dashboard) == [(Kind.GIFT_SET, BAG, 7)]


async def test_enter_on_nothing_takes_the_staged_edit_back() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2")
        await edit(dashboard, "+3")
        await dashboard.press("down")
        await edit(dashboard, "+4")
        await dashboard.press("up", *"+")
        assert "+3 is staged. Enter without a number takes it back." in dashboard.text
        await dashboard.press("enter")
        assert staged(dashboard) == [(Kind.GIFT_ADJUST, SUMMER, 4)]


async def test_u_takes_back_what_was_staged_together_and_shift_u_everything() -> None:
    clock = (NOW + timedelta(milliseconds=n) for n in count())
    async with opened(profile=WRITABLE, now=lambda: next(clock)) as dashboard:
        await dashboard.press("2")
        await edit(dashboard, "+1")
        await dashboard.press("down", "space", "down", "down", "space")
        await edit(dashboard, "+2")
        assert len(staged(dashboard)) == 3

        await dashboard.press("u")
        assert staged(dashboard) == [(Kind.GIFT_ADJUST, BAG, 1)]
        await dashboard.press("U")
        assert staged(dashboard) == []
        assert "➔" not in dashboard.text


async def test_a_read_only_profile_says_why_not_and_swallows_the_number() -> None:
    async with opened(profile=PROFILE) as dashboard:
        await dashboard.press("2", *"+3")
        assert "Profile 'prod' is read-only. Set `write = true`" in flat(dashboard)
        await dashboard.press("enter")
        assert "Profile 'prod' is read-only. Set `write = true`" in flat(dashboard)
        assert (staged(dashboard), dashboard.app.active) == ([], "gifts")
        await dashboard.press("escape", "space")
        assert "marked" not in dashboard.text.splitlines()[3]


async def test_the_second_dashboard_on_a_profile_says_who_writes(tmp_path: Path) -> None:
    async with opened(profile=WRITABLE, home=tmp_path) as first:
        await first.press("2")
        await edit(first, "+3")
        async with opened(profile=WRITABLE, home=tmp_path) as second:
            assert "READ-ONLY" in second.line_with("5 Changes")
            await second.press("2", *"+3", "enter")
            second.app.clear_notifications()
            await second.settle()
            words = flat(second)
            assert "is open on profile 'prod' and is the one that writes" in words
            assert "The dashboard (process" in words
            assert second.app.workspace.changes.staged == ()
        assert staged(first) == [(Kind.GIFT_ADJUST, BAG, 3)]


async def test_what_is_staged_outlives_the_program(tmp_path: Path) -> None:
    async with opened(profile=WRITABLE, home=tmp_path) as dashboard:
        await dashboard.press("2")
        await edit(dashboard, "+3")
    async with opened(profile=WRITABLE, home=tmp_path) as dashboard:
        told = [note.message for note in dashboard.app._notifications]
        assert told == ["1 staged edit from before: w reviews it, U unstages it."]
        await dashboard.press("2")
        assert "+3 21 ➔ 24" in row(dashboard, "Canvas bag")


async def test_a_removed_journal_locks_edits_and_names_the_file(tmp_path: Path) -> None:
    async with opened(profile=WRITABLE, home=tmp_path) as dashboard:
        await dashboard.press("2")
        await edit(dashboard, "+3")
        (tmp_path / "journal.db").unlink()
        await dashboard.press("down")
        await edit(dashboard, "+4")
        words = flat(dashboard)
        assert "journal.db" in words
        assert staged(dashboard) == [(Kind.GIFT_ADJUST, BAG, 3)]


async def test_a_target_in_doubt_takes_no_new_edit_and_is_flagged() -> None:
    stock = stub_stock()
    stock.errors = [UnexpectedAnswer("The answer was cut.", status=200)]
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await dashboard.press("2")
        await edit(dashboard, "+3")
        await dashboard.press("w")
        await dashboard.press("a")
        await dashboard.press("escape")
        assert "in doubt" in row(dashboard, "Canvas bag")
        assert "1 unknown" in dashboard.line_with("5 Changes")

        await dashboard.press(*"+1", "enter")
        assert "no known outcome yet" in flat(dashboard)
        assert staged(dashboard) == []


@pytest.mark.parametrize("how", ["asked for", "outage"])
async def test_offline_edits_are_staged_and_say_that_nothing_is_sent(how: str) -> None:
    stock = stub_stock()
    stubs = shop("offline")
    async with opened(stubs, profile=WRITABLE, stock=stock, offline=how == "asked for") as dashboard:
        await dashboard.press("2", *"+3")
        assert offline_words(KEYS) in flat(dashboard)
        await dashboard.press("enter")

        assert staged(dashboard) == [(Kind.GIFT_ADJUST, BAG, 3)]
        assert offline_words(KEYS) in flat(dashboard)
        assert offline_words(KEYS) in dashboard.text.splitlines()[3]  # whole, above the vendor's words
        assert dashboard.app.workspace.changes.staged[0].seen_at == stubs.gifts.seen.fetched_at  # type: ignore[union-attr]


async def test_when_the_network_returns_nothing_is_sent_by_itself() -> None:
    stock, stubs = stub_stock(), shop("offline")
    async with opened(stubs, profile=WRITABLE, stock=stock) as dashboard:
        await dashboard.press("2")
        await edit(dashboard, "+3")
        stubs.gifts.error, stubs.gifts.answer = None, live_snapshot(GIFT_LIST)
        await dashboard.press("r")
        for _ in range(3):
            dashboard.app.tick()
            await dashboard.settle()

        assert "live" in dashboard.line_with("2 Gifts   40 gifts")
        assert (stock.sent, len(staged(dashboard))) == ([], 1)


async def test_a_gift_that_leaves_the_list_while_it_is_edited_is_refused() -> None:
    stubs = shop()
    async with opened(stubs, profile=WRITABLE) as dashboard:
        await dashboard.press("2", *"+3")
        stubs.gifts.answer = live_snapshot(GIFT_LIST[1:])
        dashboard.app.action_refresh_now()
        await dashboard.settle()
        await dashboard.press("enter")
        assert "Not in the list any more" in dashboard.text
        assert staged(dashboard) == []


async def test_a_row_that_drifted_since_it_was_staged_says_so() -> None:
    stubs = shop()
    async with opened(stubs, profile=WRITABLE) as dashboard:
        await dashboard.press("2")
        await edit(dashboard, "-3")
        stubs.gifts.answer = live_snapshot((replace(GIFT_LIST[0], quantity=15), *GIFT_LIST[1:]))
        await dashboard.press("r")
        assert "15 ➔ 12 drifted" in row(dashboard, "Canvas bag")
        assert "It was 21 when this was staged." in dashboard.text


async def test_where_there_is_no_gift_there_is_nothing_to_edit() -> None:
    async with opened(shop("empty"), profile=WRITABLE) as dashboard:
        await dashboard.press("2", "plus")
        assert "There is no gift here to change." in dashboard.text
        assert written(dashboard) is None


async def test_what_is_copied_and_sorted_leaves_the_marks_aside() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", "space", "c")
        assert dashboard.app.clipboard.startswith("BAG-01\tCanvas bag")
        await dashboard.press("down")
        await edit(dashboard, "+3")
        await dashboard.press(*"sssssss")
        assert "Staged▴" in dashboard.text
        assert dashboard.line_with("21 ➔ 24 ") == dashboard.text.splitlines()[4]


# Counts from a file.


def counts(folder: Path, text: str) -> Path:
    path = folder / "counts.csv"
    path.write_text(text)
    return path


async def import_counts(dashboard: Dashboard, path: Path) -> None:
    await dashboard.press("2", "i")
    dashboard.app.screen.query_one(Input).value = str(path)
    await dashboard.press("enter")
    await dashboard.settle()


def intents(dashboard: Dashboard) -> Sequence[Intent]:
    return dashboard.app.workspace.changes.staged


async def test_counts_without_errors_are_staged_by_enter(tmp_path: Path) -> None:
    path = counts(tmp_path, "sku,quantity\nBAG-01,30\nBAG-02,3\nPEN-07,4\n")
    async with opened(profile=WRITABLE) as dashboard:
        await import_counts(dashboard, path)
        assert "3 rows: 2 matched, 1 unchanged." in dashboard.text
        assert "21 ➔ 30" in row(dashboard, "Canvas bag")

        await dashboard.press("enter")
        assert staged(dashboard) == [(Kind.GIFT_SET, BAG, 30), (Kind.GIFT_SET, PEN, 4)]
        assert said(dashboard) == "Staged 2 edits from the file. w reviews them."


async def test_counts_with_errors_are_staged_only_by_the_key_for_a_part(tmp_path: Path) -> None:
    path = counts(tmp_path, "sku,quantity\nBAG-01,30\nCUP-01,5\nnope,1\nPEN-07,1.5\n")
    async with opened(profile=WRITABLE) as dashboard:
        await import_counts(dashboard, path)
        words = flat(dashboard)
        assert "4 rows: 1 matched, 1 ambiguous, 1 unknown, 1 not understood." in words
        assert "3 rows must be corrected first; P stages what fits (1)." in words
        assert "2 gifts carry the SKU 'CUP-01'" in words
        assert [line.split()[0] for line in dashboard.text.splitlines()[6:10]] == ["3", "4", "5", "2"]

        await dashboard.press("enter")
        assert staged(dashboard) == []
        await dashboard.press("P")
        assert staged(dashboard) == [(Kind.GIFT_SET, BAG, 30)]


async def test_escape_leaves_the_report_and_stages_nothing(tmp_path: Path) -> None:
    path = counts(tmp_path, "sku,quantity\nBAG-01,30\n")
    async with opened(profile=WRITABLE) as dashboard:
        await import_counts(dashboard, path)
        await dashboard.press("escape")
        assert (staged(dashboard), "Counts from" in dashboard.text) == ([], False)


async def test_counts_in_place_of_staged_edits_say_so(tmp_path: Path) -> None:
    path = counts(tmp_path, "sku,quantity\nBAG-01,30\n")
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2")
        await edit(dashboard, "+3")
        await import_counts(dashboard, path)
        assert "In place of 1 edit staged before." in dashboard.text


async def test_a_file_that_cannot_be_read_as_counts_says_why(tmp_path: Path) -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await import_counts(dashboard, counts(tmp_path, "name,colour\nBag,red\n"))
        assert "must name the columns" in flat(dashboard)
        await import_counts(dashboard, tmp_path / "absent.csv")
        assert "There is no file" in dashboard.text


async def test_counts_cannot_be_imported_where_nothing_can_be_changed() -> None:
    async with opened(profile=PROFILE) as dashboard:
        await dashboard.press("2", "i")
        assert "is read-only" in dashboard.text
        assert len(dashboard.app.screen_stack) == 1


# What it looks like.


async def rows_staged(dashboard: Dashboard) -> None:
    await dashboard.press("2")
    if dashboard.app.overview:
        await dashboard.press("z")
    await edit(dashboard, "-3")
    await dashboard.press("down")
    await edit(dashboard, "=10")
    await dashboard.press("down", "down", "space", "down", "space")
    await edit(dashboard, "-50")
    await dashboard.press("escape", "up", "up", "up")


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_editor(size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    async with opened(profile=WRITABLE, size=size) as dashboard:
        await rows_staged(dashboard)
        await dashboard.press(*"-12")
        dashboard.app.clear_notifications()
        await dashboard.settle()
        assert dashboard.text == text_screen


async def test_picture_of_the_editor(svg_screen: SnapshotAssertion) -> None:
    async with opened(profile=WRITABLE, size=(100, 30)) as dashboard:
        await rows_staged(dashboard)
        dashboard.app.clear_notifications()
        await dashboard.settle()
        assert screen_svg(dashboard.app) == svg_screen


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_report_on_counts(size: tuple[int, int], text_screen: SnapshotAssertion, tmp_path: Path) -> None:
    rows = "sku,quantity,note\nBAG-01,30,\nBAG-02,3,\nCUP-01,5,\nnope,1,\nPEN-07,1.5,\nPIN-07,2,\nPIN-07,3,\n"
    async with opened(profile=WRITABLE, size=size) as dashboard:
        await import_counts(dashboard, counts(tmp_path, rows))
        assert dashboard.text == text_screen
