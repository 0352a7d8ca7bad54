"""The places of locks: each process claim, each worker and each purpose has one of its own."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from jobboy.ports import MANAGEMENT_PLACE, SCHEMA_PLACE, process_place, worker_place

NUMBERS = st.integers(min_value=1, max_value=2**39 - 1)
TOKENS = st.integers(min_value=0, max_value=2**20 - 1)


@given(NUMBERS, NUMBERS, TOKENS, TOKENS)
def test_no_two_claims_lock_the_same_place(number: int, other: int, token: int, later: int) -> None:
    same = (number, token) == (other, later)
    assert (process_place(number, token) == process_place(other, later)) is same


@given(NUMBERS, TOKENS)
def test_processes_workers_and_purposes_never_share_a_place(number: int, token: int) -> None:
    places = [process_place(number, token), worker_place(number), MANAGEMENT_PLACE, SCHEMA_PLACE]
    assert all(one != other for one, other in itertools.combinations(places, 2))
    assert all(0 <= place < 2**63 for place in places)


def test_a_token_of_any_size_has_a_place() -> None:
    assert process_place(7, 2**40 + 3) == process_place(7, 3)
