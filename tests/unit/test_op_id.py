"""Operation ids are UUIDs of version 7: they sort by time and are never made twice."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from tests.changes_kit import NOON

from qtydash.domain.ids import is_usable_id
from qtydash.domain.op_id import new_op_id


def test_the_example_of_rfc_9562() -> None:
    at = datetime.fromisoformat("2022-02-22T14:22:22-05:00")
    random = bytes.fromhex("0cc3 18c4dc0c0c07398f")
    assert new_op_id(at, random) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@pytest.mark.parametrize("random", [bytes(10), b"\xff" * 10, bytes(range(10))])
def test_version_and_variant_are_told_whatever_the_random_bytes_are(random: bytes) -> None:
    made = uuid.UUID(new_op_id(NOON, random))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert datetime.fromtimestamp((made.int >> 80) / 1000, UTC) == NOON


def test_ids_sort_by_when_they_were_made() -> None:
    made = [new_op_id(NOON + timedelta(milliseconds=n)) for n in range(50)]
    assert made == sorted(made)


def test_no_id_comes_twice_at_one_moment() -> None:
    assert len({new_op_id(NOON) for _ in range(1_000)}) == 1_000


def test_an_id_may_travel_in_a_header_and_in_a_path() -> None:
    assert is_usable_id(new_op_id(NOON))
