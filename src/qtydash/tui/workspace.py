"""What every pane is given: the profile, the sources, the changes, the clock, keys, and where live reads run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from qtydash.tui.bindings import KEYS
from qtydash.tui.glyphs import UNICODE, Glyphs

if TYPE_CHECKING:
    from qtydash.config.models import Profile
    from qtydash.services.background import Background
    from qtydash.services.changes import Changes
    from qtydash.services.sources import Sources


@dataclass(frozen=True)
class Workspace:
    """One profile, opened. ``now`` gives aware UTC; ``offline`` means the operator asked for no live reads.
    ``keys`` are the operator's own, by the command's id: a sentence that tells someone to press a key names these.

    ``make_changes`` makes the change engine, which the first screen does without.
    """

    profile: Profile
    sources: Sources
    background: Background
    now: Callable[[], datetime]
    make_changes: Callable[[], Changes]
    offline: bool = False
    glyphs: Glyphs = field(default=UNICODE)
    keys: Mapping[str, str] = field(default_factory=lambda: KEYS)

    @cached_property
    def changes(self) -> Changes:
        """The change engine; made when it is first asked for."""
        return self.make_changes()

    @property
    def has_changes(self) -> bool:
        """Whether the change engine was made yet."""
        return "changes" in vars(self)
