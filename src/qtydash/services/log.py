"""The log file beside the journal: what went wrong, for whoever looks later.

Sentences of this program only: never a header, a body or a vendor's own words; every credential that was fetched
is masked by value. Each line is appended by itself, so that several programs may write. Nothing is said when it
cannot be written.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qtydash.domain.errors import VendorError
from qtydash.domain.text import safe_text
from qtydash.services.clock import utc_now
from qtydash.services.export import utc_text

if TYPE_CHECKING:
    from pydantic import SecretStr

    from qtydash.adapters.credentials import Mask

LARGEST = 256 * 1024
"""Bytes from which on a file is put aside and a new one begun."""
KEPT = 3
"""Files put aside that are kept: ``qtydash.log.1`` is the newest."""

_where: Path | None = None
_mask: Mask | None = None


def log_file(journal_db: Path) -> Path:
    """Where the log is."""
    return journal_db.with_name("qtydash.log")


def begin(journal_db: Path) -> None:
    """Write to the log beside this journal from now on; before, nothing is written. Makes no file yet."""
    global _where
    _where = log_file(journal_db)


def end() -> None:
    """Write nothing any more, and forget what was to be masked."""
    global _where, _mask
    _where = _mask = None


def hide(secret: SecretStr) -> None:
    """Mask a credential wherever a sentence would hold it."""
    global _mask
    if _mask is None:
        from qtydash.adapters.credentials import Mask

        _mask = Mask({})
    _mask.add(secret)


def warning(sentence: str) -> None:
    """Something did not go as it should."""
    _write("WARNING", sentence)


def trouble(error: VendorError) -> None:
    """A vendor did not answer as asked. What it said itself is left out: it comes from the answer's body."""
    told = ", ".join(filter(None, (f"status {error.status}" if error.status else "", error.fault)))
    _write("WARNING", f"{error.sentence} ({told})" if told else error.sentence)


def fault(report: str) -> None:
    """A fault of this program, as ``domain.crash`` reports it."""
    _write("ERROR", report)


def _write(level: Literal["WARNING", "ERROR"], words: str) -> None:
    if _where is None:
        return
    masked = words if _mask is None else _mask(words)
    lines = "\n  ".join(safe_text(line, 1_000) for line in masked.splitlines())
    with suppress(OSError):
        _where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_room(_where)
        file = os.open(_where, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, f"{utc_text(utc_now().replace(microsecond=0))} {level} {lines}\n".encode())
        finally:
            os.close(file)


def _make_room(path: Path) -> None:
    try:
        if path.stat().st_size < LARGEST:
            return
    except FileNotFoundError:
        return
    names = [path, *(path.with_name(f"{path.name}.{n}") for n in range(1, KEPT + 1))]
    for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
        with suppress(FileNotFoundError):
            newer.replace(older)
