"""How doubt about a change ends: by two later reads, or by the operator's verdict. Nothing is sent from here."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from qtydash.config.models import Profile
from qtydash.domain.change_words import inference_words
from qtydash.domain.changes import Change, ChangeRecord, Event, Look, State, inferred, left_to_wait
from qtydash.domain.review import Observed
from qtydash.services.change_records import ChangeRecords, NotNow
from qtydash.services.port import ChangePort
from qtydash.storage.journal import Journal, WrongTurn

LOOK_GAP = 3.0
"""Seconds between the two reads by which an outcome is judged."""


class Judging(ChangeRecords):
    """Judges the changes whose outcome is unknown."""

    def __init__(
        self,
        profile: Profile,
        journal: Journal,
        ports: Sequence[ChangePort],
        now: Callable[[], datetime],
        *,
        purpose: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        operator: str = "",
    ) -> None:
        super().__init__(profile, journal, ports, now, purpose=purpose, operator=operator)
        self._sleep = sleep
        self._looked_at: set[str] = set()

    async def reconcile(self, op_id: str, *, wait: bool = True) -> ChangeRecord:
        """Judge an unknown outcome by two reads, ``LOOK_GAP`` seconds apart, once the horizon has passed.

        Raises ``NotNow`` when there is nothing to judge, or when it is too early and ``wait`` is false, and
        ``VendorError`` when it cannot be read: the outcome then stays unknown.
        """
        record = self.found(op_id)
        if record.state is not State.UNKNOWN:
            raise NotNow(f"There is nothing to reconcile: this change is {record.state.value}.")
        self._check_writable()
        if op_id in self._looked_at:
            raise NotNow("It is being read at this moment.")
        change = record.change
        self._check_origin(change)
        left = left_to_wait(record.sent_at or record.at, self.profile.reconcile_after, self._now())
        if left and not wait:
            raise NotNow(f"Too early to judge by reading: {left.total_seconds():.0f} s to go.")
        await self._sleep(left.total_seconds())
        with self._looking_at(op_id):
            looks = (await self._look_at(change), *[await self._look_later(change)])
            state = inferred(change.before, change.expected, looks)
            note = inference_words(state, looks, change.before, change.expected)
            event = Event(state, self._now(), phase="reconcile", note=note, looks=looks)
            # A verdict that came while it was read stands.
            with suppress(WrongTurn):
                self.journal.record((op_id, event))
        return self.found(op_id)

    @property
    def looked_at(self) -> frozenset[str]:
        """The operation ids of unknown changes whose targets are being read at this moment."""
        return frozenset(self._looked_at)

    @contextmanager
    def _looking_at(self, op_id: str) -> Iterator[None]:
        self._looked_at.add(op_id)
        self._tell()
        try:
            yield
        finally:
            self._looked_at.discard(op_id)
            self._tell()

    async def _look_later(self, change: Change) -> Look:
        await self._sleep(LOOK_GAP)
        return await self._look_at(change)

    async def _look_at(self, change: Change) -> Look:
        found = await self.port(change.intent).observe([change.intent], max_age=timedelta())
        observed = found.get(change.intent.target) or Observed(self._now(), None)
        return Look(observed.at, observed.facts)

    def resolve(self, op_id: str, *, applied: bool, reason: str) -> ChangeRecord:
        """Write down the operator's verdict on a change, with why. Raises ``NotNow``."""
        record = self.found(op_id)
        self._check_writable()
        if not reason.strip():
            raise NotNow("A verdict needs a reason: what you looked at, and what it showed.")
        if record.state not in (
            State.UNKNOWN,
            State.UNDECIDED,
            State.APPLIED_INFERRED,
            State.NOT_APPLIED_INFERRED,
        ):
            raise NotNow(f"There is nothing to judge: this change is {record.state.value}.")
        state = State.APPLIED_BY_VERDICT if applied else State.NOT_APPLIED_BY_VERDICT
        event = Event(state, self._now(), phase="verdict", operator=self._operator, reason=reason.strip())
        try:
            self.journal.record((op_id, event))
        except WrongTurn as error:  # settled meanwhile
            raise NotNow(str(error)) from None
        self._tell()
        return self.found(op_id)
