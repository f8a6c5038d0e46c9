"""What the dashboard knows of its changes from second to second, and the outcomes it judges by itself."""

import asyncio
import contextlib
from concurrent.futures import Future
from datetime import datetime, timedelta

from qtydash.config.errors import ConfigError
from qtydash.domain.changes import ChangeRecord, State, left_to_wait
from qtydash.domain.errors import InvalidId, VendorError
from qtydash.services.changes import NotNow
from qtydash.services.stopped import StoppedCleanUp, stopped_clean_ups
from qtydash.storage.journal import JournalError
from qtydash.tui.workspace import Workspace

LOOK_EVERY = 5
"""Seconds between two looks at the journal, where another program may write too."""
TRY_AGAIN = timedelta(seconds=60)
"""After this long an outcome that could not be judged is looked at again."""


class ChangeWatch:
    """Counts for the header, and a judgement by reading for each unknown outcome whose horizon has passed.

    Judging only reads. Nothing is ever sent from here.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._changes = workspace.changes
        self._tried: dict[str, datetime] = {}
        self._looking: Future[ChangeRecord] | None = None
        self._opening: Future[tuple[str, ...]] | None = None
        self._seconds = 0
        self._serial = -1
        self.opened = False
        self.doubt: tuple[ChangeRecord, ...] = ()
        self.stopped: tuple[StoppedCleanUp, ...] = ()
        """Clean-ups that can be taken up, the newest first."""
        self._let_go: set[str] = set()
        self._looked_for_stopped = -1

    async def open(self) -> None:
        """Open the changes, which may verify a long journal, off the screen's thread."""
        await asyncio.to_thread(self._changes.open)
        self.opened = True
        self.look()
        await self.look_for_stopped()

    @property
    def writable(self) -> bool:
        """Whether changes can be made from here."""
        return self._workspace.profile.write and not (self.opened and self._changes.locked)

    @property
    def staged(self) -> int:
        return len(self._changes.staged)

    def look(self) -> None:
        """Read what is in doubt."""
        self.doubt = self._changes.in_doubt()

    async def look_for_stopped(self) -> None:
        """Look for clean-ups that stopped before their end, if anything happened since the last look."""
        changes, now = self._changes, self._workspace.now()
        if changes.running is not None:
            return
        try:
            serial = changes.journal.serial()
            if serial != self._looked_for_stopped and not changes.locked:
                self.stopped = await asyncio.to_thread(stopped_clean_ups, changes, now)
                self._looked_for_stopped = serial
        except (JournalError, NotNow):
            self.stopped = ()
        self.stopped = tuple(each for each in self.stopped if each.batch not in self._let_go)

    def let_go(self, batch: str) -> None:
        """Offer a clean-up no more: it was looked at, and nothing of it is left to be done."""
        self._let_go.add(batch)
        self.stopped = tuple(each for each in self.stopped if each.batch != batch)

    def tick(self) -> bool:
        """A second has passed; whether something happened that others must be told of."""
        if not self.opened:
            return False
        self._seconds += 1
        moved = self._seconds % LOOK_EVERY == 0 and self._moved_elsewhere()
        if moved:
            self.look()
        if self._seconds % LOOK_EVERY == 0:
            self._try_again_to_write()
        self._judge()
        return moved

    def _moved_elsewhere(self) -> bool:
        try:
            serial = self._changes.journal.serial()
        except JournalError:
            return not self._changes.locked  # an alarm, once: looking at what is in doubt locks
        moved, self._serial = serial != self._serial, serial
        return moved

    def _try_again_to_write(self) -> None:
        """What locked the changes may be over: another program has ended, the journal is back."""
        locked = self._changes.locked and self._workspace.profile.write and self._changes.running is None
        if locked and (self._opening is None or self._opening.done()):
            self._opening = self._workspace.background.submit(asyncio.to_thread(self._changes.open))

    def _judge(self) -> None:
        """Look at the oldest unknown outcome that is due. One at a time: it is two reads, seconds apart."""
        workspace, now = self._workspace, self._workspace.now()
        busy = self._looking is not None and not self._looking.done()
        if busy or workspace.offline or self._changes.locked:
            return
        horizon = workspace.profile.reconcile_after
        for record in reversed(self.doubt):
            tried = self._tried.get(record.op_id)
            due = not left_to_wait(record.sent_at or record.at, horizon, now)
            if record.state is State.UNKNOWN and due and (tried is None or now - tried >= TRY_AGAIN):
                self._tried[record.op_id] = now
                self._looking = workspace.background.submit(self._changes.reconcile(record.op_id, wait=False))
                self._looking.add_done_callback(_forget_errors)
                return


def _forget_errors(done: "Future[ChangeRecord]") -> None:
    """That it could not be judged yet is no news: it stays unknown on the screen."""
    with contextlib.suppress(NotNow, VendorError, JournalError, ConfigError, InvalidId):
        if not done.cancelled():
            done.result()
