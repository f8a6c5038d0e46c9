"""The heat-map page: whole, alone, deaf to outside text, and readable in any colours or none."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest

from qtydash.domain.snapshot import Snapshot
from qtydash.domain.tickets import Availability, LowThreshold, OptionNames, TicketDay, calendar
from qtydash.services import heatmap_style
from qtydash.services.heatmap import MOST_CELLS, Shown, TooLarge, heat_map

READ = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
FRIDAY, TODAY = date(2026, 2, 27), date(2026, 3, 1)
VOID = {"meta", "br"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style></title></bdi><h1>",
    "&lt;b&gt; &amp; &#x3c;",
    "\u202egnp.exe\u2066 مرحبا",
    "\x00\x1b[31m\udc80\n\r\t",
    "<" * 10_000,
    "https://example.invalid/ url(https://example.invalid/x)",
]


class Page(HTMLParser):
    """What is in a page, and whether every element that begins also ends, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.cells: list[tuple[str, str, str]] = []
        """Class, title and text of every ``td``."""
        self.words: list[str] = []
        self.headings: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        assert len(told) == len(attrs)
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in told.items()]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "td":
            self.cells.append((told.get("class", ""), told.get("title", ""), ""))
        if tag == "th":
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.open[-1:] == ["td"]:
            look, title, text = self.cells[-1]
            self.cells[-1] = (look, title, text + data)
        if "th" in self.open:
            self.headings[-1] += data

    def cell(self, begins: str) -> tuple[str, str, str]:
        """The one cell whose title begins so."""
        (found,) = [cell for cell in self.cells if cell[1].startswith(begins)]
        return found


def record(option: str, day: date, maximum: int, left: int, sold: int, code: str = "i") -> TicketDay:
    return TicketDay(option, day, maximum, left, sold, code)


DAYS = (
    record("a", FRIDAY, 40, 30, 10),
    record("a", FRIDAY + timedelta(1), 40, 3, 37),
    record("a", TODAY, 40, 0, 40),
    record("a", TODAY + timedelta(1), 40, -2, 42),
    record("a", TODAY + timedelta(2), 40, 10, 25),
    record("b", TODAY + timedelta(3), 10, 4, 6, "i1"),
    record("b", TODAY + timedelta(3), 10, 5, 5, "i2"),
    record("b", TODAY + timedelta(4), 0, 0, 0),
)


def snapshot(days: Iterable[TicketDay] = DAYS) -> Snapshot[Availability]:
    return Snapshot(Availability("park", tuple(days)), READ, "live")


def shown(days: Iterable[TicketDay] = DAYS, codes: tuple[str, ...] = ("a", "b")) -> Shown:
    return Shown(
        product="Park",
        shop="Han River",
        codes=codes,
        dates=calendar(day.date for day in days),
        names=OptionNames({"a": "Adult", "b": "Boat"}),
        low=LowThreshold(),
        today=TODAY,
    )


def test_the_page_is_whole_and_alone() -> None:
    text = heat_map(snapshot(), shown())
    page = Page(text)

    assert text.startswith("<!DOCTYPE html>\n")
    assert ("html", "lang", "en") in page.attributes
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert ("meta", "content", policy) in page.attributes
    assert text.index("Content-Security-Policy") < min(text.index("<title>"), text.index("<style>"))


def test_nothing_is_fetched_run_or_linked_to() -> None:
    page = Page(heat_map(snapshot(), shown()))

    assert set(page.tags) <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "bdi", "code", "time", "strong", "span",
        "figure", "figcaption", "div", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "br",
    }  # fmt: skip
    assert {name for _, name, _ in page.attributes} <= {
        "lang", "charset", "http-equiv", "content", "name", "class", "title", "scope", "colspan", "rowspan",
        "datetime",
    }  # fmt: skip
    assert not re.search(r"url\(|@import|expression\(", heatmap_style.STYLE)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_outside_text_stays_text(hostile: str) -> None:
    codes = (hostile, "b")
    days = (record(hostile, TODAY, 40, 3, 37, hostile), record("b", TODAY + timedelta(40), 40, 3, 37))
    there = Snapshot(Availability(hostile, days), READ, "cache", False, (hostile,))
    here = replace(shown(days, codes), product=hostile, shop=hostile, names=OptionNames({hostile: hostile}))
    plain = replace(here, names=OptionNames({hostile: "x"}), product="x", shop="x")

    text = heat_map(there, here)
    page = Page(text)

    assert page.tags == Page(heat_map(there, plain)).tags
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    assert {name for _, name, _ in page.attributes}.isdisjoint({"onerror", "onmouseover", "src", "href", "style"})
    assert len(text) < 60_000
    if "<" in hostile:
        assert hostile[:20] in " ".join(page.words)


@pytest.mark.parametrize(
    ("begins", "look", "number", "words"),
    [
        ("2026-02-27 Fr", "a3 past", "30", "30 left of 40 (75%), 10 sold (Adult)"),
        ("2026-02-28 Sa", "low past weekend", "3!", "3 left of 40 (8%), 37 sold; low (Adult)"),
        ("2026-03-01 Su", "out today weekend", "0✗", "0 left of 40 (0%), 40 sold; sold out (Adult)"),
        ("2026-03-02 Mo", "over", "-2✘", "-2 left of 40 (-5%), 42 sold; oversold (Adult)"),
        (
            "2026-03-03 Tu",
            "odd",
            "10?",
            "10 left of 40 (25%), 25 sold; not adding up; 10 left + 25 sold ≠ 40 max (Adult)",
        ),
        ("2026-03-04 We", "a2", "9", "9 left of 20 (45%), 11 sold; sum of 2 records (Boat)"),
        ("2026-03-05 Th", "out", "0✗", "0 left of 0, 0 sold; sold out (Boat)"),
    ],
)
def test_each_state_has_its_colour_its_mark_and_its_words(begins: str, look: str, number: str, words: str) -> None:
    name = words[words.rindex("(") :]
    cells = [cell for cell in Page(heat_map(snapshot(), shown())).cells if cell[1].startswith(begins)]

    assert [cell for cell in cells if cell[1].endswith(name)] == [(look, f"{begins}: {words}", number)]


def test_no_inventory_is_not_zero() -> None:
    page = Page(heat_map(snapshot(), shown()))

    assert page.cell("2026-02-27 Fr: no inventory (Boat)") == (
        "none past", "2026-02-27 Fr: no inventory (Boat)", "·"
    )  # fmt: skip


def test_when_days_are_chosen_a_blank_is_not_taken_for_no_inventory() -> None:
    page = Page(heat_map(snapshot(), replace(shown(), only="Only low days are shown.")))

    assert page.cell("2026-02-27 Fr: no inventory, or not among the days shown (Boat)")[2] == ""
    assert "Only low days are shown." in page.words
    assert "no inventory on that day, or not among the days shown" in " ".join(page.words)


def test_the_caption_says_what_when_and_how_sure() -> None:
    live = " ".join(Page(heat_map(snapshot(), shown())).words)
    cached = replace(snapshot(), source="cache", complete=False, warnings=("2 rows set aside.", "& more"))
    doubtful = " ".join(Page(heat_map(cached, shown())).words)

    for words in ("Park", "Han River", "park", "2026-03-01T09:30:00Z", ", live. The data are complete."):
        assert words in live
    assert "2 options × 7 days, 2026-02-27 to 2026-03-05." in live
    assert "From 2026-03-01 on: 1 available, 0 low, 2 sold out, 1 oversold, 1 not adding up." in live
    for words in ("not live", "The data are not complete.", "Warning: 2 rows set aside.", "Warning: & more"):
        assert words in doubtful


def test_months_span_their_days_and_today_and_weekends_are_marked() -> None:
    text = heat_map(snapshot(), shown())
    page = Page(text)
    head = page.headings[: 2 + 2 + 7 + 7]

    assert head == [
        "Option", "Left fromtoday", "February 2026", "March 2026",
        *("Fr", "Sa", "Su", "Mo", "Tu", "We", "Th"), *("27", "28", "1", "2", "3", "4", "5"),
    ]  # fmt: skip
    assert [value for tag, name, value in page.attributes if (tag, name) == ("th", "colspan")][:2] == ["2", "5"]
    assert '<th scope="col" class="day today weekend" title="today">1</th>' in text
    assert '<th scope="col" class="day past weekend">Sa</th>' in text


def test_paper_gets_a_table_for_each_month_and_the_screen_one_for_all() -> None:
    both = heat_map(snapshot(), shown())
    one = heat_map(snapshot(DAYS[2:]), shown(DAYS[2:]))

    assert [both.count(f'<div class="{name}">') for name in ("screen", "paper", "both")] == [1, 1, 0]
    assert both.count("<table>") == 3
    assert [one.count(f'<div class="{name}">') for name in ("screen", "paper", "both")] == [0, 0, 1]
    assert one.count("<table>") == 1


def test_what_is_left_is_summed_from_today_on() -> None:
    sums = [text for look, _, text in Page(heat_map(snapshot(), shown())).cells if look == "sum"]

    assert sums == ["8", "9"] * 3


def test_movement_is_shown_where_a_comparison_was_asked_for() -> None:
    before = {DAYS[0].key: 31, DAYS[1].key: 2, DAYS[2].key: 0, DAYS[5].key: 4}
    page = Page(heat_map(snapshot(), replace(shown(), before=before)))
    found = {
        title.split(":")[0]: (text, title.split("; ")[-1])
        for _, title, text in page.cells
        if title and "no inventory" not in title
    }

    assert found["2026-02-27 Fr"] == ("▾30", "was 31 (Adult)")
    assert found["2026-02-28 Sa"] == ("▴3!", "was 2 (Adult)")
    assert found["2026-03-01 Su"] == ("0✗", "was 0 (Adult)")
    assert found["2026-03-04 We"] == ("9", "not known before (Boat)")


def test_nothing_to_show_is_said() -> None:
    page = Page(heat_map(snapshot(()), shown(())))

    assert "There is no day to show." in page.words
    assert "table" not in page.tags


def test_the_legend_explains_every_look_and_mark() -> None:
    text = heat_map(snapshot(), replace(shown(), low=LowThreshold(7, 0.125)))
    legend = text[text.index("<h2>Legend") :]

    for look, mark in (("a1", "9"), ("low", "3!"), ("out", "0✗"), ("over", "-2✘"), ("odd", "10?"), ("none", "·")):
        assert f'<span class="{look}">{mark}</span>' in legend
    for words in ("weekend", "today", "past", "no inventory on that day, which is not 0 left"):
        assert words in legend
    assert "low: 7 left or fewer, or 12.5% of the maximum or less" in legend


def test_two_hundred_options_of_a_year_are_a_page() -> None:
    days = [record(f"o{n}", TODAY + timedelta(k), 40, 3, 37) for n in range(200) for k in range(366)]
    codes = tuple(f"o{n}" for n in range(200))

    text = heat_map(snapshot(days), shown(days, codes))

    assert text.count("<td") == 200 * (366 + 1) + 200 * (366 + 13)
    assert len(text) < 12_000_000


def test_what_no_browser_draws_is_refused() -> None:
    dates = [TODAY + timedelta(n) for n in range(1_001)]
    codes = tuple(map(str, range(MOST_CELLS // 1_000)))

    with pytest.raises(TooLarge, match=r"would have 500,500 cells; .* Choose fewer days with --from"):
        heat_map(snapshot(()), replace(shown(()), codes=codes, dates=dates))


@pytest.mark.parametrize("palette", [heatmap_style.LIGHT, heatmap_style.DARK])
def test_every_number_stands_out_from_its_ground(palette: dict[str, tuple[str, str]]) -> None:
    for name, (ground, ink) in palette.items():
        lighter, darker = sorted((luminance(ground), luminance(ink)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, name
    assert set(heatmap_style.LIGHT) == set(heatmap_style.DARK)


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
