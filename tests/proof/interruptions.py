"""The dashboard on a terminal of its own, interrupted while the vendor has its write and does not answer.

It is started as anyone starts it, with an edit that is staged. The keys of the review send it. Then comes a second
press, ``q``, SIGTERM, SIGHUP, or the end of its terminal. What the journal's file says is looked at before any
other program has it; then the next one says what is known, and judges it by reading.
"""

import asyncio
import os
import random
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.terminal import NotShown, Terminal

from qtydash.config.models import Paths
from qtydash.domain.changes import Kind, State
from qtydash.domain.gifts import Gift, stock_intent
from qtydash.services.changes import Changes
from qtydash.services.sources import Sources
from qtydash.storage.journal import Journal
from tests.changes_kit import Clock
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.gift_process import GiftProcess, gift_process

WAYS = ("second press", "quit", "SIGTERM", "SIGHUP", "closed terminal")

FIGURE = Figure(
    title="the dashboard interrupted during a send: second press, quit, SIGTERM, SIGHUP, closed terminal",
    unit="interruptions",
    full=50 * len(WAYS),
    subset=len(WAYS),
    zero=("in flight without a journal state", "sent again", "told wrongly", "did not end"),
    present=WAYS,
    proc=True,
)

GIFT, SKU, BEFORE, ADDED = "gift-MUGS", "MUGS", 50, 3
QUIT = "\x11"
"""ctrl+q, which works whatever is open."""
PATIENCE = 60.0
"""Seconds until something is taken for not happening."""


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    with gift_process({GIFT: BEFORE}) as shop:
        for each in range(seed, seed + count):
            with tally.case(each, "told wrongly"), TemporaryDirectory(prefix="qtydash-pty-") as folder:
                _interrupt(tally, each, shop, Path(folder))
    return tally.outcome()


class _Dashboard(Terminal):
    """The dashboard, in a home folder of its own."""

    def __init__(self, home: Path) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "QTYDASH_HOME": str(home),
            "TERM": "xterm-256color",
            "TEXTUAL_ANIMATIONS": "none",
            "PYTHONUTF8": "1",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),  # the same program as this one
        }
        self._ended_with: int | None = None
        super().__init__([sys.executable, "-m", "qtydash"], columns=80, lines=24, environment=environment)

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the terminal, as when its window is closed."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDWR)
        self._ended = True

    def has_ended(self, within: float = PATIENCE) -> bool:
        """Whether it ends within so many seconds; what it says meanwhile is read."""
        until = time.monotonic() + within
        while self._ended_with is None and time.monotonic() < until:
            if self._ended:
                time.sleep(0.01)
            else:
                self._read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._ended_with = status
        return self._ended_with is not None

    @property
    def was_cut_off(self) -> bool:
        """Whether it did not end by itself, and the system ended it."""
        return self._ended_with is not None and os.waitstatus_to_exitcode(self._ended_with) == -signal.SIGALRM

    def close(self) -> None:
        if self._ended_with is None:
            super().close()
        else:
            os.close(self._master)


def _interrupt(tally: Tally, seed: int, shop: GiftProcess, home: Path) -> None:
    way, rng = WAYS[seed % len(WAYS)], random.Random(seed)
    _prepare(home, shop)
    shop.reset(seed)
    shop.hold(before=rng.random() < 0.5)
    with _Dashboard(home) as dashboard:
        _send(dashboard, shop)
        if rng.random() < 0.5:
            time.sleep(rng.uniform(0, 0.3))
        answered = _do(way, rng, dashboard, shop)
        ended = dashboard.has_ended()
        must(ended, "did not end", f"{way}: it is still running")
        must(not dashboard.was_cut_off, "did not end", f"{way}: SIGALRM had to end it")
    tally.counts[way] += 1
    asyncio.run(_judge(tally, way, shop, home, answered=answered))


def _send(dashboard: _Dashboard, shop: GiftProcess) -> None:
    """Review and apply, until the vendor has the write."""
    dashboard.wait_for("1 staged")
    dashboard.press("2")
    dashboard.wait_for(SKU, timeout=PATIENCE)
    dashboard.press("w")
    dashboard.wait_for("apply", "decide", timeout=PATIENCE)
    dashboard.press("a")
    until = time.monotonic() + PATIENCE
    while not shop.arrived:
        if time.monotonic() > until:
            raise NotShown(f"Nothing was sent. Its screen:\n{dashboard.text}")
        dashboard.rest(0.02)


def _do(way: str, rng: random.Random, dashboard: _Dashboard, shop: GiftProcess) -> bool:
    """Interrupt it, so that it ends; whether its write was answered before it did."""
    match way:
        case "second press":
            for key in rng.choices(("a", "enter", "w", "5"), k=6):
                dashboard.press(key)
                dashboard.rest(0.02)
            shop.go()
            _quit_when_idle(dashboard)
            return True
        case "quit":
            if rng.random() < 0.5:
                dashboard.press(QUIT)
            else:
                dashboard.press("escape")
                dashboard.wait_for("close the review", timeout=PATIENCE)
                dashboard.press("c")
                dashboard.wait_for("1 Tickets", timeout=PATIENCE)
                dashboard.press("q")
            dashboard.wait_for("quit now", timeout=PATIENCE)
            now = rng.random() < 0.5
            dashboard.press("n" if now else "s")
            if not now:
                shop.go()
            return not now
        case "closed terminal":
            # The mouse goes over the window to close it: what it moves is written to a terminal that is gone.
            spots = [(rng.randint(1, 80), rng.randint(1, 24)) for _ in range(rng.randint(0, 200))]
            dashboard.press("".join(f"\x1b[<35;{column};{line}M" for column, line in spots))
            dashboard.hang_up()
        case _:
            dashboard.send_signal(signal.Signals[way])
    return False


def _quit_when_idle(dashboard: _Dashboard) -> None:
    """Leave whatever is open and quit, once nothing is on its way."""
    until = time.monotonic() + PATIENCE
    while not dashboard.has_ended(within=0.3) and time.monotonic() < until:
        with suppress(OSError):
            dashboard.press(QUIT)


def _prepare(home: Path, shop: GiftProcess) -> None:
    """A profile that may write, and an edit that is staged."""
    config = home / "config.toml"
    config.touch(0o600)
    config.write_text(
        f'[profiles.shop]\nwrite = true\nrefresh = "off"\n[profiles.shop.gifts]\nbase_url = "{shop.url}"\n'
        'token = "fake-token"\nuser_agent = "shop"\n',
        encoding="utf-8",
    )
    now = datetime.now(UTC)
    book = Journal(home / "journal.db")
    book.unlock(now)
    gift = Gift(GIFT, SKU, (), "", BEFORE, False, None)
    intent = stock_intent(gift, Kind.GIFT_ADJUST, ADDED, SKU, now=now, seen_at=now)
    book.keep_drafts("shop", [(shop.url, intent)])


async def _judge(tally: Tally, way: str, shop: GiftProcess, home: Path, *, answered: bool) -> None:
    """The journal as it was left, and what the next program says."""
    book = Journal(home / "journal.db")
    book.verify()
    (record,) = book.records("shop") or (None,)
    must(record is not None and record.sent_at is not None, "in flight without a journal state", way)
    assert record is not None
    tally.counts[f"left as {record.state.value}"] += 1
    expected = (State.CONFIRMED,) if answered else (State.SENT, State.UNKNOWN)
    must(record.state in expected, "told wrongly", f"{way}: left as {record.state}")
    shop.go()
    written = shop.ledger()
    must([each.op_id for each in written] == [record.op_id], "sent again", f"{way}: {written}")
    clock = Clock(datetime.now(UTC))
    paths = Paths(home / "config.toml", home / "next-cache.db", book.path)
    sources = Sources(shop.profile(), paths, clock)
    changes = Changes(shop.profile(), book, sources.change_ports, clock, purpose="the next", sleep=clock.sleep)
    try:
        changes.open()
        must(not changes.locked, "told wrongly", changes.locked)
        doubt = [each.op_id for each in changes.in_doubt()]
        must(doubt == ([] if answered else [record.op_id]), "told wrongly", f"{way}: in doubt are {doubt}")
        must(not changes.staged, "sent again", f"{way}: it is still staged")
        for op_id in doubt:
            judged = (await changes.reconcile(op_id)).state
            must(judged is State.APPLIED_INFERRED, "told wrongly", f"{way}: judged {judged}")
    finally:
        await sources.aclose()
        changes.close()
    must(shop.quantities[GIFT] == BEFORE + ADDED, "sent again", f"{way}: it is {shop.quantities[GIFT]} now")
