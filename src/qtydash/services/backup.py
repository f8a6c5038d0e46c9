"""What a clean-up takes away, written to a file before anything is sent: nothing else brings a row back.

One JSON object: ``format``, ``version``, ``profile``, ``base_url``, ``batch``, ``made_at``, and ``rows``, of which
each has the vendor's fifteen fields as they were read, with ``read_at`` and the ``op_id`` that deletes it. Times
are UTC, quantities are text, so that no digit is lost.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from qtydash.domain.changes import Change
from qtydash.domain.op_id import made_at
from qtydash.domain.order_qty import FIELDS, OrderQty
from qtydash.domain.review import Observed
from qtydash.services.export import utc_text
from qtydash.storage.durable import sync_folder, write_durably

FOLDER = "backups"
FORMAT = "qtydash order-qty backup"
VERSION = 1


class BackupFailed(Exception):
    """The rows could not be written down first. The text says why and what to do; nothing was sent."""


def backup_folder(journal: Path) -> Path:
    """Where the backups are: beside the journal."""
    return journal.parent / FOLDER


def backup_file(journal: Path, profile: str, batch: str) -> Path:
    """The backup of a batch, by the batch's id."""
    stamp = f"{made_at(batch):%Y%m%dT%H%M%SZ}"
    return backup_folder(journal) / f"order-qty-{quote(profile, safe='')}-{stamp}-{batch}.json"


def back_up(journal: Path, deletions: Sequence[tuple[Change, Observed]], now: datetime) -> Path:
    """Write the rows that the changes of one batch delete, as they were read. Raises ``BackupFailed``."""
    first = deletions[0][0]
    file = backup_file(journal, first.profile, first.batch)
    rows = [row for change, observed in deletions for row in _rows(change, observed)]
    document = {
        "format": FORMAT,
        "version": VERSION,
        "profile": first.profile,
        "base_url": first.origin,
        "batch": first.batch,
        "made_at": utc_text(now),
        "rows": rows,
    }
    try:
        if not file.parent.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(file.parent.parent)
        write_durably(file, (json.dumps(document, indent=1, default=_text) + "\n").encode())
    except OSError as error:
        raise BackupFailed(
            f"The rows could not be written to {file} first ({error.strerror or error}), so nothing was sent. "
            "See that the folder can be written and that the disk has room."
        ) from None
    return file


def _rows(change: Change, observed: Observed) -> Iterator[Mapping[str, object]]:
    record = observed.record
    records = [record] if isinstance(record, OrderQty) else record if isinstance(record, list) else []
    found = [each for each in records if isinstance(each, OrderQty)]
    if len(found) != sum(change.before.values()):
        raise BackupFailed(
            f"{change.intent.label} was not read as a whole, so it cannot be backed up and nothing was sent."
        )
    for each in found:
        fields = {name: getattr(each, name) for name in FIELDS}
        yield {**fields, "read_at": observed.at, "op_id": change.op_id}


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
