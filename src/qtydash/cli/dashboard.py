"""Opening the dashboard from a terminal. Loads no command line: nothing stands between the name and the screen."""

import gc
import sys
from pathlib import Path


def on_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()


def open_dashboard(config_file: Path | None = None, profile: str | None = None, offline: bool = False) -> int:
    """The dashboard's exit status. Its first-run screen may go on to a command, with the same configuration."""
    # Until the first screen: hardly anything that is loaded becomes garbage, and looking for it costs a tenth.
    gc.disable()
    from qtydash.tui.run import run

    def go_on(*command: str) -> int:
        from qtydash.cli.main import main

        options = ["--config", str(config_file)] if config_file is not None else []
        return main.main([*options, *command], prog_name="qtydash", standalone_mode=False) or 0

    return run(
        config_file, profile, offline, {"demo": lambda: go_on("demo"), "init": lambda: go_on("config", "init")}
    )
