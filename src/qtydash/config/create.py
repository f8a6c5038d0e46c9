"""Writes a new config.toml that only its owner can read, from its first byte on."""

import contextlib
import os
import tempfile
from pathlib import Path

from qtydash.config.errors import ConfigError


class AlreadyThere(ConfigError):
    """There is a configuration file, and nobody said that it may go. Nothing was changed."""


def create(path: Path, text: str, *, replace: bool = False) -> None:
    """Write ``text`` to ``path`` with mode 0600, in a folder that is made with 0700 when it is not there.

    A file that is there is kept: raises ``AlreadyThere``, unless ``replace``; then it is exchanged whole, and
    what a symbolic link names is exchanged, not the link. Raises ``ConfigError`` when it cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if replace:
            _exchange(path.resolve(), text)
        else:
            _write(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), path, text)
        return
    except FileExistsError:
        there = path.is_symlink() or path.exists()
        problem = "" if there else "its folder is a file"
    except OSError as error:
        there, problem = False, error.strerror or type(error).__name__
    if there:
        raise AlreadyThere(f"{path} is there already and was left as it is. Use --force to replace it.")
    raise ConfigError(f"{path} cannot be written: {problem}.")


def _exchange(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600, as mkstemp does
    _write(descriptor, Path(name), text)
    try:
        Path(name).replace(path)
    except OSError:
        Path(name).unlink()
        raise


def _write(descriptor: int, path: Path, text: str) -> None:
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
