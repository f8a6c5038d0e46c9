"""``python -m qtydash`` and the ``qtydash`` command."""

import os
import sys

import click


def main() -> int:
    """Run the command line and return its exit status. Whatever happens is told in a sentence."""
    from qtydash.cli.failure import ExitCode, say, unforeseen
    from qtydash.cli.main import main as commands

    if sys.stdout is None:  # started with it closed
        say("Standard output is closed, so there is nowhere to print to. Nothing was done.")
        return int(ExitCode.FAILED)
    try:
        code = commands.main(prog_name="qtydash", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: never a traceback, never values
        from qtydash.services import log

        failure = unforeseen(error)
        log.fault(failure.message)
        failure.show()
        code = failure.exit_code
    try:
        sys.stdout.flush()
    except OSError:
        # What cannot be written would be tried, and complained about, once more on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(code or 0)


if __name__ == "__main__":
    sys.exit(main())
