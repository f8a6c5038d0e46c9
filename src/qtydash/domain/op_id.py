"""Operation ids: UUIDs of version 7 (RFC 9562 §5.7), so that they sort by when they were made."""

import os
from datetime import UTC, datetime, timedelta

_RANDOM_BYTES = 10


def new_op_id(now: datetime, random: bytes | None = None) -> str:
    """An id for an operation planned at ``now`` (aware UTC). ``random`` gives the ten bytes that make it unique.

    >>> new_op_id(datetime.fromisoformat("2022-02-22T19:22:22+00:00"), bytes(10))
    '017f22e2-79b0-7000-8000-000000000000'
    """
    noise = os.urandom(_RANDOM_BYTES) if random is None else random
    value = int(now.timestamp() * 1000) << 80 | int.from_bytes(noise)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def made_at(op_id: str) -> datetime:
    """When an id was made, in UTC to the millisecond. Raises ``ValueError`` for what is no such id.

    >>> made_at("017f22e2-79b0-7000-8000-000000000000").isoformat()
    '2022-02-22T19:22:22+00:00'
    """
    milliseconds = int(op_id.replace("-", "")[:12], 16)
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)
