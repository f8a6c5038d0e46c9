"""Faults put into journal, lock, answer table, judging, ``safe_text``, ids, gates: tests must see each.

A fault is one of ``mutations``. It is put into the memory of a process of its own, which then runs the tests of
that module; the files are as they were. One that no test sees is wrong here, unless ``LEFT`` says why. Before the
first and after the last the same tests run without a fault: what fails then is the tests' own.
"""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.changes_kit import quick_folder
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.mutations import Mutation, mutations, put_in

ROOT = Path(__file__).parents[2]
_JOURNAL = ("unit/test_journal.py", "unit/test_journal_chain.py", "unit/test_journal_file.py")
_AGREE = "both looks are the same there, or it is undecided"
_WORDS = "only the words of a refusal are others"
_CLOSED = "the file is closed then, which takes back what was not committed"
_MOST = "how many are told at most is a choice"
_LENGTH = "how much of a text is kept is a choice"
_CLOEXEC = "Python opens every file so"
_TYPE = "a type, which nobody asks for while the program runs"
_AS_MANY = "a row has as many values as there are columns"
TARGETS = {
    "domain/ids.py": ("unit/test_domain_ids.py",),
    "domain/gates.py": ("unit/test_gates.py",),
    "domain/text.py": ("unit/test_domain_text.py", "property/test_text_safe.py"),
    "domain/changes.py": (
        *("unit/test_domain_changes.py", "unit/changes", "unit/test_change_rows.py"),
        "unit/test_models_changes.py",
    ),
    "services/judging.py": ("unit/changes", "unit/test_models_changes.py"),
    "adapters/requests.py": ("unit/test_requests.py",),
    "storage/lock.py": ("unit/test_journal_lock.py",),
    "storage/journal_file.py": ("unit/test_journal_file.py", "unit/test_journal_connection.py"),
    "storage/journal_rows.py": (*_JOURNAL, "unit/test_journal_rows.py", "unit/changes"),
    "storage/journal.py": (*_JOURNAL, "unit/changes", "unit/test_stopped.py"),
}
"""The modules, and the tests that must see a fault in each: the quick ones first, until one does."""
LEFT = {
    "domain/text.py: _visible: 917999 -> 918000": "the character beyond is unassigned: made visible either way",
    "domain/text.py: safe_text: len(text) <= limit -> len(text) < limit": "a quick way; the other gives the same",
    "domain/changes.py: inferred: 0 -> 1": _AGREE,
    "domain/changes.py: inferred: 0 -> 1: (the 2. of these)": _AGREE,
    "domain/changes.py: inferred: 0 -> 1: (the 3. of these)": _AGREE,
    "domain/changes.py: inverse: 0 -> 1": "an adjustment always has an amount",
    "services/judging.py: 3.0 -> 4.0": "how many seconds lie between two reads is a choice",
    "storage/journal.py: 1000000 -> 1000001": "more than any batch has, as any such number",
    "storage/journal.py: Journal.verify: 100 -> 101": _WORDS,
    "storage/journal.py: Journal._transaction: if db.in_transaction: -> if not db.in_transaction:": _CLOSED,
    "storage/journal.py: Journal._transaction: db.execute('ROLLBACK') -> pass": _CLOSED,
    "storage/journal.py: Journal.records: 1000 -> 1001": _MOST,
    "storage/journal.py: Journal.starting_with: 10 -> 11": _MOST,
    "storage/journal.py: Journal._records: 1 -> 2": "one of them is taken",
    "storage/journal.py: Journal._records: db.execute('BEGIN') -> pass": "seen only where another program writes "
    "between two statements",
    "storage/journal.py: _follow_chain: 0 -> 1": _WORDS,
    "adapters/requests.py: SecretStr | str -> SecretStr": _TYPE,
    "adapters/requests.py: SecretStr | str -> str": _TYPE,
    "storage/journal_file.py: 5.0 -> 6.0": "how long another program is waited for is a choice",
    "storage/journal_file.py: connected: 100 -> 101": _LENGTH,
    "storage/journal_file.py: connected: 100 -> 101: (the 2. of these)": _LENGTH,
    "storage/journal_file.py: remember: seq > told.seq -> seq >= told.seq": "the same is noted again",
    "storage/journal_file.py: _Marker: 0 -> 1": "it is given each time",
    "storage/journal_file.py: _make: 4 -> 5": "how many letters at random a name has is a choice",
    "storage/journal_file.py: _make: os.O_CREAT | os.O_EXCL | os.O_RDWR -> os.O_CREAT | os.O_EXCL": "it is closed "
    "at once",
    "storage/journal_file.py: _make: os.O_CREAT | os.O_EXCL -> os.O_CREAT": "no other file has that name",
    "storage/journal_file.py: _make: 384 -> 385": "it is closed to others whenever it is opened",
    "storage/journal_file.py: _make: sync_folder(path.parent) -> pass": "the marker is written next, and the "
    "folder synced with it",
    "storage/journal_file.py: _open: False -> True": "each connection is used where it was opened",
    "storage/journal_file.py: _open: db.close() -> pass": "nobody has it then, which closes it",
    "storage/lock.py: WriterLock.take: os.O_RDWR | os.O_CREAT | os.O_CLOEXEC -> os.O_RDWR | os.O_CREAT": _CLOEXEC,
    "storage/lock.py: WriterLock.take: 2000 -> 2001": _LENGTH,
    "storage/lock.py: WriterLock.take: 0 -> 1: (the 2. of these)": "the one byte that is left is written over",
    "storage/lock.py: WriterLock.is_free: os.O_RDWR | os.O_CLOEXEC -> os.O_RDWR": _CLOEXEC,
    "storage/lock.py: WriterLock.is_free: os.O_RDWR | os.O_CLOEXEC -> os.O_CLOEXEC": "a file that is opened to be "
    "read can be locked as well",
    "storage/lock.py: WriterLock._told: 200 -> 201": _LENGTH,
    "storage/journal_rows.py: change_of: False -> True": _AS_MANY,
    "storage/journal_rows.py: event_of: False -> True": _AS_MANY,
}
"""Faults that need no test or that none can see, and why."""

SURVIVED, BROKEN, LISTED = "not seen by any test", "tests that fail without a fault", "seen, but listed as unseen"
WITHIN = 30
"""Seconds for the tests of one fault, and twice what they take without one: with some faults nothing ends."""
_FIRST = 300.0
"""Seconds for the tests without a fault."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault in one module."""

    module: str
    mutation: Mutation
    nth: int
    """Of those that read alike."""

    @property
    def words(self) -> str:
        """What it is, as ``LEFT`` names it."""
        nth = f"(the {self.nth}. of these)" if self.nth > 1 else ""
        return ": ".join(filter(None, [self.module, self.mutation.where, self.mutation.what, nth]))


def _source(module: str) -> Path:
    return ROOT / "src" / "qtydash" / module


@cache
def mutants() -> Sequence[Mutant]:
    """All of them, module by module."""
    found: list[Mutant] = []
    alike: Counter[tuple[str, str, str]] = Counter()
    for module in TARGETS:
        for each in mutations(_source(module).read_text("utf-8")):
            alike[module, each.where, each.what] += 1
            found.append(Mutant(module, each, alike[module, each.where, each.what]))
    return found


FIGURE = Figure(
    title="small faults put into journal, lock, answer table, judging by reading, safe_text, ids and gates",
    unit="mutants",
    full=len(mutants()),
    subset=8,
    zero=(SURVIVED, LISTED, BROKEN),
    present=("seen by a test",),
)


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    found = mutants()
    cases = {each: found[each % len(found)] for each in range(seed, seed + count)}
    for module in TARGETS:
        among = {each: mutant for each, mutant in cases.items() if mutant.module == module}
        if among:
            _try(tally, module, among)
    return tally.outcome()


def _try(tally: Tally, module: str, among: Mapping[int, Mutant]) -> None:
    """Try mutants of one module, by their seeds."""
    untouched, *codes, after = _codes(module, [None, *(mutant.mutation for mutant in among.values()), None])
    for (seed, mutant), code in zip(among.items(), codes, strict=True):
        with tally.case(seed, BROKEN):
            must(untouched == after == _UNSEEN, BROKEN, f"{module}: {untouched}, {after}")
            must(code in (_UNSEEN, *_HOW), BROKEN, f"{code}: {mutant.words}")
            if mutant.words in LEFT:
                must(code == _UNSEEN, LISTED, mutant.words)
                tally.counts["listed with the reason"] += 1
            else:
                must(code != _UNSEEN, SURVIVED, mutant.words)
                tally.counts[_HOW[code]] += 1


_UNSEEN, _SEEN, _UNLOADED, _NO_END, _DIED, _FAULT = 0, 101, 102, 103, 104, 199
"""What became of a process in which the tests run: what ends it by itself ends it with another number."""
_HOW = {
    _SEEN: "seen by a test",
    _UNLOADED: "with which the module cannot be loaded",
    _NO_END: "with which the tests do not end",
    _DIED: "with which the process dies",
}


def _codes(module: str, tried: Sequence[Mutation | None]) -> Sequence[int]:
    """How the tests of a module end with each of these faults in it."""
    with quick_folder() as name:
        folder = Path(name)
        pid = os.fork()
        if pid == 0:
            _collect(module, tried, folder)
        os.waitpid(pid, 0)
        told = folder / "codes"
        must(told.exists(), BROKEN, (folder / "printed").read_text("utf-8", "replace")[-1_500:])
        codes: list[int] = json.loads(told.read_text())
        return codes


def _collect(module: str, tried: Sequence[Mutation | None], folder: Path) -> None:
    """Collect the tests once, in a process of its own: it never returns."""
    try:
        printed = os.open(folder / "printed", os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        os.environ["CI"] = "1"  # the same examples each time, and none kept
        tests = [str(ROOT / "tests" / each) for each in TARGETS[module]]
        options = ("-x", "-q", "--tb=no", "-p", "no:xdist", f"--basetemp={folder}/tests", f"--rootdir={ROOT}")
        ends = ("-o", "faulthandler_timeout=0")  # what does not end is ended, and told, from here
        pytest.main([*options, *ends, *tests], plugins=[_EachFault(module, tried, folder / "codes")])
    finally:
        os._exit(0)


class _EachFault:
    """Runs the collected tests once for each fault, until one fails: each time in a process of its own."""

    def __init__(self, module: str, tried: Sequence[Mutation | None], told: Path) -> None:
        self._module = module
        self._tried = tried
        self._told = told
        self._took = told.with_name("took")
        self._within: float = _FIRST

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        codes = []
        for each in self._tried:
            codes.append(self._forked(session, each))
            if each is None and self._took.exists():  # the quick ones first: most faults are seen by many
                took = json.loads(self._took.read_text())
                session.items.sort(key=lambda item: took[item.nodeid])
                self._within = WITHIN + 2 * sum(took.values())
        self._told.write_text(json.dumps(codes))
        return True

    def _forked(self, session: pytest.Session, fault: Mutation | None) -> int:
        pid = os.fork()
        if pid == 0:
            code = _FAULT
            try:
                os.setsid()
                signal.setitimer(signal.ITIMER_REAL, self._within)
                code = self._ended(session, fault)
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        with suppress(ProcessLookupError):  # what a test started, and did not come to end
            os.killpg(pid, signal.SIGKILL)
        if not os.WIFSIGNALED(status):
            told = os.waitstatus_to_exitcode(status)
            return told if told in (_UNSEEN, *_HOW, _FAULT) else _DIED
        return _NO_END if os.WTERMSIG(status) == signal.SIGALRM else _DIED

    def _ended(self, session: pytest.Session, fault: Mutation | None) -> int:
        if not put_in(self._module, _source(self._module), fault):
            return _UNLOADED
        items, took = session.items, {}
        for item, following in zip(items, [*items[1:], None], strict=True):
            begun = time.perf_counter()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            took[item.nodeid] = time.perf_counter() - begun
            if session.testsfailed:
                return _SEEN
        if fault is None:
            self._took.write_text(json.dumps(took))
        return _UNSEEN


def listed() -> Iterator[str]:
    """What no test can see, for the page."""
    yield from ("| fault | why |", "|---|---|")
    for words, reason in LEFT.items():
        shown = words.replace("|", "\\|")
        yield f"| `{shown}` | {reason} |"
