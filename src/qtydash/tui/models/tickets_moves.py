"""What moved: since the operator last looked, and since yesterday."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from qtydash.domain.tickets import Day
from qtydash.tui.glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class Moves:
    """What was left before, by ``TicketDay.key``, of the records that moved since.

    ``look`` is of the reading made at ``looked_at`` (aware UTC): the last that the dashboard had shown before this
    session, or the one on the screen when the operator last asked for a new one. ``yesterday`` is of the moment
    at which yesterday ended.
    """

    looked_at: datetime | None = None
    look: Mapping[Hashable, int] = field(default_factory=dict)
    yesterday: Mapping[Hashable, int] = field(default_factory=dict)

    def at_look(self, day: Day) -> int | None:
        """What was left at the last look, None when it is what is left now."""
        return _before(day, self.look)

    def at_yesterday(self, day: Day) -> int | None:
        """What was left when yesterday ended, None when it is what is left now."""
        return _before(day, self.yesterday)

    def arrow(self, day: Day, glyphs: Glyphs) -> str:
        """The mark of a day that moved: since the last look, or else since yesterday."""
        if (was := self.at_look(day)) is not None:
            return glyphs.up if day.left > was else glyphs.down
        if (was := self.at_yesterday(day)) is not None:
            return glyphs.up_since_yesterday if day.left > was else glyphs.down_since_yesterday
        return ""


def _before(day: Day, moved: Mapping[Hashable, int]) -> int | None:
    if not moved or not any(record.key in moved for record in day.records):
        return None
    was = sum(moved.get(record.key, record.left) for record in day.records)
    return None if was == day.left else was
