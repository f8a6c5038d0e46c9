"""Opening the dashboard and ending it: the exit status of the program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from qtydash.config.errors import ConfigError, ConfigMissing
from qtydash.services import log
from qtydash.tui.app import QtyDash
from qtydash.tui.ending import left
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.guarded_app import GuardedApp
from qtydash.tui.keymap import keymap
from qtydash.tui.looks import Looks
from qtydash.tui.workspace import Workspace

if TYPE_CHECKING:
    from qtydash.services.changes import Changes

NO_WAY: Mapping[str, Callable[[], int]] = MappingProxyType({})


def run(
    config_file: Path | None, profile: str | None, offline: bool, ways_on: Mapping[str, Callable[[], int]] = NO_WAY
) -> int:
    """Open the dashboard; the exit status. Without a usable configuration it shows how to make one.

    ``ways_on`` do what can be chosen there, ``demo`` or ``init``.
    """
    from qtydash.config.load import load
    from qtydash.services.background import Background
    from qtydash.services.clock import utc_now
    from qtydash.services.sources import Sources
    from qtydash.storage.chosen_theme import ChosenTheme

    try:
        config = load(config_file, profile)
    except ConfigError as error:
        from qtydash.tui.screens.setup import SetupApp

        setup = SetupApp(str(error), missing=isinstance(error, ConfigMissing))
        status = run_app(setup)
        way_on = ways_on.get(setup.way_on or "")
        return way_on() if way_on is not None else status or 2
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
    app = QtyDash(workspace, keymap(config.keys), Looks(config.profile.theme, ChosenTheme(config.paths.cache_db)))
    try:
        return run_app(app)
    finally:
        background.close(sources.aclose)
        if app.workspace.has_changes:
            app.workspace.changes.close()


def run_app(app: GuardedApp) -> int:
    """Run until it ends; a crash is told on stderr, without the values of variables, and is exit status 1."""
    try:
        app.run()
    finally:
        left()
    if app.crash is not None:
        print(app.crash, file=sys.stderr)  # noqa: T201 - the screen is gone
        return 1
    return app.return_code or app.return_value or 0
