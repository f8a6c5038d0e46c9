"""The keys of the review: its bindings, and what its bottom line shows in each phase."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto

from textual.binding import Binding

from qtydash.tui.commands import Command


class Phase(Enum):
    """How far the review has come."""

    READING = auto()
    FAILED = auto()
    """The targets could not be read, or this was started offline."""
    DECIDING = auto()
    SENDING = auto()
    DONE = auto()


def _command(key: str, label: str, help: str, action: str) -> Command:
    return Command(f"review.{action}", key, key, label, help, action)


_APPLY = _command("a", "apply", "Send what is to be sent.", "apply")
_DECIDE = _command("space", "decide", "Accept the row that asks, or leave the row out; again: not.", "decide")
_NEXT = _command("n", "next", "Go to the next row that asks for a decision.", "next")
_READ = _command("r", "re-read", "Read every target again; what was accepted is asked again.", "read")
_UNSTAGE = _command("u", "unstage", "Unstage the row.", "unstage")
_PAUSE = _command("p", "pause", "Pause after the change that is on its way, or go on.", "pause")
_STOP = _command("x", "stop", "Stop after the change that is on its way.", "stop")
_CHANGES = _command("5", "changes", "Close, and see every event of each change.", "changes")
_LEAVE = _command("escape", "leave", "Leave; what is staged stays so.", "leave")
_OVER = _command("escape", "leave", "Once it is over: close.", "leave")

_COMMANDS = (_APPLY, _DECIDE, _NEXT, _READ, _UNSTAGE, _PAUSE, _STOP, _CHANGES, _LEAVE)
KEYS: Mapping[Phase, Sequence[Command]] = {
    Phase.READING: (_LEAVE,),
    Phase.FAILED: (_READ, _UNSTAGE, _LEAVE),
    Phase.DECIDING: (_APPLY, _LEAVE, _DECIDE, _NEXT, _READ, _UNSTAGE),
    Phase.SENDING: (_PAUSE, _STOP),
    Phase.DONE: (_OVER, _CHANGES),
}
"""What the bottom line shows, the most useful first."""

_DELETE = _command("a", "delete", "Delete what is to be deleted, once the gate is passed.", "apply")
_LEAVE_OUT = _command("space", "leave out", "Leave the row out, or take it again.", "decide")
_RE_READ = _command("r", "re-read", "Read every row again.", "read")
_CLOSE = _command("escape", "leave", "Leave; nothing is deleted.", "leave")
CLEAN_UP_KEYS: Mapping[Phase, Sequence[Command]] = {
    Phase.READING: (_CLOSE,),
    Phase.FAILED: (_RE_READ, _CLOSE),
    Phase.DECIDING: (_DELETE, _CLOSE, _LEAVE_OUT, _RE_READ),
    Phase.SENDING: KEYS[Phase.SENDING],
    Phase.DONE: KEYS[Phase.DONE],
}
"""The same where rows are deleted: nothing is staged there, so nothing stays so."""


def bindings() -> list[Binding]:
    """Textual bindings of the review; what a key does not do in a phase, its action leaves."""
    return [Binding(c.key, c.action, c.label, show=False, id=c.id, tooltip=c.help) for c in _COMMANDS]
