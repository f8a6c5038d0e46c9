"""What the changes pane says above its rows, and in place of them."""

from collections.abc import Mapping, Sequence

from qtydash.tui.models.change_lines import Section
from qtydash.tui.models.changes import ChangeList
from qtydash.tui.panes.changes_detail import Told
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line

READING: Sequence[Line] = [[Part("Reading the journal...")]]
_COUNTED = {
    Section.DOUBT: "unknown",
    Section.FLIGHT: "in flight",
    Section.STAGED: "staged",
    Section.HISTORY: "done with",
}


def unreadable_lines(keys: Mapping[str, str]) -> Sequence[Line]:
    """What stands there when the journal could not be read."""
    again = f"Press {keys['refresh']} to read the journal again."
    return [[Part("What was sent before cannot be shown.")], [Part(again)]]


def summary(told: Told) -> str:
    """How many there are of each kind."""
    sections = told.listed.sections(told.engine, told.now)
    counted = [f"{len(sections[section]):,} {word}" for section, word in _COUNTED.items() if sections[section]]
    return ", ".join([*counted, "and older ones"] if told.listed.more else counted)


def notice_lines(locked: str, fault: str, offered: str, *, write: bool) -> list[Line]:
    """Why nothing can be changed from here, why the journal could not be read just now, and what waits."""
    lines: list[Line] = []
    if locked:
        lines.append([Part(locked, "$text-error" if write else "$text-warning")])
    if fault and fault != locked:
        lines.append([Part(fault, "$text-error")])
    if offered:
        lines.append([Part(offered, "$text-warning")])
    return lines


def nothing_lines(listed: ChangeList, keys: Mapping[str, str]) -> list[Line]:
    """Why there is no row."""
    if not listed.records and not listed.staged:
        return [[Part("No changes: nothing was staged or sent from here.")]]
    older = f" {keys['changes.older']} looks through older ones too." if listed.more else ""
    return [[Part("No change fits what you asked to see.")], [Part(f"Escape shows all again.{older}")]]
