"""Where columns lie: whatever is drawn is whole, and whatever exists can be brought on the screen."""

from hypothesis import example, given
from hypothesis import strategies as st

from qtydash.tui.widgets.grid_model import GAP, Column, ColumnLayout, lay_out

COLUMN_WIDTHS = st.lists(st.integers(min_value=1, max_value=40), max_size=30)
ROOM = st.integers(min_value=1, max_value=120)
SCROLL = st.integers(min_value=0, max_value=1_300)
FIXED = st.integers(min_value=0, max_value=4)


def layout_of(widths: list[int], fixed: int) -> ColumnLayout:
    return lay_out([Column("", width) for width in widths], fixed, 0)


def taken(layout: ColumnLayout, shown: range) -> int:
    """Cells of these columns with the gaps between them."""
    return sum(layout.widths[c] + GAP for c in shown) - GAP


@given(widths=COLUMN_WIDTHS, fixed=FIXED, scroll=SCROLL, room=ROOM)
def test_shown_columns_are_whole(widths: list[int], fixed: int, scroll: int, room: int) -> None:
    layout = layout_of(widths, fixed)

    shown = layout.shown(scroll, room)

    assert shown.step == 1
    assert all(layout.fixed <= column < len(widths) for column in shown)
    assert len(shown) <= 1 or taken(layout, shown) <= room


@given(widths=COLUMN_WIDTHS, fixed=FIXED, scroll=SCROLL, room=ROOM)
@example(widths=[24, 9, 8, 24], fixed=1, scroll=26, room=18)
def test_at_least_one_column_is_shown(widths: list[int], fixed: int, scroll: int, room: int) -> None:
    layout = layout_of(widths, fixed)

    assert bool(layout.shown(scroll, room)) == (len(widths) > layout.fixed)


@given(widths=COLUMN_WIDTHS, fixed=FIXED, scroll=SCROLL, room=ROOM)
def test_as_many_columns_are_shown_as_fit(widths: list[int], fixed: int, scroll: int, room: int) -> None:
    layout = layout_of(widths, fixed)

    shown = layout.shown(scroll, room)

    if shown and shown.stop < len(widths):
        assert taken(layout, range(shown.start, shown.stop + 1)) > room


@given(widths=COLUMN_WIDTHS.filter(bool), fixed=FIXED, scroll=SCROLL, room=ROOM, data=st.data())
def test_every_column_can_be_brought_on_the_screen(
    widths: list[int], fixed: int, scroll: int, room: int, data: st.DataObject
) -> None:
    layout = layout_of(widths, fixed)
    column = data.draw(st.integers(0, len(widths) - 1))

    there = layout.scroll_to_show(column, scroll, room)

    if column < layout.fixed:
        assert there == scroll
    else:
        assert column in layout.shown(there, room)


@given(widths=COLUMN_WIDTHS.filter(bool), scroll=SCROLL, room=ROOM, data=st.data())
def test_a_column_that_is_on_the_screen_does_not_scroll_it(
    widths: list[int], scroll: int, room: int, data: st.DataObject
) -> None:
    layout = layout_of(widths, 0)
    shown = layout.shown(scroll, room)
    if shown and taken(layout, shown) <= room:
        column = data.draw(st.sampled_from(shown))
        assert layout.shown(layout.scroll_to_show(column, scroll, room), room) == shown


@given(widths=COLUMN_WIDTHS.filter(bool), room=st.integers(min_value=41, max_value=120))
def test_walking_shows_each_column_in_turn_and_never_turns_back(widths: list[int], room: int) -> None:
    layout = layout_of(widths, 0)
    scroll = 0
    for column in range(len(widths)):
        there = layout.scroll_to_show(column, scroll, room)
        assert there >= scroll
        assert column in layout.shown(there, room)
        scroll = there
    assert layout.shown(scroll, room).stop == len(widths)


@given(widths=COLUMN_WIDTHS, fixed=FIXED)
def test_offsets_are_the_columns_behind_the_fixed_part(widths: list[int], fixed: int) -> None:
    layout = layout_of(widths, fixed)

    assert layout.fixed == min(fixed, len(widths))
    assert layout.fixed_width == sum(width + GAP for width in widths[: layout.fixed])
    assert layout.offsets[0] == 0
    assert [b - a - GAP for a, b in zip(layout.offsets, layout.offsets[1:], strict=False)] == widths[
        layout.fixed :
    ]


@given(widths=COLUMN_WIDTHS.filter(bool), flexible=st.sets(st.integers(0, 29)), room=st.integers(0, 400))
def test_the_first_flexible_column_takes_what_is_left_and_no_column_shrinks(
    widths: list[int], flexible: set[int], room: int
) -> None:
    columns = [Column("", width, flexible=at in flexible) for at, width in enumerate(widths)]

    given_widths = lay_out(columns, 0, room).widths

    grown = [at for at, (asked, got) in enumerate(zip(widths, given_widths, strict=True)) if asked != got]
    first = min((at for at in flexible if at < len(widths)), default=None)
    assert all(got >= asked for asked, got in zip(widths, given_widths, strict=True))
    assert grown in ([], [first])
    total = sum(given_widths) + GAP * len(widths)
    assert (total == room) if grown else (total >= room or first is None)
