"""What is known of a profile's changes, and what may be done with them now. The engine rests on this."""

import getpass
import socket
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from qtydash.config.models import Profile
from qtydash.domain.changes import IN_DOUBT, Change, ChangeRecord, Intent, Kind, State
from qtydash.services.port import ChangePort
from qtydash.storage.journal import Journal, JournalError
from qtydash.storage.lock import WriterLock


class NotNow(Exception):
    """What was asked for cannot be done as things stand. The text says why and what to do."""


class ChangeRecords:
    """The journal of one profile, whom it belongs to, and why nothing can be changed from here, if that is so."""

    def __init__(
        self,
        profile: Profile,
        journal: Journal,
        ports: Sequence[ChangePort],
        now: Callable[[], datetime],
        *,
        purpose: str,
        operator: str = "",
    ) -> None:
        self.profile = profile
        self.journal = journal
        self.locked = "The journal was not opened yet."
        self._ports = {kind: port for port in ports for kind in port.kinds}
        self._now = now
        self._operator = operator or _operator()
        self._lock = WriterLock(journal.path, profile.name, purpose)
        self._listeners: list[Callable[[], None]] = []
        self._doubt: tuple[ChangeRecord, ...] = ()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Have ``listener`` called, on whatever thread, when something was staged or happened."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def port(self, intent: Intent) -> ChangePort:
        """The vertical an intent belongs to. Raises ``NotNow`` when the profile has no section for it."""
        return self.port_of(intent.kind)

    def port_of(self, kind: Kind) -> ChangePort:
        """The vertical that makes changes of a kind. Raises ``NotNow`` when the profile has no section for it."""
        port = self._ports.get(kind)
        if port is None:
            raise NotNow(f"Profile {self.profile.name!r} has no section for {kind.value}.")
        return port

    def found(self, op_id: str) -> ChangeRecord:
        """One change of this profile. Raises ``NotNow`` when the journal does not have it."""
        record = self.journal.find(op_id)
        if record is None or record.change.profile != self.profile.name:
            raise NotNow(
                f"There is no change {op_id} in profile {self.profile.name!r}. `changes list` shows them."
            )
        return record

    def records(self, *, states: Iterable[State] = (), limit: int = 1_000) -> tuple[ChangeRecord, ...]:
        """Changes of this profile, the newest first. Raises ``JournalError``."""
        return self.journal.records(self.profile.name, states=states, limit=limit)

    def in_doubt(self) -> tuple[ChangeRecord, ...]:
        """The changes whose outcome waits for the operator or for reading.

        Where nobody writes, also what was being sent when a program ended. A journal that cannot be read locks all
        changes, and what was known stays known.
        """
        states = IN_DOUBT | {State.SENT} if self.locked and self._lock.is_free else IN_DOUBT
        try:
            self._doubt = self.records(states=states)
        except JournalError as error:
            self.locked = self.locked or str(error)
        return self._doubt

    def _look(self, *, states: Iterable[State], limit: int) -> tuple[ChangeRecord, ...]:
        try:
            return self.records(states=states, limit=limit)
        except JournalError:
            return ()

    def _check_writable(self) -> None:
        if self.locked:
            raise NotNow(self.locked)

    def _check_origin(self, change: Change) -> None:
        now = self.port(change.intent).origin
        if now != change.origin:
            raise NotNow(
                f"This change was sent to {change.origin}, and profile {self.profile.name!r} points to {now} now: "
                "what is read there says nothing about it. Point the profile back first."
            )

    @property
    def in_flight(self) -> ChangeRecord | None:
        """The change that is on its way at this moment."""
        return next(iter(self._look(states=(State.SENT,), limit=1)), None)


def _operator() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return f"{name}@{socket.gethostname()}"
