"""Write the rows on the screen to a file; its ending says in which form."""

import os
from pathlib import Path

from qtydash.domain.snapshot import Snapshot
from qtydash.domain.text import safe_text
from qtydash.services.export import csv_text, envelope, json_text
from qtydash.tui.panes.base import Shown
from qtydash.tui.screens.prompt import PromptScreen

ENDINGS = (".csv", ".json")


def export_screen(name: str, count: int) -> PromptScreen:
    """Ask where to write ``count`` rows, ``name`` being offered."""
    return PromptScreen(
        f"Export {count} rows",
        fault=export_fault,
        value=name,
        note="A name ending in .csv or .json, in the current folder unless you give another.",
    )


def export_fault(text: str) -> str:
    """Why ``text`` cannot be written to, "" when it can."""
    path = Path(text).expanduser()
    if path.suffix not in ENDINGS:
        return "The name must end in .csv or .json."
    if path.exists():
        return f"{path.name} exists already and is left as it is. Give another name."
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}."
    return "" if os.access(path.parent, os.W_OK) else f"The folder {path.parent} cannot be written to."


def export_rows(path: Path, snapshot: Snapshot[object], shown: Shown) -> str:
    """Write the rows and return the sentence that says so, or why it could not be done. Replaces no file."""
    if path.suffix == ".json":
        text = json_text(envelope(snapshot, list(shown.rows) if shown.data is None else shown.data))
    else:
        text = csv_text(shown.columns, shown.rows)
    try:
        with path.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
    except OSError as error:
        return safe_text(f"Nothing was exported: {path}: {error.strerror or error}.")
    return safe_text(f"Exported {len(shown.rows)} rows to {path.resolve()}.")
