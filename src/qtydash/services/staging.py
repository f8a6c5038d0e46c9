"""What is staged: kept in its order, and in the journal's file, so that it outlives the program."""

import threading
from collections.abc import Callable, Iterable, Sequence

from qtydash.domain.changes import Intent
from qtydash.storage.journal import Journal

Key = tuple[str, str]
"""A vendor's address and a target there."""


class Staging:
    """The drafts of one profile. Any thread may call; what changes them raises ``JournalError``.

    ``origin`` tells where an intent would be sent now, None when nowhere. What was staged for another address is
    kept, and neither shown nor sent.
    """

    def __init__(self, journal: Journal, profile: str, origin: Callable[[Intent], str | None]) -> None:
        self._journal = journal
        self._profile = profile
        self._origin = origin
        self._guard = threading.Lock()
        self._keeping = threading.Lock()
        self._staged: dict[Key, Intent] = {}

    def load(self) -> None:
        """Take up what an earlier run had staged."""
        drafts = self._journal.drafts(self._profile)
        with self._guard:
            self._staged = {(origin, intent.target): intent for origin, intent in drafts}

    @property
    def all(self) -> tuple[Intent, ...]:
        with self._guard:
            return tuple(intent for key, intent in self._staged.items() if self._is_here(key, intent))

    def of(self, target: str) -> Intent | None:
        """What is staged for one target."""
        with self._guard:
            here = (i for key, i in self._staged.items() if key[1] == target and self._is_here(key, i))
            return next(here, None)

    def put(self, intents: Sequence[tuple[str, Intent]]) -> None:
        """Stage intents, each with its vendor's address, in place of what their targets had staged."""
        with self._guard:
            for origin, intent in intents:
                self._staged.pop((origin, intent.target), None)
                self._staged[origin, intent.target] = intent
        self._keep()

    def remove(self, targets: Iterable[str]) -> int:
        """Forget what is staged for ``targets``; how many there were."""
        wanted = set(targets)
        with self._guard:
            gone = [key for key, i in self._staged.items() if key[1] in wanted and self._is_here(key, i)]
            for key in gone:
                del self._staged[key]
        if gone:
            self._keep()
        return len(gone)

    def last(self) -> tuple[Intent, ...]:
        """What was staged last: edits made together are one."""
        staged = self.all
        latest = max((intent.staged_at for intent in staged), default=None)
        return tuple(intent for intent in staged if intent.staged_at == latest)

    def _is_here(self, key: Key, intent: Intent) -> bool:
        return self._origin(intent) in (None, key[0])

    def _keep(self) -> None:
        with self._keeping:  # or an older state could be kept last
            with self._guard:
                drafts = [(origin, intent) for (origin, _), intent in self._staged.items()]
            self._journal.keep_drafts(self._profile, drafts)
