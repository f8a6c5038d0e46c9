"""Any availability at all is a matrix in which each day stands in its place and every number is whole."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qtydash.domain.snapshot import Snapshot
from qtydash.domain.tickets import Availability, LowThreshold, TicketDay, TicketOption
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.models.table import Order
from qtydash.tui.models.tickets import Matrix
from qtydash.tui.models.tickets_moves import Moves
from qtydash.tui.models.tickets_shown import METRICS, MatrixView
from qtydash.tui.widgets.fit import fit
from qtydash.tui.widgets.grid_model import TONES

START = date(2026, 1, 1)
TODAY = START + timedelta(days=4)
COUNTS = st.integers(-3, 30) | st.integers(-(10**9), 10**9)
NEAR = st.integers(0, 8).map(lambda n: START + timedelta(days=n))
DATES = NEAR | st.dates()
OPTIONS = st.sampled_from("abc")
RECORDS = st.lists(
    st.builds(TicketDay, OPTIONS, DATES, COUNTS, COUNTS, COUNTS, st.sampled_from(["i1", "i2"])),
    max_size=25,
    unique_by=lambda record: record.key,
)
VIEWS = st.builds(
    MatrixView,
    metric=st.sampled_from(METRICS),
    low_only=st.booleans(),
    words=st.lists(st.sampled_from(["a", "b", "zz"]), max_size=1).map(tuple),
    order=st.builds(Order, st.integers(-1, 1), st.booleans()),
)


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    records = draw(RECORDS)
    look = {record.key: draw(COUNTS) for record in records if draw(st.booleans())}
    options = tuple(TicketOption(code) for code in draw(st.sets(OPTIONS)))
    return Matrix(
        Snapshot(
            Availability("park", tuple(records), options),
            datetime(2026, 1, 5, tzinfo=UTC),
            "live",
        ),
        draw(VIEWS),
        name_of=lambda code: code,
        low=LowThreshold(),
        today=TODAY,
        glyphs=draw(st.sampled_from([UNICODE, ASCII])),
        moves=Moves(look=look),
        width=draw(st.integers(20, 300)),
    )


def drawn(model: Matrix) -> object:
    """All that a grid and its pane can see of a matrix."""
    columns = range(len(model.columns))
    return (
        model.columns,
        [[model.header(line, column) for column in columns] for line in range(model.header_lines)],
        [[model.cell(row, column) for column in columns] for row in range(model.row_count)],
        [model.row_key(row) for row in range(model.row_count)],
        [model.find_row(row.code) for row in model.options],
        model.totals(),
        model.problem(0, model.fixed, 1),
        model.problem(0, model.fixed, -1),
    )


@given(before=matrices(), views=st.lists(VIEWS, min_size=1, max_size=4), low=st.sampled_from([5, 50]))
def test_what_is_taken_over_from_an_earlier_matrix_is_what_would_be_made(
    before: Matrix, views: list[MatrixView], low: int
) -> None:
    def made(view: MatrixView, before: Matrix | None) -> Matrix:
        return Matrix(
            first.snapshot,
            view,
            name_of=first._name_of,
            low=LowThreshold(low),
            today=TODAY,
            glyphs=first.glyphs,
            moves=first.moves,
            before=before,
        )

    first = before
    for view in views:
        before.totals(), before.problem(0, before.fixed, 1)
        after = made(view, before)
        assert drawn(after) == drawn(made(view, None))
        before = after


@given(model=matrices())
def test_every_record_that_is_shown_stands_once_under_its_date(model: Matrix) -> None:
    shown = [
        record
        for row in range(model.row_count)
        for column in range(model.fixed, len(model.columns))
        if (at := model.day_at(row, column)) is not None and at[2] is not None
        for record in at[2].records
        if (at[0].code, at[1]) == (record.option_code, record.date)
    ]
    codes = {row.code for row in model.rows}
    dates = set(model.dates)
    expected = [r for r in model.snapshot.data.days if r.option_code in codes and r.date in dates]

    assert sorted(r.key for r in shown) == sorted(r.key for r in expected)  # type: ignore[type-var]
    assert model.view.low_only or model.view.words or len(shown) == len(model.snapshot.data.days)


@given(model=matrices())
def test_low_only_hides_no_day_that_is_low(model: Matrix) -> None:
    for record in model.snapshot.data.days:
        row = model.find_row(record.option_code)
        if record.is_low(model.low) and not model.view.words:
            assert row is not None
            column = model.find_column(record.date)
            assert column is not None
            assert model.column_key(column) == record.date
            assert model.cell(row, column).text.strip()


@given(model=matrices())
def test_rows_and_columns_are_found_by_their_keys(model: Matrix) -> None:
    assert [model.find_row(model.row_key(row)) for row in range(model.row_count)] == list(range(model.row_count))
    for column in range(model.fixed, len(model.columns)):
        assert model.find_column(model.column_key(column)) == column


@given(model=matrices(), on=st.dates())
def test_any_date_finds_the_nearest_later_day_or_the_last(model: Matrix, on: date) -> None:
    column = model.find_column(on)

    if column is None:
        assert not model.dates
    else:
        later = [shown for shown in model.dates if shown >= on]
        assert model.column_key(column) == (later[0] if later else model.dates[-1])


@given(model=matrices())
def test_dates_rise_and_cells_fit(model: Matrix) -> None:
    assert list(model.dates) == sorted(set(model.dates))
    for column, drawn in enumerate(model.columns):
        cells = [model.cell(row, column) for row in range(model.row_count)]
        cells += [model.header(1, column)]
        for text, tone in cells:
            assert tone in ("", *TONES)
            assert column == 0 or cell_len(text) <= drawn.width
            assert fit(text, drawn.width, drawn.align)


@given(model=matrices())
def test_an_arrow_stands_exactly_where_what_is_left_moved(model: Matrix) -> None:
    look, glyphs = model.moves.look, model.glyphs
    for row in model.rows:
        for _, day in row.days():
            was = sum(look.get(r.key, r.left) for r in day.records)
            arrow = glyphs.up if day.left > was else glyphs.down if day.left < was else ""
            assert model.moves.arrow(day, glyphs) == arrow


@given(model=matrices())
def test_what_is_left_of_an_option_is_the_sum_from_today_on(model: Matrix) -> None:
    for row in model.rows:
        days = model.snapshot.data.days
        assert row.left == sum(d.left for d in days if d.option_code == row.code and d.date >= TODAY)
