"""Fills the cache of a home, in a process of its own: ``python -m benchmarks.apps.fill HOME URL gifts 100000``."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import data, shop
from qtydash.storage.gifts import GIFTS
from qtydash.storage.order_qty import ORDER_QTY
from qtydash.storage.tickets import AVAILABILITY


def main() -> None:
    home, url, kind, *sizes = sys.argv[1:]
    now = datetime.now(UTC)
    match kind:
        case "gifts":
            shop.keep(Path(home), GIFTS, "", data.gifts(int(sizes[0])), url)
        case "holds":
            shop.keep(Path(home), ORDER_QTY, shop.HELD_PRODUCT, data.holds(int(sizes[0]), now), url)
        case "days":
            options, days = map(int, sizes[:2])
            product = sizes[2] if len(sizes) > 2 else shop.PRODUCT
            shop.keep(Path(home), AVAILABILITY, product, data.availability(options, days, now.date()), url)
        case _:
            sys.exit(f"There is no {kind}: gifts, holds, days.")


if __name__ == "__main__":
    main()
