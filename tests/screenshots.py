"""Makes ``screenshots/`` from the sandbox, at a fixed moment, so that a second run writes the same bytes.

``make screenshots`` runs it.
"""

import asyncio
import html
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count, groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import resvg_py
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled

from qtydash.domain import op_id
from qtydash.tui.app import QtyDash

FOLDER = Path(__file__).parents[1] / "screenshots"
NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
CELL = 12.2
"""Width of one cell in the pictures that Rich draws."""
MONO_FONT, WIDE_FONT = "DejaVu Sans Mono", "Noto Sans Mono CJK KR"
_DEBIAN = Path("/usr/share/fonts")
FONTS = (
    *(_DEBIAN / f"truetype/dejavu/DejaVuSansMono{kind}.ttf" for kind in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(_DEBIAN / f"opentype/noto/NotoSansCJK-{kind}.ttc" for kind in ("Regular", "Bold")),
)
PACKAGES = "fonts-dejavu-core, fonts-dejavu-extra, fonts-noto-cjk"
"""What the PNGs are drawn with: the same files give the same bytes."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its name, the terminal, and the keys pressed before it."""

    name: str
    size: tuple[int, int]
    keys: Sequence[str] = ()


THEMES = {"": "textual-dark", "-light": "textual-light"}
"""What a picture's name ends with in each theme."""

SHOTS = (
    Shot("overview", (160, 45)),
    Shot("tickets", (120, 32), ("1", "down", "right", "right")),
    Shot("tickets-calendar", (120, 32), ("1", "v")),
    Shot("tickets-80x24", (80, 24), ("l",)),
    Shot("cart", (120, 32), ("3", *["down"] * 4)),
    Shot("order-qty", (120, 32), ("4", "G", "A", "down")),
    Shot("keys", (100, 32), ("question_mark",)),
    Shot("jump", (120, 32), ("3", "j")),
    Shot("gifts", (120, 32), ("2", "plus", "3", "enter", "down", "down", "equals_sign", "9", "0", "enter", "up")),
    Shot("gifts-60x20", (60, 20), ("2", "down", "minus", "4")),
    Shot("review", (120, 32), ("2", "w")),
    Shot("changes", (120, 32), ("2", "w", "tab", "enter", "5", "down")),
)
"""The later ones find what the earlier ones staged."""


async def take(folder: Path, ending: str) -> None:
    """Write every picture of a theme into ``folder``."""
    from qtydash.config.load import load
    from qtydash.sandbox.app import create_app
    from qtydash.sandbox.profile import config_toml
    from qtydash.sandbox.server import SandboxServer
    from qtydash.services.background import Background
    from qtydash.services.changes import Changes
    from qtydash.services.sources import Sources
    from qtydash.storage.journal import Journal
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
                dashboard.theme = THEMES[ending]
                await settled(pilot)
                for key in shot.keys:
                    await pilot.press(key)
                    await settled(pilot)
                dashboard.clear_notifications()
                await settled(pilot)
                picture = dashboard.export_screenshot(title="qtydash")
            background.close(sources.aclose)
            changes.close()
            drawn = steady(picture)
            (folder / f"{shot.name}{ending}.svg").write_text(drawn, encoding="utf-8")
            if fonts := fonts_found():
                (folder / f"{shot.name}{ending}.png").write_bytes(rastered(drawn, fonts))


async def settled(pilot: "Pilot[Any]") -> None:
    """Wait until nothing is read, sent or drawn any more."""
    app = pilot.app
    assert isinstance(app, QtyDash)
    await pilot.pause()
    for worker in list(app.workers):
        with suppress(WorkerCancelled):  # a newer read took its place
            await worker.wait()
    await pilot.pause()


def steady(picture: str) -> str:
    """The picture with ids that do not change, and each wide character on the cells that terminals give it."""
    picture = re.sub(r"terminal-\d+", "terminal-0", picture)
    picture = picture.replace(
        "</style>", f"    .wide {{ font-family: {WIDE_FONT}, monospace; font-size: 22px }}\n    </style>", 1
    )
    return re.sub(
        r'<text ([^>]*?)x="([0-9.]+)"([^>]*?)textLength="[0-9.]+"([^>]*)>([^<]*)</text>', _split, picture
    )


def _split(found: re.Match[str]) -> str:
    before, x, between, after, text = found.groups()
    at, drawn = float(x), []
    for wide, run in groupby(html.unescape(text), key=lambda c: cell_len(c) > 1):
        part = "".join(run)
        taken = CELL * cell_len(part)
        kind = _with_class(before, "wide") if wide else before
        told = html.escape(part).replace(" ", "&#160;")
        drawn.append(f'<text {kind}x="{at:g}"{between}textLength="{taken:g}"{after}>{told}</text>')
        at += taken
    return "".join(drawn)


def _with_class(attributes: str, name: str) -> str:
    return re.sub(r'class="', f'class="{name} ', attributes)


def fonts_found() -> Sequence[str]:
    """The files of the fonts that the PNGs are drawn with; none when one is missing."""
    return [str(file) for file in FONTS] if all(file.exists() for file in FONTS) else []


def rastered(picture: str, fonts: Sequence[str]) -> bytes:
    """The picture as PNG."""
    own = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL).replace("Fira Code", MONO_FONT)
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=own.replace("font-family: arial", f"font-family: {MONO_FONT}"),
            skip_system_fonts=True,
            font_files=list(fonts),
            font_family=MONO_FONT,
            monospace_family=MONO_FONT,
        )
    )


def main() -> None:
    """Take the pictures."""
    for name in list(os.environ):
        if name.startswith("QTYDASH_"):
            del os.environ[name]
    os.environ.update(TZ="UTC", TEXTUAL_ANIMATIONS="none", LOGNAME="operator")
    time.tzset()
    socket.gethostname = lambda: "shop"
    noise = count(1)
    op_id.os = SimpleNamespace(urandom=lambda size: next(noise).to_bytes(size))  # type: ignore[assignment, attr-defined]
    FOLDER.mkdir(exist_ok=True)
    for ending in THEMES:
        asyncio.run(take(FOLDER, ending))
    sys.stdout.write(f"Wrote {len(SHOTS) * len(THEMES)} pictures to {FOLDER.name}/.\n")
    if not fonts_found():
        sys.stdout.write(f"No PNG: {', '.join(map(str, FONTS))} must be there (Debian: {PACKAGES}).\n")


if __name__ == "__main__":
    main()
