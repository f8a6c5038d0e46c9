"""The list of gifts or holds in the framework's own table, with a filter line and what the cursor is on."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from textual import on
from textual.app import App, ComposeResult
from textual.widgets import DataTable, Input, Static

from benchmarks import data

NOTHING = "~"
COLUMNS = {
    "gifts": ("SKU", "Title", "Quantity", "Flags", "Status", "Updated"),
    "holds": ("Cart", "Quantity", "Touched", "State", "Inventory", "Region", "Id"),
}


def _rows(kind: str, count: int) -> list[tuple[str, ...]]:
    if kind == "gifts":
        return [
            (
                g.sku,
                g.title(),
                str(g.quantity),
                "low" if g.quantity < 6 else "",
                g.status,
                f"{g.updated_at:%F %H:%M}",
            )
            for g in data.gifts(count)
        ]
    now = datetime.now(UTC)
    return [
        (
            h.consumer_cart_id,
            str(h.quantity),
            f"{h.modified:%F %H:%M}",
            h.state(now).words,
            h.inventory_id,
            h.region_id,
            h.id,
        )
        for h in data.holds(count, now)
    ]


class TableList(App[None]):
    CSS = "DataTable { height: 1fr; }"
    BINDINGS = [("s", "sort", ""), ("slash", "filter", ""), ("enter", "leave", "")]  # noqa: RUF012

    def __init__(self, kind: str, count: int) -> None:
        super().__init__()
        self.columns = COLUMNS[kind]
        self.rows: Sequence[tuple[str, ...]] = _rows(kind, count)
        self.sorts = 0

    def compose(self) -> ComposeResult:
        yield DataTable[str](cursor_type="row")
        yield Static(id="detail")
        yield Input(id="filter")

    @property
    def table(self) -> DataTable[str]:
        return self.query_one(DataTable)

    def on_mount(self) -> None:
        """The filter line matches nothing yet."""
        for name in self.columns:
            self.table.add_column(name, width=16)
        self.query_one(Input).value = NOTHING
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _filter_typed(self, event: Input.Changed) -> None:
        words = event.value.casefold()
        self.table.clear()
        self.table.add_rows(row for row in self.rows if words in row[0].casefold())

    @on(DataTable.RowHighlighted)
    def _tell(self, event: DataTable.RowHighlighted) -> None:
        row = self.table.get_row_at(event.cursor_row) if self.table.row_count else ()
        self.query_one("#detail", Static).update(f"id {' '.join(row)}")

    def action_sort(self) -> None:
        column, descending = divmod(self.sorts, 2)
        self.sorts += 1
        keys = list(self.table.columns)
        self.table.sort(keys[column], reverse=bool(descending))
        self.query_one("#detail", Static).update(f"id: sorted {self.sorts} times")

    def action_filter(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def action_leave(self) -> None:
        self.table.focus()


if __name__ == "__main__":
    TableList(sys.argv[1], int(sys.argv[2])).run()
