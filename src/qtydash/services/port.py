"""One vertical's side of a change: how its target is read, how its write is sent. The engine knows no vendor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from qtydash.domain.changes import Facts, Intent, Kind, WriteRequest
from qtydash.domain.review import Objection, Observed
from qtydash.domain.vendors import Vendor


@dataclass(frozen=True, slots=True)
class Told:
    """What the vendor's answer to a write says.

    ``facts`` is what holds now, None where the answer does not tell. ``absent`` says that there was nothing to
    delete. ``data`` is what the answer carried, for the pane that shows it; ``note`` a sentence about what it
    shows beyond the facts, "" when there is nothing to say.
    """

    status: int
    facts: Facts | None = None
    absent: bool = False
    data: object = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BatchRules:
    """How a vertical's batches go.

    ``pause`` is the time in seconds between two writes. With ``canary`` the first of several is looked up once it
    is done, and the batch ends unless it shows. ``fresh`` is how old the read just before a write may be. The
    batch ends after ``rejects_in_a_row``, and once ``failures`` of it (a ratio) went wrong; None: never for that
    reason.
    """

    pause: float = 0.0
    canary: bool = False
    fresh: timedelta = timedelta()
    rejects_in_a_row: int | None = None
    failures: float | None = None


class ChangePort(Protocol):
    """What the engine needs of a vertical. ``origin`` is the vendor's configured address."""

    vendor: Vendor
    origin: str
    kinds: frozenset[Kind]
    rules: BatchRules

    def request(self, intent: Intent) -> WriteRequest:
        """The write, exactly as it would go over the wire. Raises ``ValueError``, ``InvalidId``."""

    def objection(self, intent: Intent, before: Facts, expected: Facts) -> Objection:
        """What speaks against the change, now that the target was read."""

    async def observe(self, intents: Sequence[Intent], *, max_age: timedelta) -> Mapping[str, Observed]:
        """Read the targets from the vendor, none of it older than ``max_age``; keyed by target.

        A target that the vendor does not know has no facts. One that could not be read, while others could, is
        ``unread``. Raises ``VendorError`` when none could.
        """

    async def send(self, intent: Intent, op_id: str) -> Told:
        """Send the write: one attempt. Raises ``VendorError``, ``InvalidId``, ``ReadOnlyProfile``."""
