"""What the panes over a vendor share: cache first, live after, and honest words about both."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import on, work
from textual.message import Message

from qtydash.config.errors import ConfigError
from qtydash.domain.errors import InvalidId, Unreachable, VendorError
from qtydash.domain.snapshot import Progress, Snapshot
from qtydash.domain.vendors import Vendor
from qtydash.services.read import Reads
from qtydash.tui.freshness import Freshness, PaneStatus, freshness
from qtydash.tui.panes.listing import WIDE, Listing, Shown
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.words import Line, Words
from qtydash.tui.workspace import Workspace

if TYPE_CHECKING:
    from qtydash.domain.changes import ChangeRecord, Intent, Kind

__all__ = ["NOTICES", "WIDE", "ChangesMoved", "Pane", "Shown", "StatusChanged", "WentWrong"]

Q = TypeVar("Q")
T = TypeVar("T")

PROGRESS_SECONDS = 0.1
"""How long a new count of pages waits for a newer one: each that is told is drawn, and keys wait for that."""
NOTICES = 3
"""Lines of warnings shown above the rows."""


@dataclass
class StatusChanged(Message):
    """A pane knows something new about its data."""

    pane: Pane[Any, Any]


@dataclass
class WentWrong(Message):
    """A read failed, or came with a warning: ``words`` say what happened, ``to_do`` what can be done about it."""

    pane: Pane[Any, Any]
    words: str
    to_do: str = ""
    grave: bool = True


@dataclass
class ChangesMoved(Message):
    """Something was staged, sent, answered or judged."""


@dataclass
class _Progressed(Message, bubble=False):
    reading: int
    progress: Progress


class Pane(Listing[T], Generic[Q, T]):
    """One vertical on the screen. It draws snapshots and nothing else; offline is an old snapshot."""

    vendor: ClassVar[Vendor]
    change_kinds: ClassVar[frozenset[Kind]] = frozenset()
    """The changes that are made from here: after one the pane is read again."""
    fewer_rows: ClassVar[str] = ""
    """The command that hides rows which need no one, where there is one."""

    def __init__(self, workspace: Workspace, reads: Reads[Q, T] | None) -> None:
        super().__init__(workspace)
        self.reads = reads
        self.query_now: Q | None = None
        self.status = PaneStatus(configured=reads is not None, offline=workspace.offline)
        self._told: Freshness | None = None
        """How fresh the screen says the data are."""
        self._readings = 0
        self.opened = False
        self._subject = ""
        self._summary = ""

    # What a pane says of itself.

    def prepare(self, snapshot: Snapshot[T]) -> None:
        """Find out of all rows what showing them needs, so that the screen need not wait; on a thread."""

    @abstractmethod
    def build(self) -> None:
        """Give the grids their models, made from the snapshot and the view."""

    @abstractmethod
    def subject(self) -> str:
        """What is shown, for the title: a product, a session."""

    @abstractmethod
    def summary(self) -> str:
        """What it amounts to, in a few words."""

    @abstractmethod
    def nothing_words(self) -> str:
        """What an empty answer means, and what to do."""

    @property
    def missing_query_words(self) -> str:
        """What to do when nothing is chosen yet."""
        return ""

    def on_mount(self) -> None:
        if self.display:  # what is on the screen at first is painted at once, the rest when that is done
            self.open()
            self.opened = not self.partial
        else:
            self.rebuild()

    # Reading.

    def open(self) -> None:
        """Show what the cache has for the current query."""
        self.snapshot = None
        if self.reads is not None and self.query_ready:
            self.snapshot = self.first_sight(self.reads, self.query_now)  # type: ignore[arg-type]
        self._took(replace(self.status, trouble="", reading=False, progress=None))

    def first_sight(self, reads: Reads[Q, T], query: Q) -> Snapshot[T] | None:
        """What is painted first, from the cache."""
        return reads.cached(query)

    @property
    def partial(self) -> bool:
        """Whether only a part of what the cache holds is shown yet."""
        return False

    @property
    def query_ready(self) -> bool:
        """Whether it is known what to read."""
        return self.query_now is not None

    def ask(self, query: Q) -> None:
        """Show something else: its cached snapshot as soon as it is loaded, its live one after."""
        self.query_now = query
        self.snapshot = None
        self._took(replace(self.status, trouble="", reading=False, progress=None))
        self.refresh_live(cache_first=True)

    def refresh_live(self, *, cache_first: bool = False) -> None:
        """Read from the vendor, in the background; a reading under way is given up for this one.

        ``cache_first`` shows what the cache has before. Offline, that is all.
        """
        if self.reads is None or not self.query_ready or (self.workspace.offline and not cache_first):
            return
        self.opened = True
        self._readings += 1
        self.status = replace(self.status, reading=not self.workspace.offline, progress=None)
        self.show_status()
        self._read(self.reads, self.query_now, self._readings, cache_first)

    def looked(self) -> None:
        """The operator has seen what is shown and asks for news: a pane may compare what comes with it."""

    @property
    def is_reading(self) -> bool:
        return self.status.reading

    def stop_reading(self) -> bool:
        """Give up the read that is under way, if there is one; what was shown before stays."""
        if not self.status.reading:
            return False
        self._readings += 1
        self.workers.cancel_group(self, "read")
        self._took(replace(self.status, reading=False, progress=None))
        return True

    @work(group="read", exclusive=True, exit_on_error=False)
    async def _read(self, reads: Reads[Q, T], query: Q, reading: int, cache_first: bool) -> None:
        if cache_first:
            cached = await asyncio.to_thread(self._cached, reads, query)
            if reading != self._readings:
                return
            self.snapshot = cached
            self._took(self.status)
        if self.workspace.offline:
            return

        waiting = False
        newest: Progress | None = None

        def progressed(progress: Progress) -> None:
            nonlocal waiting, newest
            if waiting:
                newest = progress
                return
            waiting = True
            self.post_message(_Progressed(reading, progress))
            asyncio.get_running_loop().call_later(PROGRESS_SECONDS, go_on)

        def go_on() -> None:
            nonlocal waiting, newest
            waiting, told = False, newest
            if told is not None:
                newest = None
                progressed(told)

        done = replace(self.status, reading=False, progress=None)
        try:
            snapshot = await self.workspace.background.run(reads.live(query, progressed))
            await asyncio.to_thread(self.prepare, snapshot)
        except VendorError as error:
            status = replace(done, trouble=error.full, answered=not isinstance(error, Unreachable))
            wrong = [WentWrong(self, error.reason, error.hint)]
        except (InvalidId, ConfigError) as error:
            status = replace(done, trouble=str(error), answered=True)
            wrong = [WentWrong(self, str(error))]
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave the pane reading forever
            status = replace(
                done, trouble=f"qtydash has a fault of its own here ({type(error).__name__}).", answered=True
            )
            wrong = [WentWrong(self, status.trouble, "Please report it, with what you did before.")]
        else:
            if reading == self._readings:
                self.snapshot = snapshot
            status = replace(done, trouble="")
            wrong = [WentWrong(self, warning, grave=False) for warning in snapshot.warnings]
        if reading == self._readings:
            self._took(status)
            for each in wrong:
                self.post_message(each)

    def _cached(self, reads: Reads[Q, T], query: Q) -> Snapshot[T] | None:
        cached = reads.cached(query)
        if cached is not None:
            self.prepare(cached)
        return cached

    @on(_Progressed)
    def _progress_made(self, message: _Progressed) -> None:
        if message.reading == self._readings and self.status.reading:
            self.status = replace(self.status, progress=message.progress)
            self.show_status()

    def _took(self, status: PaneStatus) -> None:
        snapshot = self.snapshot
        self.status = replace(
            status,
            fetched_at=snapshot.fetched_at if snapshot else None,
            source=snapshot.source if snapshot else None,
            complete=snapshot.complete if snapshot else True,
        )
        self.rebuild()

    # Changing.

    @property
    def offline(self) -> bool:
        """Whether the vendor cannot be reached, so that what is staged stays staged."""
        return self.workspace.offline or self.freshness.mood == "offline"

    def own_changes(self) -> tuple[Mapping[str, Intent], Mapping[str, ChangeRecord]]:
        """What is staged from here, and the changes made from here that have no known outcome yet, by target."""
        from qtydash.domain.changes import UNRESOLVED
        from qtydash.storage.journal import JournalError

        changes = self.workspace.changes
        try:
            records = changes.records(states=UNRESOLVED)
        except JournalError:
            records = ()
        staged = {intent.target: intent for intent in changes.staged if intent.kind in self.change_kinds}
        ours = (record for record in records if record.change.intent.kind in self.change_kinds)
        return staged, {record.change.intent.target: record for record in ours}

    # Drawing.

    def rebuild(self) -> None:
        """Draw again from the snapshot and the view."""
        if self.snapshot is not None:
            self.build()
        self._subject = self.subject()
        self._summary = self.summary() if self.snapshot is not None else ""
        self.show_status()
        self.show_detail()

    @property
    def freshness(self) -> Freshness:
        return freshness(self.status, self.workspace.now())

    def show_status(self) -> None:
        """Draw the title, the notice and the message again, and let the app know."""
        self._draw_status(self.freshness)
        self.post_message(StatusChanged(self))

    def _draw_status(self, told: Freshness) -> None:
        self._told = told
        left = [
            Part(f" {self.key} {self.vendor.title} ", "bold"),
            Part(f" {self._subject}" if self._subject else ""),
            Part(f"  {self._summary}" if self._summary else "", "$text-muted"),
        ]
        self.query_one(".title", Bar).show(left, [Part(f"{told.words} ", "bold" if told.reason else "")])
        self.query_one(".notice", Words).say(self._notice(told))
        self.show_message(self._message(told))

    def _notice(self, told: Freshness) -> Sequence[Line]:
        if self.snapshot is None:
            return ()
        lines: list[Line] = []
        if told.mood in ("offline", "error") and told.reason:
            lines.append([Part(told.reason, "$text-error" if self.status.trouble else "$text-muted")])
        lines += [[Part(warning, "$text-warning")] for warning in self.snapshot.warnings]
        if not self.snapshot.complete and not self.snapshot.warnings:
            lines.append([Part("Incomplete: not every page was read.", "$text-warning")])
        if len(lines) > NOTICES:
            lines[NOTICES - 1 :] = [[Part(f"and {len(lines) - NOTICES + 1} more warnings.", "$text-warning")]]
        return lines

    def _message(self, told: Freshness) -> Sequence[Line]:
        """What stands in place of the grid when there is nothing to draw."""
        keys = self.keys
        refresh, all_again = keys["refresh"], keys.get(self.fewer_rows, "")
        if not self.status.configured:
            return self._not_configured()
        if not self.query_ready:
            return [[Part(self.missing_query_words)]]
        if self.snapshot is None:
            if self.status.reading:
                return [[Part(f"Reading from {self.vendor.name}...")]]
            if self.status.trouble:
                return [[Part(self.status.trouble, "$text-error")], [Part(f"Press {refresh} to try again.")]]
            if self.workspace.offline:
                return [[Part("Nothing is cached yet."), Part(" Start without --offline to read it once.")]]
            return [[Part(f"Nothing is cached yet. Press {refresh} to read it.")]]
        if not self.rows_exist:
            return [[Part(self.nothing_words())]]
        if not self.shown_count:
            hint = " Escape shows all again." if self.words else f" Press {all_again} to show all again."
            return [[Part("No row fits what you asked to see."), Part(hint)]]
        return ()

    @property
    def rows_exist(self) -> bool:
        """Whether the snapshot holds any row, whatever the filter hides."""
        return bool(self.snapshot is not None and self.snapshot.data)

    @property
    def shown_count(self) -> int:
        """How many rows the view lets through."""
        return self.grid.model.row_count

    def why_not(self, id: str) -> str:
        if not self.status.configured:
            return self.not_configured_words
        return super().why_not(id)

    @property
    def not_configured_words(self) -> str:
        """What is missing, in a sentence."""
        return f"{self.vendor.name} is not set up in profile {self.workspace.profile.name!r}."

    def _not_configured(self) -> Sequence[Line]:
        name = self.workspace.profile.name
        return [
            [Part(self.not_configured_words, "bold")],
            [Part(f"Add a section [profiles.{name}.{self.vendor.key}] to the configuration file;")],
            [Part("`qtydash config path` says where it is, `qtydash config check` tests it.")],
            [Part("Then start qtydash again. `qtydash demo` needs no configuration.")],
        ]

    def tick(self) -> None:
        """A moment has passed: ages that tell something else are drawn again."""
        told = self.freshness
        if told != self._told:
            self._draw_status(told)
