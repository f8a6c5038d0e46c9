"""The cache's tables and how they came to be. The only module here that loads sqlite-utils.

A migration is history: it is never edited; a change is a new one, and ``database.VERSION`` counts them.
"""

import sqlite3
from pathlib import Path

from sqlite_utils import Database, Migrations

from qtydash.storage.database import APPLICATION_ID, VERSION

CACHE = Migrations("cache")


@CACHE()
def m001_one_table_per_vertical(db: Database) -> None:
    """Sources, reads, and one row per record. The rows' key is what a pane paints by, so a read is one range.

    ``reading`` stands for profile, base URL, kind and query; ``serial`` counts the reads of it, and tells the
    rows that the last one did not find.
    """
    # not executescript: it would end the transaction
    for statement in _M001.split(";"):
        db.execute(statement)


_M001 = """
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    profile TEXT NOT NULL,
    base_url TEXT NOT NULL,
    UNIQUE (profile, base_url)
);
CREATE TABLE reads (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources (id),
    kind TEXT NOT NULL,
    query TEXT NOT NULL,
    serial INTEGER NOT NULL,
    fetched_at TEXT NOT NULL,
    complete INTEGER NOT NULL,
    warnings TEXT NOT NULL,
    UNIQUE (source, kind, query)
);
CREATE TABLE ticket_days (
    reading INTEGER NOT NULL,
    option TEXT NOT NULL,
    date TEXT NOT NULL,
    inventory_code TEXT NOT NULL,
    max INTEGER NOT NULL,
    left INTEGER NOT NULL,
    sold INTEGER NOT NULL,
    previous INTEGER,
    serial INTEGER NOT NULL,
    PRIMARY KEY (reading, option, date, inventory_code)
) WITHOUT ROWID;
CREATE TABLE ticket_options (
    reading INTEGER NOT NULL,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    serial INTEGER NOT NULL,
    PRIMARY KEY (reading, code)
) WITHOUT ROWID;
CREATE TABLE ticket_products (
    reading INTEGER NOT NULL,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    category TEXT NOT NULL,
    detail_category TEXT NOT NULL,
    sale_starts TEXT,
    sale_ends TEXT,
    city TEXT NOT NULL,
    serial INTEGER NOT NULL,
    PRIMARY KEY (reading, code)
) WITHOUT ROWID;
CREATE TABLE gifts (
    reading INTEGER NOT NULL,
    id TEXT NOT NULL,
    position INTEGER NOT NULL,
    sku TEXT NOT NULL,
    titles TEXT NOT NULL,
    status TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unlimited INTEGER NOT NULL,
    updated_at TEXT,
    previous INTEGER,
    serial INTEGER NOT NULL,
    PRIMARY KEY (reading, id)
) WITHOUT ROWID;
CREATE TABLE carts (
    reading INTEGER NOT NULL PRIMARY KEY,
    cart TEXT NOT NULL,
    serial INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE order_qty (
    reading INTEGER NOT NULL,
    id TEXT NOT NULL,
    position INTEGER NOT NULL,
    company_id TEXT NOT NULL,
    shop_id TEXT NOT NULL,
    created TEXT,
    modified TEXT,
    deleted INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    inventory_id TEXT NOT NULL,
    region_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    consumer_cart_id TEXT NOT NULL,
    quantity TEXT,
    processed_time TEXT,
    active INTEGER NOT NULL,
    submitted INTEGER NOT NULL,
    previous TEXT,
    serial INTEGER NOT NULL,
    PRIMARY KEY (reading, id)
) WITHOUT ROWID
"""


@CACHE()
def m002_history_of_ticket_days(db: Database) -> None:
    """What was left over time: a row of a record says what was left from ``at`` (epoch ms) until its next row.

    A record's three names are 80 characters and more, so history knows it by a number: a fifth of the size, and
    a tenth of the time to read. The rows that are there already are where each history starts.
    """
    for statement in _M002.split(";"):
        db.execute(statement)


_M002 = """
CREATE TABLE ticket_records (
    id INTEGER PRIMARY KEY,
    reading INTEGER NOT NULL,
    option TEXT NOT NULL,
    date TEXT NOT NULL,
    inventory_code TEXT NOT NULL,
    UNIQUE (reading, option, date, inventory_code)
);
CREATE TABLE ticket_history (
    record INTEGER NOT NULL,
    at INTEGER NOT NULL,
    left INTEGER,
    PRIMARY KEY (record, at)
) WITHOUT ROWID;
CREATE TABLE ticket_reads (
    reading INTEGER NOT NULL,
    at INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    PRIMARY KEY (reading, at)
) WITHOUT ROWID;
INSERT INTO ticket_reads (reading, at, serial)
SELECT id, at, serial FROM (
    SELECT id, serial, strftime('%s', substr(fetched_at, 1, 19)) * 1000
        + CASE substr(fetched_at, 20, 1) WHEN '.' THEN substr(fetched_at, 21, 3) ELSE 0 END AS at
    FROM reads WHERE kind = 'tickets'
) WHERE at IS NOT NULL;
INSERT INTO ticket_records (reading, option, date, inventory_code)
SELECT reading, option, date, inventory_code FROM ticket_days;
INSERT INTO ticket_history (record, at, left)
SELECT id, at, left
FROM ticket_reads JOIN ticket_records USING (reading)
JOIN ticket_days USING (reading, option, date, inventory_code)
"""


@CACHE()
def m003_undocumented_fields_of_ticket_days(db: Database) -> None:
    """The fields that no document names, for the few records that come with any: JSON pairs of name and value."""
    db.execute(_M003)


_M003 = """
CREATE TABLE ticket_extras (
    reading INTEGER NOT NULL,
    option TEXT NOT NULL,
    date TEXT NOT NULL,
    inventory_code TEXT NOT NULL,
    fields TEXT NOT NULL,
    serial INTEGER NOT NULL,
    PRIMARY KEY (reading, option, date, inventory_code)
) WITHOUT ROWID
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Apply what is missing, all or nothing, one process at a time. Raises ``sqlite3.Error``."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Plugins of a person's sqlite-utils have no business in this file.
        CACHE.apply(Database(connection, execute_plugins=False))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def build(path: Path) -> None:
    """Fill the empty file at ``path`` with an empty cache in WAL mode. Raises ``sqlite3.Error``."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection)
    finally:
        connection.close()
