"""The review's rows and words: before, now, after; what is sent; what came of it, adding up."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from qtydash.domain.changes import Change, Facts, Intent, Kind, State, WriteRequest
from qtydash.domain.review import Observed, Proposal, proposed
from qtydash.services.batch import BatchControl, BatchResult, Result
from qtydash.services.changes import Running
from qtydash.tui.glyphs import UNICODE
from qtydash.tui.models.review import ReviewRow, Standing, review_table, tally
from qtydash.tui.models.review_words import progress_lines, result_lines, row_lines, summary_lines
from qtydash.tui.widgets.grid_model import Cell, lay_out
from qtydash.tui.widgets.words import Line

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


def intent(amount: int, *, kind: Kind = Kind.GIFT_ADJUST, seen: Facts | None = None, label: str = "Mug") -> Intent:
    return Intent(kind, f"gift:{label}", label, NOW, amount, {"gift": label}, seen or {"quantity": 21}, NOW)


def row(amount: int, now: int = 21, **other: Kind | str) -> ReviewRow:
    return ReviewRow(proposed(intent(amount, **other), Observed(NOW, {"quantity": now})))  # type: ignore[arg-type]


def result(of: ReviewRow, state: State | None, words: str = "", status: int | None = None) -> Result:
    staged, proposal = of.intent, of.proposal
    before = {"quantity": 21}
    request = WriteRequest("PUT", "/v1/gifts/x/update_quantity", {"quantity": 1, "replace": False})
    change = Change(
        "op",
        "op",
        "prod",
        "https://x",
        staged,
        request,
        "Mug",
        before,
        NOW,
        proposal.expected or before,
        "me",
        NOW,
    )
    return Result(change, state, words, status)


def told(lines: Sequence[Line]) -> str:
    return "\n".join("".join(part.text for part in line) for line in lines)


def cells(rows: Sequence[ReviewRow], *, begun: bool = False, width: int = 120) -> list[dict[str, Cell]]:
    model = review_table(rows, UNICODE, width, begun=begun)
    labels = [column.label for column in model.columns]
    return [
        dict(zip(labels, (model.cell(r, c) for c in range(len(labels))), strict=True)) for r in range(len(rows))
    ]


def test_a_row_tells_before_now_change_and_after() -> None:
    (shown,) = cells([row(-3)])
    assert [shown[label].text for label in ("State", "What", "Before", "Now", "Change", "After")] == [
        "send",
        "Mug",
        "21",
        "21",
        "-3",
        "18",
    ]


def test_an_adjustment_of_what_drifted_is_re_based_and_says_so() -> None:
    drifted = row(-3, now=19)
    (shown,) = cells([drifted])

    assert (drifted.standing, drifted.goes) == (Standing.REBASED, True)
    assert (shown["Before"].text, shown["Now"].text, shown["After"].text) == ("21", "19", "16")
    assert shown["Now"].tone == "low"
    assert "It was 21 when you staged this; it is done on top of 19." in told(row_lines(drifted, UNICODE))


def test_a_set_of_what_drifted_is_sent_only_once_it_is_accepted() -> None:
    drifted = row(10, now=19, kind=Kind.GIFT_SET)
    assert (drifted.standing, drifted.goes) == (Standing.DECIDE, False)

    accepted = drifted.turned()
    assert (accepted.standing, accepted.goes, accepted.proposal.ready) == (Standing.ACCEPTED, True, True)
    assert accepted.turned() == drifted


def test_any_other_row_may_be_left_out() -> None:
    plain = row(-3)
    left = plain.turned()
    assert (left.standing, left.goes) == (Standing.LEFT_OUT, False)
    assert left.turned() == plain


def test_a_refused_row_is_never_sent() -> None:
    refused = ReviewRow(Proposal(intent(-3), refusal="Its stock is unlimited."))
    assert (refused.standing, refused.goes, refused.turned()) == (Standing.REFUSED, False, refused)
    assert cells([refused])[0]["After"].text == "-"


def test_a_row_that_was_not_read_yet_is_not_sent() -> None:
    unread = ReviewRow(Proposal(intent(-3)))
    assert (unread.standing, unread.goes, unread.turned()) == (Standing.READING, False, unread)


def test_the_summary_counts_what_is_sent_and_what_is_not() -> None:
    rows = [
        row(1),
        row(1, now=20),
        row(5, now=20, kind=Kind.GIFT_SET),
        ReviewRow(Proposal(intent(1), refusal="No.")),
    ]
    words = told(summary_lines(rows))

    assert "2 of 4 changes will be sent, 1 on top of what is there now." in words
    assert "1 to decide: space accepts" in words
    assert "1 refused" in words


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State.SENT, "sending"),
        (State.CONFIRMED, "done"),
        (State.ABSENT, "gone already"),
        (State.REJECTED, "rejected"),
        (State.NOT_SENT, "not sent"),
        (State.ABANDONED, "not sent"),
        (State.UNKNOWN, "outcome unknown"),
        (State.APPLIED_INFERRED, "consistent with applied"),
        (None, "not attempted"),
    ],
)
def test_what_came_of_a_change_in_a_word(state: State | None, word: str) -> None:
    plain = row(1)
    done = ReviewRow(plain.proposal, batched=True, result=result(plain, state))
    assert done.outcome[0] == word
    assert tally([done.outcome[0]]) == f"1 {word} = 1"


def test_rows_that_were_not_in_the_batch_say_why() -> None:
    rows = [row(1).turned(), row(5, now=20, kind=Kind.GIFT_SET), ReviewRow(Proposal(intent(1), refusal="No."))]
    assert [shown["State"].text for shown in cells(rows, begun=True)] == ["left out", "undecided", "refused"]
    assert ReviewRow(rows[0].proposal, batched=True).outcome[0] == "waiting"


def test_totals_add_up() -> None:
    words = ["done"] * 12 + ["rejected", "outcome unknown"] + ["not attempted"] * 3
    assert tally(words) == "12 done, 1 rejected, 1 outcome unknown, 3 not attempted = 17"


def batch(*states: tuple[State | None, str, int | None], stopped: str = "") -> tuple[list[ReviewRow], BatchResult]:
    plain = row(1)
    results = [result(plain, *state) for state in states]
    rows = [ReviewRow(plain.proposal, batched=True, result=found) for found in results]
    return rows, BatchResult(tuple(results), stopped)


def test_a_result_says_why_it_stopped_and_what_to_do_about_an_unknown() -> None:
    done, unknown, rest = (State.CONFIRMED, "", 200), (State.UNKNOWN, "No answer.", None), (None, "", None)
    rows, ended = batch(done, unknown, rest, stopped="The outcome of a change is unknown.")
    words = told(result_lines(rows, ended, 1))

    assert "1 done, 1 outcome unknown, 1 not attempted = 3" in words
    assert "It stopped early: The outcome of a change is unknown." in words
    assert "5 Changes tells when reading can judge what is unknown. Do not send it again." in words
    assert "1 change stays staged: w reviews, u unstages." in words


def test_a_result_of_a_refused_key_says_what_to_correct() -> None:
    rows, ended = batch((State.REJECTED, "", 401), (None, "", None), stopped="No.")
    assert "correct the key or its rights: `qtydash config check`" in told(result_lines(rows, ended, 2))


def test_a_result_whose_target_moved_asks_for_another_look() -> None:
    rows, ended = batch((State.ABANDONED, "Not sent: it was 21 in the review and is 20 now.", None))
    assert "Some had moved: look again." in told(result_lines(rows, ended, 1))


def test_a_result_without_trouble_says_no_more_than_that() -> None:
    rows, ended = batch((State.CONFIRMED, "", 200))
    assert told(result_lines(rows, ended, 0)) == "1 done = 1"


def test_progress_tells_what_is_on_its_way_and_for_how_long() -> None:
    plain = row(1)
    rows = [
        ReviewRow(plain.proposal, batched=True, result=result(plain, State.SENT)),
        ReviewRow(plain.proposal, batched=True),
    ]
    control = BatchControl()
    running = Running(control, "Mug: 21 + 1 = 22 pieces", NOW - timedelta(seconds=4), 1)
    assert told(progress_lines(rows, running, control, NOW)) == (
        "1 sending, 1 waiting = 2\nMug: 21 + 1 = 22 pieces: on its way for 4s."
    )

    control.paused = True
    assert "It pauses after this one." in told(progress_lines(rows, running, control, NOW))
    between = Running(control, "Mug", None, 1)
    assert "Paused: p goes on, x stops." in told(progress_lines(rows, between, control, NOW))

    control.aborted = True
    assert "Stops after this one; the rest is not sent." in told(progress_lines(rows, running, control, NOW))
    assert "Paused" not in told(progress_lines(rows, between, control, NOW))


def test_progress_tells_why_it_waits() -> None:
    control = BatchControl(waiting="SHOPLINE asks to slow down: 12 s.")
    assert "SHOPLINE asks to slow down: 12 s." in told(progress_lines([], None, control, NOW))


HUGE = {"quantity": -9_999_999}
WIDE = "夏季限定 帆布袋 大容量 手提袋 第二版 (SKU-SKU-SKU-0001)"


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("width", [58, 78, 118, 146])
def test_every_number_is_whole_at_every_width(width: int, *, begun: bool) -> None:
    staged = intent(9_999_999, kind=Kind.GIFT_SET, seen=HUGE, label=WIDE)
    rows = [ReviewRow(proposed(staged, Observed(NOW, HUGE)), batched=begun), row(1)]
    model = review_table(rows, UNICODE, width, begun=begun)
    shown = lay_out(model.columns, model.fixed, width - 1)
    scrolling = shown.shown(0, width - 1 - shown.fixed_width)

    numbers = ["Before", "Change", "After"] if begun else ["Before", "Now", "Change", "After"]
    assert [model.columns[at].label for at in scrolling][: len(numbers)] == numbers
    for at in (0, *scrolling[: len(numbers)]):
        assert max(cell_len(model.cell(r, at).text) for r in range(2)) <= shown.widths[at]
    assert sum(shown.widths) + len(shown.widths) <= width


def test_other_kinds_of_change_are_told_in_their_own_words() -> None:
    hold = Intent(Kind.HOLD_DELETE, "hold:1", "2 of cart c-1", NOW, None, {"hold": "1"}, {"present": 1}, NOW)
    cart = Intent(Kind.CART_REMOVE, "cart:1", "Free mug", NOW, 2, {}, {"available": 3, "removed": 1}, NOW)
    rows = [
        ReviewRow(proposed(hold, Observed(NOW, {"present": 1}))),
        ReviewRow(proposed(cart, Observed(NOW, {"available": 3, "removed": 1}))),
    ]
    first, second = cells(rows, width=160)

    assert [first[label].text for label in ("Before", "Change", "After")] == ["there", "delete", "gone"]
    assert second["After"].text == "1 open, 3 removed"
    assert second["Change"].text == "remove 2 open"


def test_the_reason_stands_beside_the_row_where_there_is_room() -> None:
    drifted = row(10, now=19, kind=Kind.GIFT_SET)
    assert "Why" in cells([drifted], width=146)[0]
    assert "Why" not in cells([drifted], width=58)[0]
