"""What the unit tests share."""

from collections.abc import Callable
from pathlib import Path

import pytest

WriteConfig = Callable[..., Path]


@pytest.fixture
def config_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty QTYDASH_HOME."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("QTYDASH_HOME", str(home))
    return home


@pytest.fixture
def write_config(config_home: Path) -> WriteConfig:
    """Writes config.toml in that home, 0600 unless told otherwise, and returns its path."""

    def write(text: str | bytes, mode: int = 0o600) -> Path:
        path = config_home / "config.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return path

    return write
