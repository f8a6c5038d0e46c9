"""The known name that a mistyped one may have meant."""

from collections.abc import Iterable


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The most similar of ``known``, None when none is similar. Case, and ``-`` for ``_``, make no difference."""
    import difflib

    names = {_folded(name): name for name in known if name}
    close = difflib.get_close_matches(_folded(given), names, n=1)
    return names[close[0]] if close else None


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """``Did you mean '…'?`` with the nearest of ``known``, "" when none is near."""
    near = nearest(given, known)
    return "" if near is None else f"Did you mean {near!r}?"


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_")
