"""Counts from a file: what is understood, what each row becomes, and the words for what is wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from qtydash.domain.changes import Intent, Kind
from qtydash.domain.gifts import Gift
from qtydash.services.counts_file import MAX_BYTES, MAX_FIELD, MAX_ROWS, CountsFileError, file_bytes
from qtydash.services.export import csv_text
from qtydash.services.stock_take import REPORT_COLUMNS, Outcome, StockTake, stock_take, stock_take_rows

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
READ = NOW - timedelta(seconds=9)


def gift(id: str, sku: str, quantity: int, *, title: str = "", unlimited: bool = False) -> Gift:
    titles = (("en", title),) if title else ()
    return Gift(id, sku, titles, "active", quantity, unlimited, None)


SHOP = (
    gift("a1", "MUG", 21, title="Mug"),
    gift("a2", "贈品-杯子", 4, title="杯子"),
    gift("b1", "TWIN", 1),
    gift("b2", "TWIN", 2),
    gift("c1", "FREE", 0, unlimited=True),
    gift("d1", "-DASH", -3),
    gift("e1", "", 9),
    gift("f1", "É-MUG", 5),
)


def take(text: str | bytes, shop: tuple[Gift, ...] = SHOP, reason: str = "") -> StockTake:
    data = text.encode() if isinstance(text, str) else text
    return stock_take(data, shop, now=NOW, seen_at=READ, languages=("en",), reason=reason)


def outcomes(found: StockTake) -> list[str]:
    return [row.outcome.value for row in found.rows]


def test_a_quantity_sets_and_a_delta_adjusts() -> None:
    found = take("id,sku,quantity,delta\na1,,18,\n,贈品-杯子,,-2\n", reason="count of March")

    assert [(i.kind, i.target, i.label, i.amount) for i in found.intents] == [
        (Kind.GIFT_SET, "gift:a1", "Mug (MUG)", 18),
        (Kind.GIFT_ADJUST, "gift:a2", "杯子 (贈品-杯子)", -2),
    ]
    assert found.intents[0] == Intent(
        Kind.GIFT_SET,
        "gift:a1",
        "Mug (MUG)",
        NOW,
        18,
        {"gift": "a1"},
        {"quantity": 21},
        READ,
        reason="count of March",
    )
    assert found.errors == ()
    assert found.tally == "2 rows: 2 matched"


@pytest.mark.parametrize("which", ["id", "gift_id", "Gift ID", " GIFT-ID ", "'id"])
@pytest.mark.parametrize("many", ["quantity", "Qty", "COUNT"])
def test_header_names(which: str, many: str) -> None:
    assert [i.amount for i in take(f"note,{which},{many}\nx,a1,5\n").intents] == [5]


@pytest.mark.parametrize("many", ["delta", "Change", "adjust"])
def test_header_names_of_a_delta(many: str) -> None:
    (intent,) = take(f"SKU;{many}\nMUG;+3\n").intents
    assert (intent.kind, intent.amount) == (Kind.GIFT_ADJUST, 3)


@pytest.mark.parametrize(("delimiter", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, name: str, end: str) -> None:
    lines = [["title", "sku", "quantity"], ["One, two; three", "MUG", "7"], ["", "", ""], ["", "nope", "1"]]
    text = end.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)

    found = take(text)

    assert (found.delimiter, found.ignored) == (name, ("title",))
    assert [(row.line, row.outcome) for row in found.rows] == [(2, Outcome.MATCHED), (4, Outcome.UNKNOWN)]


def test_the_delimiter_that_a_spreadsheet_names() -> None:
    found = take("sep=;\r\nsku;quantity\r\nMUG;7\r\n")

    assert found.delimiter == "semicolon"
    assert [(row.line, row.outcome) for row in found.rows] == [(3, Outcome.MATCHED)]


@pytest.mark.parametrize(
    ("codec", "name"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp950", "Big5")],
)
def test_encodings_of_a_shop_in_taiwan(codec: str, name: str) -> None:
    found = take("sku,quantity,備註\n贈品-杯子,7,盤點\n".encode(codec))

    assert (found.encoding, outcomes(found)) == (name, ["matched"])


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_of_either_byte_order(mark: bytes) -> None:
    codec = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    assert take(mark + "sku\tquantity\nMUG\t7\n".encode(codec)).encoding == "UTF-16"


@pytest.mark.parametrize(
    ("codec", "text", "name"),
    [
        ("latin-1", "sku;quantity\nÉ-MUG;7\n", "Windows-1252"),
        ("cp1252", "sku;quantity;note\nMUG;7;5 €\n", "Windows-1252"),
        # Every byte pair of it is a character of Big5, too: the shop's SKU tells which it is.
        ("latin-1", "note;sku;quantity\nÃ©A;ÉMUG;7\n", "Windows-1252"),
    ],
)
def test_encodings_of_the_west(codec: str, text: str, name: str) -> None:
    found = take(text.encode(codec), (*SHOP, gift("f2", "ÉMUG", 1)))

    assert (found.encoding, outcomes(found)) == (name, ["matched"])


def test_bytes_that_fit_no_code_page_are_latin_1() -> None:
    assert take(b"sku,quantity,note\nMUG,7,\x81 \xff\n").encoding == "Latin-1"


def test_a_row_that_changes_nothing_is_unchanged() -> None:
    found = take("id,quantity,delta\na1,21,\na2,,0\nd1,-3,\n")

    assert outcomes(found) == ["unchanged"] * 3
    assert (found.intents, found.errors) == ((), ())


def test_a_sku_of_several_gifts_names_their_ids() -> None:
    found = take("sku,quantity\nTWIN,5\n")

    assert outcomes(found) == ["ambiguous"]
    assert found.problems == ("Line 2: 2 gifts carry the SKU 'TWIN': b1, b2. Name the one you mean by its id.",)
    assert outcomes(take("id,sku,quantity\nb2,TWIN,5\n")) == ["matched"]


def test_a_long_list_of_ids_is_cut() -> None:
    shop = tuple(gift(f"x{n}", "MANY", n) for n in range(8))
    assert "x0, x1, x2, x3, x4 and 3 more" in take("sku,quantity\nMANY,99\n", shop).problems[0]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("zz,,5,", "No gift has the id 'zz'."),
        (",mug,5,", "No gift has the SKU 'mug'."),
        (",,5,", "It names no gift: its id and its SKU are empty."),
        ("a1,TWIN,5,", "The gift a1 has the SKU 'MUG', not 'TWIN': one of the two is of another gift."),
        ("c1,,5,", "Its stock is unlimited"),
        ("c1,,,1", "Its stock is unlimited"),
        ("a1,,,", "It has no number."),
        ("a1,,5,1", "It has both a quantity and a delta"),
        ('a1,,"1,000",', "'1,000' has a separator"),
        ("a1,,1.000,", "'1.000' has a separator"),
        ("a1,,3.0,", "'3.0' is no whole number"),
        ('a1,,"3,5",', "'3,5' is no whole number"),
        ("a1,,+3,", "'+3' is a change, not a quantity: write it in a column delta."),
        ("a1,,,−3", "'−3' has another sign for minus: write it as -."),
        ("a1,,１２,", "'１２' is written in other digits than 0 to 9."),
        ("a1,,12 pcs,", "'12 pcs' is no whole number: write digits only"),
        ("a1,,1e3,", "'1e3' is no whole number"),
        ("a1,,10000000,", "10000000 is beyond ±9,999,999"),
        ("a1,,,9999999", "10,000,020 is beyond ±9,999,999"),
        ("a1,,1,,000", "It has more cells than the header"),
        ("a1,," + "9" * 5_000 + ",", f"{'9' * 39}… is beyond ±9,999,999"),
        ("\x1b[31m,,5,", "No gift has the id '^[[31m'."),
    ],
)
def test_rows_that_are_errors(row: str, words: str) -> None:
    found = take(f"id,sku,quantity,delta\nd1,,1,\n{row}\n")

    assert found.problems[0].startswith(f"Line 3: {words}")
    assert len(found.problems) == 1
    assert [intent.target for intent in found.intents] == ["gift:d1"]


def test_a_gift_twice_counts_for_nothing() -> None:
    found = take("id,sku,quantity\na1,,5\n,MUG,5\nd1,,1\na1,,x\n")

    assert outcomes(found) == ["repeated", "repeated", "matched", "repeated"]
    assert found.problems[0] == "Line 2: It is the gift a1 again, as in line 3 and 5. Keep one row of it."


def test_what_our_own_export_puts_in_front_is_taken_off() -> None:
    assert outcomes(take("sku,quantity\n'-DASH,'-4\n")) == ["matched"]
    assert outcomes(take("sku,quantity\n-DASH,-4\n")) == ["matched"]
    both = (*SHOP, gift("g1", "'-DASH", 1))
    assert outcomes(take("sku,quantity\n'-DASH,5\n", both)) == ["ambiguous"]


def test_below_zero_is_a_matter_of_the_review() -> None:
    assert [i.amount for i in take("id,delta\na2,-9\n").intents] == [-9]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \r\n\t\n", "The file is empty."),
        (b'"",""\n', "The file is empty."),
        (b"sep=;\n", "The file is empty."),
        (b"sku,quantity\n", "The file has a header and no row below it."),
        (b"MUG,5\n", "Line 1 must name the columns, and none says which gift it is (id or sku) and none says how"),
        (b"\nsku,number\nMUG,5\n", "Line 2 must name the columns, and none says how many (quantity or delta)."),
        (b"sku quantity\nMUG 5\n", "Line 1 must name the columns"),
        (b"sku,qty,Quantity\nMUG,5,5\n", "Line 1 has two columns for the same: 'qty' and 'Quantity'. Keep one."),
        (b"sku,quantity\nMUG\0,5\n", "The file holds NUL bytes"),
        ("sku,quantity\nMUG,5\n".encode("utf-16-le"), "The file holds NUL bytes"),
        (b"\xff\xfea", "The file begins as UTF-16 and does not go on so."),
        (b"PK\x03\x04 and so on", "The file is an Excel workbook"),
        (b'sku,quantity\n"MUG,5\nTWIN,6\n', "Line 2 opens a quotation mark that is not closed"),
        (b'sku,quantity\nTWIN,1\n"MUG" x,5\n', "Line 3 cannot be split into cells"),
        (
            b"sku,quantity,note\nMUG,5," + b"x" * (MAX_FIELD + 1),
            "Line 2 has a cell of more than 10,000 characters.",
        ),
        (b"x" * (MAX_BYTES + 1), "The file is larger than 4 MiB"),
        (b"sku,quantity\n" + b"MUG,5\n" * (MAX_ROWS + 1), "The file has more than 50,000 rows. Split it."),
    ],
)
def test_files_that_are_no_counts(data: bytes, words: str) -> None:
    with pytest.raises(CountsFileError) as caught:
        take(data)

    assert str(caught.value).startswith(words)


def test_a_row_that_goes_over_lines_is_told_by_its_first() -> None:
    found = take('sku,note,quantity\nMUG,"a\nb",7\nnope,,1\n')

    assert [row.line for row in found.rows] == [2, 4]


def test_the_report_as_rows() -> None:
    rows = stock_take_rows(take("sku,quantity\nMUG,18\nTWIN,5\n"), ("en",))

    assert tuple(rows[0]) == REPORT_COLUMNS
    assert csv_text(REPORT_COLUMNS[:7], rows) == (
        "line,outcome,given,gift_id,sku,title,requested\n2,matched,MUG,a1,MUG,Mug,18\n3,ambiguous,TWIN,,,,\n"
    )


def test_a_file_that_cannot_be_read(tmp_path: object) -> None:
    with pytest.raises(CountsFileError, match=r"The file .*nope.csv cannot be read: no such file or directory."):
        file_bytes(f"{tmp_path}/nope.csv")
    with pytest.raises(CountsFileError, match="not a usable file name"):
        file_bytes("a\0b")
