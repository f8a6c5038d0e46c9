"""What the cursor is on in the gift list, in words."""

from collections.abc import Sequence

from qtydash.domain.change_words import STATE_WORDS, edit_words
from qtydash.domain.changes import IN_DOUBT
from qtydash.domain.gifts import Gift
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.gifts import GiftMarks, UnderWay, after
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line


def gift_lines(
    gift: Gift,
    snapshot: Snapshot[tuple[Gift, ...]],
    found: GiftMarks,
    under_way: UnderWay,
    languages: Sequence[str],
    glyphs: Glyphs,
) -> Sequence[Line]:
    """One gift: what is left of it, what is worth a word, what is staged for it or on its way."""
    stock = "" if gift.unlimited else f"{gift.quantity} left"
    was = snapshot.previous.get(gift.id)
    moved = f", {was} at the read before" if isinstance(was, int) and was != gift.quantity else ""
    lines: list[Line] = [
        [Part(gift.title(languages) or gift.sku or gift.id, "bold")],
        *_changing(gift, under_way, glyphs),
        [Part(f"{stock}{moved}  " if stock else ""), Part(found.words, "$text-warning")],
        [Part(f"SKU {gift.sku or '-'}  {gift.status}  id {gift.id}", "$text-muted")],
    ]
    if found.duplicate:
        lines.append([Part("Other gifts carry this SKU too: tell them apart by id.", "$text-warning")])
    return lines


def _changing(gift: Gift, under_way: UnderWay, glyphs: Glyphs) -> Sequence[Line]:
    lines: list[Line] = []
    if (state := under_way.state(gift)) is not None:
        look = " 5 Changes says what to do." if state in IN_DOUBT else ""
        lines.append([Part(f"A change of it: {STATE_WORDS[state]}.{look}", "bold $text-error")])
    if (edit := under_way.edit(gift)) is not None:
        end = after(gift, edit)
        would = (
            "the review will refuse it: the stock is unlimited now"
            if end is None
            else f"{gift.quantity} {glyphs.becomes} {end}"
        )
        was = (edit.seen or {}).get("quantity")
        drift = f" It was {was} when this was staged." if was is not None and was != gift.quantity else ""
        lines.append(
            [Part(f"Staged {edit_words(edit)}: {would}.", "bold $text-accent"), Part(drift, "$text-warning")]
        )
    return lines
