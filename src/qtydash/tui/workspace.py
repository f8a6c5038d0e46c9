"""What every pane is given: the profile, the sources, the changes, the clock, and where live reads run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from qtydash.config.models import Profile
from qtydash.services.background import Background
from qtydash.services.changes import Changes
from qtydash.services.sources import Sources
from qtydash.tui.glyphs import UNICODE, Glyphs


@dataclass(frozen=True, slots=True)
class Workspace:
    """One profile, opened. ``now`` gives aware UTC; ``offline`` means the operator asked for no live reads."""

    profile: Profile
    sources: Sources
    background: Background
    now: Callable[[], datetime]
    changes: Changes
    offline: bool = False
    glyphs: Glyphs = field(default=UNICODE)
