"""Reading the order-quantity records of several products side by side, as if they were one list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qtydash.domain.errors import InvalidId, VendorError
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import OnProgress, Progress, Snapshot, SnapshotSource, plural
from qtydash.services.read import Reads

Records = tuple[OrderQty, ...]

SIDE_BY_SIDE = 4
"""Products read at a time: each answer may be tens of megabytes while it is taken apart."""


@dataclass(frozen=True, slots=True)
class Products:
    """Which products to list, by id."""

    codes: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.codes)


@dataclass(slots=True)
class _Parts:
    """What came of each product, by id, and what there is to say about it."""

    of: dict[str, Snapshot[Records]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    complete: bool = True


class ProductReads:
    """``Reads`` of several products, made of the reads of one; ``names`` are what the products are called.

    A product that cannot be read hides no other: its reason is a warning, the snapshot is not complete, and its
    rows are the cached ones, where there are any and ``fall_back`` allows them. ``fetched_at`` is that of the
    oldest answer. A record listed under two products is there once.
    """

    def __init__(self, one: Reads[str, Records], names: Mapping[str, str], *, fall_back: bool = True) -> None:
        self.vendor = one.vendor
        self._one = one
        self._names = names
        self._fall_back = fall_back

    def cached(self, query: Products) -> Snapshot[Records] | None:
        """See ``Reads``. None when nothing was ever read of any of the products."""
        parts = _Parts()
        for code in query.codes:
            if (found := self._one.cached(code)) is not None:
                parts.of[code] = found
            else:
                parts.complete = False
                parts.words.append(f"{self._name(code)} was not read yet: its rows are missing.")
        return self._merged(parts, "cache") if parts.of else None

    async def live(self, query: Products, on_progress: OnProgress | None = None) -> Snapshot[Records]:
        """See ``Reads``. Raises the first product's error when none can be read."""
        import asyncio

        done = rows = 0
        lanes = asyncio.Semaphore(SIDE_BY_SIDE)

        async def read(code: str) -> Snapshot[Records] | VendorError | InvalidId:
            nonlocal done, rows
            answer: Snapshot[Records] | VendorError | InvalidId
            async with lanes:
                try:
                    answer = await self._one.live(code)
                except (VendorError, InvalidId) as error:
                    answer = error
            done += 1
            rows += len(answer.data) if isinstance(answer, Snapshot) else 0
            if on_progress is not None and len(query.codes) > 1:
                on_progress(Progress(done, rows, len(query.codes), unit="product"))
            return answer

        answers = await asyncio.gather(*map(read, query.codes))
        errors = [answer for answer in answers if isinstance(answer, Exception)]
        if len(errors) == len(answers) and errors:
            raise errors[0]
        parts = _Parts()
        for code, answer in zip(query.codes, answers, strict=True):
            if isinstance(answer, Snapshot):
                parts.of[code] = answer
            else:
                await asyncio.to_thread(self._stand_in, parts, code, answer)
        return self._merged(parts, "live")

    def _stand_in(self, parts: _Parts, code: str, error: VendorError | InvalidId) -> None:
        """The cached rows of a product that could not be read, and why."""
        reason = error.full if isinstance(error, VendorError) else str(error)
        seen = self._one.cached(code) if self._fall_back else None
        if seen is not None:
            parts.of[code] = seen
        then = "missing" if seen is None else f"those read at {seen.fetched_at:%Y-%m-%d %H:%M:%S} UTC"
        parts.complete = False
        parts.words.append(f"{self._name(code)}: {reason} Its rows are {then}.")

    def _merged(self, parts: _Parts, source: SnapshotSource) -> Snapshot[Records]:
        found = parts.of
        records: dict[str, OrderQty] = {}
        for part in found.values():
            for record in part.data:
                records.setdefault(record.id, record)
        words = [*parts.words, *self._warnings(found)]
        if twice := sum(len(part.data) for part in found.values()) - len(records):
            words.append(f"Listed under more than one product and counted once: {plural(twice, 'row')}.")
        return Snapshot(
            data=tuple(records.values()),
            fetched_at=min(part.fetched_at for part in found.values() if part.source == source),
            source=source,
            complete=parts.complete and all(part.complete for part in found.values()),
            warnings=tuple(words),
            previous={key: was for part in found.values() for key, was in part.previous.items()},
        )

    def _warnings(self, found: Mapping[str, Snapshot[Records]]) -> Sequence[str]:
        if len(found) == 1:
            return [warning for part in found.values() for warning in part.warnings]
        return [f"{self._name(code)}: {warning}" for code, part in found.items() for warning in part.warnings]

    def _name(self, code: str) -> str:
        return self._names.get(code) or code
