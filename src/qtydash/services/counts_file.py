"""A file of counts as a table: its encoding, its delimiter, its columns, and its rows with their line numbers.

Columns, in any order and in any case: ``id`` or ``gift_id``; ``sku``; ``quantity``, ``qty`` or ``count``;
``delta``, ``change`` or ``adjust``. Others are left alone, so the export of the gifts is a file of counts too.
"""

import codecs
import csv
import io
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qtydash.domain.text import safe_text

MAX_BYTES = 4 * 2**20
MAX_ROWS = 50_000
MAX_FIELD = 10_000
"""Characters of one cell."""

Column = Literal["id", "sku", "quantity", "delta"]
NAMES: Mapping[str, Column] = {
    **dict.fromkeys(("id", "gift_id"), "id"),
    "sku": "sku",
    **dict.fromkeys(("quantity", "qty", "count"), "quantity"),
    **dict.fromkeys(("delta", "change", "adjust"), "delta"),
}
"""Every header name that is understood."""
COLUMNS_IN_WORDS = "id or sku, and quantity (the number counted) or delta (how many more or fewer)"

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_SEP_LINE = re.compile(r"sep=([,;\t])(?:\r\n|\r|\n)", re.IGNORECASE)
_CELL_ENDS = re.compile(r"[,;\t\r\n\"]+")


class CountsFileError(Exception):
    """A file cannot be read as counts at all. The text is a sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class CountsRow:
    """One row: ``line`` is where it begins, ``cells`` what stands under the known columns, "" for nothing.

    ``extra`` says that it has more cells than the header, so that nobody knows which is which.
    """

    line: int
    cells: Mapping[Column, str]
    extra: bool = False


@dataclass(frozen=True, slots=True)
class CountsTable:
    """The rows of a file, and how it was understood. ``ignored`` are the header names that mean nothing here."""

    rows: tuple[CountsRow, ...]
    columns: frozenset[Column]
    encoding: str
    delimiter: str
    ignored: tuple[str, ...]


def file_bytes(path: str) -> bytes:
    """What is in the file at ``path``, ``-`` for standard input. Raises ``CountsFileError``."""
    try:
        if path == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(path).expanduser().open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable file name"
        where = "Standard input" if path == "-" else f"The file {path}"
        raise CountsFileError(f"{where} cannot be read: {reason.lower()}.") from error


def counts_table(data: bytes, known: Collection[str] = ()) -> CountsTable:
    """The table in ``data``. ``known`` are texts of the shop, by which one encoding is told from another.

    Raises ``CountsFileError``.
    """
    if len(data) > MAX_BYTES:
        raise CountsFileError(f"The file is larger than {MAX_BYTES // 2**20} MiB, so it is no list of counts.")
    text, encoding = _decoded(data, known)
    if "\0" in text:
        raise CountsFileError(
            "The file holds NUL bytes, so it is no plain text, or UTF-16 without a mark. Save it as CSV UTF-8."
        )
    if not text.strip():
        raise CountsFileError("The file is empty.")
    told = _SEP_LINE.match(text)
    delimiter = told[1] if told else _delimiter(text)
    rows = _rows(text, delimiter)
    if told:
        next(rows)
    if (first := next(rows, None)) is None:
        raise CountsFileError("The file is empty.")
    line, header = first
    columns = _columns(line, header)
    found = tuple(_row(start, cells, columns, len(header)) for start, cells in _bounded(rows))
    if not found:
        raise CountsFileError("The file has a header and no row below it.")
    ignored = tuple(
        safe_text(name.strip(), 40) for n, name in enumerate(header) if name.strip() and n not in columns.values()
    )
    return CountsTable(found, frozenset(columns), encoding, _DELIMITERS[delimiter], ignored)


def _decoded(data: bytes, known: Collection[str]) -> tuple[str, str]:
    """The text, and the name of the encoding it was written in."""
    if data.startswith(b"PK\x03\x04"):
        raise CountsFileError("The file is an Excel workbook or another archive. Save it as CSV UTF-8.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            raise CountsFileError(
                "The file begins as UTF-16 and does not go on so. Save it as CSV UTF-8."
            ) from None
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    # In Big5 a second byte is no digit, quote, comma, semicolon or tab: a wrong guess garbles names, which then
    # match no gift, and never numbers or columns. The shop's own texts tell which guess is right.
    texts = [(_guess(data, codec), name) for codec, name in (("cp950", "Big5"), ("cp1252", "Windows-1252"))]
    guesses = [(text, name) for text, name in texts if text is not None]
    names = frozenset(name for name in known if not name.isascii())
    return max(
        guesses or [(data.decode("latin-1"), "Latin-1")],
        key=lambda guess: len(names.intersection(map(str.strip, _CELL_ENDS.split(guess[0])))),
    )


def _guess(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _delimiter(text: str) -> str:
    """The one under which the header has the most columns that are understood."""
    return max(_DELIMITERS, key=lambda delimiter: _understood(text, delimiter))


def _understood(text: str, delimiter: str) -> int:
    try:
        _, header = next(_rows(text, delimiter))
    except (CountsFileError, StopIteration):
        return -1
    return sum(_name(cell) in NAMES for cell in header)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of its first line. Raises ``CountsFileError``."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise CountsFileError(_quoting(line, str(error))) from None
        if any(len(cell) > MAX_FIELD for cell in cells):
            raise CountsFileError(f"Line {line} has a cell of more than {MAX_FIELD:,} characters.")
        if any(cell.strip() for cell in cells):
            yield line, cells


def _quoting(line: int, told: str) -> str:
    if "unexpected end" in told or "field limit" in told:
        return f"Line {line} opens a quotation mark that is not closed, so where its row ends cannot be told."
    return f"Line {line} cannot be split into cells: a quotation mark stands inside one. Write it twice."


def _columns(line: int, header: Sequence[str]) -> dict[Column, int]:
    """Where each known column is. Raises ``CountsFileError``."""
    found: dict[Column, int] = {}
    for position, cell in enumerate(header):
        if (column := NAMES.get(_name(cell))) is None:
            continue
        if column in found:
            first = safe_text(header[found[column]].strip(), 40)
            raise CountsFileError(
                f"Line {line} has two columns for the same: {first!r} and "
                f"{safe_text(cell.strip(), 40)!r}. Keep one."
            )
        found[column] = position
    missing = [] if found.keys() & {"id", "sku"} else ["which gift it is (id or sku)"]
    missing += [] if found.keys() & {"quantity", "delta"} else ["how many (quantity or delta)"]
    if missing:
        raise CountsFileError(
            f"Line {line} must name the columns, and none says {' and none says '.join(missing)}. "
            f"Known names: {', '.join(NAMES)}."
        )
    return found


def _name(cell: str) -> str:
    return cell.strip().lstrip("'").casefold().replace(" ", "_").replace("-", "_")


def _bounded(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for count, row in enumerate(rows):
        if count == MAX_ROWS:
            raise CountsFileError(f"The file has more than {MAX_ROWS:,} rows. Split it.")
        yield row


def _row(line: int, cells: Sequence[str], columns: Mapping[Column, int], width: int) -> CountsRow:
    told = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
    return CountsRow(line, told, extra=any(cell.strip() for cell in cells[width:]))
