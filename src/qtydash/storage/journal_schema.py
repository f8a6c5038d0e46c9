"""The journal's tables. A migration is history: it is never edited; a change is a new one.

``changes`` and ``events`` are append-only, and triggers hold them so, against INSERT OR REPLACE too, which fires
no DELETE trigger. ``current`` follows from them and is there
for one index: at most one unresolved change per target of a vendor's address, across processes and profiles.
``drafts`` are what is staged: no facts yet, so they come and go.
"""

import sqlite3
from contextlib import closing
from functools import cache

from sqlite_utils import Database, Migrations

from qtydash.storage.journal_file import APPLICATION_ID, VERSION

JOURNAL = Migrations("journal")


@JOURNAL()
def m001_changes_and_events(db: Database) -> None:
    """Changes, their events in a chain of hashes, and the one index that keeps writes apart."""
    for statement in _M001.split(";;"):
        db.execute(statement)


_M001 = """
CREATE TABLE journal (
    id TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;;
CREATE TABLE changes (
    op_id TEXT NOT NULL PRIMARY KEY,
    batch TEXT NOT NULL,
    profile TEXT NOT NULL,
    origin TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    label TEXT NOT NULL,
    amount INTEGER,
    ids TEXT NOT NULL,
    sentence TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    body TEXT,
    before TEXT NOT NULL,
    observed_at TEXT NOT NULL,
    expected TEXT NOT NULL,
    seen TEXT,
    seen_at TEXT,
    staged_at TEXT NOT NULL,
    planned_at TEXT NOT NULL,
    operator TEXT NOT NULL,
    reason TEXT NOT NULL,
    follows TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;;
CREATE INDEX changes_batch ON changes (batch);;
CREATE TABLE events (
    seq INTEGER NOT NULL PRIMARY KEY,
    op_id TEXT NOT NULL REFERENCES changes (op_id),
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    status INTEGER,
    fault TEXT NOT NULL,
    phase TEXT NOT NULL,
    note TEXT NOT NULL,
    looks TEXT NOT NULL,
    operator TEXT NOT NULL,
    reason TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;;
CREATE INDEX events_op ON events (op_id, seq);;
CREATE TABLE current (
    op_id TEXT NOT NULL PRIMARY KEY REFERENCES changes (op_id),
    origin TEXT NOT NULL,
    target TEXT NOT NULL,
    state TEXT NOT NULL
) STRICT;;
CREATE UNIQUE INDEX one_unresolved_change_per_target ON current (origin, target)
WHERE state IN ('planned', 'sent', 'unknown', 'undecided');;
CREATE TABLE drafts (
    profile TEXT NOT NULL,
    origin TEXT NOT NULL,
    target TEXT NOT NULL,
    position INTEGER NOT NULL,
    intent TEXT NOT NULL,
    PRIMARY KEY (profile, origin, target)
) STRICT;;
CREATE TRIGGER changes_stay BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;;
CREATE TRIGGER changes_remain BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;;
CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;;
CREATE TRIGGER events_remain BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;;
CREATE TRIGGER journal_stays BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;;
CREATE TRIGGER journal_remains BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;;
CREATE TRIGGER changes_grow BEFORE INSERT ON changes
WHEN EXISTS (SELECT 1 FROM changes WHERE op_id = NEW.op_id)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;;
CREATE TRIGGER events_grow BEFORE INSERT ON events
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;;
CREATE TRIGGER journal_is_one BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;;
CREATE TRIGGER states_follow AFTER INSERT ON events BEGIN
    INSERT INTO current (op_id, origin, target, state)
    SELECT op_id, origin, target, NEW.state FROM changes WHERE op_id = NEW.op_id
    ON CONFLICT (op_id) DO UPDATE SET state = excluded.state;
END
"""


def is_as_built(db: sqlite3.Connection) -> bool:
    """Whether the file behind ``db`` has the tables, indexes and triggers of a journal, and no other."""
    return _schema(db) == _built()


@cache
def _built() -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        build(db, "", "")
        return _schema(db)


def _schema(db: sqlite3.Connection) -> list[tuple[str, ...]]:
    # The table in which sqlite-utils counts migrations is its own and may look otherwise in another version.
    query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name NOT GLOB '_sqlite*' ORDER BY 1, 2"
    return db.execute(query).fetchall()


def build(db: sqlite3.Connection, journal_id: str, made_at: str) -> None:
    """Make an empty journal of the empty file behind ``db``. Raises ``sqlite3.Error``."""
    db.execute("BEGIN IMMEDIATE")
    try:
        JOURNAL.apply(Database(db, execute_plugins=False))
        db.execute("INSERT INTO journal (id, made_at) VALUES (?, ?)", (journal_id, made_at))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
