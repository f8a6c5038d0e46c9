"""The file behind the journal: how it is made once, found again, and refused when it is not the one it was.

Unlike the cache it is never set aside and never made anew by itself: a journal that is missing or wrong means
that nobody knows what was sent, so nothing more is sent until a person has looked.
"""

import json
import os
import sqlite3
import stat
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from qtydash.domain.text import safe_text
from qtydash.storage.durable import sync_folder, write_durably

APPLICATION_ID = 0x7174796A
"""``qtyj``: tells this file from any other SQLite file."""
VERSION = 1
"""The number of migrations in ``storage.journal_schema``."""
BUSY_SECONDS = 5.0


class JournalError(Exception):
    """The journal cannot be used, so nothing may be sent. The text names the file and says what to do."""


def marker(path: Path) -> Path:
    """The small file beside the journal that remembers which journal belongs here."""
    return path.with_name(f"{path.name}.id")


def exists(path: Path) -> bool:
    """Whether a journal was ever made here."""
    return path.exists() or marker(path).exists()


def ensure(path: Path, now: datetime) -> None:
    """Make the journal if there never was one, and see that the one there is the one it was.

    Raises ``JournalError``.
    """
    try:
        if not path.exists():
            _refuse_missing(path)
            _make(path, now)
        with connected(path) as db:
            journal_id, _ = identity(path, db)
            _compare(path, journal_id, db)
    except OSError as error:
        raise JournalError(
            f"The journal {path} cannot be reached ({error.strerror or error}). Nothing can be changed from here "
            "until it can: changes are written down before they are sent."
        ) from None


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the journal in autocommit mode, judged to be one.

    Raises ``JournalError``, also for what goes wrong in the block.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise JournalError(
                f"{path} is not a file, so it cannot be the journal. {_LOCKED} Put the journal back."
            )
        if stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(0o600)
        with closing(_open(path)) as db:
            _judge(path, db)
            yield db
            after = path.stat()
            if (after.st_dev, after.st_ino) != (found.st_dev, found.st_ino):
                raise JournalError(
                    f"The journal {path} was replaced while it was open. {_LOCKED} Put back the one that was."
                )
    except FileNotFoundError:
        raise JournalError(_missing(path)) from None
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:  # Python's own, and its words repeat the text that is wrong
            raise damaged(path, "a text in it cannot be read") from None
        if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise JournalError(f"The journal {path} is in use by another program. Try again.") from None
        told = safe_text(str(error), 100)
        raise JournalError(f"The journal {path} cannot be written or read ({told}). {_LOCKED} {_REACH}") from None
    except sqlite3.IntegrityError:
        raise
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise damaged(path, safe_text(str(error), 100)) from None
    except OSError as error:
        told = error.strerror or str(error)
        raise JournalError(f"The journal {path} cannot be used ({told}). {_LOCKED} {_REACH}") from None


def identity(path: Path, db: sqlite3.Connection) -> tuple[str, str]:
    """The journal's id, and when it was made. Raises ``JournalError``."""
    rows = db.execute("SELECT id, made_at FROM journal").fetchall()
    if len(rows) != 1:
        raise damaged(path, "it does not say which journal it is")
    return str(rows[0][0]), str(rows[0][1])


def damaged(path: Path, why: str) -> JournalError:
    """The error for a journal whose content is not what was written."""
    return JournalError(
        f"The journal {path} is damaged ({why}). {_LOCKED} Keep a copy of it and put back a backup; if there is "
        f"none, move it and {marker(path).name} away to begin a new one."
    )


_LOCKED = "Changes are locked: what was sent before cannot be told."
_REACH = "See that you may read and write it and its folder, and that the disk has room."


def _missing(path: Path) -> str:
    return (
        f"The journal {path} is missing; it was there before. {_LOCKED} Put it back; if it is gone for good, "
        f"remove {marker(path).name} beside it to begin a new one."
    )


def _refuse_missing(path: Path) -> None:
    if marker(path).exists():
        raise JournalError(_missing(path))


def remember(path: Path, seq: int, last_hash: str) -> None:
    """Note beside the journal how far it has come, so that an older copy of it is known for one later.

    What is noted already is not taken back by a program that knows less. Raises ``OSError``, ``JournalError``.
    """
    beside = marker(path)
    told = _read_marker(path)
    if told is not None and seq > told.seq:
        write_durably(beside, json.dumps({"id": told.id, "seq": seq, "hash": last_hash}).encode())


class _Marker(NamedTuple):
    """Which journal belongs here, and the last event of it that was noted; 0 before there was one."""

    id: str
    seq: int = 0
    hash: str = ""


def _read_marker(path: Path) -> _Marker | None:
    beside = marker(path)
    try:
        told = json.loads(beside.read_text("utf-8"))
        return _Marker(str(told["id"]), int(told.get("seq", 0)), str(told.get("hash", "")))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise JournalError(
            f"{beside} cannot be read, so it is not certain that {path.name} is the journal that was written "
            f"here. {_LOCKED} Put {beside.name} back, or remove it to accept the journal as it is."
        ) from None


def _compare(path: Path, journal_id: str, db: sqlite3.Connection) -> None:
    """See that the journal is the one the marker tells, as new or newer; make the marker where there is none."""
    beside = marker(path)
    told = _read_marker(path)
    if told is None:
        write_durably(beside, json.dumps({"id": journal_id}).encode())
        return
    if told.id != journal_id:
        raise JournalError(
            f"{path} is another journal than the one that was written here. {_LOCKED} Put the right one back, "
            f"or remove {beside.name} to accept this one."
        )
    if told.seq and db.execute("SELECT hash FROM events WHERE seq = ?", (told.seq,)).fetchone() != (told.hash,):
        (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
        raise JournalError(
            f"{path} is an older copy: it ends at event {last}, and event {told.seq} was written here. {_LOCKED} "
            f"Put the newest one back, or remove {beside.name} to accept this one without what was sent since."
        )


def _make(path: Path, now: datetime) -> None:
    """Make an empty journal, 0600 in a folder that is made 0700. It appears whole or not at all."""
    from qtydash.storage import journal_schema

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(_open(draft)) as db:
            journal_schema.build(db, str(uuid.uuid4()), now.isoformat())
        try:
            path.hardlink_to(draft)
        except FileExistsError:  # another program was faster: theirs is as good
            pass
        except OSError:  # a file system without hard links
            draft.rename(path)
        sync_folder(path.parent)
    except sqlite3.Error as error:
        raise JournalError(f"The journal {path} could not be made ({error}). Nothing can be changed.") from None
    finally:
        draft.unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        # A rollback journal: in WAL mode a file that was moved away would take writes into nowhere.
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA synchronous = EXTRA")
        db.execute("PRAGMA foreign_keys = ON")
        # SQLite takes text from its own file as it is: no function of it may be called by a schema.
        db.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        db.close()
        raise
    return db


def _judge(path: Path, db: sqlite3.Connection) -> None:
    application = int(db.execute("PRAGMA application_id").fetchone()[0])
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if application != APPLICATION_ID:
        raise damaged(path, "it was not written by qtydash")
    if version > VERSION:
        raise JournalError(f"The journal {path} was written by a newer qtydash. {_LOCKED} Use that version.")
    if version < VERSION:
        raise damaged(path, "it was never finished")
