"""Opening the dashboard and ending it: the exit status of the program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qtydash.config.errors import ConfigError, ConfigMissing
from qtydash.services import log
from qtydash.tui.app import QtyDash
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.keymap import keymap
from qtydash.tui.looks import Looks
from qtydash.tui.workspace import Workspace

if TYPE_CHECKING:
    from qtydash.services.changes import Changes


def run(config_file: Path | None, profile: str | None, offline: bool) -> int:
    """Open the dashboard; the exit status. Without a usable configuration it shows how to make one."""
    from qtydash.config.load import load
    from qtydash.services.background import Background
    from qtydash.services.clock import utc_now
    from qtydash.services.sources import Sources
    from qtydash.storage.chosen_theme import ChosenTheme

    try:
        config = load(config_file, profile)
    except ConfigError as error:
        from qtydash.tui.screens.setup import SetupApp

        return SetupApp(str(error), missing=isinstance(error, ConfigMissing)).run() or 2
    log.begin(config.paths.journal_db)
    sources = Sources(config.profile, config.paths, utc_now)

    def changes() -> Changes:
        from qtydash.services.changes import Changes
        from qtydash.storage.journal import Journal

        journal = Journal(config.paths.journal_db)
        return Changes(config.profile, journal, sources.change_ports, utc_now, purpose="The dashboard")

    background = Background()
    glyphs = ASCII if config.profile.glyphs == "ascii" else UNICODE
    workspace = Workspace(config.profile, sources, background, utc_now, changes, offline, glyphs)
    try:
        looks = Looks(config.profile.theme, ChosenTheme(config.paths.cache_db))
        return run_app(QtyDash(workspace, keymap(config.keys), looks))
    finally:
        background.close(sources.aclose)
        if workspace.has_changes:
            workspace.changes.close()


def run_app(app: QtyDash) -> int:
    """Run until it ends; a crash is told on stderr, without the values of variables, and is exit status 1."""
    app.run()
    if app.crash is not None:
        print(app.crash, file=sys.stderr)  # noqa: T201 - the screen is gone
        return 1
    return app.return_code or 0
