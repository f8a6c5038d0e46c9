"""The changes pane: what is in doubt comes first, and all about a change is seen, settled and undone from here."""

import csv
import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.changes_kit import Clock
from tests.screen.changes_story import (
    PROFILE,
    a_busy_week,
    ago,
    done,
    edit,
    journal_of,
    lost,
    one,
    sent,
    stage,
)
from tests.screen.shop import NOW, Dashboard, opened, screen_svg, stub_stock
from tests.screen.test_hostile_text import HOSTILE, assert_harmless
from textual.widgets import Button, Input

from qtydash.domain.changes import ChangeRecord, Event, Kind, State
from qtydash.domain.errors import Unreachable
from qtydash.services.changes import Changes
from qtydash.storage.journal import Journal
from qtydash.storage.journal_file import marker
from qtydash.storage.lock import WriterLock
from qtydash.tui.change_watch import ChangeWatch
from qtydash.tui.screens.change import ChangeScreen
from qtydash.tui.screens.confirm import ConfirmScreen
from qtydash.tui.screens.verdict import VerdictScreen

SIZES = ((60, 20), (80, 24), (160, 48))


@asynccontextmanager
async def pane(home: Path, **settings: Any) -> AsyncIterator[Dashboard]:
    """The dashboard over the journal in ``home``, with the changes pane on the screen."""
    async with opened(home=home, **{"profile": PROFILE, **settings}) as dashboard:
        await dashboard.settle()
        if dashboard.app.active != "changes":
            await dashboard.press("5")
        await dashboard.settle()
        dashboard.app.clear_notifications()
        await dashboard.settle()
        yield dashboard


def rows(dashboard: Dashboard) -> list[str]:
    """What the list shows, a line for each of its rows, its cells parted by one blank."""
    model = dashboard.changes.grid.model
    cells = (
        [model.cell(row, column).text for column in range(len(model.columns))] for row in range(model.row_count)
    )
    return [" ".join(filter(None, row)) for row in cells]


def told(dashboard: Dashboard) -> str:
    """What stands in the corner, newest last."""
    return "\n".join(toast.message for toast in dashboard.app._notifications)


def words(dashboard: Dashboard) -> str:
    """The screen as one line, however it is wrapped."""
    return " ".join(dashboard.text.split())


def records(home: Path) -> tuple[ChangeRecord, ...]:
    return Journal(home / "journal.db").records(PROFILE.name)


async def go_to(dashboard: Dashboard, words: str) -> None:
    """Walk down to the first row that holds ``words``."""
    at = next(n for n, row in enumerate(rows(dashboard)) if words in row)
    grid = dashboard.changes.grid
    await dashboard.press(*["down" if at > grid.cursor_row else "up"] * abs(at - grid.cursor_row))


@pytest.fixture
def no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcomes are judged by the operator's own key only."""
    monkeypatch.setattr(ChangeWatch, "_judge", lambda self: None)


# What is shown.


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_a_busy_week(home: Path, size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    a_busy_week(home)
    async with pane(home, size=size) as dashboard:
        assert dashboard.text == text_screen


async def test_picture(home: Path, svg_screen: SnapshotAssertion) -> None:
    a_busy_week(home)
    async with pane(home, size=(120, 30)) as dashboard:
        assert screen_svg(dashboard.app) == svg_screen


async def test_nothing_was_ever_changed(home: Path) -> None:
    async with pane(home) as dashboard:
        assert "No changes: nothing was staged or sent from here." in dashboard.text
        assert "LOCKED" not in dashboard.text
        await dashboard.press("enter", "c", "e", "s", "slash", "escape")
        assert dashboard.app.active == "changes"


async def test_what_a_killed_run_was_sending_is_shown_before_anything_else(home: Path) -> None:
    journal = journal_of(
        home,
        one(edit(8, 1, "Pin 8"), ago(minutes=9), done(ago(minutes=9))),
        one(edit(17, 4, "Pin 17"), ago(minutes=8), [sent(ago(minutes=8))]),
    )
    stage(journal, edit(18, 6, "Pin 18"))

    async with opened(home=home, profile=PROFILE) as dashboard:
        await dashboard.until(lambda: dashboard.app.active == "changes")
        await dashboard.settle()

        assert "1 unknown" in dashboard.text
        assert [row.partition(" ")[0] for row in rows(dashboard)][:2] == ["Unknown", "11:52:00"]
        assert dashboard.changes.grid.cursor_row == 1
        assert "? outcome unknown" in dashboard.line_with("11:52:00")
        assert "Pin 17: 51 + 4 = 55 pieces" in dashboard.text
        assert "Do not send it again" in words(dashboard)
        assert dashboard.changes.grid.has_focus


async def test_a_pane_that_is_left_does_not_take_the_screen_back(home: Path) -> None:
    """The focus moves a moment after the pane, and until then it is where it was."""
    async with opened(home=home, profile=PROFILE) as dashboard:
        await dashboard.app.action_pane("changes")
        dashboard.app.on_descendant_focus()
        assert dashboard.app.active == "changes"
        await dashboard.settle()
        assert dashboard.app.focused in dashboard.changes.walk_children(with_self=True)


async def test_what_a_killed_run_had_sent_is_not_staged_any_more(home: Path) -> None:
    """Its draft was kept, since that run could not take it back; sending it again could do it twice."""
    sending, waiting = edit(17, 4, "Pin 17", seen={"quantity": 51}), edit(18, 6, "Pin 18")
    journal = journal_of(home, one(sending, ago(minutes=8), [sent(ago(minutes=8))]))
    stage(journal, sending, waiting)

    async with pane(home) as dashboard:
        assert dashboard.app.workspace.changes.staged == (waiting,)
        assert not any("+4" in row and "staged" in row for row in rows(dashboard))


async def test_history_is_newest_first_and_drafts_in_the_order_they_were_staged(home: Path) -> None:
    a_busy_week(home)
    async with pane(home) as dashboard:
        shown = rows(dashboard)
        assert [row.split()[0] for row in shown if "change" in row] == ["Unknown", "Staged", "History"]
        history = shown[shown.index("History 9 changes") + 1 :]
        assert [row.partition("  ")[0][:8] for row in history] == [
            *("11:30:00", "11:00:00", "10:00:00", "09:00:00", "08:00:00", "07:00:00"),
            *("05 Mar 1", "03 Mar 1", "2025-01-"),
        ]
        assert [row for row in shown if "staged" in row] == [
            "11:42:00 Pin 18 54 ➔ 60 (+6) + staged 18m ago",
            "11:58:00 Gift 2 3 ➔ 8 (=8) + staged 2m ago",
        ]


async def test_the_status_is_in_the_list_and_who_and_why_where_it_is_wide(home: Path) -> None:
    a_busy_week(home)
    async with pane(home, size=(160, 48)) as dashboard:
        assert "08:00:00 Pin 11 33 ➔ 32 (-1) ✗ rejected by the vendor 422 ann@till" in rows(dashboard)
        assert "bob@desk: counted on the sh⋯" in dashboard.line_with("Pin 12")
        assert "ann@till: damaged in the st⋯" in dashboard.line_with("Canvas bag")


async def test_seconds_are_counted_while_it_is_on_its_way_and_until_it_can_be_judged(home: Path) -> None:
    clock, stock = Clock(NOW), stub_stock()
    stock.hold = True
    journal_of(home, one(edit(17, 4, "Pin 17"), NOW, lost(NOW)))
    async with pane(home, now=clock, stock=stock) as dashboard:
        app = dashboard.app
        changes = app.workspace.changes
        assert "? outcome unknown, 90s" in dashboard.text

        changes.stage(edit(18, 6, "Pin 18", seen={"quantity": 54}))
        app.workspace.background.submit(_apply(changes))
        while not stock.sent:
            await dashboard.pilot.pause()
        await dashboard.settle()
        await dashboard.settle()
        clock.move(4)
        app.tick()
        await dashboard.settle()

        assert "? outcome unknown, 86s" in dashboard.text
        assert "▸ being sent, 4s" in dashboard.line_with("Pin 18")
        assert "In flight    1 change" in dashboard.text
        assert "Staged " not in dashboard.text


async def _apply(changes: Changes) -> None:
    await changes.apply(await changes.plan(changes.staged))


async def test_doubt_that_came_up_elsewhere_is_on_top_when_one_comes_back(home: Path) -> None:
    at = ago(minutes=40)
    journal = journal_of(home, *(one(edit(n, 1, f"Pin {n}"), at, done(at)) for n in range(7, 37)))
    async with pane(home, now=lambda: NOW) as dashboard:
        await dashboard.press("ctrl+end", "2")
        new, events = one(edit(38, 1, "Pin 38"), NOW, lost(NOW))
        journal.plan([new])
        journal.record(*((new.op_id, event) for event in events))
        dashboard.app._on_change()
        await dashboard.press("5")
        await dashboard.settle()
        assert dashboard.changes.grid.cursor_row == 1
        assert "Pin 38: " in dashboard.text


async def test_older_changes_are_told_and_loaded(home: Path) -> None:
    at = ago(days=2)
    journal_of(
        home,
        one(edit(7, 1, "Pin 7"), ago(days=9), lost(ago(days=9))),
        *(one(edit(n, 1, f"Pin {n}"), at + timedelta(minutes=n), done(at)) for n in range(8, 18)),
    )
    async with pane(home) as dashboard:
        dashboard.changes.journal.limit = 4
        await dashboard.press("r")
        await dashboard.until(lambda: "and older ones" in dashboard.text)  # a look under way ends first
        shown = rows(dashboard)
        assert shown[1].endswith("Pin 7 21 ➔ 22 (+1) ? outcome unknown, R reads -")  # however old it is
        assert shown[2] == "History 4 changes"
        assert shown[-1] == "Older ones exist M loads more"
        assert "1 unknown, 4 done with, and older ones" in dashboard.text

        await dashboard.press("ctrl+end")
        assert "The newest 5 changes are shown, and there are older ones." in dashboard.text
        await dashboard.press("M")
        await dashboard.until(lambda: "1 unknown, 10 done with" in dashboard.text)
        assert "older ones" not in dashboard.text
        await dashboard.press("M")
        assert told(dashboard) == "There are no older ones: 11 changes in all."


# Everything about one.


async def test_every_event_of_one(home: Path, text_screen: SnapshotAssertion) -> None:
    a_busy_week(home)
    async with pane(home, size=(100, 60)) as dashboard:
        await go_to(dashboard, "Canvas bag")
        await dashboard.press("i")
        assert isinstance(dashboard.app.screen, ChangeScreen)
        assert dashboard.text == text_screen


async def test_the_request_is_told_letter_for_letter_and_all_is_copied(home: Path) -> None:
    a_busy_week(home)
    async with pane(home) as dashboard:
        await go_to(dashboard, "Canvas bag")
        await dashboard.press("enter", "c")
        copied = dashboard.app.clipboard
        assert f"PUT /v1/gifts/{1:024x}/update_quantity" in copied
        assert '{"quantity":-3,"replace":false}' in copied
        assert "reason        damaged in the store room" in copied
        assert "2026-03-05 12:00:01.000+00:00  unknown" in copied
        assert "fault        ReadError" in copied
        assert copied.count("18 at 2026-03-05 12:02:0") == 2
        await dashboard.press("end")
        assert "Consistent with applied." in dashboard.text
        await dashboard.press("escape")
        assert dashboard.app.screen.id == "_default"


async def test_the_page_of_one_goes_on_while_one_looks(home: Path) -> None:
    clock = Clock(NOW)
    journal_of(home, one(edit(17, 4, "Pin 17"), NOW, lost(NOW)))
    async with pane(home, now=clock) as dashboard:
        await dashboard.press("enter")
        page = dashboard.app.screen
        assert isinstance(page, ChangeScreen)
        assert "outcome unknown, 90s" in dashboard.text
        (record,) = records(home)
        dashboard.app.workspace.changes.resolve(record.op_id, applied=True, reason="seen on the shelf")
        await dashboard.settle()
        await dashboard.settle()
        page._tell()
        await dashboard.settle()
        assert "✓ applied, by verdict" in dashboard.text


async def test_a_staged_edit_tells_what_it_would_send(home: Path) -> None:
    a_busy_week(home)
    async with pane(home) as dashboard:
        await go_to(dashboard, "Gift 2")
        await dashboard.press("enter")
        assert "staged 2m 0s ago; nothing was sent" in dashboard.text
        assert "What the review would send" in dashboard.text
        assert '{"quantity":8,"replace":true}' in dashboard.text


# Reconciling.


@pytest.mark.usefixtures("no_watch")
async def test_reconcile_says_how_long_it_is_too_early(home: Path) -> None:
    journal_of(home, one(edit(17, 4, "Pin 17"), ago(seconds=48), lost(ago(seconds=48))))
    async with pane(home) as dashboard:
        await dashboard.press("R")
        assert told(dashboard) == "Too early: 42 s to go until reading can tell. It is then read by itself."
        assert "Too early: 42 s to go" in dashboard.text
        (record,) = records(home)
        assert record.state is State.UNKNOWN


@pytest.mark.usefixtures("no_watch")
@pytest.mark.parametrize(
    ("there", "state", "standing"),
    [
        (55, State.APPLIED_INFERRED, "~ consistent with applied"),
        (51, State.NOT_APPLIED_INFERRED, "~ consistent with not applied"),
        (40, State.UNDECIDED, "? undecided: yours to judge"),
    ],
)
async def test_reconcile_in_time_tells_what_two_reads_showed(
    home: Path, there: int, state: State, standing: str
) -> None:
    stock = stub_stock()
    stock.stock[f"{17:024x}"] = there
    journal_of(home, one(edit(17, 4, "Pin 17"), ago(seconds=90), lost(ago(seconds=90))))
    async with pane(home, stock=stock, size=(120, 40)) as dashboard:
        assert "? outcome unknown, R reads" in dashboard.text
        await dashboard.press("R")
        await dashboard.settle()
        (record,) = records(home)
        assert record.state is state
        assert standing in dashboard.line_with("11:58:30")
        assert len(record.events[-1].looks) == 2
        assert f"Read: {there} at 12:00:00Z and {there} at 12:00:00Z." in told(dashboard)
        dashboard.app.clear_notifications()
        await dashboard.settle()
        assert record.note in words(dashboard)


@pytest.mark.usefixtures("no_watch")
async def test_what_cannot_be_read_stays_unknown(home: Path) -> None:
    stock = stub_stock()
    stock.read_error = Unreachable("SHOPLINE refused the connection.")
    journal_of(home, one(edit(17, 4, "Pin 17"), ago(minutes=9), lost(ago(minutes=9))))
    async with pane(home, stock=stock, size=(120, 40)) as dashboard:
        await dashboard.press("R")
        assert told(dashboard).startswith(
            "Pin 17 could not be read, so its outcome stays unknown. SHOPLINE refused"
        )
        assert "? outcome unknown, R reads" in dashboard.text


@pytest.mark.usefixtures("no_watch")
async def test_it_is_told_that_it_is_being_read(home: Path) -> None:
    journal_of(home, one(edit(17, 4, "Pin 17"), ago(minutes=9), lost(ago(minutes=9))))
    async with pane(home) as dashboard:
        (record,) = records(home)
        dashboard.app.workspace.changes._looked_at.add(record.op_id)
        dashboard.app._on_change()
        await dashboard.settle()
        await dashboard.settle()
        assert "? outcome unknown, reading" in dashboard.text
        await dashboard.press("R")
        assert told(dashboard).startswith("It is being read at this moment")


async def test_it_is_judged_without_a_key_once_it_is_time(home: Path) -> None:
    clock = Clock(NOW)
    journal_of(home, one(edit(17, 4, "Pin 17"), NOW, lost(NOW)))
    async with pane(home, now=clock) as dashboard:
        clock.move(90)
        dashboard.app.tick()
        while records(home)[0].state is State.UNKNOWN:
            await dashboard.pilot.pause()
        await dashboard.settle()
        await dashboard.settle()
        assert "~ consistent with not applied" in dashboard.text


# The verdict.


async def test_a_verdict_needs_a_reason(home: Path) -> None:
    a_busy_week(home)
    async with pane(home) as dashboard:
        await go_to(dashboard, "Pin 16")
        await dashboard.press("V")
        screen = dashboard.app.screen
        assert isinstance(screen, VerdictScreen)
        assert screen.focused is screen.query_one("#cancel", Button)
        assert "Applied: it was done, 48 became 44." in dashboard.text
        assert "Not applied: it was not done, it stayed 48." in dashboard.text
        screen.query_one("#applied", Button).focus()
        await dashboard.press("enter")
        assert "Say why first: what you looked at, and what it showed." in dashboard.text
        assert screen.query_one(Input).has_focus
        await dashboard.press("space", "enter")
        assert dashboard.app.screen is screen
        assert "Say why first" in dashboard.text

        await dashboard.press(*"44 in the console", "enter")
        assert screen.focused is screen.query_one("#cancel", Button)
        assert "Say why first" not in dashboard.text
        await dashboard.press("right", "enter")
        await dashboard.settle()

        record = next(r for r in records(home) if r.change.intent.label == "Pin 16")
        assert record.state is State.APPLIED_BY_VERDICT
        assert (record.events[-1].operator, record.events[-1].reason) == ("tester@here", "44 in the console")
        assert "✓ applied, by verdict" in dashboard.line_with("11:40:00")
        assert "1 unknown, 2 staged, 10 done with" in dashboard.text


async def test_not_applied_is_the_other_verdict_and_both_ways_out_judge_nothing(home: Path) -> None:
    journal_of(home, one(edit(17, 4, "Pin 17"), NOW, lost(NOW)))
    async with pane(home) as dashboard:
        await dashboard.press("V")
        assert "Reading may tell it by itself in 90 s." in dashboard.text
        await dashboard.press("enter", "V", "escape")
        assert records(home)[0].state is State.UNKNOWN

        await dashboard.press("V", "shift+tab", *"still 51", "enter", "right", "right", "enter")
        await dashboard.settle()
        assert records(home)[0].state is State.NOT_APPLIED_BY_VERDICT
        assert "✗ not applied, by verdict" in dashboard.text


async def test_an_inference_can_be_overruled_and_a_verdict_cannot(home: Path) -> None:
    a_busy_week(home)
    async with pane(home, size=(120, 40)) as dashboard:
        await go_to(dashboard, "Canvas bag")
        await dashboard.press("V")
        assert isinstance(dashboard.app.screen, VerdictScreen)
        await dashboard.press("escape")
        await go_to(dashboard, "Pin 12")
        await dashboard.press("V")
        assert told(dashboard) == "There is nothing to judge: this change is not applied, by verdict."


# Taking back.


async def test_taking_back_is_explained_asked_and_linked(home: Path) -> None:
    journal_of(home, one(edit(1, -3, "Canvas bag"), ago(minutes=9), done(ago(minutes=9))))
    stock = stub_stock()
    stock.stock[f"{1:024x}"] = 18
    async with pane(home, stock=stock, size=(120, 40)) as dashboard:
        changes = dashboard.app.workspace.changes
        (applied,) = records(home)
        await dashboard.press("B")
        screen = dashboard.app.screen
        assert isinstance(screen, ConfirmScreen)
        assert screen.focused is screen.query_one("#cancel", Button)
        assert "It was applied: 21 ➔ 18 (-3)." in dashboard.text
        assert "This stages +3 for it. Nothing is sent: review it with w." in dashboard.text
        await dashboard.press("enter")
        assert not changes.staged

        await dashboard.press("B", "right", "enter")
        (staged,) = changes.staged
        assert (staged.kind, staged.amount, staged.follows) == (Kind.GIFT_ADJUST, 3, applied.op_id)
        assert told(dashboard) == "+3 is staged for Canvas bag: w reviews it, u unstages it."
        assert "18 ➔ 21 (+3)" in dashboard.line_with("+ staged")
        assert stock.sent == []
        await dashboard.press("B")
        assert "It is staged already (+3): w reviews it." in told(dashboard)

        await dashboard.app.workspace.background.run(_apply(changes))
        await dashboard.settle()
        await dashboard.settle()
        assert "✓ done, taken back" in dashboard.line_with("21 ➔ 18 (-3)")
        back = next(r for r in records(home) if r.op_id != applied.op_id)
        assert (back.state, back.change.intent.follows) == (State.CONFIRMED, applied.op_id)
        await go_to(dashboard, "21 ➔ 18 (-3)")
        await dashboard.press("B")
        assert f"It was taken back already, at 12:00:00 ({back.op_id})." in told(dashboard)
        assert "Taken back at 12:00:00: done." in dashboard.text
        await go_to(dashboard, "18 ➔ 21 (+3)")
        assert "It follows 21 ➔ 18 (-3) of 11:51:00." in dashboard.text


async def test_a_set_is_taken_back_by_the_value_before_and_says_what_that_means(home: Path) -> None:
    journal_of(home, one(edit(15, 7, "Pin 15", Kind.GIFT_SET), ago(minutes=9), done(ago(minutes=9))))
    async with pane(home) as dashboard:
        await dashboard.press("B")
        assert "=45 is what it was before, whatever became of it since" in dashboard.text
        await dashboard.press("tab", "enter")
        (staged,) = dashboard.app.workspace.changes.staged
        assert (staged.kind, staged.amount, staged.seen) == (Kind.GIFT_SET, 45, {"quantity": 7})


async def test_what_was_not_sent_is_staged_again_with_the_same_key(home: Path) -> None:
    given_up = Event(State.ABANDONED, ago(minutes=8), phase="start", note="qtydash ended before this was sent.")
    journal_of(home, one(edit(14, -2, "Pin 14"), ago(minutes=9), [given_up]))
    async with pane(home) as dashboard:
        assert "qtydash ended before this was sent." in dashboard.text
        await dashboard.press("B")
        assert "Stage this change again?" in dashboard.text
        assert "It was not made: 42 ➔ 40 (-2)." in dashboard.text
        await dashboard.press("right", "enter")
        (staged,) = dashboard.app.workspace.changes.staged
        (record,) = records(home)
        assert (staged.amount, staged.follows, staged.staged_at) == (-2, record.op_id, NOW)


async def test_taking_back_tells_what_it_takes_the_place_of(home: Path) -> None:
    journal = journal_of(home, one(edit(1, -3, "Canvas bag"), ago(minutes=9), done(ago(minutes=9))))
    stage(journal, edit(1, 10, "Canvas bag"))
    async with pane(home) as dashboard:
        await go_to(dashboard, "21 ➔ 18 (-3)")
        await dashboard.press("B")
        assert "It takes the place of +10, which is staged for it now." in dashboard.text


async def test_a_staged_edit_is_unstaged_where_the_cursor_is(home: Path) -> None:
    a_busy_week(home)
    async with pane(home) as dashboard:
        await go_to(dashboard, "Pin 18")
        await dashboard.press("d")
        assert [intent.label for intent in dashboard.app.workspace.changes.staged] == ["Gift 2"]
        assert "Unstaged: Pin 18 +6." in told(dashboard)
        await go_to(dashboard, "Pin 15")
        await dashboard.press("d")
        assert "Only what is staged can be unstaged" in told(dashboard)


# Keys that cannot do anything say why.


@pytest.mark.parametrize(
    ("row", "key", "why"),
    [
        ("Unknown", "R", "Put the cursor on a change first."),
        ("Unknown", "enter", "Put the cursor on a change first."),
        ("Pin 16", "R", "Two reads fitted neither"),
        ("Pin 18", "R", "It is staged, not sent: there is no outcome to look up."),
        ("Pin 15", "R", "There is nothing to look up: this change is done."),
        ("Pin 18", "V", "It is staged, not sent: there is nothing to judge."),
        ("Pin 15", "V", "There is nothing to judge: this change is done."),
        ("Pin 17", "B", "Nobody knows yet whether it was applied"),
        ("Pin 18", "B", "It is staged, not sent: d unstages it."),
    ],
)
async def test_a_key_that_does_nothing_here_says_why(home: Path, row: str, key: str, why: str) -> None:
    a_busy_week(home)
    async with pane(home, size=(120, 40)) as dashboard:
        await go_to(dashboard, row)
        await dashboard.press(key)
        assert told(dashboard).startswith(why)
        assert len(dashboard.app.screen_stack) == 1


async def test_offline_nothing_is_looked_up(home: Path) -> None:
    journal_of(home, one(edit(17, 4, "Pin 17"), ago(minutes=9), lost(ago(minutes=9))))
    async with pane(home, offline=True) as dashboard:
        await dashboard.press("R")
        assert "nothing is read from the vendors, so it stays unknown" in told(dashboard)
        assert "? outcome unknown  " in dashboard.text


# Looking through.


async def test_the_filter_takes_words_of_the_state(home: Path) -> None:
    a_busy_week(home)
    async with pane(home) as dashboard:
        await dashboard.press("slash", *"unknown", "enter")
        assert [row.split()[0] for row in rows(dashboard)] == ["Unknown", "11:59:12", "11:40:00"]
        assert dashboard.changes.grid.has_focus
        await dashboard.press("escape", "slash", *"422", "enter")
        assert [row.split()[0] for row in rows(dashboard)] == ["History", "08:00:00"]
        await dashboard.press("escape", "slash", *"no such words", "enter")
        assert "No change fits what you asked to see." in dashboard.text
        await dashboard.press("escape")
        assert len(rows(dashboard)) == 16


async def test_sorting_stays_within_the_sections(home: Path) -> None:
    a_busy_week(home)
    async with pane(home) as dashboard:
        await dashboard.press("s", "s", "s")
        shown = rows(dashboard)
        assert "What▴" in dashboard.text
        assert [row.split()[1] for row in shown[:4]] == ["2", "Pin", "Pin", "2"]
        assert shown[shown.index("History 9 changes") + 1].startswith("05 Mar 12:00 Canvas bag")


async def test_copying_gives_the_operation_and_its_sentence(home: Path) -> None:
    a_busy_week(home)
    async with pane(home) as dashboard:
        await go_to(dashboard, "Canvas bag")
        await dashboard.press("c")
        op_id = next(r.op_id for r in records(home) if r.change.intent.label == "Canvas bag")
        assert dashboard.app.clipboard == f"{op_id} Canvas bag: 21 - 3 = 18 pieces"
        await go_to(dashboard, "Gift 2")
        await dashboard.press("c")
        assert dashboard.app.clipboard == "Gift 2: 3 ➔ 8 (=8), staged"


async def test_an_export_holds_what_is_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    a_busy_week(home)
    async with pane(home) as dashboard:
        await dashboard.press("slash", *"unknown", "enter", "e")
        assert dashboard.app.screen.query_one(Input).value == "qtydash-changes-2026-03-06.csv"
        await dashboard.press("enter", "e", "end", *["backspace"] * 3, *"json", "enter")
        await dashboard.press("escape", "e", "home", *"all-", "enter")

    with (home / "qtydash-changes-2026-03-06.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [(row["state"], row["requested"], row["before"]) for row in table] == [
        ("unknown", "4", "51"),
        ("undecided", "-4", "48"),
    ]
    document = json.loads((home / "qtydash-changes-2026-03-06.json").read_text("utf-8"))
    assert document["complete"] is True
    assert [row["label"] for row in document["data"]] == ["Pin 17", "Pin 16"]
    assert [event["state"] for event in document["data"][0]["events"]] == ["planned", "sent", "unknown"]
    with (home / "all-qtydash-changes-2026-03-06.csv").open(encoding="utf-8", newline="") as file:
        states = [row["state"] for row in csv.DictReader(file)]
    assert (len(states), states.count("draft")) == (13, 2)


async def test_what_the_keys_do_is_in_the_help(home: Path) -> None:
    async with pane(home, size=(120, 60)) as dashboard:
        await dashboard.press("question_mark")
        for start in ("Read what became", "Say yourself whether", "Stage the way back", "Load a thousand"):
            assert start in dashboard.text
        await dashboard.press("end")
        assert "Rejected, or not applied by your verdict." in dashboard.text


# Locked.


async def test_a_read_only_profile_says_so_and_shows_what_was(home: Path) -> None:
    a_busy_week(home)
    async with pane(home, profile=replace(PROFILE, write=False)) as dashboard:
        assert "Profile 'prod' is read-only. Set `write = true` in it to allow changes." in dashboard.text
        assert "✓ done" in dashboard.text
        await dashboard.press("V")
        assert told(dashboard).startswith("Nothing can be settled from here.")
        assert len(dashboard.app.screen_stack) == 1


async def test_what_a_killed_run_was_sending_is_in_doubt_for_a_reader_too(home: Path) -> None:
    """Nobody who may write was here since to say so in the journal."""
    journal_of(
        home,
        one(edit(17, 4, "Pin 17"), ago(minutes=9), [sent(ago(minutes=9))]),
        one(edit(18, 4, "Pin 18"), ago(seconds=5), [sent(ago(seconds=5))]),
    )
    async with pane(home, profile=replace(PROFILE, write=False)) as dashboard:
        assert [" ".join(row.split()[:2]) for row in rows(dashboard)] == [
            *("Unknown 1", "11:51:00 Pin", "In flight", "11:59:55 Pin")
        ]
        assert "? being sent, no word since" in dashboard.line_with("Pin 17")
        assert "▸ being sent, 5s" in dashboard.line_with("Pin 18")
        assert "whoever sent it may have ended" in words(dashboard)


async def test_a_second_dashboard_looks_on_and_says_who_writes(home: Path) -> None:
    a_busy_week(home)
    first = WriterLock(home / "journal.db", PROFILE.name, "The dashboard")
    first.take(NOW)
    try:
        async with pane(home) as dashboard:
            assert "LOCKED" in dashboard.line_with("5 Changes   ")
            assert "The dashboard (process " in words(dashboard)
            assert "close the other to write from here." in words(dashboard)
            assert "✓ done" in dashboard.text
            await go_to(dashboard, "Pin 15")
            await dashboard.press("B")
            assert "Nothing can be staged from here." in told(dashboard)
            assert len(dashboard.app.screen_stack) == 1
    finally:
        first.release()


async def test_a_second_dashboard_sees_what_the_first_does(home: Path) -> None:
    journal = a_busy_week(home)
    first = WriterLock(home / "journal.db", PROFILE.name, "The dashboard")
    first.take(NOW)
    try:
        async with pane(home) as dashboard:
            (unknown,) = (r for r in records(home) if r.state is State.UNKNOWN)
            journal.record(
                (unknown.op_id, Event(State.APPLIED_BY_VERDICT, NOW, operator="ann@till", reason="seen"))
            )
            for _ in range(5):
                dashboard.app.tick()
            await dashboard.settle()
            assert "✓ applied, by verdict" in dashboard.line_with("11:59:12")
    finally:
        first.release()


async def test_a_missing_journal_is_named_and_nothing_is_made_anew(home: Path) -> None:
    a_busy_week(home)
    (home / "journal.db").unlink()
    async with pane(home) as dashboard:
        assert "is missing; it was there before." in words(dashboard)
        assert "What was sent before cannot be shown." in words(dashboard)
        assert "LOCKED" in dashboard.text
        assert not (home / "journal.db").exists()
        assert marker(home / "journal.db").exists()


async def test_a_damaged_journal_locks_changes_and_still_shows_what_can_be_read(home: Path) -> None:
    a_busy_week(home)
    with closing(sqlite3.connect(home / "journal.db")) as db, db:
        (guard,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'events_stay'").fetchone()
        db.execute("DROP TRIGGER events_stay")
        db.execute("UPDATE events SET note = 'Nothing happened.' WHERE state = 'rejected'")
        db.execute(guard)
    async with pane(home) as dashboard:
        assert "is damaged (a row cannot be read). Changes are locked" in words(dashboard)
        assert "move it and journal.db.id away to begin a new one." in words(dashboard)
        assert "✓ done" in dashboard.text
        await dashboard.press("V")
        assert len(dashboard.app.screen_stack) == 1


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_an_unreadable_journal(home: Path, size: tuple[int, int]) -> None:
    a_busy_week(home)
    (home / "journal.db").write_bytes(b"not a journal" * 500)
    async with pane(home, size=size) as dashboard:
        assert "is damaged" in words(dashboard)
        assert "What was sent before cannot be shown." in words(dashboard)
        await dashboard.press("r", "enter", "c", "e", "R", "V", "B", "M", "d")
        assert dashboard.app.is_running


async def test_a_journal_that_goes_away_while_one_looks_is_told(home: Path) -> None:
    a_busy_week(home)
    async with pane(home, size=(120, 40)) as dashboard:
        (home / "journal.db").rename(home / "elsewhere.db")
        await dashboard.press("r")
        assert "is missing; it was there before" in words(dashboard)
        assert "✓ done" in dashboard.text


# Text from outside.


async def test_hostile_text_does_nothing(home: Path) -> None:
    """Each text comes as a label, as a note of the vendor and as a reason, with a state in which a key asks."""
    texts: Sequence[str] = tuple(HOSTILE.values())
    stories = []
    for n, label in enumerate(texts, 7):
        at, note, reason = ago(minutes=n), texts[n % len(texts)], texts[(n + 6) % len(texts)]
        said = Event(State.REJECTED, at, 422, "", "answer", note)
        unknown = Event(State.UNKNOWN, at, None, "ReadError", "answer", note)
        stories.append(one(edit(n, 1, label, reason=reason), at, (sent(at), said if n % 2 else unknown)))
    stage(journal_of(home, *stories), edit(38, 1, HOSTILE["lone surrogate"], reason=texts[1]))
    async with pane(home) as dashboard:
        for row in range(len(rows(dashboard))):
            dashboard.changes.grid.move_cursor(row)
            assert_harmless(dashboard.text)
            dashboard.app.action_copy()
            assert_harmless(dashboard.app.clipboard.replace("\t", ""))
            for key in ("enter", "BV"[row < len(texts) / 2]) if row % 3 == 0 else ():
                await dashboard.pilot.press(key)
                assert_harmless(dashboard.text)
                await dashboard.pilot.press("escape")
        assert dashboard.app.is_running


async def test_pictures_of_the_dialogs(home: Path, svg_screen: SnapshotAssertion) -> None:
    a_busy_week(home)
    async with pane(home, size=(80, 24)) as dashboard:
        await go_to(dashboard, "Pin 16")
        await dashboard.press("V")
        assert screen_svg(dashboard.app) == svg_screen
