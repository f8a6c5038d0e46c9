"""``python -m qtydash`` and the ``qtydash`` command."""

import os
import sys

from qtydash.cli.dashboard import on_terminal, open_dashboard


def main() -> int:
    """Run the command line and return its exit status. Whatever happens is told in a sentence."""
    # Without arguments there is nothing to parse, and the first screen need not wait for what parses.
    alone = len(sys.argv) == 1 and on_terminal()
    try:
        code = open_dashboard() if alone else _command()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last resort: never a traceback, never values
        code = _told(error)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        # What cannot be written would be tried, and complained about, once more on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _command() -> int:
    from qtydash.cli.failure import ExitCode, say
    from qtydash.cli.main import main as commands

    if sys.stdout is None:  # started with it closed
        say("Standard output is closed, so there is nowhere to print to. Nothing was done.")
        return int(ExitCode.FAILED)
    return int(commands.main(prog_name="qtydash", standalone_mode=False) or 0)


def _told(error: Exception | KeyboardInterrupt) -> int:
    """Say what ended the program; its exit status."""
    import click

    from qtydash.cli.failure import ExitCode, unforeseen

    if isinstance(error, click.ClickException):
        error.show()
        return int(error.exit_code)
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return int(ExitCode.INTERRUPTED)
    from qtydash.services import log

    failure = unforeseen(error)
    log.fault(failure.message)
    failure.show()
    return int(failure.exit_code)


if __name__ == "__main__":
    sys.exit(main())
