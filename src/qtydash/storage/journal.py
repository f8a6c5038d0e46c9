"""The journal: what was about to be sent, written down before it was, and everything that is known of it since.

Append-only, chained by hashes, one unresolved change per target. See ``journal_file`` for the file itself.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from qtydash.domain.changes import UNRESOLVED, Change, ChangeRecord, Event, Intent, Kind, State, may_follow
from qtydash.storage import journal_file
from qtydash.storage.journal_file import JournalError
from qtydash.storage.journal_rows import (
    CHANGE_COLUMNS,
    EVENT_COLUMNS,
    Row,
    change_hash,
    change_of,
    change_row,
    event_hash,
    event_of,
    event_row,
    first_hash,
    intent_of,
    intent_text,
)

__all__ = ["ChangeEnd", "Journal", "JournalError", "TargetTaken", "WrongTurn"]

_CHANGES = ", ".join(f"c.{column}" for column in CHANGE_COLUMNS)
_EVENTS = ", ".join(f"e.{column}" for column in EVENT_COLUMNS)
_ALL = 1_000_000


class TargetTaken(Exception):
    """A change of the same target has no known outcome yet. ``op_id`` is that change.

    ``profile`` is the profile it was made in, "" where that is the same.
    """

    def __init__(self, label: str, op_id: str, profile: str = "") -> None:
        where = f", made in profile {profile!r}," if profile else ""
        super().__init__(
            f"An earlier change of {label}{where} has no known outcome yet ({op_id}). Settle it first: until then "
            "nobody can tell what this one would come on top of."
        )
        self.op_id = op_id


class WrongTurn(Exception):
    """A change cannot come from the state it is in to the one asked for."""

    def __init__(self, op_id: str, state: State | None, then: State) -> None:
        now = "is not in the journal" if state is None else f"is {state.value}"
        super().__init__(f"Change {op_id} {now}, so it cannot become {then.value}.")


class ChangeEnd(NamedTuple):
    """How far a change has come, without all that is known of it. ``phase`` is that of its last event."""

    op_id: str
    batch: str
    origin: str
    target: str
    follows: str
    state: State
    phase: str


class Journal:
    """The journal at ``path``. Every call opens the file anew, so a file that was moved or replaced is noticed.

    Calls may be made from any thread. Each raises ``JournalError`` when the journal cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tip: tuple[int, str] | None = None

    def unlock(self, now: datetime) -> None:
        """Make the journal if there never was one, and verify the whole of it: what a writer does first."""
        journal_file.ensure(self.path, now)
        self.verify()
        self.note_end()

    def note_end(self) -> None:
        """Note beside the journal how far this program saw it come: an older copy is then known for one."""
        if self._tip is not None:
            # Without the note the journal is as good; only its older copies are not told from it.
            with suppress(OSError, JournalError):
                journal_file.remember(self.path, *self._tip)

    @property
    def exists(self) -> bool:
        """Whether there is a journal, or was one."""
        return journal_file.exists(self.path)

    def verify(self) -> None:
        """Read everything and follow the chain of hashes."""
        from qtydash.storage import journal_schema

        with journal_file.connected(self.path) as db:
            db.execute("BEGIN")  # one moment of it: another program may be writing
            told = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if told != "ok":
                raise journal_file.damaged(self.path, str(told).splitlines()[0][:100])
            if not journal_schema.is_as_built(db):
                raise journal_file.damaged(self.path, "its tables, or what guards them, are others")
            with self._reading():
                self._tip = _follow_chain(db, self._first_hash(db))

    # Writing.

    def plan(self, changes: Sequence[Change], note: str = "") -> None:
        """Write down changes that the operator confirmed: all of them, or none. ``note`` is kept with each.

        Raises ``TargetTaken``.
        """
        with self._transaction() as db:
            for change in changes:
                row = change_row(change)
                marks = ", ".join("?" * (len(CHANGE_COLUMNS) + 1))
                db.execute(
                    f"INSERT INTO changes ({', '.join(CHANGE_COLUMNS)}, hash) VALUES ({marks})",  # noqa: S608
                    (*row, change_hash(row)),
                )
                self._append(db, change.op_id, Event(State.PLANNED, change.planned_at, note=note))

    def record(self, *events: tuple[str, Event]) -> None:
        """Write down what happened to changes, by their operation ids: all of it, durably, or nothing.

        Raises ``WrongTurn`` for a state that cannot follow and ``TargetTaken``.
        """
        with self._transaction() as db:
            for op_id, event in events:
                self._append(db, op_id, event)

    def recover(self, profile: str, at: datetime) -> tuple[str, ...]:
        """Say of what an earlier run left behind what is known of it; returns the ids of changes now unknown.

        What was sent and has no outcome is unknown. What was planned and never sent is abandoned: it stays
        known by its batch.
        """
        with self._transaction() as db:
            left = db.execute(
                "SELECT op_id, state FROM current JOIN changes USING (op_id) "
                "WHERE profile = ? AND state IN ('planned', 'sent') ORDER BY op_id",
                (profile,),
            ).fetchall()
            for op_id, state in left:
                self._append(db, op_id, _left_behind(State(state), at))
        return tuple(op_id for op_id, state in left if state == State.SENT)

    def _append(self, db: sqlite3.Connection, op_id: str, event: Event) -> None:
        state = self._state(db, op_id)
        before = State.DRAFT if state is None and event.state is State.PLANNED else state
        if before is None or not may_follow(before, event.state):
            raise WrongTurn(op_id, state, event.state)
        if event.state in UNRESOLVED and state not in UNRESOLVED:
            self._check_free(db, op_id)
        seq, previous = self._last(db)
        row = event_row(op_id, event)
        (of_change,) = db.execute("SELECT hash FROM changes WHERE op_id = ?", (op_id,)).fetchone()
        marks = ", ".join("?" * (len(EVENT_COLUMNS) + 3))
        db.execute(
            f"INSERT INTO events (seq, {', '.join(EVENT_COLUMNS)}, previous_hash, hash) VALUES ({marks})",  # noqa: S608
            (seq + 1, *row, previous, event_hash(previous, of_change, row)),
        )

    def _state(self, db: sqlite3.Connection, op_id: str) -> State | None:
        found = db.execute("SELECT state FROM current WHERE op_id = ?", (op_id,)).fetchone()
        with self._reading():
            return None if found is None else State(found[0])

    def _check_free(self, db: sqlite3.Connection, op_id: str) -> None:
        taken = db.execute(
            "SELECT c.label, n.op_id, iif(t.profile = c.profile, '', t.profile) FROM changes c "
            "JOIN current n USING (origin, target) JOIN changes t ON t.op_id = n.op_id WHERE c.op_id = ? "
            "AND n.state IN ('planned', 'sent', 'unknown', 'undecided')",
            (op_id,),
        ).fetchone()
        if taken is not None:
            raise TargetTaken(*taken)

    def _last(self, db: sqlite3.Connection) -> tuple[int, str]:
        """The last event's number and hash."""
        found = db.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return (0, self._first_hash(db)) if found is None else (int(found[0]), str(found[1]))

    def _first_hash(self, db: sqlite3.Connection) -> str:
        return first_hash(*journal_file.identity(self.path, db))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with journal_file.connected(self.path) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                self._check_tip(db)
                yield db
                tip = self._last(db)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        self._tip = tip

    def _check_tip(self, db: sqlite3.Connection) -> None:
        """The last event this program knows must still be there: a shorter journal is not the one it was."""
        if self._tip is None:
            return
        seq, known = self._tip
        found = db.execute("SELECT hash FROM events WHERE seq = ?", (seq,)).fetchone()
        if (self._first_hash(db) if seq == 0 else found and found[0]) != known:
            raise journal_file.damaged(self.path, "events that were written are gone")

    # Reading.

    def find(self, op_id: str) -> ChangeRecord | None:
        """One change with its events."""
        return next(iter(self._records("c.op_id = ?", (op_id,))), None)

    def records(
        self, profile: str, *, states: Iterable[State] = (), limit: int = 1_000
    ) -> tuple[ChangeRecord, ...]:
        """Changes of a profile, the newest first, all or those in ``states``."""
        wanted = tuple(state.value for state in states)
        among = f" AND n.state IN ({', '.join('?' * len(wanted))})" if wanted else ""
        return self._records(f"c.profile = ?{among}", (profile, *wanted), limit)

    def ends_since(self, profile: str, kind: Kind, op_id: str) -> tuple[ChangeEnd, ...]:
        """How far a profile's changes of a kind have come whose ids are ``op_id`` or later, the newest first."""
        if not self.exists:
            return ()
        with journal_file.connected(self.path) as db, self._reading():
            rows = db.execute(
                "SELECT op_id, batch, n.origin, n.target, follows, state, (SELECT phase FROM events e "
                "WHERE e.op_id = c.op_id ORDER BY seq DESC LIMIT 1) FROM changes c JOIN current n USING (op_id) "
                "WHERE profile = ? AND kind = ? AND op_id >= ? ORDER BY op_id DESC",
                (profile, kind.value, op_id),
            ).fetchall()
            return tuple(
                ChangeEnd(op_id, batch, origin, target, follows, State(state), phase)
                for op_id, batch, origin, target, follows, state, phase in rows
            )

    def batch(self, batch: str) -> tuple[ChangeRecord, ...]:
        """The changes of one batch, the newest first."""
        return self._records("c.batch = ?", (batch,), _ALL)

    def unresolved(self, origin: str, target: str) -> ChangeRecord | None:
        """The change of a target that has no known outcome yet."""
        where = "n.origin = ? AND n.target = ? AND n.state IN ('planned', 'sent', 'unknown', 'undecided')"
        return next(iter(self._records(where, (origin, target))), None)

    def taken(self) -> Mapping[tuple[str, str], tuple[str, str]]:
        """By vendor's address and target, the changes without a known outcome: the id and the profile of each."""
        if not self.exists:
            return {}
        with journal_file.connected(self.path) as db:
            rows = db.execute(
                "SELECT n.origin, n.target, op_id, profile FROM current n JOIN changes USING (op_id) "
                "WHERE state IN ('planned', 'sent', 'unknown', 'undecided')"
            ).fetchall()
            return {(origin, target): (op_id, profile) for origin, target, op_id, profile in rows}

    def starting_with(self, profile: str, prefix: str, limit: int = 10) -> tuple[str, ...]:
        """The ids of a profile's changes that begin so, the newest first."""
        if not self.exists:
            return ()
        with journal_file.connected(self.path) as db:
            found = db.execute(
                "SELECT op_id FROM changes WHERE profile = ? AND op_id >= ? AND op_id < ? "
                "ORDER BY op_id DESC LIMIT ?",
                (profile, prefix, f"{prefix}g", limit),  # ids are hexadecimal and hyphens: all sort before g
            ).fetchall()
            return tuple(op_id for (op_id,) in found)

    def serial(self) -> int:
        """Counts events: it moves when anything happened, here or in another program."""
        if not self.exists:
            return 0
        with journal_file.connected(self.path) as db:
            return self._last(db)[0]

    def _records(self, where: str, values: Sequence[object], limit: int = 1) -> tuple[ChangeRecord, ...]:
        if not self.exists:
            return ()
        with journal_file.connected(self.path) as db, self._reading():
            db.execute("BEGIN")  # changes and events of one moment
            rows = db.execute(
                f"SELECT {_CHANGES} FROM changes c JOIN current n USING (op_id) WHERE {where} "  # noqa: S608
                "ORDER BY c.op_id DESC LIMIT ?",
                (*values, limit),
            ).fetchall()
            events: dict[str, list[Event]] = defaultdict(list)
            for start in range(0, len(rows), 500):
                ids = [row[0] for row in rows[start : start + 500]]
                marks = ", ".join("?" * len(ids))
                query = f"SELECT {_EVENTS} FROM events e WHERE e.op_id IN ({marks}) ORDER BY e.seq"  # noqa: S608
                for row in db.execute(query, ids):
                    events[row[0]].append(event_of(row))
            return tuple(ChangeRecord(change_of(row), tuple(events[row[0]])) for row in rows)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, KeyError, TypeError) as error:
            raise journal_file.damaged(self.path, "a row cannot be read") from error

    # Drafts.

    def drafts(self, profile: str) -> tuple[tuple[str, Intent], ...]:
        """What is staged, with its vendor's address, in the order in which it was staged."""
        if not self.exists:
            return ()
        with journal_file.connected(self.path) as db, self._reading():
            rows = db.execute(
                "SELECT origin, intent FROM drafts WHERE profile = ? ORDER BY position", (profile,)
            ).fetchall()
            return tuple((origin, intent_of(text)) for origin, text in rows)

    def keep_drafts(self, profile: str, drafts: Sequence[tuple[str, Intent]]) -> None:
        """Keep what is staged, in its order; it replaces what was kept before."""
        with self._transaction() as db:
            db.execute("DELETE FROM drafts WHERE profile = ?", (profile,))
            db.executemany(
                "INSERT INTO drafts (profile, origin, target, position, intent) VALUES (?, ?, ?, ?, ?)",
                [
                    (profile, origin, intent.target, position, intent_text(intent))
                    for position, (origin, intent) in enumerate(drafts)
                ],
            )


def _left_behind(state: State, at: datetime) -> Event:
    if state is State.SENT:
        return Event(
            State.UNKNOWN,
            at,
            phase="start",
            note="qtydash ended while this was being sent; whether it was applied is not known.",
        )
    return Event(
        State.ABANDONED, at, phase="start", note="qtydash ended before this was sent; nothing of it left."
    )


def _follow_chain(db: sqlite3.Connection, first: str) -> tuple[int, str]:
    """The last event's number and hash, once every hash before it is what it must be. Raises ``ValueError``."""
    hashes: dict[str, str] = {}
    targets: dict[str, tuple[str, str]] = {}
    for *row, told in db.execute(f"SELECT {_CHANGES}, c.hash FROM changes c"):  # noqa: S608
        change = change_of(row)
        if change_hash(tuple(row)) != told:
            raise ValueError(f"change {row[0]} is not what was written")
        hashes[change.op_id] = told
        targets[change.op_id] = change.origin, change.intent.target
    states: dict[str, State] = {}
    number, previous = 0, first
    query = f"SELECT e.seq, e.previous_hash, e.hash, {_EVENTS} FROM events e ORDER BY e.seq"  # noqa: S608
    for seq, linked, told, *values in db.execute(query):
        row_told: Row = tuple(values)
        op_id, event = values[0], event_of(values)
        before = states.get(op_id, State.DRAFT)
        expected = event_hash(previous, hashes[op_id], row_told)
        if seq != number + 1 or linked != previous or told != expected or not may_follow(before, event.state):
            raise ValueError(f"event {seq} is not what was written")
        number, previous, states[op_id] = seq, told, event.state
    current = {op_id: told for op_id, *told in db.execute("SELECT op_id, origin, target, state FROM current")}
    if current != {op_id: [*targets[op_id], state.value] for op_id, state in states.items()} or (
        states.keys() != hashes.keys()
    ):
        raise ValueError("the states do not follow from the events")
    return number, previous
