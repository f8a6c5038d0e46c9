"""Write the rows on the screen to a file; its ending says in which form."""

import os
from collections.abc import Sequence
from pathlib import Path

from qtydash.domain.snapshot import Snapshot, plural
from qtydash.domain.text import safe_text
from qtydash.services.export import csv_text, envelope, json_text
from qtydash.services.heatmap import TooLarge
from qtydash.tui.panes.base import Shown
from qtydash.tui.screens.prompt import PromptScreen
from qtydash.tui.typed_path import BadPath, typed_path


def endings(shown: Shown) -> tuple[str, ...]:
    """The forms in which these rows can be written."""
    return (".csv", ".json", ".html") if shown.page is not None else (".csv", ".json")


def export_screen(name: str, shown: Shown) -> PromptScreen:
    """Ask where to write the rows, ``name`` being offered."""
    return PromptScreen(
        f"Export {plural(len(shown.rows), 'row')}",
        fault=lambda text: export_fault(text, endings(shown)),
        value=name,
        note=f"A name ending in {_listed(endings(shown))}, in the current folder unless you give another.",
    )


def export_fault(text: str, known: Sequence[str]) -> str:
    """Why ``text`` cannot be written to, "" when it can."""
    try:
        path = typed_path(text)
    except BadPath as bad:
        return str(bad)
    if path.suffix not in known:
        return f"The name must end in {_listed(known)}."
    if path.exists():
        return f"{path.name} exists already and is left as it is. Give another name."
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}."
    return "" if os.access(path.parent, os.W_OK) else f"The folder {path.parent} cannot be written to."


def export_rows(path: Path, snapshot: Snapshot[object], shown: Shown) -> str:
    """Write the rows and return the sentence that says so, or why it could not be done. Replaces no file."""
    try:
        text = _text(path.suffix, snapshot, shown)
        with path.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
    except TooLarge as error:
        return f"Nothing was exported. {error}"
    except OSError as error:
        return safe_text(f"Nothing was exported: {path}: {error.strerror or error}.")
    return safe_text(f"Exported {plural(len(shown.rows), 'row')} to {path.resolve()}.")


def _text(ending: str, snapshot: Snapshot[object], shown: Shown) -> str:
    if ending == ".html" and shown.page is not None:
        return shown.page()
    if ending == ".json":
        return json_text(envelope(snapshot, list(shown.rows)))
    return csv_text(shown.columns, shown.rows)


def _listed(known: Sequence[str]) -> str:
    return f"{', '.join(known[:-1])} or {known[-1]}"
