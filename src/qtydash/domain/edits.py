"""Quantities as people write them: whole numbers and nothing else, so that nobody's 1.000 becomes 1."""

import re

from qtydash.domain.gifts import MAX_QUANTITY
from qtydash.domain.text import safe_text

_MOST_DIGITS = 40
_WHOLE = re.compile(r"[+-]?[0-9]+")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[,.' \u00a0\u2009\u202f][0-9]{3})+")
_FRACTION = re.compile(r"[+-]?[0-9]*[.,][0-9]*")
_MINUS_SIGNS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\uff0d", "-"))


def whole_number(written: str) -> int:
    """Read ``12``, ``-3`` or ``+3``, within ±9,999,999.

    Raises ``ValueError`` with a sentence that says what is wrong with what was written and how to write it.

    >>> whole_number("-3")
    -3
    """
    text = written.strip()
    if not _WHOLE.fullmatch(text):
        raise ValueError(_objection(text))
    if len(text) > _MOST_DIGITS or abs(int(text)) > MAX_QUANTITY:
        far = f"{safe_text(text, 40)} is beyond ±{MAX_QUANTITY:,}, which is as far as the vendor counts."
        raise ValueError(far)
    return int(text)


def _objection(text: str) -> str:
    if not text:
        return "There is no number."
    shown = repr(safe_text(text, 40))
    if _GROUPED.fullmatch(text):
        return f"{shown} has a separator, which may mean thousands or decimals: write digits only, such as 1000."
    if _FRACTION.fullmatch(text):
        return f"{shown} is no whole number: pieces are counted whole, so write digits only, such as 3."
    if _WHOLE.fullmatch(text.translate(_MINUS_SIGNS)):
        return f"{shown} has another sign for minus: write it as -."
    if text.lstrip("+-").isdecimal() and not text.isascii():
        return f"{shown} is written in other digits than 0 to 9."
    return f"{shown} is no whole number: write digits only, such as 12 or -3."
