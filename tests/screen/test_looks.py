"""The theme: the configured one, else the one chosen last, else Textual's own."""

import re
from pathlib import Path

import pytest
from tests.screen.shop import Dashboard, opened, screen_svg
from tests.screen.test_themes import WINDOW, _is_grey

from qtydash.storage.chosen_theme import ChosenTheme
from qtydash.tui.looks import Looks


@pytest.fixture
def memory(tmp_path: Path) -> ChosenTheme:
    return ChosenTheme(tmp_path / "cache" / "cache.db")


async def choose(dashboard: Dashboard, name: str) -> None:
    await dashboard.press("ctrl+p", *"theme", "enter")
    await dashboard.press(*name, "enter")
    await dashboard.settle()


async def test_what_was_chosen_in_the_palette_is_there_again(memory: ChosenTheme) -> None:
    async with opened(looks=Looks(memory=memory)) as dashboard:
        assert dashboard.app.theme == "textual-dark"
        await choose(dashboard, "gruvbox")
        assert dashboard.app.theme == "gruvbox"
    assert memory.last() == "gruvbox"
    async with opened(looks=Looks(memory=memory)) as dashboard:
        assert dashboard.app.theme == "gruvbox"


async def test_the_configuration_wins_and_a_choice_lasts_until_the_end(memory: ChosenTheme) -> None:
    memory.keep("gruvbox")
    async with opened(looks=Looks("nord", memory)) as dashboard:
        assert dashboard.app.theme == "nord"
        await choose(dashboard, "dracula")
        assert dashboard.app.theme == "dracula"
        told = [note.message for note in dashboard.app._notifications]
        assert "The profile sets another theme, so this one lasts until you leave." in told
    assert memory.last() == "gruvbox"


async def test_an_unknown_theme_is_told_with_the_nearest() -> None:
    async with opened(size=(120, 40), looks=Looks("norde")) as dashboard:
        assert dashboard.app.theme == "textual-dark"
        assert "theme: there is no theme 'norde'. Did you mean 'nord'?" in dashboard.text


async def test_no_colour_is_no_colour_in_any_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(looks=Looks("dracula")) as dashboard:
        drawn = set(re.findall(r"#([0-9a-f]{6})", screen_svg(dashboard.app))) - WINDOW
        assert [colour for colour in drawn if not _is_grey(colour)] == []


def test_a_name_is_kept_where_only_its_owner_can_read_it(memory: ChosenTheme, tmp_path: Path) -> None:
    memory.keep("nord")
    kept = tmp_path / "cache" / "theme"
    assert kept.read_text() == "nord\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(kept.parent.iterdir()) == [kept]


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe\0", b"x" * 10_000, b"../../etc\n", "nörd".encode()])
def test_a_broken_memory_is_as_none(memory: ChosenTheme, tmp_path: Path, junk: bytes) -> None:
    memory.keep("nord")
    (tmp_path / "cache" / "theme").write_bytes(junk)
    assert Looks(memory=memory).first({"nord", "textual-dark"}) == ("", "")


def test_a_folder_that_cannot_be_written_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    memory = ChosenTheme(tmp_path / "cache" / "cache.db")
    memory.keep("nord")
    assert memory.last() == ""
