"""The review: each staged change on a fresh read, with what speaks against it, before anything is decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from qtydash.domain.changes import Facts, Intent, Kind
from qtydash.domain.errors import InvalidId, VendorError


@dataclass(frozen=True, slots=True)
class Observed:
    """A target as the vendor told it at ``at``. ``facts`` None: the vendor does not know it (any more), or what it
    tells of it cannot be read, as ``refusal`` then says.

    ``refusal`` says why it cannot be changed as it is, "" when it can. ``record`` is the vendor's own record of
    it, for a backup. ``unread`` says why it could not be read where others could: then nothing is known of it.
    """

    at: datetime
    facts: Facts | None
    refusal: str = ""
    record: object = None
    unread: VendorError | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against a change: a refusal is final, a question needs the operator's own yes."""

    refusal: str = ""
    question: str = ""


NO_OBJECTION = Objection()


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of the review.

    ``observed`` is the fresh read, ``expected`` what it would become. With a ``refusal`` it cannot be applied,
    with a ``question`` only once ``accepted``. ``drifted`` says that it is not what it was when it was staged,
    ``unread`` why it could not be read, where that is the refusal.
    """

    intent: Intent
    observed: Observed | None = None
    expected: Facts | None = None
    refusal: str = ""
    question: str = ""
    drifted: bool = False
    accepted: bool = False
    unread: VendorError | InvalidId | None = None

    @property
    def ready(self) -> bool:
        """Whether it may be applied as it stands."""
        return not self.refusal and (self.accepted or not self.question)


def proposed(intent: Intent, observed: Observed) -> Proposal:
    """The review's line for an intent on a fresh read, before its vertical is asked what speaks against it."""
    facts = observed.facts
    if observed.refusal or facts is None:
        return Proposal(intent, observed, refusal=observed.refusal or "The vendor does not know it any more.")
    expected = intent.expected(facts)
    drifted = intent.seen is not None and dict(intent.seen) != dict(facts)
    if dict(expected) == dict(facts):
        told = "It is gone already." if intent.kind.deletes else "It would change nothing."
        return Proposal(intent, observed, expected, refusal=told, drifted=drifted)
    question = ""
    if drifted and intent.kind is Kind.GIFT_SET:
        question = f"It was {_only(intent.seen)} when you staged this and is {_only(facts)} now."
    return Proposal(intent, observed, expected, question=question, drifted=drifted)


def _only(facts: Facts | None) -> str:
    return ", ".join(str(value) for value in (facts or {}).values())


def deletion_count(proposals: Iterable[Proposal]) -> int:
    """How many records the deletions among ``proposals`` would take."""
    return sum(
        sum(facts.values())
        for proposal in proposals
        if proposal.intent.kind.deletes
        and proposal.observed is not None
        and (facts := proposal.observed.facts) is not None
    )
