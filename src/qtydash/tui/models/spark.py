"""A line of marks that shows how a quantity went."""

from collections.abc import Sequence
from datetime import datetime

from qtydash.domain.pace import Observation


def sparkline(observations: Sequence[Observation], now: datetime, width: int, levels: str) -> str:
    """What was left from the first observation until now, in ``width`` equal steps, 0 as the lowest of ``levels``.

    Between two observations the earlier one holds. "" when there is nothing to draw.
    """
    if not observations or width <= 0:
        return ""
    start = observations[0].at
    span = (now - start).total_seconds()
    if span <= 0:
        return ""
    most = max(1, *(o.left for o in observations)) if len(observations) > 1 else max(1, observations[0].left)
    values: list[int] = []
    at = 0
    for step in range(width):
        moment = span * (step + 1) / width
        while at + 1 < len(observations) and (observations[at + 1].at - start).total_seconds() <= moment:
            at += 1
        values.append(observations[at].left)
    return "".join(levels[_level(value, most, len(levels) - 1)] for value in values)


def _level(value: int, most: int, highest: int) -> int:
    """Something is never drawn as nothing."""
    return 0 if value <= 0 else max(1, round(highest * value / most))
