"""The errors and warnings told in this run: what a notification said is still there when it is gone."""

from dataclasses import dataclass, replace
from datetime import datetime

from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line

MOST = 200
"""Older ones are let go."""
NONE_YET = "Nothing went wrong in this run so far."
WHERE_MORE = "`qtydash config path` names the log file, which goes further back."


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong, or may: when it was last told, by what pane, in what words, and what to do."""

    at: datetime
    place: str
    words: str
    to_do: str = ""
    grave: bool = False
    times: int = 1


class Troubles:
    """What was told, the newest first. The same words again are the same trouble, told once more."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], Trouble] = {}

    def add(self, trouble: Trouble) -> None:
        """Note that something was told."""
        key = trouble.place, trouble.words
        before = self._told.pop(key, None)
        self._told[key] = trouble if before is None else replace(trouble, times=before.times + 1)
        while len(self._told) > MOST:
            del self._told[next(iter(self._told))]

    @property
    def told(self) -> tuple[Trouble, ...]:
        """All of them, the newest first."""
        return tuple(reversed(self._told.values()))

    def lines(self) -> list[Line]:
        """All of them in words, for a page."""
        if not self._told:
            return [[Part(NONE_YET)], [], [Part(WHERE_MORE, "dim")]]
        lines: list[Line] = []
        for trouble in self.told:
            style = "$text-error" if trouble.grave else "$text-warning"
            kind = "error" if trouble.grave else "warning"
            often = f", told {trouble.times} times" if trouble.times > 1 else ""
            lines += [
                [
                    Part(f"{trouble.at.astimezone():%H:%M:%S}  ", "dim"),
                    Part(trouble.place, "bold"),
                    Part(f"  {kind}{often}", style),
                ],
                [Part(f"  {trouble.words}")],
            ]
            if trouble.to_do:
                lines.append([Part(f"  To do: {trouble.to_do}", "$text-accent")])
            lines.append([])
        return [*lines, [Part(WHERE_MORE, "dim")]]
