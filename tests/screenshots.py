"""Makes ``screenshots/*.svg`` from the sandbox, at a fixed moment, so that a second run writes the same bytes.

``make screenshots`` runs it.
"""

import asyncio
import html
import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.cells import cell_len
from textual.widgets import Input

FOLDER = Path(__file__).parents[1] / "screenshots"
NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
CELL = 12.2
"""Width of one cell in the pictures that Rich draws."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its name, the terminal, and the keys pressed before it."""

    name: str
    size: tuple[int, int]
    keys: Sequence[str] = ()


SHOTS = (
    Shot("overview", (160, 45)),
    Shot("tickets", (120, 32), ("1", "down", "right", "right")),
    Shot("gifts", (120, 32), ("2", "down", "down")),
    Shot("cart", (120, 32), ("3", *["down"] * 4)),
    Shot("order-qty", (120, 32), ("4", "l")),
    Shot("tickets-80x24", (80, 24), ("l",)),
    Shot("keys", (100, 32), ("question_mark",)),
)


async def take(folder: Path) -> None:
    """Write every picture into ``folder``."""
    from qtydash.config.load import load
    from qtydash.sandbox.app import create_app
    from qtydash.sandbox.profile import config_toml
    from qtydash.sandbox.server import SandboxServer
    from qtydash.services.background import Background
    from qtydash.services.changes import Changes
    from qtydash.services.sources import Sources
    from qtydash.storage.journal import Journal
    from qtydash.tui.app import QtyDash
    from qtydash.tui.workspace import Workspace

    Input.cursor_blink = False  # type: ignore[assignment]  # a class attribute of each input
    app = create_app(seed=1, today=NOW.date(), now=lambda: NOW)
    with tempfile.TemporaryDirectory() as home, SandboxServer(app) as server:
        file = Path(home) / "config.toml"
        file.touch(0o600)
        file.write_text(config_toml(server.url), encoding="utf-8")
        os.environ["QTYDASH_HOME"] = home
        config = load(None, None)
        for shot in SHOTS:
            background = Background()
            sources = Sources(config.profile, config.paths, lambda: NOW)
            journal = Journal(config.paths.journal_db)
            changes = Changes(config.profile, journal, sources.change_ports, lambda: NOW, purpose="The pictures")
            make_changes = partial(lambda made: made, changes)
            dashboard = QtyDash(Workspace(config.profile, sources, background, lambda: NOW, make_changes))
            async with dashboard.run_test(size=shot.size) as pilot:
                await pilot.pause()
                await dashboard.workers.wait_for_complete()
                for key in shot.keys:
                    await pilot.press(key)
                await pilot.pause()
                picture = dashboard.export_screenshot(title="qtydash")
            background.close(sources.aclose)
            changes.close()
            (folder / f"{shot.name}.svg").write_text(steady(picture), encoding="utf-8")


def steady(picture: str) -> str:
    """The picture with ids that do not change, and wide characters as wide as terminals draw them."""
    picture = re.sub(r"terminal-\d+", "terminal-0", picture)
    return re.sub(r'(textLength=")[0-9.]+("[^>]*>)([^<]*)(</text>)', _measured, picture)


def _measured(found: re.Match[str]) -> str:
    before, between, text, after = found.groups()
    return f"{before}{CELL * cell_len(html.unescape(text)):.1f}{between}{text}{after}"


def main() -> None:
    """Take the pictures."""
    for name in list(os.environ):
        if name.startswith("QTYDASH_"):
            del os.environ[name]
    os.environ.update(TZ="UTC", TEXTUAL_ANIMATIONS="none")
    time.tzset()
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(take(FOLDER))
    sys.stdout.write(f"Wrote {len(SHOTS)} pictures to {FOLDER.name}/.\n")


if __name__ == "__main__":
    main()
