"""File names as people type them."""

from pathlib import Path


class BadPath(ValueError):
    """The text names no file that can be used. The message is a sentence."""


def typed_path(text: str) -> Path:
    """The path that ``text`` names, ``~`` opened. Raises ``BadPath``."""
    try:
        path = Path(text).expanduser()
        path.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return path  # a name like any other: whoever opens it finds that out
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadPath(f"That is no usable file name: {reason}.") from error
    return path
