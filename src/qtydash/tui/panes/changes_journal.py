"""What the changes pane reads of the journal."""

from qtydash.domain.changes import UNRESOLVED, ChangeRecord
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.workspace import Workspace

PAGE = 1_000
"""Changes that are loaded at once, the newest first."""

Look = Snapshot[tuple[ChangeRecord, ...]]


class JournalLook:
    """The newest changes, ``limit`` of them at most, and every one that is not settled, however old.

    ``look`` may be called on any thread, by one at a time.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.limit = PAGE
        self._workspace = workspace
        self._serial = -1
        self._found: Look | None = None

    def forget(self) -> None:
        """Read again, also when nothing happened."""
        self._found = None

    def look(self) -> Look:
        """Read the journal, if anything happened since. Raises ``JournalError``."""
        changes, limit = self._workspace.changes, self.limit
        serial = changes.journal.serial()
        if self._found is not None and serial == self._serial:
            return self._found
        newest = changes.records(limit=limit + 1)
        more = len(newest) > limit
        kept = {record.op_id: record for record in newest[:limit]}
        if more:
            kept.update((record.op_id, record) for record in changes.records(states=UNRESOLVED))
        warnings = (f"Older changes exist: these are the newest {limit:,}.",) if more else ()
        found: Look = Snapshot(tuple(kept.values()), self._workspace.now(), "live", not more, warnings)
        self._serial, self._found = serial, found
        return found
