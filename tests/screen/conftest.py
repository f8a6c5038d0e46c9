"""Screens as text: what a person would read, kept beside the tests."""

from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.widgets import Input


class TextScreen(SingleFileSnapshotExtension):
    """One readable file for each screen."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT

    @classmethod
    def dirname(cls, *, test_location: Any) -> str:
        return str(Path(test_location.filepath).parent / "__snapshots__" / Path(test_location.filepath).stem)


class SvgScreen(TextScreen):
    """One picture for each screen; any browser shows it."""

    file_extension = "svg"


@pytest.fixture
def text_screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextScreen)


@pytest.fixture
def svg_screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SvgScreen)


@pytest.fixture(autouse=True)
def _still_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Input, "cursor_blink", False)
