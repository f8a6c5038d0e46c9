"""The lines above and below the panes: what they say, and that they fit."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from qtydash.domain.snapshot import Progress, age_in_words
from qtydash.tui.bindings import footer
from qtydash.tui.commands import COMMANDS, SCOPE_TITLES, Scope
from qtydash.tui.freshness import Freshness, PaneStatus, freshness
from qtydash.tui.widgets.bar import Part, cut_to, joined
from qtydash.tui.widgets.fit import fit
from qtydash.tui.widgets.header import ShopWords, Tab, shop_line, tab_line
from qtydash.tui.widgets.keys import key_line

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
WIDTHS = range(20, 201)
TITLES = ("Tickets", "Gifts", "Cart", "Order qty")
LIVE = Freshness("live 12s", "12s", "12s", "live")
REFUSED = "The connection was refused."
OUTAGE = Freshness("OFFLINE 3h", "OFF 3h", "!3h", "offline", REFUSED)
STATES = (
    LIVE,
    OUTAGE,
    Freshness("cached 12m, reading page 12/40", "~12m", "~12m", "cached"),
    Freshness("not set up", "-", "-", "off"),
    Freshness("OFFLINE", "OFF", "!", "offline", "名前が解決できません \x1b[2J\u202e" * 20),
)


def tabs(freshness: Freshness, active: int = 1) -> list[Tab]:
    return [Tab(str(n), title, freshness, n == active) for n, title in enumerate(TITLES, 1)]


def words(parts: list[Part]) -> str:
    return "".join(part.text for part in parts)


def shop(**changes: object) -> ShopWords:
    told: dict[str, object] = {"label": "Han River park", "profile": "prod", "write": False, "paused": False}
    return ShopWords(**{**told, "staged": 0, "unknown": 0, "changes_active": False, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "width", "align", "fitted"),
    [
        ("gift", 6, "left", "gift  "),
        ("gift", 6, "right", "  gift"),
        ("gift", 7, "center", " gift  "),
        ("gift", 4, "right", "gift"),
        ("gift", 3, "left", "gi⋯"),
        ("gift", 1, "left", "⋯"),
        ("gift", 0, "left", ""),
        ("gift", -3, "left", ""),
        ("馬克杯", 6, "left", "馬克杯"),
        ("馬克杯", 5, "left", "馬克⋯"),
        ("馬克杯", 4, "left", "馬⋯ "),
        ("馬克杯", 1, "left", "⋯"),
        ("ab cd", 4, "left", "ab⋯ "),
        ("\x1b[1m", 5, "left", "^[[1m"),
        ("", 3, "left", "   "),
    ],
)
def test_fitted_text(text: str, width: int, align: str, fitted: str) -> None:
    assert fit(text, width, align) == fitted


def test_a_line_gives_its_right_side_the_room_it_needs() -> None:
    left, right = [Part("Gifts", "bold"), Part(" 40 gifts")], [Part("live 12s")]

    assert joined(left, right, 24).plain == "Gifts 40 gifts  live 12s"
    assert joined(left, right, 20).plain == "Gifts 40 g⋯ live 12s"
    assert joined(left, right, 9).plain == " live 12s"
    assert joined(left, right, 6).plain == "live⋯ "
    assert joined(left, (), 8).plain == "Gifts 4⋯"
    assert joined((), (), 3).plain == "   "


def test_parts_keep_their_styles_and_the_last_is_cut() -> None:
    parts = [Part("12345", "bold"), Part("67890", "dim"), Part("never")]

    assert cut_to(parts, 8) == [Part("12345", "bold"), Part("67⋯", "dim")]
    assert cut_to(parts, 5) == [Part("12345", "bold")]
    assert cut_to(parts, 0) == []


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (shop(), " Han River park (prod)  5 Changes 0 staged, 0 unknown  READ-ONLY "),
        (shop(write=True), " Han River park (prod)  5 Changes 0 staged, 0 unknown  WRITE "),
        (shop(profile="Han River park", staged=3), " Han River park  5 Changes 3 staged, 0 unknown  READ-ONLY "),
        (shop(paused=True), " Han River park (prod)  PAUSED   5 Changes 0 staged, 0 unknown  READ-ONLY "),
    ],
)
def test_the_first_line_says_whose_shop_and_whether_writing_is_possible(told: ShopWords, line: str) -> None:
    left, right = shop_line(told, 60)
    assert words([*left, *right]) == line


def test_the_name_of_the_program_is_there_when_there_is_room() -> None:
    assert words(shop_line(shop(), 80)[0]).startswith(" qtydash ")
    assert "qtydash" not in words(shop_line(shop(), 79)[0])


def test_unknown_outcomes_stand_out() -> None:
    plain, alarmed = (
        next(part for part in shop_line(shop(unknown=n), 80)[1] if "unknown" in part.text) for n in (0, 1)
    )
    assert (plain.style, alarmed.style) == ("", "bold $text-error")


@pytest.mark.parametrize("label", ["Han River park", "漢江公園 day tickets " * 20, "\x1b[2J\u202e[/x]"])
@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize("paused", [True, False])
def test_the_first_line_fits_any_width_and_keeps_its_mode(label: str, write: bool, paused: bool) -> None:
    told = shop(label=label, write=write, paused=paused, staged=1_234, unknown=56)
    for width in WIDTHS:
        line = joined(*shop_line(told, width), width)
        assert line.cell_length == width
        assert width < 60 or line.plain.endswith(" WRITE " if write else " READ-ONLY ")


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (
            220,
            f" 1 Tickets  OFFLINE 3h - {REFUSED}  2 Gifts OFFLINE 3h - {REFUSED} "
            f" 3 Cart OFFLINE 3h - {REFUSED}  4 Order qty OFFLINE 3h - {REFUSED} ",
        ),
        (
            120,
            f" 1 Tickets  OFFLINE 3h - {REFUSED}  2 Gifts OFFLINE 3h  3 Cart OFFLINE 3h  4 Order qty OFFLINE 3h ",
        ),
        (90, " 1 Tickets  OFFLINE 3h  2 Gifts OFFLINE 3h  3 Cart OFFLINE 3h  4 Order qty OFFLINE 3h "),
        (80, " 1 Tickets  OFF 3h  2 Gifts OFF 3h  3 Cart OFF 3h  4 Order qty OFF 3h "),
        (60, " 1 Tickets  !3h  2 Gifts !3h  3 Cart !3h  4 Order qty !3h "),
        (57, " 1 Tick  !3h  2 Gift !3h  3 Cart !3h  4 Orde !3h "),
    ],
)
def test_the_panes_in_the_fullest_wording_that_fits(width: int, line: str) -> None:
    assert words(tab_line(tabs(OUTAGE), width)) == line


def test_the_active_pane_stands_out() -> None:
    assert [part.style for part in tab_line(tabs(LIVE, 2), 120)[::2]] == ["bold", "bold reverse", "bold", "bold"]


@pytest.mark.parametrize("freshness", STATES)
@pytest.mark.parametrize("active", [1, 4])
def test_the_second_line_fits_any_width(freshness: Freshness, active: int) -> None:
    for width in WIDTHS:
        assert joined(tab_line(tabs(freshness, active), width), (), width).cell_length == width


@pytest.mark.parametrize(
    "age", [timedelta(), *(timedelta(**{unit: 59}) for unit in ("seconds", "minutes", "days"))]
)
@pytest.mark.parametrize(
    "status",
    [
        PaneStatus(NOW, "live"),
        PaneStatus(NOW, "live", reading=True, progress=Progress(12, 300, 40)),
        PaneStatus(NOW, "cache"),
        PaneStatus(NOW, "cache", offline=True),
        PaneStatus(NOW, "cache", trouble=REFUSED),
    ],
)
def test_every_pane_tells_its_age_on_the_smallest_terminal(status: PaneStatus, age: timedelta) -> None:
    told = freshness(status, NOW + age)
    line = words(tab_line(tabs(told), 60))

    assert cell_len(line) <= 60
    assert line.count(age_in_words(age.total_seconds())) == len(TITLES)


@pytest.mark.parametrize("scope", SCOPE_TITLES)
def test_keys_are_whole_and_fit_any_width(scope: Scope) -> None:
    every = footer(scope)
    whole = [(f" {c.shown} ", f"{c.label} ") for c in every]
    for width in WIDTHS:
        parts = key_line(every, width)
        drawn = [(key.text, label.text) for key, label in zip(parts[::2], parts[1::2], strict=True)]
        assert cell_len(words(parts)) <= width
        assert drawn == [pair for pair in whole if pair in drawn]
        assert drawn[:2] == whole[:2]


def test_a_key_that_does_not_fit_makes_room_for_a_shorter_one() -> None:
    by_id = {c.id: c for c in COMMANDS}
    three = [by_id["help"], by_id["pane.order_qty"], by_id["zoom"]]

    assert words(key_line(three, 17)) == " ? keys  z zoom "
    assert words(key_line(three, 200)) == " ? keys  4 order qty  z zoom "
    assert key_line(three, 3) == []
