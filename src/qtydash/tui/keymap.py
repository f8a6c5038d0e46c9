"""The operator's own keys: which of them can be used, why others cannot, and the registry as it then is.

A wrong entry is told and left out; its command keeps the key it has without one.
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from textual.keys import KEY_NAME_REPLACEMENTS

from qtydash.domain.names import nearest
from qtydash.domain.text import safe_text
from qtydash.tui.commands import COMMANDS, Command

_NAMES = {
    char: KEY_NAME_REPLACEMENTS.get(name, name)
    for char in string.punctuation
    for name in [re.sub("[- ]", "_", unicodedata.name(char).lower())]
}
"""What Textual calls the keys that are neither letters nor digits."""
_SHOWN = {name: char for char, name in _NAMES.items()}

_MOVES = ["up", "down", "left", "right", "home", "end", "pageup", "pagedown"]
_NAMED = {
    *(f"f{n}" for n in range(1, 13)),
    *(f"shift+f{n}" for n in range(1, 13)),
    *(f"ctrl+{letter}" for letter in string.ascii_lowercase),
    *(f"{modifier}+{move}" for modifier in ("ctrl", "shift") for move in _MOVES),
    *_MOVES,
    *["space", "insert", "delete", "tab", "shift+tab", "enter", "escape", "backspace"],
}
"""Keys with a name that terminals send, each told from the others."""
_SENT_AS = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "ctrl+j": "a line break",
    "ctrl+[": "escape",
    "ctrl+left_square_bracket": "escape",
}
TAKEN: Mapping[str, str] = {
    **dict.fromkeys((*_MOVES, "ctrl+home", "ctrl+end"), "moves the cursor"),
    "enter": "opens what the cursor is on",
    "escape": "leaves dialogs and filters",
    "backspace": "corrects what is typed",
    "tab": "goes from part to part",
    "shift+tab": "goes from part to part",
    "ctrl+c": "copies selected text",
    "ctrl+p": "opens the list of all commands",
    "ctrl+q": "leaves, whatever has the focus",
}
"""Keys that do something in every pane already."""

_HOW = "Write a character, or one of f1 to f12, space, insert, delete, ctrl+r and the like."


@dataclass(frozen=True, slots=True)
class Keymap:
    """``keys`` are keys by a command's id, in Textual's spelling; ``warnings`` are sentences about the rest."""

    keys: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def commands(self, registry: Sequence[Command] = COMMANDS) -> tuple[Command, ...]:
        """The registry with these keys in it. Where a command has several, the first is the one that is shown."""
        return tuple(
            replace(command, key=keys, shown=_shown(keys.partition(",")[0]))
            if (keys := self.keys.get(command.id))
            else command
            for command in registry
        )


def keymap(asked: Mapping[str, str], registry: Sequence[Command] = COMMANDS) -> Keymap:
    """What of the configuration's ``keys`` can be used: an id to a key, or to several with commas between."""
    known = {command.id: command for command in registry}
    usable: dict[str, str] = {}
    warnings: list[str] = []
    for id, written in asked.items():
        if id not in known:
            near = nearest(id, known)
            hint = f"Did you mean {near!r}?" if near else "`qtydash config keys` lists the commands."
            warnings.append(f"keys: there is no command {safe_text(id, 60)!r}. {hint}")
            continue
        try:
            usable[id] = ",".join(_key(part, known[id]) for part in _parts(written))
        except _Unusable as error:
            warnings.append(_told(known[id], str(error)))
    while clash := _clash(usable, registry):
        mine, other, key = clash
        del usable[mine.id]
        words = f"{_shown(key)!r} is the key of {other.id!r} ({other.label}). Give one of them another key."
        warnings.append(_told(mine, words))
    return Keymap(usable, tuple(warnings))


class _Unusable(Exception):
    """A key that cannot be given to a command; the text says why."""


def _told(command: Command, why: str) -> str:
    return f"keys.{command.id}: {why} It keeps {command.shown!r}."


def _parts(written: str) -> list[str]:
    text = written.strip()
    return [text] if text == "," else [part.strip() for part in text.split(",")]


def _key(written: str, command: Command) -> str:
    """A key in Textual's spelling. Raises ``_Unusable``."""
    shown = repr(safe_text(written, 60))
    if len(written) == 1 and (written in _NAMES or written.isalnum()) and written.isprintable():
        return _NAMES.get(written, written)
    if written in _SHOWN:
        return written
    *modifiers, last = written.split("+")
    folded = "+".join([*(m.lower() for m in modifiers), last.lower()])
    if instead := _SENT_AS.get(folded):
        raise _Unusable(f"terminals send {instead} for {shown}, so the two cannot be told apart.")
    if modifiers and len(last) == 1 and last.isalpha():
        held = {m.lower() for m in modifiers}
        if held == {"shift"}:
            raise _Unusable(f"{shown} is written as the character it makes: {last.upper()!r}.")
        if "ctrl" in held and ("shift" in held or last.isupper()):
            raise _Unusable(f"terminals send the same for {shown} and 'ctrl+{last.lower()}'. Write the latter.")
    if folded in TAKEN and folded != command.key:
        raise _Unusable(f"{shown} {TAKEN[folded]} in every pane.")
    if folded not in _NAMED:
        raise _Unusable(f"{shown} is no key that every terminal sends. {_HOW}")
    return folded


def _clash(usable: dict[str, str], registry: Sequence[Command]) -> tuple[Command, Command, str] | None:
    """The last of the entries whose key does something else where its command works, that other, and the key."""
    for mine in (command for id in reversed(usable) for command in registry if command.id == id):
        for other in registry:
            if other.id == mine.id or not _meet(mine, other):
                continue
            for key in _keys(mine, usable):
                if key in _keys(other, usable):
                    return mine, other, key
    return None


def _meet(one: Command, other: Command) -> bool:
    return one.scope == other.scope or "everywhere" in (one.scope, other.scope)


def _keys(command: Command, usable: Mapping[str, str]) -> Iterator[str]:
    yield from usable.get(command.id, command.key).split(",")


def _shown(key: str) -> str:
    return _SHOWN.get(key, key)
