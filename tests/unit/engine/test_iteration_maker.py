"""The lock `process-management`, claims, and how a result is written or dropped."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from jobboy import HandledProcess, IterationResponse, JobBoy, ProcessStatus
from jobboy.engine.hand import Hand
from jobboy.engine.iteration_maker import IterationMaker
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.errors import StorageBusy
from jobboy.ports import MANAGEMENT_PLACE, process_place
from tests.factories import fields
from tests.unit.bench import WORKER, Bench

Work = Callable[[IterationMaker], IterationResponse]
NEVER: list[None] = []

WORKS: dict[str, Work] = {
    "work": lambda maker: maker.work(),
    "work_through": lambda maker: maker.work_through(lambda: True, lambda: None),
}


@pytest.fixture(params=list(WORKS))
def work(request: pytest.FixtureRequest) -> Work:
    return WORKS[request.param]


def completing(jobs: JobBoy) -> None:
    jobs.handler("import")(lambda process: process.complete())


# --- the lock ---


@pytest.mark.parametrize(("exclusive", "shared"), [(False, False), (True, False), (True, True)])
def test_while_another_holds_the_lock_nothing_is_tried(
    bench: Bench, jobs: JobBoy, work: Work, exclusive: bool, shared: bool
) -> None:
    completing(jobs)
    process_id = bench.start("import")
    lock = bench.locks.take(MANAGEMENT_PLACE, shared=shared)
    assert lock is not None
    with lock:
        assert work(bench.maker(exclusive=exclusive)) == IterationResponse(has_worked=False, lock_held=True)
    assert bench.get(process_id).token == 0
    assert work(bench.maker(exclusive=exclusive)).has_worked


def test_those_who_only_pick_share_the_lock(bench: Bench, jobs: JobBoy, work: Work) -> None:
    completing(jobs)
    bench.start("import")
    with bench.locks.take(MANAGEMENT_PLACE, shared=True) or pytest.fail("the lock was taken"):
        assert work(bench.maker()).has_worked


@pytest.mark.parametrize("exclusive", [False, True])
def test_only_an_exclusive_iteration_holds_the_lock_while_it_handles(
    bench: Bench, jobs: JobBoy, exclusive: bool
) -> None:
    held = []

    @jobs.handler("import")
    def look(process: HandledProcess) -> None:
        held.append(bench.locks.is_taken(MANAGEMENT_PLACE))
        process.complete()

    bench.start("import")
    bench.maker(exclusive=exclusive).work()
    assert held == [exclusive]
    assert not bench.locks.is_taken(MANAGEMENT_PLACE)


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(1), KeyboardInterrupt()])
@pytest.mark.parametrize("exclusive", [False, True])
def test_the_lock_is_released_whatever_happens_inside(
    bench: Bench, jobs: JobBoy, work: Work, error: BaseException, exclusive: bool
) -> None:
    @jobs.handler("import", status="starting")
    def fall(process: HandledProcess) -> None:
        raise error

    bench.start("import")
    try:
        work(bench.maker(exclusive=exclusive))
    except KeyboardInterrupt:
        assert isinstance(error, KeyboardInterrupt)
    lock = bench.locks.take(MANAGEMENT_PLACE)
    assert lock is not None
    lock.release()


# --- claims ---


def test_a_claim_takes_the_lock_of_the_process_and_raises_its_token(bench: Bench, jobs: JobBoy) -> None:
    completing(jobs)
    process_id = bench.start("import")
    held = bench.pick()
    with held.lock:
        process = bench.get(process_id)
        assert (process.handled, process.handled_by, process.token, process.attempt) == (True, WORKER, 1, 1)
        assert bench.locks.is_taken(process_place(process.number, 1))
        assert held.before.handled is False
        assert not bench.iterate().has_worked


def test_the_lock_of_the_process_is_free_after_its_turn(bench: Bench, jobs: JobBoy) -> None:
    completing(jobs)
    process = bench.finish(bench.start("import"))
    assert not bench.locks.is_taken(process_place(process.number, process.token))


def test_while_all_work_is_paused_nothing_is_picked(bench: Bench, jobs: JobBoy, work: Work) -> None:
    completing(jobs)
    process_id = bench.start("import")
    bench.operations.pause(reason="maintenance")
    assert not work(bench.maker()).has_worked
    bench.operations.resume()
    assert work(bench.maker()).has_worked
    assert bench.get(process_id).status is ProcessStatus.COMPLETED


# --- one after the other ---


@pytest.mark.parametrize("exclusive", [False, True])
def test_working_through_goes_on_until_nothing_is_left(bench: Bench, jobs: JobBoy, exclusive: bool) -> None:
    completing(jobs)
    ids = [bench.start("import") for _ in range(3)]
    assert bench.maker(exclusive=exclusive).work_through(lambda: True, lambda: None).has_worked
    assert {bench.get(process_id).status for process_id in ids} == {ProcessStatus.COMPLETED}
    assert not bench.maker(exclusive=exclusive).work_through(lambda: True, lambda: None).has_worked


def test_working_through_ends_when_no_more_is_wanted(bench: Bench, jobs: JobBoy) -> None:
    done: list[str] = []

    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        done.append(process.id)
        process.complete()

    for _ in range(3):
        bench.start("import")
    bench.maker().work_through(lambda: len(done) < 2, lambda: None)
    assert len(done) == 2
    assert not bench.repository.handled()


def test_others_are_called_when_there_is_more_than_one_to_pick(bench: Bench, jobs: JobBoy) -> None:
    completing(jobs)
    calls: list[int] = []
    for _ in range(3):
        bench.start("import")
    bench.maker().work_through(lambda: True, lambda: calls.append(1))
    assert len(calls) == 2  # with three and with two ready, not with the last one


# --- writing the result ---


def test_a_result_of_a_hold_that_was_taken_away_is_dropped_and_recorded(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import", status="starting")
    def work(process: HandledProcess) -> None:
        bench.operations.recover(process.id, force=True, reason="it hangs")
        process.store["late"] = True
        process.complete()

    process_id = bench.start("import")
    bench.iterate()
    process = bench.get(process_id)
    assert fields(process, "status", "store", "handled") == (ProcessStatus.STARTING, {}, False)
    assert bench.kinds(process_id) == ["started", "recovered", "fenced"]


def test_a_worker_that_takes_up_again_what_was_taken_from_it_finishes_both_turns(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import", status="starting")
    def work(process: HandledProcess) -> None:
        if process.attempt == 1:
            bench.operations.recover(process.id, force=True, reason="it hangs")
            assert maker.work().has_worked  # another slot of the same worker is free
        process.complete({"attempt": process.attempt})

    maker, process_id = bench.maker(), bench.start("import")
    maker.work()

    process = bench.get(process_id)
    assert fields(process, "status", "output") == (ProcessStatus.COMPLETED, {"attempt": 2})
    assert bench.kinds(process_id) == ["started", "recovered", "iterated", "fenced"]


class Unsteady:
    """A repository that cannot be reached for a few writes."""

    def __init__(self, bench: Bench, failures: int) -> None:
        self._repository = bench.repository
        self.failures = failures

    def __getattr__(self, name: str) -> Any:
        return getattr(self._repository, name)

    def settle_hand(self, changes: Any, *, claimant: Any = None) -> Any:
        if self.failures:
            self.failures -= 1
            raise StorageBusy("database is locked")
        return self._repository.settle_hand(changes, claimant=claimant)


def an_unsteady_maker(bench: Bench, failures: int, abandon: threading.Event) -> IterationMaker:
    steady = bench.maker()
    iterator = ProcessIterator(bench.jobs.registry, bench.clock, bench.runner, actor="worker:test")
    claimant: Any = steady._claimant
    repository: Any = Unsteady(bench, failures)
    return IterationMaker(repository, bench.locks, iterator, claimant, abandon=abandon)


def test_a_result_is_written_again_while_the_database_cannot_be_reached(bench: Bench, jobs: JobBoy) -> None:
    completing(jobs)
    process_id = bench.start("import")
    assert an_unsteady_maker(bench, 2, threading.Event()).work().has_worked
    assert bench.get(process_id).status is ProcessStatus.COMPLETED


def test_a_result_is_given_up_when_the_worker_has_to_end(bench: Bench, jobs: JobBoy) -> None:
    completing(jobs)
    process_id = bench.start("import")
    abandon = threading.Event()
    abandon.set()
    with pytest.raises(StorageBusy):
        an_unsteady_maker(bench, 2, abandon).work()
    assert bench.operations.get(process_id).stuck


# --- relieving a hand ---


def test_what_ended_while_its_hand_was_relieved_stays_ended(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("import").step(lambda data: data, name="only")
    process_id = bench.start("import")
    held = replace(bench.pick(), ahead=True)
    hand = Hand([held])
    assert hand.next() is held, "it is being done, and the lookout has seen that"
    iterator = ProcessIterator(jobs.registry, bench.clock, bench.runner, actor="worker:test")
    bench.repository.settle_hand([iterator.iterate(held).change])
    ended = bench.get(process_id)

    bench.maker().relieve(hand)

    assert ended.status is ProcessStatus.COMPLETED
    assert bench.get(process_id) == ended
    hand.release()


def test_what_was_settled_and_given_back_is_not_in_hand_again_when_the_database_is_lost_then(
    bench: Bench, jobs: JobBoy, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.steps("import").step(lambda data: data, name="only")
    ids = [bench.start("import") for _ in range(3)]
    hand = Hand([replace(bench.pick(), ahead=True, in_hand=True, plain=True) for _ in range(3)])
    iterator = ProcessIterator(jobs.registry, bench.clock, bench.runner, actor="worker:test")
    done, current = hand.next(), hand.next()
    assert done is not None
    assert current is not None
    hand.finish(iterator.iterate(done).change)
    monkeypatch.setattr(bench.repository, "change", lambda *_: refuse())

    with pytest.raises(StorageBusy):
        bench.maker().relieve(hand)

    assert hand.take_results() == []
    assert hand.take_rest() == []
    assert [bench.get(process_id).handled for process_id in ids] == [False, True, False]
    hand.release()


def refuse() -> NoReturn:
    raise StorageBusy("database is locked")
