"""A hand that does not go as its slot thought: a long turn, an error in the middle, a write that fails, a death."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jobboy import HandledProcess, IterationResponse, JobBoy, Process, ProcessStatus
from jobboy.engine.hand import Hand
from jobboy.errors import StorageBusy, StorageError, StorageNotReachable
from jobboy.ports import Change, process_place
from tests.factories import fields
from tests.unit.bench import WORKER, Bench
from tests.unit.engine.hurry import SHORT, Hurry
from tests.unit.engine.test_hands import OtherLocks

SOON = 60.0  # seconds; only a test that fails waits so long
COMPLETED, STARTING, RUNNING = ProcessStatus.COMPLETED, ProcessStatus.STARTING, ProcessStatus.RUNNING


class Scripted:
    """Handlers of short turns of which some do what a test wants, by the place in which they are done."""

    def __init__(self, jobs: JobBoy) -> None:
        self.done: list[str] = []
        self.turns: dict[int, Callable[[], object]] = {}
        jobs.handler(SHORT, status="starting")(self._handle)

    def _handle(self, process: HandledProcess) -> None:
        self.done.append(process.id)
        self.turns.get(len(self.done), lambda: None)()
        process.complete({"attempt": process.attempt})


@pytest.fixture
def script(jobs: JobBoy) -> Scripted:
    """What the turns of a test do."""
    return Scripted(jobs)


def started(bench: Bench, count: int) -> list[Process]:
    return [bench.get(bench.start(SHORT)) for _ in range(count)]


def now(bench: Bench, processes: list[Process]) -> list[Process]:
    return [bench.get(one.id) for one in processes]


def statuses(bench: Bench, processes: list[Process]) -> list[str]:
    return [one.status.value for one in now(bench, processes)]


# --- nothing unusual ---


def test_a_hand_is_done_in_order_and_settled(bench: Bench, script: Scripted) -> None:
    kept = started(bench, 70)
    hurry = Hurry(bench)
    assert hurry.work() == IterationResponse(has_worked=True)
    assert script.done == [one.id for one in kept]
    assert [hand.size for hand in hurry.hands] == [64, 6]
    assert set(statuses(bench, kept)) == {"completed"}
    assert not bench.repository.handled()
    assert not hurry.someone_leads()
    assert not hurry.work().has_worked


def test_steps_of_a_hand_begin_one_after_the_other(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps(SHORT)

    @pipeline.step
    def count(data: dict[str, Any]) -> dict[str, Any]:
        bench.advance(seconds=1)
        return {}

    kept = started(bench, 4)
    claimed_at = bench.clock.now()
    hurry = Hurry(bench)
    hurry.work()
    assert [hand.size for hand in hurry.hands] == [4]
    records = [bench.repository.steps(one.number)[0] for one in kept]
    assert records[0].started_at == claimed_at
    assert [later.started_at for later in records[1:]] == [earlier.ended_at for earlier in records[:-1]]
    assert [record.attempts for record in records] == [1] * 4
    for one in now(bench, kept):
        assert fields(one, "status", "attempt", "handled_at", "started_at") == (
            COMPLETED, 0, None, bench.repository.steps(one.number)[0].started_at,
        )  # fmt: skip


# --- a long turn ---


def test_a_long_turn_holds_up_neither_results_nor_the_rest(bench: Bench, script: Scripted) -> None:
    kept = started(bench, 6)
    hurry, seen = Hurry(bench), list[Process]()

    def take_long() -> None:
        assert hurry.maker.relieve(hurry.hands[0])
        seen.extend(now(bench, kept))

    script.turns[3] = take_long
    hurry.work(wanted=lambda: len(script.done) < 3)

    assert [one.status.value for one in seen] == ["completed"] * 2 + ["starting"] * 4
    assert [one.handled for one in seen] == [False, False, True, False, False, False]
    assert seen[3:] == [one.changed(token=1) for one in kept[3:]]  # attempt, dates, place in the queue
    assert statuses(bench, kept) == ["completed"] * 3 + ["starting"] * 3
    assert [bench.kinds(one.id) for one in kept[3:]] == [["started"]] * 3
    Hurry(bench).work()
    assert script.done == [one.id for one in kept]
    assert [one.output for one in now(bench, kept)] == [{"attempt": 1}] * 6


@pytest.mark.parametrize("place", [1, 2])
def test_a_long_step_is_shown_as_running_whatever_its_place(bench: Bench, jobs: JobBoy, place: int) -> None:
    seen: list[Process] = []
    calls: list[int] = []

    @jobs.steps(SHORT).step
    def load(data: dict[str, Any]) -> dict[str, Any]:
        calls.append(1)
        if len(calls) == place:
            hurry.maker.relieve(hurry.hands[0])
            seen.extend(now(bench, kept))
        return {}

    kept, hurry = started(bench, 3), Hurry(bench)
    bench.advance(seconds=5)
    hurry.work()
    long = seen[place - 1]
    assert fields(long, "status", "handled", "started_at") == (RUNNING, True, bench.clock.now())
    assert [one.status for one in seen[place:]] == [STARTING] * (3 - place)
    assert statuses(bench, kept) == ["completed"] * 3
    assert [bench.kinds(one.id) for one in kept] == [["started", "step_completed"]] * 3


def test_a_kill_of_what_is_claimed_ahead_is_kept_when_it_is_given_back(bench: Bench, script: Scripted) -> None:
    kept = started(bench, 3)
    hurry = Hurry(bench)

    def take_long() -> None:
        bench.operations.kill(kept[2].id, reason="not needed")
        hurry.maker.relieve(hurry.hands[0])

    script.turns[1] = take_long
    hurry.work()
    assert statuses(bench, kept) == ["completed", "completed", "failed"]
    assert script.done == [kept[0].id, kept[1].id]


def test_what_was_taken_away_while_it_was_ahead_is_fenced_alone(bench: Bench, script: Scripted) -> None:
    kept = started(bench, 4)
    hurry = Hurry(bench)

    def take_long() -> None:
        recovered = bench.operations.recover(kept[2].id, force=True, reason="it hangs")
        assert fields(recovered, "handled", "attempt", "crashes", "token") == (False, 0, 0, 2)
        hurry.maker.relieve(hurry.hands[0])

    script.turns[1] = take_long
    hurry.work()
    assert statuses(bench, kept) == ["completed"] * 4
    assert bench.kinds(kept[2].id) == ["started", "recovered", "fenced", "iterated"]
    assert script.done.count(kept[2].id) == 1


def test_while_a_slot_is_at_a_long_process_another_does_the_short_ones(bench: Bench, jobs: JobBoy) -> None:
    other: list[IterationResponse] = []
    jobs.handler(SHORT)(lambda process: process.complete())

    @jobs.handler("long")
    def take_long(process: HandledProcess) -> None:
        assert hurry.calls == 1
        other.append(hurry.work())  # what the slot does that was called
        assert set(statuses(bench, kept)) == {"completed"}
        process.complete()

    kept = started(bench, 2)
    long = bench.get(bench.start("long"))
    kept.extend(started(bench, 3))
    hurry = Hurry(bench)
    hurry.work()
    assert other == [IterationResponse(has_worked=True)]
    assert bench.get(long.id).status is COMPLETED


def test_while_a_slot_is_held_up_another_leads(bench: Bench, script: Scripted) -> None:
    kept = started(bench, 5)
    hurry = Hurry(bench)

    def take_long() -> None:
        assert hurry.someone_leads()
        hurry.maker.relieve(hurry.hands[0])
        assert not hurry.someone_leads()
        hurry.work()
        assert statuses(bench, kept) == ["completed", "starting", *["completed"] * 3]

    script.turns[2] = take_long
    hurry.work()
    assert set(statuses(bench, kept)) == {"completed"}


def test_what_is_done_when_it_is_relieved_stays_done(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps(SHORT).step(lambda data: {}, name="load")
    kept = started(bench, 3)
    hurry = Hurry(bench)
    hand = hurry.hand()
    hurry.do(hand)
    hurry.do(hand)  # its slot is between this turn and the next
    assert hurry.maker.relieve(hand)
    assert statuses(bench, kept) == ["completed", "completed", "starting"]
    assert hand.next() is None
    assert not hurry.maker.relieve(hand)
    hand.release()


def test_a_hand_that_is_not_begun_or_is_over_needs_no_relief(bench: Bench, script: Scripted) -> None:
    kept = started(bench, 2)
    hurry = Hurry(bench)
    hand = hurry.hand()
    assert not hurry.maker.relieve(hand)
    assert [one.handled for one in now(bench, kept)] == [True, True]
    hand.release()


# --- a database that cannot be written ---


class Failing:
    """A repository whose settling fails when a test says so."""

    def __init__(self, bench: Bench) -> None:
        self._repository = bench.repository
        self.failures: list[Exception] = []
        self.before: Callable[[], object] = lambda: None
        self.spoils: Callable[[Change], bool] = lambda change: False
        self.error: Exception = OverflowError("Python int too large")
        self.pieces: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._repository, name)

    def settle_hand(self, changes: Any, *, claimant: Any = None) -> Any:
        before, self.before = self.before, lambda: None
        before()
        self.pieces.append(len(changes))
        if self.failures:
            raise self.failures.pop(0)
        if any(self.spoils(change) for change in changes):
            raise self.error
        return self._repository.settle_hand(changes, claimant=claimant)


@pytest.mark.parametrize("error", [StorageBusy("database is locked"), StorageError("refused"), OverflowError("x")])
def test_a_relief_that_cannot_be_written_leaves_all_in_hand(bench: Bench, script: Scripted, error: Exception) -> None:
    kept = started(bench, 5)
    failing = Failing(bench)
    hurry = Hurry(bench, repository=failing)

    def take_long() -> None:
        failing.failures.append(error)
        with pytest.raises(type(error)):
            hurry.maker.relieve(hurry.hands[0])
        assert statuses(bench, kept) == ["starting"] * 5

    script.turns[3] = take_long
    hurry.work()
    assert script.done == [one.id for one in kept]
    assert statuses(bench, kept) == ["completed"] * 5
    assert [len(bench.kinds(one.id)) for one in kept] == [2] * 5


def test_a_slot_waits_until_it_is_known_what_was_taken_from_its_hand(bench: Bench, script: Scripted) -> None:
    kept = started(bench, 5)
    failing = Failing(bench)
    hurry, writing, ended = Hurry(bench, repository=failing), threading.Event(), threading.Event()

    def fail_late() -> None:
        writing.set()
        assert ended.wait(SOON)  # the long turn is over before the relief is
        failing.failures.append(StorageBusy("database is locked"))

    with ThreadPoolExecutor(1) as lookout:

        def take_long() -> None:
            failing.before = fail_late
            relief = lookout.submit(hurry.maker.relieve, hurry.hands[0])
            assert writing.wait(SOON)
            threading.Timer(0.05, ended.set).start()
            reliefs.append(relief)

        reliefs: list[Any] = []
        script.turns[2] = take_long
        hurry.work()
    assert isinstance(reliefs[0].exception(), StorageBusy)
    assert script.done == [one.id for one in kept]
    assert statuses(bench, kept) == ["completed"] * 5


def test_what_was_settled_by_relief_is_not_written_again_when_its_last_part_fails(
    bench: Bench, script: Scripted
) -> None:
    kept = started(bench, 4)
    failing: Any = Failing(bench)
    hurry = Hurry(bench, repository=failing)

    def refuse(number: int, decide: object) -> None:
        raise StorageBusy("database is locked")

    def take_long() -> None:
        failing.change = refuse
        with pytest.raises(StorageBusy):
            hurry.maker.relieve(hurry.hands[0])
        hurry.work()  # another slot does what was given back

    script.turns[2] = take_long
    hurry.work()
    assert statuses(bench, kept) == ["completed"] * 4
    assert sorted(script.done) == sorted(one.id for one in kept)
    assert [bench.kinds(one.id) for one in kept] == [["started", "iterated"]] * 4


@pytest.mark.parametrize("error", [OverflowError("Python int too large"), StorageError("the database refused")])
def test_one_result_that_cannot_be_written_harms_no_other(bench: Bench, script: Scripted, error: Exception) -> None:
    kept = started(bench, 5)
    failing = Failing(bench)
    failing.error, failing.spoils = error, lambda change: change.process.id == kept[1].id
    hurry = Hurry(bench, repository=failing)
    with pytest.raises(type(error)):
        hurry.work()
    assert statuses(bench, kept) == ["completed", "starting", "completed", "completed", "completed"]
    assert [found.id for found in bench.sweep()] == [kept[1].id]  # whoever it is, is seen
    assert not hurry.someone_leads()


def test_results_are_written_though_nothing_can_be_claimed(bench: Bench, script: Scripted) -> None:
    kept = started(bench, 3)
    answers: list[Callable[[int], Any]] = [lambda place: bench.locks.take(place, shared=True)]

    def take(place: int, *, shared: bool = False) -> Any:
        if answers:
            return answers.pop()(place)
        raise StorageNotReachable("too many open files")

    hurry = Hurry(bench, locks=OtherLocks(bench.locks, take=take))
    hurry.work()
    assert statuses(bench, kept) == ["completed"] * 3


def test_results_that_are_given_up_leave_their_processes_stuck_and_nobody_leading(
    bench: Bench, script: Scripted
) -> None:
    kept = started(bench, 2)
    failing = Failing(bench)
    failing.failures.append(StorageBusy("database is locked"))
    hurry = Hurry(bench, repository=failing)
    hurry.abandon.set()
    with pytest.raises(StorageBusy):
        hurry.work()
    assert sorted(found.id for found in bench.sweep()) == sorted(one.id for one in kept)
    assert not hurry.someone_leads()


# --- an end in the middle ---


def test_a_slot_that_is_interrupted_keeps_what_is_done_and_gives_back_the_rest(
    bench: Bench, script: Scripted
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    kept = started(bench, 5)
    script.turns[3] = interrupt
    hurry = Hurry(bench)
    with pytest.raises(KeyboardInterrupt):
        hurry.work()
    assert statuses(bench, kept) == ["completed"] * 2 + ["starting"] * 3
    assert now(bench, kept)[3:] == [one.changed(token=1) for one in kept[3:]]
    assert [found.id for found in bench.sweep()] == [kept[2].id]
    assert not hurry.someone_leads()
    assert hurry.iterator.in_hand() == []


def test_what_is_given_back_after_the_clock_was_put_back_does_not_wait_for_it(bench: Bench, script: Scripted) -> None:
    def interrupt() -> None:
        bench.advance(hours=-1)
        raise KeyboardInterrupt

    kept = started(bench, 3)
    script.turns[1] = interrupt
    with pytest.raises(KeyboardInterrupt):
        Hurry(bench).work()
    assert [one.turn_at for one in now(bench, kept)[1:]] == [bench.clock.now()] * 2


def test_what_must_not_begin_is_given_back_with_the_rest(bench: Bench, script: Scripted) -> None:
    kept = started(bench, 4)
    refused = process_place(kept[2].number, 1)

    def begun(place: int) -> None:
        if place == refused:
            raise StorageNotReachable("the note cannot be taken back")
        bench.locks.mark_begun(place)

    hurry = Hurry(bench, locks=OtherLocks(bench.locks, mark_begun=begun))
    with pytest.raises(StorageNotReachable):
        hurry.work()
    assert statuses(bench, kept) == ["completed"] * 2 + ["starting"] * 2
    assert bench.sweep() == []
    assert now(bench, kept)[2:] == [one.changed(token=1) for one in kept[2:]]
    assert not hurry.someone_leads()


def test_a_slot_that_cannot_call_another_gives_back_what_it_has(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("long")(lambda process: process.complete())
    kept = [bench.get(bench.start("long")) for _ in range(2)]
    hurry = Hurry(bench)

    def refuse() -> None:
        raise RuntimeError("the scheduler has ended")

    with pytest.raises(RuntimeError):
        hurry.maker.work_through(lambda: True, refuse, hurry.hands.append)
    assert bench.sweep() == []
    assert now(bench, kept) == [kept[0].changed(token=1), kept[1]]


def test_a_slot_that_is_kept_from_picking_leaves_nobody_leading(bench: Bench, script: Scripted) -> None:
    started(bench, 3)
    hurry = Hurry(bench, locks=OtherLocks(bench.locks, take=lambda place, shared: None))
    assert hurry.work() == IterationResponse(has_worked=False, lock_held=True)
    assert not hurry.someone_leads()


# --- the death of the program ---


@pytest.mark.parametrize("policy", ["recover", "hold", "fail"])
def test_of_a_dead_programs_hand_only_what_had_begun_counts(bench: Bench, jobs: JobBoy, policy: str) -> None:
    jobs.steps(SHORT, on_crash=policy).step(lambda data, process: {"attempt": process.attempt}, name="load")
    kept = started(bench, 5)
    hurry = Hurry(bench)
    hand = hurry.hand()
    hurry.do(hand)
    hurry.begin(hand)
    hand.release()  # as the death of the program does
    bench.advance(seconds=1)

    bench.sweep()

    found = now(bench, kept)
    assert found[2:] == [one.changed(token=1, updated_at=bench.clock.now()) for one in kept[2:]]
    assert [bench.kinds(one.id) for one in kept] == [["started", "stuck"]] * 2 + [["started"]] * 3
    assert [(one.stuck_cause or {}).get("attempt") for one in found] == [1, 1, None, None, None]
    assert [one.stuck for one in found[:2]] == [policy != "fail"] * 2
    Hurry(bench).work()
    outputs = [one.output and one.output["attempt"] for one in now(bench, kept)]
    assert outputs == [{"recover": 2}.get(policy)] * 2 + [1, 1, 1]


def test_a_kill_of_what_a_dead_program_had_ahead_is_kept(bench: Bench, script: Scripted) -> None:
    kept = started(bench, 2)
    hand: Hand = Hurry(bench).hand()
    bench.operations.kill(kept[1].id, reason="not needed")
    hand.release()
    bench.sweep()
    killed = bench.get(kept[1].id)
    assert (killed.kill_requested, killed.handled, killed.crashes) == (True, False, 0)
    assert bench.finish(kept[1].id).status is ProcessStatus.FAILED
    assert script.done == []


def test_an_operator_may_recover_before_the_sweep_what_a_dead_program_had_ahead(
    bench: Bench, script: Scripted
) -> None:
    kept = started(bench, 2)
    Hurry(bench).hand().release()
    began, ahead = (bench.operations.recover(one.id, reason="looked at it") for one in kept)
    assert fields(began, "attempt", "crashes") == (1, 1)
    assert fields(ahead, "attempt", "crashes", "stuck_cause") == (0, 0, None)


def test_a_crash_that_has_been_counted_keeps_a_process_out_of_hands(bench: Bench, script: Scripted) -> None:
    jobs_of_worker = Hurry(bench)
    bench.jobs.define(SHORT, on_crash="recover")
    started(bench, 3)
    hand = jobs_of_worker.hand()
    jobs_of_worker.begin(hand)
    hand.release()
    bench.sweep()
    next_hand = jobs_of_worker.hand()
    assert [held.process.crashes for held in iter(next_hand.next, None)] == [1]
    next_hand.release()
    assert bench.repository.handled()[0].handled_by == WORKER
