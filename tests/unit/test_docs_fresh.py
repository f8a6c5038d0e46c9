"""The documentation says what the program does: made pages are fresh, links lead somewhere, tables hold."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.docs.pages import DOCS, ROOT, pages
from tests.unit.conftest import WriteConfig

from qtydash.cli.failure import ExitCode
from qtydash.config.load import load
from qtydash.domain.change_words import STATE_WORDS
from qtydash.domain.changes import Kind, State, judged
from qtydash.tui.keymap import keymap

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
MADE = pages()

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@pytest.mark.parametrize("path", sorted(MADE), ids=lambda path: path.name)
def test_what_is_made_from_the_program_is_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MADE[path], f"{path.name} is stale: run `make docs`"


@each_page
def test_every_link_within_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("https://", "#")):
            assert (page.parent / unquote(target.partition("#")[0])).exists(), target


@each_page
def test_every_file_that_is_named_exists(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        return
    named = re.findall(
        r"`((?:domain|adapters|storage|services|config|sandbox|cli|tui|tests|docs)/[\w/.-]*\w)`", page.read_text()
    )
    for name in (each for each in named if "NAME" not in each):
        assert (ROOT / name).exists() or (ROOT / "src/qtydash" / name).exists(), name


@each_page
def test_lines_can_be_read_in_a_terminal(page: Path) -> None:
    if page in MADE and page.name in ("keys.md", "configuration.md"):
        return
    fenced = False
    for line in page.read_text(encoding="utf-8").splitlines():
        fenced ^= line.startswith("```")
        assert fenced or line.startswith("|") or len(line) <= 120, line


def answers() -> dict[int, str]:
    """The table of docs/safety.md: what each HTTP status outside 2xx means."""
    text = (DOCS / "safety.md").read_text(encoding="utf-8")
    found: dict[int, str] = {}
    for cell, state in re.findall(r"^\| (\d[^|]*) \| (rejected|unknown) \|$", text, re.MULTILINE):
        for each in cell.split(","):
            if span := re.fullmatch(r"\s*(\d{3})(?:–(\d{3}))?\s*", each):
                found |= dict.fromkeys(range(int(span[1]), int(span[2] or span[1]) + 1), state)
    return found


def test_the_table_of_answers_is_the_one_that_is_used() -> None:
    told = answers()
    assert len(told) > 20
    for status in range(300, 600):
        state = judged(Kind.GIFT_ADJUST, status, request_started=True)
        assert state is State(told.get(status, "unknown")), status


def test_the_exit_codes_that_are_told_are_those_there_are() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", (DOCS / "commands.md").read_text(), re.MULTILINE)}
    assert told == {int(code) for code in ExitCode} - {ExitCode.NOBODY_READS}


def test_every_state_of_a_change_is_explained_in_the_words_of_the_screen() -> None:
    table = (DOCS / "changes.md").read_text(encoding="utf-8")
    assert [words for words in STATE_WORDS.values() if words not in table] == []


def test_the_targets_that_are_told_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES:
        for target in re.findall(r"(?<!`)\bmake ([a-z][a-z-]+)(?=`|\s{2}|$)", page.read_text(encoding="utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), (page.name, target)


@pytest.mark.parametrize("page", ["README.md", "docs/configuration.md", "docs/keys.md"])
def test_a_configuration_that_is_shown_loads(page: str, write_config: WriteConfig) -> None:
    for block in re.findall(r"^```toml\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL):
        write_config(block if "[profiles" in block else f"{block}\n[profiles.a]\n")
        assert keymap(load().keys).warnings == ()
