"""Which files of ``docs/`` are made from the program, wholly or in part, and what they should hold."""

from pathlib import Path

from tests.docs.configuration import configuration_page
from tests.docs.keys import keys_page, with_tables
from tests.docs.man_page import man_page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PANES = ("tickets", "gifts", "cart", "order-qty", "changes")
"""The pages that people wrote, with tables in them that the program makes."""


def pages() -> dict[Path, str]:
    """Every such file and its text."""
    made = {
        DOCS / "keys.md": keys_page(),
        DOCS / "configuration.md": configuration_page(),
        DOCS / "qtydash.1": man_page(),
    }
    written = {DOCS / f"{name}.md" for name in PANES}
    return made | {path: with_tables(path.read_text(encoding="utf-8")) for path in sorted(written)}
