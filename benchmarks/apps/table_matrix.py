"""The date matrix in the framework's own table, with the day that the cursor is on."""

import sys
from datetime import UTC, date, datetime, timedelta

from textual import on
from textual.app import App, ComposeResult
from textual.widgets import DataTable, Static

from benchmarks import data


class TableMatrix(App[None]):
    CSS = "DataTable { height: 1fr; }"
    BINDINGS = [("m", "metric", "")]  # noqa: RUF012

    def __init__(self, options: int, days: int) -> None:
        super().__init__()
        self.first = datetime.now(UTC).date()
        self.dates = [self.first + timedelta(days=n) for n in range(days)]
        self.rows: dict[str, list[tuple[int, int]]] = {}
        for day in data.availability(options, days, self.first).days:
            self.rows.setdefault(day.option_code, []).append((day.left, day.sold))
        self.metric = 0

    def compose(self) -> ComposeResult:
        yield DataTable[str](cursor_type="cell", fixed_columns=2)
        yield Static(id="detail")

    def on_mount(self) -> None:
        self.fill()

    def fill(self) -> None:
        table = self.query_one(DataTable)
        table.clear(columns=True)
        table.add_columns("Option", "Left", *(f"{on:%a}"[:2] + f"{on.day:>2}" for on in self.dates))
        for code, days in self.rows.items():
            table.add_row(code, str(sum(left for left, _ in days)), *(str(day[self.metric]) for day in days))

    def action_metric(self) -> None:
        self.metric = 1 - self.metric
        self.fill()

    @on(DataTable.CellHighlighted)
    def _tell(self, event: DataTable.CellHighlighted) -> None:
        column = event.coordinate.column - 2
        on: date | str = self.dates[column] if column >= 0 else "no day"
        self.query_one("#detail", Static).update(f"{on}: {event.value}")


if __name__ == "__main__":
    TableMatrix(int(sys.argv[1]), int(sys.argv[2])).run()
