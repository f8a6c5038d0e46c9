"""What is told of a fault of this program: its kind and its place, never its message, which may hold a secret."""

from pathlib import Path

from qtydash.domain.text import safe_text

_OURS = Path(__file__).parents[1]


def crash_report(error: BaseException) -> str:
    """Lines for a report: the exception's type, then this program's frames and the one that raised.

    All frames where none is this program's.
    """
    from traceback import extract_tb

    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _OURS in Path(frame.filename).parents]
    told = [frame for frame in frames if not ours or frame in ours or frame is frames[-1]]
    last = next(reversed(ours or frames), None)
    at = "" if last is None else f" at {_place(last.filename)}:{last.lineno}"
    return "\n".join(
        [
            f"qtydash has a fault and stopped: {safe_text(type(error).__name__, 100)}{at}.",
            *(f"  {_place(frame.filename)}:{frame.lineno} in {safe_text(frame.name, 100)}" for frame in told),
            "Please report these lines with what you did. What was kept for offline viewing is untouched.",
        ]
    )


def _place(filename: str) -> str:
    """A file without the folders above its package, which may tell who the user is."""
    path = Path(filename)
    inner = path.relative_to(_OURS.parent) if _OURS in path.parents else Path(*path.parts[-2:])
    return safe_text(str(inner), 200)
