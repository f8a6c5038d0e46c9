"""Programs that may be killed at any thing they do: from then on they do nothing, as after SIGKILL."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.changes_kit import Clock, of_profile
from tests.vendor_model import ModelShop

from qtydash.domain.changes import Change, ChangeRecord, Event, Facts, Intent, WriteRequest
from qtydash.domain.review import Objection, Observed
from qtydash.services.changes import Changes
from qtydash.services.port import Told
from qtydash.storage.journal import Journal, JournalError


class Killed(BaseException):
    """The program is dead."""


class Fuse:
    """Counts what a program does; kills it after ``left`` more things, never while that is None."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.dead = False

    def burn(self) -> None:
        if self.left is not None and not self.dead:
            self.left -= 1
            self.dead = self.left < 0
        if self.dead:
            raise Killed

    @contextmanager
    def around(self) -> Iterator[None]:
        """A call before or after which the program may be killed."""
        self.burn()
        yield
        self.burn()


class MortalJournal(Journal):
    """The journal of a program; with ``fails`` it cannot write now and then, before or after it wrote."""

    def __init__(self, path: Path, fuse: Fuse, fails: Callable[[], str]) -> None:
        super().__init__(path)
        self._fuse = fuse
        self._fails = fails

    def unlock(self, now: datetime) -> None:
        with self._fuse.around():
            super().unlock(now)

    def plan(self, changes: Sequence[Change], note: str = "") -> None:
        with self._fuse.around():
            super().plan(changes, note)

    def record(self, *events: tuple[str, Event]) -> None:
        fails = self._fails() if events else ""
        if fails == "before":
            raise JournalError("The journal cannot be written.")
        with self._fuse.around():
            super().record(*events)
        if fails == "after":
            raise JournalError("The journal was replaced while it was open.")

    def recover(self, profile: str, at: datetime) -> tuple[str, ...]:
        with self._fuse.around():
            return super().recover(profile, at)

    def keep_drafts(self, profile: str, drafts: Sequence[tuple[str, Intent]]) -> None:
        with self._fuse.around():
            super().keep_drafts(profile, drafts)

    def find(self, op_id: str) -> ChangeRecord | None:
        with self._fuse.around():
            return super().find(op_id)

    def taken(self) -> Mapping[tuple[str, str], tuple[str, str]]:
        with self._fuse.around():
            return super().taken()

    def unresolved(self, origin: str, target: str) -> ChangeRecord | None:
        with self._fuse.around():
            return super().unresolved(origin, target)


class MortalPort:
    """A program's way to the shop."""

    def __init__(self, shop: ModelShop, fuse: Fuse) -> None:
        self.vendor = shop.vendor
        self.kinds = shop.kinds
        self.rules = shop.rules
        self.origin = shop.origin
        self._shop = shop
        self._fuse = fuse

    def request(self, intent: Intent) -> WriteRequest:
        return self._shop.request(intent)

    def objection(self, intent: Intent, before: Facts, expected: Facts) -> Objection:
        return self._shop.objection(intent, before, expected)

    async def observe(self, intents: Sequence[Intent], *, max_age: timedelta) -> Mapping[str, Observed]:
        with self._fuse.around():
            return await self._shop.observe(intents, max_age=max_age)

    async def send(self, intent: Intent, op_id: str) -> Told:
        with self._fuse.around():
            return await self._shop.send(intent, op_id)


class Program:
    """One run of the engine for a profile, on a journal and a shop that it shares with others."""

    def __init__(self, profile: str, path: Path, shop: ModelShop, clock: Clock, rng: Random) -> None:
        self.profile = profile
        self.fuse = Fuse()
        self.journal_fails = 0.0
        self._rng = rng
        self._clock = clock
        self.changes = Changes(
            of_profile(profile),
            MortalJournal(path, self.fuse, self._journal_fault),
            [MortalPort(shop, self.fuse)],
            clock,
            purpose=f"program {profile}",
            sleep=self._sleep,
            operator="ann",
        )

    def end(self) -> None:
        """It is gone, and so is what it held: the lock as after any end, and the task that writes."""
        task = self.changes._writer._task
        if task is not None:
            task.cancel()
        self.changes.close()

    async def _sleep(self, seconds: float) -> None:
        with self.fuse.around():
            await self._clock.sleep(seconds)

    def _journal_fault(self) -> str:
        return self._rng.choice(("before", "after")) if self._rng.random() < self.journal_fails else ""
