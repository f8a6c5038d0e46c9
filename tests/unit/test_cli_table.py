"""Tables on a terminal: columns by cell width, numbers to the right, nothing that moves the cursor."""

from decimal import Decimal

from rich.cells import cell_len

from qtydash.cli.table import WIDEST, table_text
from qtydash.services.export import Row


def test_columns_are_straight_with_wide_characters() -> None:
    rows: list[Row] = [
        {"title": "Mug", "quantity": 12, "unlimited": False},
        {"title": "馬克杯", "quantity": -3, "unlimited": True},
        {"title": "", "quantity": None, "unlimited": False},
    ]

    assert table_text(("title", "quantity", "unlimited"), rows) == (
        "TITLE   QUANTITY  UNLIMITED\nMug           12  false\n馬克杯        -3  true\n                  false\n"
    )


def test_no_rows_leave_the_head() -> None:
    assert table_text(("id", "updated_at"), []) == "ID  UPDATED AT\n"


def test_a_table_may_be_as_wide_as_it_needs() -> None:
    path = "/" + "x" * 200

    assert table_text(("path",), [{"path": path}], widest=None) == f"PATH\n{path}\n"
    assert table_text(("path",), [{"path": path}], widest=5) == "PATH\n/xxx…\n"


def test_decimals_stand_to_the_right_in_full_digits() -> None:
    assert table_text(("amount",), [{"amount": Decimal("1E+2")}, {"amount": Decimal("-0.50")}]) == (
        "AMOUNT\n   100\n -0.50\n"
    )


def test_a_long_text_is_cut_by_cells_and_outside_text_is_safe() -> None:
    _, long, wide, hostile = table_text(
        ("title",), [{"title": "x" * 200}, {"title": "馬" * 200}, {"title": "\x1b[31m\u202e[@click=app.quit]\x00"}]
    ).splitlines()

    assert cell_len(long) == WIDEST
    assert WIDEST - 1 <= cell_len(wide) <= WIDEST
    assert long.endswith("…")
    assert wide.endswith("…")
    assert hostile == "^[[31m<U+202E>[@click=app.quit]^@"
