"""Scripted faults: what goes wrong, for which requests, how often. ``GRAMMAR`` is the whole language.

Kept free of the web server, so that a command can check its arguments before it loads one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from qtydash.domain.vendors import VENDOR_KEYS, VendorKey

GRAMMAR = """\
SPEC is WHO:WHAT[,WHAT...][,WHEN...]

WHO   tickets, gifts, cart, order_qty or all;
      with .read or .write only those requests (a login is a read).
WHAT  status=503           answer with this status instead of doing anything
      retry_after=3        with a Retry-After header (with status)
      html                 200 with an HTML page instead of the answer
      type=text/plain      the answer under another content type
      delay=2s             wait, then do it (ms, s, m); it is done even if the client leaves
      answer_delay=2s      do it, then wait before answering
      close=before-apply   close the connection without doing it
      close=after-apply    do it, then close the connection without an answer
      cut                  do it, announce the whole length, send half, close
      cut=chunked          the same with chunks that never end
      cut=eof              the same with nothing that tells the length
      apply                do it although the answer says otherwise (with status)
      no-apply             do not do it although the answer looks well (with html)
WHEN  times=2              only for the first 2 such requests (else always)
      after=1              let the first 1 pass
      path=WORDS           only where the path contains these words

The first fault that fits a request is the one that meets it.
Examples: gifts:status=503,times=2   cart.write:close=after-apply,times=1
          tickets:delay=2s           order_qty.read:cut,path=prod-2
          gifts:status=429,retry_after=3"""

Cut = Literal["length", "chunked", "eof"]
Close = Literal["before-apply", "after-apply"]
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(ms|s|m)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9.+-]{1,40}/[A-Za-z0-9.+-]{1,40}")


class FaultSpecError(ValueError):
    """A fault that cannot be understood; the message says which part and why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One scripted fault. Delays are seconds; ``times`` None means always; ``vendor`` None means all."""

    spec: str
    vendor: VendorKey | None = None
    writes: bool | None = None
    path: str = ""
    times: int | None = None
    after: int = 0
    delay: float = 0.0
    answer_delay: float = 0.0
    status: int | None = None
    retry_after: int | None = None
    html: bool = False
    content_type: str = ""
    close: Close | None = None
    cut: Cut | None = None
    apply: bool | None = None

    @property
    def applies(self) -> bool:
        """Whether the request is still done."""
        if self.apply is not None:
            return self.apply
        return self.status is None and self.close != "before-apply"

    def fits(self, vendor: VendorKey, is_write: bool, path: str) -> bool:
        return (
            self.vendor in (None, vendor)
            and self.writes in (None, is_write)
            and (not self.path or self.path in path)
        )


def parse_fault(spec: str) -> Fault:
    """Read one SPEC. Raises ``FaultSpecError``."""
    who, colon, rest = spec.strip().partition(":")
    if not colon or not rest:
        raise FaultSpecError(f"{spec!r} has no ':' between whom it concerns and what goes wrong.")
    fault = _selected(Fault(spec.strip()), who)
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        fault = _with_part(fault, name, value if equals else None)
    _check(fault)
    return fault


def _selected(fault: Fault, who: str) -> Fault:
    vendor, dot, kind = who.partition(".")
    if vendor != "all" and vendor not in VENDOR_KEYS:
        raise FaultSpecError(f"{vendor!r} is none of {', '.join(VENDOR_KEYS)}, all.")
    if dot and kind not in ("read", "write"):
        raise FaultSpecError(f"{who!r}: after the dot comes read or write.")
    key = next((known for known in VENDOR_KEYS if known == vendor), None)
    return replace(fault, vendor=key, writes=kind == "write" if dot else None)


def _with_part(fault: Fault, name: str, value: str | None) -> Fault:
    match name:
        case "status":
            return replace(fault, status=_number(name, value, 200, 599))
        case "retry_after":
            return replace(fault, retry_after=_number(name, value, 0, 86_400))
        case "times":
            return replace(fault, times=_number(name, value, 1, 1_000_000))
        case "after":
            return replace(fault, after=_number(name, value, 0, 1_000_000))
        case "delay":
            return replace(fault, delay=_seconds(name, value))
        case "answer_delay":
            return replace(fault, answer_delay=_seconds(name, value))
        case "path" if value:
            return replace(fault, path=value)
        case "type" if value and _MEDIA_TYPE.fullmatch(value):
            return replace(fault, content_type=value)
        case "close" if close := next((known for known in get_args(Close) if known == value), None):
            return replace(fault, close=close)
        case "cut" if cut := next((known for known in get_args(Cut) if known == (value or "length")), None):
            return replace(fault, cut=cut)
        case "html" if value is None:
            return replace(fault, html=True)
        case "apply" | "no-apply" if value is None:
            return replace(fault, apply=name == "apply")
    shown = name if value is None else f"{name}={value}"
    raise FaultSpecError(f"{shown!r} is not something that can go wrong, or its value is not possible.")


def _number(name: str, value: str | None, least: int, most: int) -> int:
    if value is None or not (value.isascii() and value.isdecimal()) or not least <= int(value[:9]) <= most:
        raise FaultSpecError(f"{name} takes a whole number from {least} to {most}, not {value!r}.")
    return int(value[:9])


def _seconds(name: str, value: str | None) -> float:
    found = _DURATION.fullmatch(value or "")
    if found is None:
        raise FaultSpecError(f"{name} takes a time such as 500ms, 2s or 1m, not {value!r}.")
    return float(found[1]) * _UNITS[found[2]]


def _check(fault: Fault) -> None:
    ways = [
        name
        for name, set_ in (
            ("status", fault.status is not None),
            ("html", fault.html),
            ("type", bool(fault.content_type)),
            ("close", fault.close is not None),
            ("cut", fault.cut is not None),
        )
        if set_
    ]
    if len(ways) > 1:
        raise FaultSpecError(f"{' and '.join(ways)} cannot go together; write one fault for each.")
    if not ways and not fault.delay and not fault.answer_delay:
        raise FaultSpecError(f"{fault.spec!r} does not say what goes wrong.")
    if fault.retry_after is not None and fault.status is None:
        raise FaultSpecError("retry_after goes with status.")
    if (fault.apply is True and fault.status is None) or (fault.apply is False and not fault.html):
        raise FaultSpecError("apply goes with status, no-apply goes with html.")


@dataclass(slots=True)
class _Armed:
    fault: Fault
    seen: int = 0
    fired: int = 0


class Faults:
    """The faults in force, with how often each was met. ``specs`` that are wrong raise ``FaultSpecError``."""

    def __init__(self, specs: Iterable[str] = ()) -> None:
        self._armed: list[_Armed] = []
        self.add(specs)

    def add(self, specs: Iterable[str]) -> None:
        """Add all of ``specs``, or, when one is wrong, none."""
        self._armed += [_Armed(fault) for fault in [parse_fault(spec) for spec in specs]]

    def clear(self) -> None:
        self._armed.clear()

    def take(self, vendor: VendorKey, is_write: bool, path: str) -> Fault | None:
        """The fault that meets this request, counted as met."""
        for armed in self._armed:
            if not armed.fault.fits(vendor, is_write, path):
                continue
            armed.seen += 1
            spent = armed.fault.times is not None and armed.fired >= armed.fault.times
            if armed.seen > armed.fault.after and not spent:
                armed.fired += 1
                return armed.fault
        return None

    def __iter__(self) -> Iterator[dict[str, str | int]]:
        for armed in self._armed:
            yield {"spec": armed.fault.spec, "seen": armed.seen, "fired": armed.fired}
