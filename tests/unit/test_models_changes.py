"""The list of changes without a screen: sections, states, what can be done about each, and how it is laid out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from tests.changes_kit import HORIZON, MUG, NOON, PROFILE, WAYS, Clock, bring_to, change, intent, journal

from qtydash.domain.change_words import STATE_WORDS
from qtydash.domain.changes import ChangeRecord, Event, Facts, Intent, Kind, State
from qtydash.domain.review import Observed
from qtydash.services.changes import Changes, NotNow
from qtydash.services.port import ChangePort
from qtydash.tui.glyphs import ASCII, UNICODE, Glyphs
from qtydash.tui.models.change_actions import Offer, reconcile_refusal, verdict_hint, verdict_refusal, way_back
from qtydash.tui.models.change_lines import Heading, More, Section, change_words, clock_words, line_key, line_words
from qtydash.tui.models.change_states import EngineState, state_cell, state_mark, state_text
from qtydash.tui.models.changes import ChangeList, ChangesTable, ChangesView, changes_table, section_of
from qtydash.tui.models.table import Order
from qtydash.tui.widgets.grid_model import GAP

LOOKING = EngineState(HORIZON)
LOCKED = EngineState(HORIZON, locked="Another program writes.")
STATES = tuple(state for state in State if state is not State.DRAFT)


def record(
    state: State,
    *,
    at: datetime = NOON,
    wanted: Intent | None = None,
    before: Facts | None = None,
    note: str = "",
) -> ChangeRecord:
    """A change that came to ``state`` at ``at``, where it was also sent."""
    made = change(wanted, before, at=at)
    return ChangeRecord(made, (Event(State.PLANNED, at), *(Event(turn, at, note=note) for turn in WAYS[state])))


def following(state: State, of: ChangeRecord, *, at: datetime = NOON) -> ChangeRecord:
    return record(state, at=at, wanted=replace(intent(-3), follows=of.op_id))


def table(
    records: Sequence[ChangeRecord] = (),
    staged: Sequence[Intent] = (),
    *,
    view: ChangesView | None = None,
    engine: EngineState = LOOKING,
    width: int = 80,
    now: datetime = NOON,
    more: bool = False,
) -> ChangesTable:
    listed = ChangeList(records, staged, more=more)
    return changes_table(listed, view or ChangesView(), engine, clock=lambda: now, glyphs=UNICODE, width=width)


def headings(shown: ChangesTable) -> list[tuple[Section, int]]:
    return [(line.section, line.count) for line in shown.records if isinstance(line, Heading)]


# Sections.


def test_sections_stand_in_the_order_of_what_is_to_be_done() -> None:
    shown = table([record(state) for state in STATES], [intent(target="gift:cup")])
    assert headings(shown) == [
        (Section.DOUBT, 2),
        (Section.FLIGHT, 2),
        (Section.STAGED, 1),
        (Section.HISTORY, len(STATES) - 4),
    ]
    assert len(shown.shown) == len(STATES) + 1


@pytest.mark.parametrize("state", [State.PLANNED, State.SENT])
def test_what_nobody_says_anything_about_for_long_is_not_known(state: State) -> None:
    late = NOON + HORIZON
    assert section_of(record(state), LOOKING, late - timedelta(seconds=1)) is Section.FLIGHT
    assert section_of(record(state), LOOKING, late) is Section.DOUBT
    assert section_of(record(state), replace(LOOKING, sending=True), late) is Section.FLIGHT


def test_history_is_newest_first_by_when_it_was_sent() -> None:
    times = [NOON + timedelta(seconds=n) for n in (3, 1, 2)]
    shown = table([record(State.CONFIRMED, at=at) for at in times]).shown
    assert [line.sent_at for line in shown if isinstance(line, ChangeRecord)] == sorted(times, reverse=True)


def test_what_is_on_its_way_is_not_told_a_second_time_as_staged() -> None:
    under_way = intent(label="Mug")
    other = intent(target="gift:cup", label="Cup")
    shown = table([record(State.SENT, wanted=under_way)], [under_way, other])
    assert headings(shown) == [(Section.FLIGHT, 1), (Section.STAGED, 1)]
    assert other in shown.shown


def test_older_changes_are_a_line_of_their_own_even_where_the_filter_hides_all() -> None:
    shown = table([record(State.CONFIRMED)], view=ChangesView(("nothing-like-it",)), more=True)
    assert shown.records == [More(1)]
    assert not shown.shown


def test_lines_keep_their_identity() -> None:
    unknown = record(State.UNKNOWN)
    settled = replace(unknown, events=(*unknown.events, Event(State.APPLIED_INFERRED, NOON)))
    assert line_key(unknown) == line_key(settled) == ("change", unknown.op_id)
    keys = [line_key(line) for line in table([record(s) for s in STATES], [intent()], more=True).records]
    assert len(set(keys)) == len(keys)


# Words.


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_a_state_is_told_by_its_mark_and_its_words(state: State, glyphs: Glyphs) -> None:
    cell = state_cell(record(state), LOOKING, NOON, glyphs)
    assert cell.text.startswith(f"{state_mark(state, glyphs)} ")
    words = "waits its turn" if state is State.PLANNED else STATE_WORDS[state]
    assert words in cell.text


@pytest.mark.parametrize("short", [False, True])
def test_no_two_states_read_alike(short: bool) -> None:
    told = [state_text(record(state), LOOKING, NOON, short=short) for state in STATES]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("taken_back", [False, True])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("width", [59, 79, 120])
def test_words_of_a_state_fit_their_column(state: State, width: int, taken_back: bool) -> None:
    """A cut would turn ``consistent with not applied`` into its opposite."""
    of = record(state, note="else")
    others = [following(State.CONFIRMED, of)] if taken_back else []
    shown = table([of, *others], width=width)
    column = next(c for c in shown.columns if c.label == "State")
    told = (shown.cell(row, 3).text for row in range(shown.row_count))
    cut = [text for text in told if len(text) > column.width]
    assert cut == ([] if width > 60 or not taken_back else [text for text in cut if text.endswith(", taken back")])


def test_seconds_are_counted_up_on_the_way_and_down_to_the_judgement() -> None:
    later = NOON + timedelta(seconds=4)
    assert state_text(record(State.SENT), LOOKING, later) == "being sent, 4s"
    assert state_text(record(State.UNKNOWN), LOOKING, later) == "outcome unknown, 86s"
    assert state_text(record(State.UNKNOWN), LOOKING, later + timedelta(seconds=0.5)) == "outcome unknown, 86s"
    assert state_text(record(State.UNKNOWN), LOOKING, NOON + HORIZON) == "outcome unknown, R reads"
    assert state_text(record(State.UNKNOWN), LOCKED, later) == "outcome unknown"
    assert state_text(record(State.UNKNOWN), replace(LOOKING, offline=True), later) == "outcome unknown"


def test_what_is_being_read_and_what_nobody_speaks_of_are_told() -> None:
    unknown, left = record(State.UNKNOWN), record(State.SENT)
    reading = replace(LOOKING, looked_at=frozenset({unknown.op_id}))
    assert state_text(unknown, reading, NOON) == "outcome unknown, reading"
    assert state_text(left, LOOKING, NOON + HORIZON) == "being sent, no word since"
    assert state_cell(left, LOOKING, NOON + HORIZON, UNICODE).text.startswith("? ")


def test_a_change_that_the_vendor_tells_otherwise_says_so() -> None:
    assert (
        state_text(record(State.CONFIRMED, note="something else"), LOOKING, NOON) == "done; others changed it too"
    )


@pytest.mark.parametrize(
    ("kind", "amount", "before", "told"),
    [
        (Kind.GIFT_ADJUST, -3, {"quantity": 21}, "21 ➔ 18 (-3)"),
        (Kind.GIFT_SET, 10, {"quantity": 21}, "21 ➔ 10 (=10)"),
        (Kind.CART_REMOVE, 2, {"available": 3, "removed": 0}, "3 ➔ 1 open (-2)"),
        (Kind.CART_REMOVE_ALL, None, {"a.available": 3, "a.removed": 0}, "remove all open"),
        (Kind.HOLD_DELETE, None, {"present": 1}, "delete"),
        (Kind.HOLD_DELETE_CART, None, {"a": 1, "b": 1}, "delete the whole cart"),
    ],
)
def test_a_change_is_told_with_what_was_and_what_it_becomes(
    kind: Kind, amount: int | None, before: Facts, told: str
) -> None:
    wanted = intent(amount, kind=kind)
    assert line_words(record(State.CONFIRMED, wanted=wanted, before=before), UNICODE) == told
    assert line_words(replace(wanted, seen=before), UNICODE) == told


def test_a_draft_of_nothing_seen_is_told_by_its_edit() -> None:
    assert line_words(intent(-3), UNICODE) == "-3"
    assert change_words(intent(-3), {"quantity": 21}, {"quantity": 18}, ASCII) == "21 -> 18 (-3)"


@pytest.mark.parametrize(
    ("back", "told", "short"),
    [
        (timedelta(), "12:00:00", "12:00:00"),
        (timedelta(hours=13), "28 Feb 23:00", "28 Feb"),
        (timedelta(days=70), "2025-12-21", "Dec 2025"),
    ],
)
def test_a_time_has_its_date_where_it_is_not_today(back: timedelta, told: str, short: str) -> None:
    assert clock_words(NOON - back, NOON) == told
    assert clock_words(NOON - back, NOON, short=True) == short


# The filter and the order.


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("unknown", {State.UNKNOWN, State.UNDECIDED}),
        ("rejected", {State.REJECTED}),
        ("verdict not", {State.NOT_APPLIED_BY_VERDICT}),
        ("history mug +3 ann@till", set(STATES) - {State.UNKNOWN, State.UNDECIDED, State.PLANNED, State.SENT}),
        ("cup", set()),
    ],
)
def test_the_filter_looks_into_states_names_and_people(words: str, found: set[State]) -> None:
    shown = table(
        [record(state) for state in STATES], [intent(label="Mug")], view=ChangesView(tuple(words.split()))
    )
    assert {line.state for line in shown.shown if isinstance(line, ChangeRecord)} == found


def test_a_staged_edit_is_found_as_such() -> None:
    shown = table([record(State.CONFIRMED)], [intent(label="Cup")], view=ChangesView(("staged",)))
    assert headings(shown) == [(Section.STAGED, 1)]
    assert table(staged=[intent(reason="stock take")], view=ChangesView(("take",))).shown


def test_every_order_keeps_the_sections_together() -> None:
    records = [record(state, wanted=intent(label=state.value)) for state in STATES]
    for column in (0, 1, 3, 4):
        for descending in (False, True):
            order = ChangesView((), Order(column, descending))
            shown = table(records, [intent(target="gift:cup")], view=order, width=120)
            assert [section for section, _ in headings(shown)] == list(Section)
    by_label = table(records, view=ChangesView((), Order(1))).shown
    labels = [line.change.intent.label for line in by_label if isinstance(line, ChangeRecord)]
    assert labels[4:] == sorted(labels[4:])


@pytest.mark.parametrize("width", [59, 79, 99, 120, 160])
def test_the_columns_fit_the_width(width: int) -> None:
    shown = table([record(state) for state in STATES], [intent(label="x" * 80)], width=width)
    assert sum(column.width + GAP for column in shown.columns) <= width


# Links.


def test_only_an_applied_change_is_taken_back_and_only_by_one_that_was_or_may_be() -> None:
    applied = record(State.CONFIRMED)
    for state in STATES:
        listed = ChangeList((following(state, applied), applied), ())
        by = listed.taken_back_by(applied)
        assert (by is not None) == (
            state
            in {
                *(State.CONFIRMED, State.ABSENT, State.APPLIED_INFERRED, State.APPLIED_BY_VERDICT),
                *(State.PLANNED, State.SENT, State.UNKNOWN, State.UNDECIDED),
            }
        )
        assert listed.is_taken_back(applied) == (
            state in {State.CONFIRMED, State.ABSENT, State.APPLIED_INFERRED, State.APPLIED_BY_VERDICT}
        )
    given_up = record(State.ABANDONED)
    assert ChangeList((following(State.CONFIRMED, given_up), given_up), ()).taken_back_by(given_up) is None


# What can be done.


@pytest.mark.parametrize("state", STATES)
def test_only_an_unknown_outcome_is_read_and_only_in_time(state: State) -> None:
    late = NOON + HORIZON
    refusal = reconcile_refusal(record(state), LOOKING, late)
    assert bool(refusal) == (state is not State.UNKNOWN)
    assert "Too early: 60 s to go" in reconcile_refusal(record(State.UNKNOWN), LOOKING, late - HORIZON / 1.5)
    assert "Another program writes." in reconcile_refusal(record(State.UNKNOWN), LOCKED, late)
    assert "--offline" in reconcile_refusal(record(State.UNKNOWN), replace(LOOKING, offline=True), late)


@pytest.mark.parametrize("state", STATES)
def test_a_verdict_is_taken_where_nobody_could_tell(state: State) -> None:
    judged = {State.UNKNOWN, State.UNDECIDED, State.APPLIED_INFERRED, State.NOT_APPLIED_INFERRED}
    assert bool(verdict_refusal(record(state), LOOKING, NOON)) == (state not in judged)
    assert verdict_refusal(record(state), LOCKED, NOON)


def test_reading_is_named_as_the_better_way_where_it_is_one() -> None:
    assert verdict_hint(record(State.UNKNOWN), LOOKING, NOON) == "Reading may tell it by itself in 90 s."
    assert verdict_hint(record(State.UNKNOWN), LOOKING, NOON + HORIZON) == "R may tell it by reading."
    assert verdict_hint(record(State.UNDECIDED), LOOKING, NOON) == ""


@pytest.mark.parametrize("what", [None, Heading(Section.HISTORY, 1), More(1)])
def test_a_line_that_is_no_change_takes_no_key(what: Heading | More | None) -> None:
    listed = ChangeList((), ())
    assert reconcile_refusal(what, LOOKING, NOON) == "Put the cursor on a change first."
    assert verdict_refusal(what, LOOKING, NOON) == "Put the cursor on a change first."
    assert way_back(what, listed, _nothing, LOOKING, NOON, UNICODE) == "Put the cursor on a change first."


def _nothing(target: str) -> None:
    return None


def offered(of: ChangeRecord, *others: ChangeRecord, staged: Intent | None = None, **engine: str) -> Offer | str:
    listed = ChangeList((*others, of), () if staged is None else (staged,))
    found: Callable[[str], Intent | None] = lambda _: staged  # noqa: E731
    return way_back(of, listed, found, replace(LOOKING, **engine), NOON, UNICODE)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", STATES)
def test_what_is_done_is_offered_back_what_is_not_again_what_is_unknown_not_at_all(state: State) -> None:
    of = record(state)
    made = offered(of)
    done = {State.CONFIRMED, State.ABSENT, State.APPLIED_INFERRED, State.APPLIED_BY_VERDICT}
    if state in {State.PLANNED, State.SENT, State.UNKNOWN, State.UNDECIDED}:
        assert isinstance(made, str)
    else:
        assert isinstance(made, Offer)
        assert made.intent.amount == (-3 if state in done else 3)
        assert made.intent.follows == of.op_id
        assert made.intent.seen == ({"quantity": 24} if state in done else {"quantity": 21})
        sure = "as far as anyone knows" not in " ".join(made.words)
        assert sure == ("inferred" not in state and "verdict" not in state)


@pytest.mark.parametrize("kind", [Kind.CART_REMOVE_ALL, Kind.HOLD_DELETE, Kind.HOLD_DELETE_CART])
@pytest.mark.parametrize("state", [State.CONFIRMED, State.REJECTED])
def test_there_is_no_way_back_from_a_removal_and_none_to_it(kind: Kind, state: State) -> None:
    of = record(state, wanted=intent(None, kind=kind), before={"present": 1})
    assert "no way back" in str(offered(of))


def test_nothing_is_taken_back_twice() -> None:
    of = record(State.CONFIRMED)
    assert "It was taken back already" in str(offered(of, following(State.CONFIRMED, of)))
    assert "It was taken back already" in str(offered(of, following(State.UNKNOWN, of)))
    assert isinstance(offered(of, following(State.REJECTED, of)), Offer)


def test_what_is_staged_already_is_not_staged_again() -> None:
    of = record(State.CONFIRMED)
    assert "staged already" in str(offered(of, staged=replace(intent(-3), follows=of.op_id)))
    given_up = record(State.ABANDONED)
    assert "staged still" in str(offered(given_up, staged=intent(3)))
    made = offered(given_up, staged=intent(5))
    assert isinstance(made, Offer)
    assert "takes the place of +5" in made.words[-1]


def test_nothing_is_offered_where_nothing_can_be_staged() -> None:
    assert "Another program writes." in str(offered(record(State.CONFIRMED), locked="Another program writes."))


# The engine's part in it.


def engine_of(path: Path, now: datetime = NOON) -> Changes:
    clock = Clock(now)
    return Changes(PROFILE, journal(path), [], clock, purpose="a test", sleep=clock.sleep, operator="ann@till")


@pytest.mark.parametrize("state", [State.SENT, State.CONFIRMED, State.UNKNOWN, State.APPLIED_INFERRED])
def test_a_draft_that_was_sent_by_a_run_that_ended_is_staged_no_more(tmp_path: Path, state: State) -> None:
    engine = engine_of(tmp_path / "journal.db")
    made, cup = change(intent()), intent(target="gift:cup")
    bring_to(engine.journal, state, made)
    engine.journal.keep_drafts("shop", [(made.origin, made.intent), (made.origin, cup)])
    engine.open()
    assert engine.staged == (cup,)
    assert engine.journal.drafts("shop") == ((made.origin, cup),)
    engine.close()


@pytest.mark.parametrize("state", [State.PLANNED, State.REJECTED, State.NOT_SENT])
def test_a_draft_that_was_not_made_stays_staged(tmp_path: Path, state: State) -> None:
    engine = engine_of(tmp_path / "journal.db")
    made = change(intent())
    bring_to(engine.journal, state, made)
    engine.journal.keep_drafts("shop", [(made.origin, made.intent)])
    engine.open()
    assert engine.staged == (made.intent,)
    engine.close()


def test_the_same_edit_staged_later_is_another_one(tmp_path: Path) -> None:
    engine = engine_of(tmp_path / "journal.db")
    made = bring_to(engine.journal, State.CONFIRMED)
    later = replace(made.intent, staged_at=NOON + timedelta(seconds=9))
    engine.journal.keep_drafts("shop", [(made.origin, later)])
    engine.open()
    assert engine.staged == (later,)
    engine.close()


async def test_an_outcome_is_read_once_at_a_time_and_a_verdict_meanwhile_stands(tmp_path: Path) -> None:
    engine = engine_of(tmp_path / "journal.db", NOON + HORIZON * 2)
    engine.open()
    unknown = bring_to(engine.journal, State.UNKNOWN)
    seen: list[frozenset[str]] = []

    class Shop:
        origin, kinds = unknown.origin, frozenset(Kind)

        async def observe(self, intents: Sequence[Intent], *, max_age: timedelta) -> dict[str, Observed]:
            seen.append(engine.looked_at)
            with pytest.raises(NotNow, match="It is being read at this moment"):
                await engine.reconcile(unknown.op_id)
            if len(seen) == 2:
                engine.resolve(unknown.op_id, applied=False, reason="counted")
            return {MUG: Observed(NOON, {"quantity": 24})}

    engine._ports = dict.fromkeys(Kind, cast("ChangePort", Shop()))
    judged = await engine.reconcile(unknown.op_id)
    assert judged.state is State.NOT_APPLIED_BY_VERDICT
    assert seen == [frozenset({unknown.op_id})] * 2
    assert engine.looked_at == frozenset()
    engine.close()
