"""How ticket availability and the product list are kept."""

import json
import sqlite3
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from operator import attrgetter, itemgetter

from qtydash.domain.tickets import Availability, Extra, TicketDay, TicketOption, TicketProduct
from qtydash.storage import history
from qtydash.storage.shelf import Row, Shelf, ShelfTable, Shelved

_DAYS = ShelfTable(
    "ticket_days", ("option", "date", "inventory_code"), ("max", "left", "sold"), measure="left", dated=True
)
_EXTRAS = ShelfTable("ticket_extras", ("option", "date", "inventory_code"), ("fields",), dated=True)
_OPTIONS = ShelfTable("ticket_options", ("code",), ("position", "name"), lasting=("name",))
_PRODUCTS = ShelfTable(
    "ticket_products",
    ("code",),
    ("position", "title", "category", "detail_category", "sale_starts", "sale_ends", "city"),
)
_EXTRAS_SINCE_VERSION = 3
"""The first schema that keeps undocumented fields; an older file is read without."""


def _availability_rows(data: Availability, before: Availability | None) -> Iterable[tuple[ShelfTable, Shelved]]:
    days, extras = (None, None) if before is None else (before.days, tuple(before.extras.items()))
    yield _DAYS.shelve(data.days, days, attrgetter("key"), _day_row, columns=_key_text)
    yield _EXTRAS.shelve(tuple(data.extras.items()), extras, itemgetter(0), _extra_row, columns=_key_text)
    if data.options:  # a read that could not ask for the options takes none away
        yield _OPTIONS, Shelved([(option.code, n, option.name) for n, option in enumerate(data.options)])


def _day_row(_: int, day: TicketDay) -> Row:
    return day.option_code, day.date.isoformat(), day.inventory_code, day.max, day.left, day.sold


def _extra_row(_: int, told: tuple[Hashable, Extra]) -> Row:
    return *_key_text(told[0]), json.dumps(told[1])


def _availability(db: sqlite3.Connection, reading: int, product_code: str) -> Availability:
    dates = _Dates()
    days = tuple(
        TicketDay(option, dates[day], most, left, sold, code)
        for option, day, code, most, left, sold in _DAYS.select(db, reading, "option, date, inventory_code")
    )
    return Availability(product_code, days, known_options(db, reading), _extras(db, reading, dates))


def _key_text(key: Hashable) -> tuple[str, str, str]:
    match key:
        case (str() as option, date() as day, str() as inventory_code):
            return option, day.isoformat(), inventory_code
    raise TypeError(f"{key!r} is no TicketDay.key")


def _extras(db: sqlite3.Connection, reading: int, dates: "_Dates") -> Mapping[Hashable, Extra]:
    """The undocumented fields that came with the record as it is now, not with an earlier read of it."""
    if db.execute("PRAGMA user_version").fetchone()[0] < _EXTRAS_SINCE_VERSION:
        return {}
    rows = db.execute(
        "SELECT option, date, inventory_code, fields "
        "FROM ticket_extras CROSS JOIN ticket_days USING (reading, option, date, inventory_code, serial) "
        "WHERE reading = ?",
        (reading,),
    )
    return {
        (option, dates[day], code): tuple((str(name), str(value)) for name, value in json.loads(fields))
        for option, day, code, fields in rows
    }


_FIRST_OPTIONS = """
WITH RECURSIVE found (option) AS (
    SELECT min(option) FROM ticket_days WHERE reading = :reading
    UNION ALL
    SELECT (SELECT min(option) FROM ticket_days WHERE reading = :reading AND option > found.option)
    FROM found WHERE found.option IS NOT NULL
)
SELECT option FROM found WHERE option IS NOT NULL LIMIT :most
"""


def window(first: date, last: date, options: int) -> Shelf[Availability]:
    """The days from ``first`` to ``last`` of the first ``options`` options: a screenful, in the same time whatever
    the size of the product. It does not tell what moved."""

    def load(db: sqlite3.Connection, reading: int, product_code: str) -> Availability:
        dates = _Dates()
        codes = [code for (code,) in db.execute(_FIRST_OPTIONS, {"reading": reading, "most": options})]
        days = tuple(
            TicketDay(code, dates[day], most, left, sold, inventory_code)
            for code in codes
            for day, inventory_code, most, left, sold in db.execute(
                "SELECT date, inventory_code, max, left, sold FROM ticket_days "
                "WHERE reading = ? AND option = ? AND date BETWEEN ? AND ? ORDER BY date, inventory_code",
                (reading, code, first.isoformat(), last.isoformat()),
            )
        )
        shown = set(codes)
        return Availability(product_code, days, tuple(o for o in known_options(db, reading) if o.code in shown))

    return Shelf(AVAILABILITY.kind, replace(_DAYS, measure=""), _availability_rows, load, compared=False)


def known_options(db: sqlite3.Connection, reading: int) -> tuple[TicketOption, ...]:
    """The options of a kept availability, without its days."""
    return tuple(TicketOption(code, name) for code, _, name in _OPTIONS.select(db, reading, "position"))


class _Dates(dict[str, date]):
    """Every date is read once: there are hundreds of them in a hundred thousand rows."""

    def __missing__(self, text: str) -> date:
        self[text] = found = date.fromisoformat(text)
        return found


def _moved_day(row: Row) -> tuple[Hashable, object]:
    option, day, inventory_code, previous = row
    return (option, date.fromisoformat(day), inventory_code), previous


def _product_rows(
    data: tuple[TicketProduct, ...], before: tuple[TicketProduct, ...] | None
) -> Iterable[tuple[ShelfTable, Shelved]]:
    yield _PRODUCTS.shelve(data, before, attrgetter("code"), _product_row)


def _product_row(n: int, p: TicketProduct) -> Row:
    return p.code, n, p.title, p.category, p.detail_category, _iso(p.sale_starts), _iso(p.sale_ends), p.city


def _products(db: sqlite3.Connection, reading: int, query: str) -> tuple[TicketProduct, ...]:
    return tuple(
        TicketProduct(code, title, category, detail, _date(starts), _date(ends), city)
        for code, _, title, category, detail, starts, ends, city in _PRODUCTS.select(db, reading, "position")
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


AVAILABILITY: Shelf[Availability] = Shelf(
    "tickets", _DAYS, _availability_rows, _availability, _moved_day, history.remember
)
"""One product's days; the query is its code."""
TICKET_PRODUCTS: Shelf[tuple[TicketProduct, ...]] = Shelf("ticket_products", _PRODUCTS, _product_rows, _products)
"""The product list; the query is empty."""
LOOK: Shelf[tuple[TicketProduct, ...]] = Shelf("ticket_look", _PRODUCTS, _product_rows, _products)
"""When the reading was made that the screen showed last; without rows, the query is the product's code."""
CHOSEN_PRODUCT: Shelf[tuple[TicketProduct, ...]] = Shelf("chosen_product", _PRODUCTS, _product_rows, _products)
"""The product that was last chosen to be looked at; the query is empty."""
