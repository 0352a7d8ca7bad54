"""Ids are UUIDv7: valid, ordered by time, told apart by their tails."""

import os
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboy.model.identifiers import process_id, short_id
from jobboy.system import SystemIdentifiers
from jobboy.testing import FixedIdentifiers

MILLISECONDS = st.integers(min_value=0, max_value=2**48 - 1)
ENTROPY = st.binary(min_size=10, max_size=16)


@given(MILLISECONDS, ENTROPY)
def test_an_id_is_a_uuid_of_version_seven_with_its_time_in_the_head(milliseconds: int, entropy: bytes) -> None:
    made = uuid.UUID(process_id(milliseconds, entropy))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == milliseconds


@given(MILLISECONDS, MILLISECONDS, ENTROPY, ENTROPY)
def test_ids_sort_by_the_time_they_were_made(one: int, other: int, first: bytes, second: bytes) -> None:
    earlier, later = min(one, other), max(one, other)
    if earlier != later:
        assert process_id(earlier, first) < process_id(later, second)


def test_all_the_randomness_there_is_room_for_is_used() -> None:
    full, empty = process_id(0, b"\xff" * 10), process_id(0, b"\0" * 10)
    assert (uuid.UUID(full).int ^ uuid.UUID(empty).int).bit_count() == 74


def test_ids_of_the_same_moment_are_different() -> None:
    assert len({process_id(1_700_000_000_000, os.urandom(10)) for _ in range(1000)}) == 1000


def test_the_short_form_is_the_random_tail() -> None:
    full = process_id(1_700_000_000_000, bytes(range(10)))
    assert short_id(full) == full[-8:]
    assert short_id(process_id(1_700_000_000_000, bytes(range(1, 11)))) != short_id(full)


def test_the_ids_of_this_machine_are_new_at_every_call() -> None:
    identifiers = SystemIdentifiers()
    assert uuid.UUID(identifiers.process_id()).version == 7
    assert identifiers.process_id() != identifiers.process_id()
    host, pid, tail = identifiers.worker_id().split(":")
    assert (bool(host), int(pid), len(tail)) == (True, os.getpid(), 8)
    assert identifiers.worker_id() != identifiers.worker_id()


@pytest.mark.parametrize("number", [1, 2])
def test_the_ids_for_tests_can_be_foreseen(number: int) -> None:
    ids = FixedIdentifiers()
    given_ids = [ids.process_id() for _ in range(2)]
    assert given_ids == sorted(given_ids)
    assert uuid.UUID(given_ids[number - 1]).version == 7
    assert given_ids[number - 1].endswith(f"000{number}")


def test_many_ids_at_once_are_ids_like_others_and_all_different() -> None:
    ids = SystemIdentifiers().process_ids(1000)
    assert len(set(ids)) == 1000
    assert all(uuid.UUID(each).version == 7 for each in ids)
    assert len({each[24:] for each in ids}) == 1000, "each has random bytes of its own"
    assert SystemIdentifiers().process_ids(0) == []
