"""The review's lines: each intent on a fresh read, with all that speaks against it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from qtydash.domain.changes import Intent
from qtydash.domain.errors import InvalidId, VendorError
from qtydash.domain.review import Observed, Proposal, proposed
from qtydash.services.port import ChangePort


async def reviewed(
    port: ChangePort, intents: Sequence[Intent], now: Callable[[], datetime]
) -> tuple[Proposal, ...]:
    """Read the targets of one vertical's intents. Where they cannot be read, each is refused with the reason."""
    try:
        found = await port.observe(intents, max_age=timedelta())
    except (VendorError, InvalidId) as error:
        return tuple(_unread(intent, error) for intent in intents)
    return tuple(_line(port, intent, found.get(intent.target) or Observed(now(), None)) for intent in intents)


def _unread(intent: Intent, error: VendorError | InvalidId) -> Proposal:
    told = error.full if isinstance(error, VendorError) else str(error)
    return Proposal(intent, refusal=f"It could not be read, so it cannot be changed. {told}", unread=error)


def _line(port: ChangePort, intent: Intent, observed: Observed) -> Proposal:
    if observed.unread is not None:
        return _unread(intent, observed.unread)
    line = proposed(intent, observed)
    if line.refusal or line.expected is None or observed.facts is None:
        return line
    try:
        port.request(intent)
    except ValueError as error:
        return replace(line, refusal=str(error))
    objection = port.objection(intent, observed.facts, line.expected)
    question = " ".join(filter(None, (line.question, objection.question)))
    return replace(line, refusal=objection.refusal, question=question)
