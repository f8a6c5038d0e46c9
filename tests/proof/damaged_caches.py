"""A cache that is spoilt, read and written: the part of ``damaged_files`` that is about caches."""

import os
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from qtydash.domain.gifts import Gift
from qtydash.domain.snapshot import Reading
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS
from tests import spoils
from tests.changes_kit import NOON
from tests.proof.figure import Tally, must

CACHES: Mapping[str, Callable[[Path], object] | None] = {
    "truncated": spoils.cut_short,
    "emptied": spoils.emptied,
    "overwritten": spoils.overwritten,
    "a page of noise": spoils.with_a_page_of_noise,
    "bit-flipped": None,
    "foreign": spoils.from_another_program,
    "of a newer program": spoils.from_the_future,
    "without a table": spoils.without_a_table,
    "a value that is none": spoils.with_a_value_that_is_none,
    "text that is none": spoils.with_text_that_is_no_text,
    "moved": None,
    "disk full (limit on files)": None,
    "read-only": None,
    "in a folder that is read-only": None,
}
"""What makes it useless at once; None: it is not, or not always."""

FLIPS = 12
"""Bits flipped one by one in each such case, of those that make another thing of what is read."""
GIFTS_KEPT = 200
SHOP = Source("shop", "https://shop.example")
_NOBODY = 65534


def gifts(number: int) -> tuple[Gift, ...]:
    return tuple(Gift(f"{n:024x}", "S", (("en", "Mug"),), "active", 1, False, None) for n in range(number))


def check_cache(tally: Tally, name: str, rng: random.Random, path: Path) -> None:
    """A cache is spoilt, read and written."""
    must(not _save(Cache(path, lambda: NOON), GIFTS_KEPT), "caches not rebuilt", "the first save")
    if name == "bit-flipped":
        _flip(tally, rng, path)
    elif name.startswith("disk full"):
        _write_on_a_full_disk(path)
    elif name == "moved":
        path.rename(path.with_name("moved.db"))
    elif spoil := CACHES[name]:
        spoil(path)
        _check_set_aside(tally, name, path)
    else:
        _write_read_only(tally, path, file=name == "read-only")
    _check_kept(Cache(path, lambda: NOON), name)


def _save(cache: Cache, number: int) -> tuple[str, ...]:
    return cache.save(GIFTS, SHOP, "", Reading(gifts(number)), NOON).warnings


def _count(cache: Cache) -> int | None:
    found = cache.load(GIFTS, SHOP, "")
    return None if found is None else len(found.data)


def _check_kept(cache: Cache, name: str) -> None:
    """What is seen next is kept."""
    told = _save(cache, 7)
    must(not told and _count(cache) == 7, "caches not rebuilt", f"{name}: {told}")


def _check_set_aside(tally: Tally, name: str, path: Path) -> None:
    """It is read; it is then set aside as it was, and that is told."""
    before, cache = path.read_bytes(), Cache(path, lambda: NOON)
    _count(cache)
    aside = _aside(path)
    tally.counts["caches set aside"] += len(aside)
    must(len(aside) == 1 and aside[0].read_bytes() == before, "old caches lost", name)
    must(any(aside[0].name in notice for notice in cache.notices), "not told", f"{name}: {cache.notices}")


def _aside(path: Path) -> list[Path]:
    sidecars = ("-wal", "-shm")
    return [file for file in path.parent.iterdir() if ".broken-" in file.name and not file.name.endswith(sidecars)]


def _write_on_a_full_disk(path: Path) -> None:
    cache = Cache(path, lambda: NOON)
    with spoils.full_disk(path.stat().st_size):
        warnings = _save(cache, 20_000)
    must(warnings, "not told", "a cache that could not be written")
    must(_count(cache) == GIFTS_KEPT, "old caches lost", "what was there before is gone")
    must(not _aside(path), "old caches lost", "the disk is full, and the cache was set aside")


def _write_read_only(tally: Tally, path: Path, *, file: bool) -> None:
    """What is kept is still read; that nothing more can be kept is told, and nothing is set aside."""
    whole, cache, told = path.read_bytes(), Cache(path, lambda: NOON), "the file" if file else "its folder"
    with _as_one_without_rights(path, file=file):
        found, warnings = _count(cache), _save(cache, 7)
    must(found == GIFTS_KEPT, "old caches lost", f"{told} is read-only, and {found} are read: {cache.notices}")
    must(warnings, "not told", f"{told} is read-only, and nothing says that it was not kept")
    must(path.read_bytes() == whole and not _aside(path), "old caches lost", f"{told} is read-only: it is another")
    tally.counts["caches read that cannot be written"] += 1


@contextmanager
def _as_one_without_rights(path: Path, *, file: bool) -> Iterator[None]:
    """For root no rights hold, so it is nobody meanwhile."""
    mask = 0o777 if os.geteuid() == 0 else 0o700
    path.chmod((0o444 if file else 0o666) & mask)
    path.parent.chmod((0o777 if file else 0o555) & mask)
    is_root = os.geteuid() == 0
    if is_root:
        os.setresuid(_NOBODY, _NOBODY, 0)
    try:
        yield
    finally:
        if is_root:
            os.setresuid(0, 0, 0)
        path.parent.chmod(0o700)
        path.chmod(0o600)


def _flip(tally: Tally, rng: random.Random, path: Path) -> None:
    """Bits are flipped one by one. What cannot be read is set aside and told; what reads otherwise is believed."""
    whole, right = path.read_bytes(), Cache(path, lambda: NOON).load(GIFTS, SHOP, "")
    differing = 0
    for _ in range(100 * FLIPS):
        for file in path.parent.iterdir():
            file.unlink()
        flipped = with_a_flip(whole, rng)
        path.write_bytes(flipped)
        listed = _is_listed(path)
        cache = Cache(path, lambda: NOON)
        found = cache.load(GIFTS, SHOP, "")
        if found == right:
            continue
        differing += 1
        if aside := _aside(path):
            must(aside[0].read_bytes() == flipped, "old caches lost", "a flipped bit")
            must(any(aside[0].name in notice for notice in cache.notices), "not told", f"a flip: {cache.notices}")
            tally.counts["flips set aside"] += 1
        else:
            must(found is not None or not listed, "not told", "a flip: it is listed, not read, and not set aside")
            tally.counts["flips believed"] += 1
        if differing == FLIPS:
            return
    raise AssertionError(f"only {differing} flipped bits made a difference")


def with_a_flip(whole: bytes, rng: random.Random) -> bytes:
    """The same with one bit another."""
    content = bytearray(whole)
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def _is_listed(path: Path) -> bool:
    """Whether anyone who reads the file finds that gifts of the shop were kept, or that it cannot be read."""
    query = (
        "SELECT count(*) FROM reads JOIN sources ON sources.id = source "
        "WHERE profile = ? AND base_url = ? AND kind = ? AND query = ''"
    )
    try:
        with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as db:
            (found,) = db.execute(query, (SHOP.profile, SHOP.base_url, GIFTS.kind)).fetchone()
    except (sqlite3.Error, UnicodeDecodeError):
        return True
    return bool(found)
