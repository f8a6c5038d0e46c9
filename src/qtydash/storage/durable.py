"""Files that are on the disk, whole, before anything goes on because of them."""

import os
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read. It appears whole or not at all, in place of one that was there.

    Raises ``OSError``; nothing is left behind then.
    """
    draft = path.with_name(f"{path.name}.new-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """See that the names in a folder are on the disk. Raises ``OSError``."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
