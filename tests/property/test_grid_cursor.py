"""Whatever the grid holds, however large the terminal, whichever keys come: the cursor is on a cell that is there
and on the screen, and stays with its row and column when others come and go."""

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.grid_model import Cell, Column


@dataclass(frozen=True)
class Numbers:
    """Rows and columns known by a number."""

    rows: Sequence[int]
    across: Sequence[int]
    fixed: int
    row_lines: int = 1
    header_lines = 2

    @property
    def columns(self) -> Sequence[Column]:
        return [Column("", 3 + number % 5) for number in range(self.fixed)] + [
            Column("", 4 + number % 4) for number in self.across
        ]

    @property
    def row_count(self) -> int:
        return len(self.rows)

    def header(self, line: int, column: int) -> Cell:
        return Cell(f"{column}")

    def cell(self, row: int, column: int, line: int = 0) -> Cell:
        return Cell(f"{self.rows[row]}")

    def row_key(self, row: int) -> Hashable:
        return ("row", self.rows[row])

    def column_key(self, column: int) -> Hashable:
        return ("column", self.across[column - self.fixed]) if column >= self.fixed else column

    def find_row(self, key: Hashable) -> int | None:
        return next((at for at in range(self.row_count) if self.row_key(at) == key), None)

    def find_column(self, key: Hashable) -> int | None:
        return next((at for at in range(len(self.columns)) if self.column_key(at) == key), None)


class OneGrid(App[None]):
    def compose(self) -> ComposeResult:
        yield Grid(cursor="cell")


KEPT = st.lists(st.integers(0, 39), min_size=1, max_size=40, unique=True).map(sorted)
MODELS = st.builds(Numbers, KEPT, KEPT, st.integers(0, 2), st.integers(1, 3))
SIZES = st.tuples(st.integers(12, 120), st.integers(4, 40))
MOVES = st.sampled_from(
    [
        *(("move", (rows, columns)) for rows, columns in ((1, 0), (-1, 0), (0, 1), (0, -1))),
        *((action, (side,)) for action in ("page", "edge", "corner", "corner_row") for side in (1, -1)),
    ]
)
STEPS = st.lists(
    st.one_of(MOVES, st.tuples(st.just("size"), SIZES), st.tuples(st.just("model"), st.tuples(KEPT, KEPT))),
    min_size=1,
    max_size=12,
)


def assert_on_the_screen(grid: Grid) -> None:
    model = grid.model
    assert 0 <= grid.cursor_row < model.row_count
    assert model.fixed <= grid.cursor_column < len(model.columns)
    assert grid.top_row <= grid.cursor_row < grid.top_row + grid.page_rows
    assert grid.cursor_column in grid._parts[1]


async def take(grid: Grid, pilot: Pilot[None], step: str, values: tuple[object, ...]) -> None:
    """Take a step, and look at where it must lead to."""
    row, column, model = grid.cursor_row, grid.cursor_column, grid.model
    assert isinstance(model, Numbers)
    if step == "size":
        width, height = values
        assert isinstance(width, int)
        assert isinstance(height, int)
        await pilot.resize_terminal(width, height)
        await pilot.pause()
        assert (grid.cursor_row, grid.cursor_column) == (row, column)
    elif step == "model":
        rows, across = values
        assert isinstance(rows, list)
        assert isinstance(across, list)
        new = Numbers(rows, across, model.fixed, model.row_lines)
        keys = model.row_key(row), model.column_key(column)
        grid.set_model(new)
        await pilot.pause()
        found = new.find_row(keys[0]), new.find_column(keys[1])
        assert found[0] in (None, grid.cursor_row)
        assert found[1] in (None, grid.cursor_column)
    else:
        getattr(grid, f"action_{step}")(*values)
        await pilot.pause()
        if step == "move":
            down, right = values
            assert isinstance(down, int)
            assert isinstance(right, int)
            assert grid.cursor_row == min(max(row + down, 0), model.row_count - 1)
            assert grid.cursor_column == min(max(column + right, model.fixed), len(model.columns) - 1)


@given(model=MODELS, size=SIZES, steps=STEPS)
@settings(max_examples=40, deadline=None)
def test_the_cursor_is_on_a_cell_that_is_on_the_screen(
    model: Numbers, size: tuple[int, int], steps: list[tuple[str, tuple[object, ...]]]
) -> None:
    async def walk() -> None:
        async with OneGrid().run_test(size=size) as pilot:
            grid = pilot.app.query_one(Grid)
            grid.set_model(model)
            await pilot.pause()
            assert_on_the_screen(grid)
            for step, values in steps:
                await take(grid, pilot, step, values)
                assert_on_the_screen(grid)

    asyncio.run(walk())
