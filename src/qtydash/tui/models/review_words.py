"""What the review says above and below its rows, in each of its phases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from qtydash.domain.change_words import edit_words
from qtydash.domain.changes import STOPPING, State
from qtydash.domain.snapshot import age_in_words, plural
from qtydash.services.batch import BatchControl, BatchResult, needs_review
from qtydash.services.changes import Running
from qtydash.tui.bindings import KEYS
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.review import (
    CORRECT_THE_KEY,
    ReviewRow,
    Standing,
    after_words,
    now_words,
    staged_words,
    tally,
    why_words,
)
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line


def summary_lines(rows: Sequence[ReviewRow]) -> Sequence[Line]:
    """What would be sent, what waits for a decision, and what is not sent."""
    counts = Counter(row.standing for row in rows)
    going = sum(row.goes for row in rows)
    moved = counts[Standing.REBASED]
    rebased = f", {moved} on top of what is there now." if moved else "."
    lines: list[Line] = [
        [Part(f"{going} of {plural(len(rows), 'change')} will be sent", "bold"), Part(rebased)],
    ]
    if asking := counts[Standing.DECIDE]:
        lines.append([Part(f"{asking} to decide: space accepts, n next; else they stay staged.", "$text-warning")])
    if refused := counts[Standing.REFUSED]:
        lines.append([Part(f"{refused} refused: see why below; u unstages the row.", "$text-error")])
    return lines


def progress_lines(
    rows: Sequence[ReviewRow], running: Running | None, control: BatchControl, now: datetime
) -> Sequence[Line]:
    """What is on its way and for how long, what was done so far, and why it waits."""
    told: list[Line] = [[Part(tally(row.outcome[0] for row in rows if row.batched), "bold")]]
    if control.aborted:
        told.append([Part("Stops after this one; the rest is not sent.", "$text-warning")])
    if control.waiting:
        told.append([Part(control.waiting, "$text-warning")])
    elif running is not None and running.sent_at is not None:
        seconds = age_in_words((now - running.sent_at).total_seconds())
        told.append([Part(f"{running.sentence}: on its way for {seconds}.")])
    elif control.paused and not control.aborted:
        told.append([Part("Paused: p goes on, x stops.", "$text-warning")])
    if control.paused and running is not None and running.sent_at is not None:
        told.append([Part("It pauses after this one.", "$text-warning")])
    return told


def result_lines(
    rows: Sequence[ReviewRow], result: BatchResult, stay: int, keys: Mapping[str, str] = KEYS
) -> Sequence[Line]:
    """What came of the batch, why it ended early if it did, and what to do. ``stay`` rows are staged still."""
    states = [found.state for found in result.results]
    odd = any(not found.is_done for found in result.results)
    lines: list[Line] = [
        [
            Part(
                tally(row.outcome[0] for row in rows if row.batched),
                "bold $text-error" if odd else "bold $text-success",
            )
        ]
    ]
    if result.stopped:
        lines.append([Part(f"It stopped early: {result.stopped}", "$text-error")])
    if State.UNKNOWN in states:
        lines.append(
            [
                Part(
                    f"{keys['pane.changes']} Changes tells when reading can judge what is unknown. "
                    "Do not send it again.",
                    "$text-warning",
                )
            ]
        )
    if any(found.status in STOPPING for found in result.results):
        lines.append([Part(CORRECT_THE_KEY, "$text-warning")])
    if stay:
        again = " Some had moved: look again." if any(map(needs_review, result.results)) else ""
        verb = "stays" if stay == 1 else "stay"
        lines.append(
            [
                Part(
                    f"{plural(stay, 'change')} {verb} staged: {keys['review']} reviews, "
                    f"{keys['unstage']} unstages.{again}"
                )
            ]
        )
    return lines


def row_lines(row: ReviewRow, glyphs: Glyphs) -> Sequence[Line]:
    """One row, whole: what is to be done to what, on which facts, and what there is to know of it."""
    proposal = row.proposal
    told = f"{edit_words(row.intent)}: {now_words(row)} {glyphs.becomes} {after_words(row)}"
    observed = proposal.observed
    read = f", read {observed.at:%H:%M:%S} UTC" if observed is not None else ""
    lines: list[Line] = [
        [Part(row.intent.label, "bold"), Part(f"  {told}")],
        [Part(f"{row.intent.target}; {staged_words(row)} when staged{read}", "$text-muted")],
    ]
    if why := why_words(row):
        grave = bool(proposal.refusal) or (row.result is not None and not row.result.is_done)
        lines.insert(1, [Part(why, "$text-error" if grave else "$text-warning")])
    return lines
