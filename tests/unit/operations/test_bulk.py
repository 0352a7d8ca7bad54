"""Who a verb for many is meant for, piece by piece, and what is said of those it is not for."""

from jobboy.operations import Verb, parse_filter
from jobboy.operations.bulk import candidates, numbers_by_code
from jobboy.ports import process_place
from tests.factories import a_process
from tests.unit.bench import Bench


def test_every_process_of_the_filter_is_judged_and_nothing_is_changed(bench: Bench) -> None:
    for status in ("running", "failed", "running"):
        bench.put(a_process(status=status))
    before = bench.operations.overview().last_seq
    (piece,) = candidates(bench.operations, Verb.KILL, parse_filter(""))
    assert [one.is_allowed() for one in piece] == [True, False, True]
    assert piece[1].eligibility.why_not == "it is failed"
    assert bench.operations.overview().last_seq == before


def test_a_stuck_process_is_judged_as_stuck_before_any_sweep(bench: Bench) -> None:
    bench.put(a_process(handled=True))
    (piece,) = candidates(bench.operations, Verb.RECOVER, parse_filter("stuck"))
    assert piece[0].is_allowed()


def test_the_first_ones_of_a_sorted_filter_are_meant_when_a_limit_is_given(bench: Bench) -> None:
    for priority in (5, 1, 3):
        bench.put(a_process(priority=priority))
    pieces = candidates(bench.operations, Verb.KILL, parse_filter("sort:priority"), limit=2)
    assert [one.process.priority for piece in pieces for one in piece] == [1, 3]


def test_it_ends_when_it_is_cancelled(bench: Bench) -> None:
    bench.put(a_process())
    assert list(candidates(bench.operations, Verb.KILL, parse_filter(""), is_cancelled=lambda: True)) == []


def test_a_living_holder_can_be_counted_with_force_only(bench: Bench) -> None:
    process = bench.put(a_process(handled=True))
    lock = bench.locks.take(process_place(process.number, process.token))
    assert lock is not None
    with lock:
        (piece,) = candidates(bench.operations, Verb.FAIL, parse_filter(""))
    assert (piece[0].is_allowed(), piece[0].is_allowed(force=True)) == (False, True)


def test_codes_are_counted_for_guardrails() -> None:
    assert numbers_by_code([a_process(code="a"), a_process(code="b"), a_process(code="a")]) == {"a": 2, "b": 1}
