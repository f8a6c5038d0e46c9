"""Where the configuration, the cache and the journal are."""

import os
from pathlib import Path

from qtydash.config.errors import ConfigError
from qtydash.config.models import Paths

HOME, CONFIG = "QTYDASH_HOME", "QTYDASH_CONFIG"


def locate(config_file: Path | None = None) -> Paths:
    """Find the three files; none of them need exist.

    The configuration is ``config_file``, else ``QTYDASH_CONFIG``, else ``config.toml`` in ``QTYDASH_HOME``, else
    in the platform's folder. Only ``QTYDASH_HOME`` moves the cache and the journal. An empty variable counts as
    unset. Raises ``ConfigError`` when a path begins with the ``~`` of an unknown user.
    """
    named = _absolute(config_file, "--config") if config_file else _from_environment(CONFIG)
    home = _from_environment(HOME)
    if home is not None:
        return Paths(named or home / "config.toml", home / "cache.db", home / "journal.db")

    import platformdirs

    here = platformdirs.PlatformDirs("qtydash", appauthor=False)
    return Paths(
        named or here.user_config_path / "config.toml",
        here.user_cache_path / "cache.db",
        here.user_data_path / "journal.db",
    )


def _from_environment(variable: str) -> Path | None:
    told = os.environ.get(variable)
    return _absolute(Path(told), variable) if told else None


def _absolute(path: Path, said_by: str) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise ConfigError(
            f"{said_by} names {path}, and there is no such user's home. Write the path in full."
        ) from None
