"""One writer per profile: a lock on a file beside the journal, held for as long as a program may write.

The kernel lets go of it when the program ends, however it ends.
"""

import fcntl
import json
import os
import socket
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from qtydash.domain.text import safe_text


class HeldElsewhere(Exception):
    """Another program writes for this profile. The text says which."""


class WriterLock:
    """The right to write for ``profile``. ``purpose`` tells others what holds it: "the dashboard"."""

    def __init__(self, journal: Path, profile: str, purpose: str) -> None:
        self.profile = profile
        self._purpose = purpose
        self._path = journal.with_name(f"{journal.name}.{quote(profile, safe='')}.lock")
        self._file: int | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

    def take(self, now: datetime) -> None:
        """Take the lock, or do nothing when it is held already. Raises ``HeldElsewhere``, ``OSError``."""
        if self.is_ours:
            return
        self.release()
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(file, 2_000, 0)
            os.close(file)
            raise HeldElsewhere(self._told(holder)) from None
        except BaseException:
            os.close(file)
            raise
        told = {"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat(), "what": self._purpose}
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps(told).encode(), 0)
        self._file = file

    @property
    def is_ours(self) -> bool:
        """Whether the file that is locked is still the one by its name; else another program may hold that."""
        if self._file is None:
            return False
        try:
            found, ours = self._path.stat(), os.fstat(self._file)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)

    @property
    def is_free(self) -> bool:
        """Whether nobody holds the lock."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(file)
        return True

    def release(self) -> None:
        """Let go. The file stays: removing it would let two programs lock two files of one name."""
        file, self._file = self._file, None
        if file is not None:
            os.ftruncate(file, 0)
            os.close(file)

    def _told(self, holder: bytes) -> str:
        try:
            told = json.loads(holder)
            since = datetime.fromisoformat(told["since"]).astimezone()
            who = f"{told['what']} (process {int(told['pid'])} on {told['host']}, since {since:%d %b %H:%M})"
        except (ValueError, KeyError, TypeError):
            who = "another qtydash"
        return (
            f"{safe_text(who, 200)} is open on profile {self.profile!r} and is the one that writes. "
            "Here it can only be looked at; close the other to write from here."
        )
