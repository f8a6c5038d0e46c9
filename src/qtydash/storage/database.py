"""The file behind the cache: how it is opened, judged, set aside and made anew.

The file is disposable. Whatever is wrong with it, it is renamed, never repaired and never deleted at once.
"""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

APPLICATION_ID = 0x71747963
"""``qtyc``: tells this file from any other SQLite file."""
VERSION = 3
"""The schema this program reads; the number of migrations in ``storage.schema``."""
READABLE_VERSION = 1
"""The oldest schema that is read as it is: what came later only adds to it."""
KEPT = 3
"""Files set aside that are kept; older ones are removed."""
BUSY_SECONDS = 5.0

FileId = tuple[int, int]
_SIDECARS = ("-wal", "-shm")
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH}


class Broken(Exception):
    """The file is there but is no cache this program can use. ``file_id`` says which file was judged."""

    def __init__(self, reason: str, file_id: FileId) -> None:
        super().__init__(reason)
        self.reason = reason
        self.file_id = file_id


def file_id(path: Path) -> FileId:
    """Identity of the file at ``path``, whatever its name becomes. Raises ``OSError``."""
    found = path.stat()
    return (found.st_dev, found.st_ino)


@contextmanager
def telling_damage(identity: FileId, reason: str = "is damaged") -> Iterator[None]:
    """Make ``Broken`` of the errors that speak of the file's content.

    Those of the disk, the rights or another process stay what they are.
    """
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite's own words, when they quote a damaged name
        raise Broken(reason, identity) from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        # Text that is no UTF-8 is reported without a code.
        if code is None or code & 0xFF in _DAMAGE:
            raise Broken(reason, identity) from error
        raise


def connect(path: Path, version: int = VERSION) -> sqlite3.Connection:
    """Open the existing cache at ``path`` in autocommit mode, migrated to ``VERSION`` if older than ``version``.

    Raises ``FileNotFoundError`` when there is none, ``Broken`` when it is unusable, ``OSError`` and
    ``sqlite3.Error`` when it cannot be reached.
    """
    found = path.stat()
    identity = (found.st_dev, found.st_ino)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(f"{path} is not a regular file")
    if found.st_size == 0:
        raise Broken("is empty", identity)
    with telling_damage(identity, "is damaged or no SQLite file"):
        db = _open(path)
    try:
        with telling_damage(identity):
            _judge(db, identity, version)
    except BaseException:
        db.close()
        raise
    return db


def _open(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path))}"
    if os.access(path, os.W_OK):
        _free_sidecars(path)
    try:
        return _probed(f"{address}?mode=rw")
    except sqlite3.OperationalError:
        # In a folder that cannot be written WAL has nowhere to keep its index; without a WAL the file is whole.
        if os.access(path.parent, os.W_OK) or path.with_name(path.name + "-wal").exists():
            raise
        return _probed(f"{address}?mode=ro&immutable=1")


def _free_sidecars(path: Path) -> None:
    """Let the log of a file that was read-only once be written: SQLite gave it the rights that the file had."""
    for sidecar in _sidecars(path):
        if sidecar.exists() and not os.access(sidecar, os.W_OK):
            with suppress(OSError):
                sidecar.chmod(0o600)


def _probed(address: str) -> sqlite3.Connection:
    db = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def _judge(db: sqlite3.Connection, identity: FileId, needed: int) -> None:
    application = int(db.execute("PRAGMA application_id").fetchone()[0])
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if application != APPLICATION_ID:
        raise Broken("was not written by qtydash", identity)
    if version > VERSION:
        raise Broken("was written by a newer qtydash", identity)
    if version < needed:
        from qtydash.storage import schema

        with telling_damage(identity, "could not be brought to this version"):
            schema.migrate(db)


def make(path: Path) -> None:
    """Make an empty cache at ``path``, 0600 in a folder that is made 0700. Raises ``OSError``, ``sqlite3.Error``.

    The file appears whole or not at all, so another process never finds it half made; one that is already
    there is left alone.
    """
    from qtydash.storage import schema

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        schema.build(draft)
        if not path.exists():
            # A log left by a file that is gone would be replayed into the new one.
            for sidecar in _sidecars(path):
                sidecar.unlink(missing_ok=True)
        with suppress(FileExistsError):
            _publish(draft, path)
    finally:
        for file in (draft, *_sidecars(draft)):
            file.unlink(missing_ok=True)


def _publish(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        draft.rename(path)


def protect(path: Path) -> None:
    """Take rights on the file from everyone but its owner."""
    with suppress(OSError):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)


def set_aside(path: Path, identity: FileId, now: datetime) -> Path | None:
    """Rename the file that was judged broken, with its log, and keep the newest ``KEPT`` such files.

    Returns the new name, None when another process was faster. Raises ``OSError``.
    """
    try:
        if file_id(path) != identity:
            return None
    except FileNotFoundError:
        return None
    aside = _free_name(path, now)
    path.rename(aside)
    for suffix in _SIDECARS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    for old in sorted(_set_aside_before(path), key=lambda file: file.name)[:-KEPT]:
        for file in (old, *_sidecars(old)):
            with suppress(OSError):
                file.unlink(missing_ok=True)
    return aside


def _free_name(path: Path, now: datetime) -> Path:
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    name = f"{path.name}.broken-{stamp}"
    number = 1
    while path.with_name(name).exists():
        number += 1
        name = f"{path.name}.broken-{stamp}.{number:03}"
    return path.with_name(name)


def _set_aside_before(path: Path) -> Iterator[Path]:
    prefix = f"{path.name}.broken-"
    for file in path.parent.iterdir():
        if file.name.startswith(prefix) and not file.name.endswith(_SIDECARS):
            yield file


def _sidecars(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + suffix) for suffix in _SIDECARS)
