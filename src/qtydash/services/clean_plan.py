"""Plan files: what a clean-up would delete, frozen, to be looked at elsewhere and applied within a day.

The format is told in ``docs/plan-files.md``. Rows may be taken out of a file. Every other edit is found out by the
row's seal and refuses the file: what is deleted is what was listed.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from qtydash.domain.ids import is_usable_id
from qtydash.domain.op_id import new_op_id
from qtydash.domain.snapshot import age_in_words
from qtydash.domain.text import safe_text
from qtydash.services.export import utc_text
from qtydash.services.order_qty_intents import FrozenRow

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = "qtydash order-qty plan"
VERSION = 1
LASTING = timedelta(hours=24)
MAX_ROWS = 10_000
"""As many as one clean-up may ever delete."""
MAX_BYTES = 8 * 2**20
_LAST_COMMA = re.compile(rb",(\s*\]\s*\}\s*)\Z")
"""What is left at the end when the last row was taken out."""
_AHEAD = timedelta(minutes=5)
"""How far the clock of the computer that made a plan may be ahead of this one's."""


class PlanUnreadable(Exception):
    """The file is no plan. The text says why."""


class PlanRefused(Exception):
    """A plan that must not be made or applied. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class PlanRow(FrozenRow):
    """A row of a plan. ``seal`` ties it to the plan it was written in, and to every other field."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    seal: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows to delete, in which profile, as they were listed at ``made_at`` (ISO 8601, UTC)."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    format: str
    version: int
    plan: str
    profile: str
    base_url: str
    made_at: str
    rows: tuple[PlanRow, ...]

    def sealed(self, row: FrozenRow) -> PlanRow:
        """The row with the seal that it must have in this plan."""
        told = (self.plan, self.profile, self.base_url, self.made_at)
        text = json.dumps([*told, row.id, row.product, row.cart, row.quantity, row.stamp])
        seal = hashlib.sha256(text.encode()).hexdigest()[:16]
        return PlanRow(row.id, row.product, row.cart, row.quantity, row.stamp, seal)


def plan_of(rows: Iterable[FrozenRow], profile: str, base_url: str, now: datetime) -> Plan:
    """A plan of rows as they are listed now. Raises ``PlanRefused``."""
    found = tuple(rows)
    if len(found) > MAX_ROWS:
        raise PlanRefused(
            f"These are {len(found):,} rows, and a plan holds {MAX_ROWS:,} at most. Nothing was written. Name "
            "fewer products, or give a longer --stale-after."
        )
    plan = Plan(FORMAT, VERSION, new_op_id(now), profile, base_url, utc_text(now), ())
    return replace(plan, rows=tuple(map(plan.sealed, found)))


def plan_text(plan: Plan) -> str:
    """A plan as a file: a row a line, so that a line can be taken out."""
    told = asdict(plan)
    head = "".join(f" {json.dumps(name)}: {json.dumps(told[name])},\n" for name in told if name != "rows")
    rows = ",\n".join(f"  {json.dumps(row)}" for row in told["rows"])
    return f'{{\n{head} "rows": [\n{rows}\n ]\n}}\n'


def read_plan(data: bytes) -> Plan:
    """The plan in a file. Raises ``PlanUnreadable``."""
    from pydantic import ValidationError

    if len(data) > MAX_BYTES:
        raise PlanUnreadable(f"The file is larger than {MAX_BYTES // 2**20} MiB, so it is no plan of qtydash's.")
    data = _LAST_COMMA.sub(rb"\1", data)
    try:
        head = json.loads(data)
    except (ValueError, RecursionError):
        raise PlanUnreadable("The file is no JSON. Rows are taken out as whole lines, with their comma.") from None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise PlanUnreadable("The file is no plan: `order-qty clean ... --plan-out FILE` writes one.")
    if head.get("version") != VERSION:
        raise PlanUnreadable(f"The plan has a format of another version of qtydash; this one reads {VERSION}.")
    try:
        return _plans().validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PlanUnreadable(f"The plan is damaged at {safe_text(where, 60)}: {first['msg'].lower()}.") from None


def check_plan(plan: Plan, profile: str, base_url: str, now: datetime) -> datetime:
    """When the plan was made, once it may be applied here and now. Raises ``PlanRefused``."""
    if plan.profile != profile:
        raise PlanRefused(f"The plan is of profile {_quoted(plan.profile)}, and this is {profile!r}.")
    if plan.base_url != base_url:
        raise PlanRefused(
            f"The plan is of {safe_text(plan.base_url, 100)}, and this profile points to {base_url}."
        )
    made = _time(plan.made_at)
    if made is None or made - now > _AHEAD:
        raise PlanRefused("The plan tells no time in the past at which it was made.")
    if (age := now - made) > LASTING:
        hours = int(LASTING / timedelta(hours=1))
        raise PlanRefused(
            f"The plan is {age_in_words(age.total_seconds(), 2)} old and lasts for {hours} hours. Make a new one."
        )
    seen: set[str] = set()
    for number, row in enumerate(plan.rows, 1):
        if row != plan.sealed(row) or not (is_usable_id(row.id) and is_usable_id(row.product)):
            raise PlanRefused(
                f"Row {number} ({_quoted(row.id)}) is not as it was written: it was changed, or it is of no list "
                "that this plan was made of. Rows may be taken out, nothing else. Make a new plan."
            )
        if row.id in seen:
            raise PlanRefused(f"Row {number} ({_quoted(row.id)}) is there twice.")
        seen.add(row.id)
    if not seen:
        raise PlanRefused("The plan has no rows left.")
    return made


@cache
def _plans() -> "TypeAdapter[Plan]":
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _quoted(text: str) -> str:
    return repr(safe_text(text, 60))
