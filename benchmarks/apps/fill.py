"""Fills the cache of a home, in a process of its own: ``python -m benchmarks.apps.fill HOME URL gifts 100000``.

Of more than 100,000 gifts or holds a thousand are kept as any reading is, and multiplied where they lie.
"""

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import data, shop
from qtydash.storage.gifts import GIFTS
from qtydash.storage.order_qty import ORDER_QTY
from qtydash.storage.tickets import AVAILABILITY

MOST = 100_000
BLOCK = 1_000
NUMBERED = ("id", "sku", "titles", "consumer_cart_id")
"""Columns that tell a record's number."""


def main() -> None:
    home, url, kind, *sizes = sys.argv[1:]
    now = datetime.now(UTC)
    match kind:
        case "gifts":
            shop.keep(Path(home), GIFTS, "", data.gifts(_kept(int(sizes[0]))), url)
            _multiply(Path(home), "gifts", int(sizes[0]))
        case "holds":
            shop.keep(Path(home), ORDER_QTY, shop.HELD_PRODUCT, data.holds(_kept(int(sizes[0])), now), url)
            _multiply(Path(home), "order_qty", int(sizes[0]))
        case "days":
            options, days = map(int, sizes[:2])
            product = sizes[2] if len(sizes) > 2 else shop.PRODUCT
            shop.keep(Path(home), AVAILABILITY, product, data.availability(options, days, now.date()), url)
        case _:
            sys.exit(f"There is no {kind}: gifts, holds, days.")


def _kept(count: int) -> int:
    return BLOCK if count > MOST else count


def _multiply(home: Path, table: str, count: int) -> None:
    """Let the one reading of ``table`` hold ``count`` records, numbered and in the order as ``data`` has them."""
    if _kept(count) == count:
        return
    told, number = "substr(id, -7)", f"(substr(id, -7) + {BLOCK} * block)"
    made = {name: f"replace({name}, {told}, printf('%07d', {number}))" for name in NUMBERED}
    made["position"] = f"{number} * {pow(data.STEP, -1, count)} % {count}"
    with closing(sqlite3.connect(home / "cache.db", isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA journal_mode = OFF")  # a scratch file: if this fails, so does the measure
        db.execute("BEGIN")
        names = [name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")]
        db.execute(
            "WITH RECURSIVE blocks (block) AS "
            f"(SELECT 0 UNION ALL SELECT block + 1 FROM blocks WHERE block + 1 < {count // BLOCK}) "
            f"INSERT OR REPLACE INTO {table} SELECT {', '.join(made.get(name, name) for name in names)} "
            f"FROM blocks CROSS JOIN {table}"
        )
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")


if __name__ == "__main__":
    main()
