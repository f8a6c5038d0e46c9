"""The whole dashboard among hostile texts, on a terminal of its own: every byte it writes is judged.

A shop sends the texts in every field that is shown; the configuration, files and what is pasted have them too. A
person goes through all panes, details, dialogs, the review, the journal, refusals (``outside.tour``). A text
counts at a place when its mark was drawn there; a place that did not draw all that it must is a failure.

What may be written is listed in ``outside.stream``. An action that a text fires is written down where the program
dispatches it (``outside.recorded``), and seen from what it leaves: an end, a bell, a write to the clipboard, a
request that changes something, a file. Clicks go to where texts were drawn last; in the leg of the last guard one
text is let act, which must be written down.
"""

from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.proof.figure import Figure, Outcome, Tally
from tests.proof.outside.texts import KINDS, walk_of
from tests.proof.outside.tour import ACTIONS, BYTES, CRASHES, LEGS, MISSED, Tour

AT_ONCE = 8
"""Texts in one shop, beside the one that is in all: each is in many fields, and each list has as many rows."""
WALKS = len(KINDS) // AT_ONCE
"""As many as bring every kind of text to every place."""
PAIRS, CLICKS = "pairs of text and place", "clicks where a text was drawn last"

FIGURE = Figure(
    title="hostile texts on every screen, in every field, through a pty",
    unit=f"legs of {WALKS} walks among {AT_ONCE + 1} texts",
    full=WALKS * len(LEGS),
    subset=1,
    zero=(CRASHES, BYTES, ACTIONS, MISSED),
    present=(PAIRS, CLICKS),
    proc=True,
)


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    places: set[tuple[str, str]] = set()
    for walk, cases in groupby(range(seed, seed + count), lambda case: case // len(LEGS)):
        legs = [case % len(LEGS) for case in cases]
        tour = Tour(walk_of(walk, AT_ONCE), legs)
        with TemporaryDirectory(prefix="qtydash-proof-") as folder:
            tour.run(Path(folder))
        tally.ran += len(legs)
        for told in tour.failures:
            tally.failed(walk * len(LEGS) + told.leg, told.zero, told.words)
        tally.counts[PAIRS] += len(tour.pairs)
        tally.counts[CLICKS] += tour.clicked
        tally.counts["bytes written"] += tour.written
        places |= {(place, field) for place, field, _ in tour.pairs}
    tally.measured("places in the largest part", len(places))
    return tally.outcome()
