"""Reads config.toml as it stands: what kind of file it is, its encoding, its syntax."""

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource

from qtydash.config.errors import ConfigError, ConfigMissing
from qtydash.domain.text import safe_text

_AT = re.compile(r"(?P<what>.*) \(at (?P<where>.*)\)", re.DOTALL)


class Settings(BaseSettings):
    """The file's outermost table. What stands in it is checked afterwards, all at once."""

    model_config = SettingsConfigDict(extra="allow", hide_input_in_errors=True)

    profile: Any = None
    profiles: Any = None
    keys: Any = None


def read(path: Path) -> dict[str, Any]:
    """The file's values, unchecked. Raises ``ConfigMissing`` and ``ConfigError``, never with a value in it."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigMissing(path) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None
    if stat.S_ISDIR(status.st_mode):
        raise ConfigError(f"{path} is a folder. Name the file in it, such as {path / 'config.toml'}.")
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"{path} is not a regular file. Write the configuration into one.")
    problem = ""
    try:
        with path.open("rb") as opened:
            start = opened.read(3)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            problem = f"{path} is UTF-16 text. Save it as UTF-8."
        elif start == b"\xef\xbb\xbf":
            problem = f"{path} begins with a byte order mark. Save it as UTF-8 without one (BOM)."
        else:
            return dict(TomlConfigSettingsSource(Settings, toml_file=path)())
    except OSError as error:
        problem = f"{path} cannot be read: {error.strerror}."
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = f"{path}, line {line}: there are bytes that are not UTF-8. Save the file as UTF-8."
    except tomllib.TOMLDecodeError as error:
        problem = _syntax(path, str(error))
    except (RecursionError, ValueError):
        problem = f"{path} holds a number or a nesting that is too large to read."
    raise ConfigError(problem)


def _syntax(path: Path, told: str) -> str:
    match = _AT.fullmatch(told)
    what, where = (match["what"], match["where"]) if match else (told, "some line")
    return f"{path}, {where}: this is not TOML: {safe_text(what[:1].lower() + what[1:], 200)}."
