"""Short isolated steps in hand: who takes them, whose lock their child is handed, and what a death there touches."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from jobboy import JobBoy, Process
from jobboy.engine.claimants import GRACE, SlotClaimant
from jobboy.engine.hand import Hand
from jobboy.engine.pace import HAND_TIME, Pace
from jobboy.engine.pace import SHORT as SHORT_TIME
from jobboy.errors import StepCrashed, StorageNotReachable
from jobboy.ports import Held, StepOrder, StepResult, process_place
from tests.factories import fields
from tests.unit.bench import Bench
from tests.unit.engine import hurry
from tests.unit.engine.hurry import Hurry
from tests.unit.engine.test_hands import OtherLocks

ISOLATED = "isolated"
CAUSE = {"kind": "signal", "signal": "SIGSEGV", "last_lines": ["Segmentation fault"]}
STOPPED = {"kind": "stopped", "why": "its worker was stopped"}


@pytest.fixture
def hurried(bench: Bench, jobs: JobBoy) -> Hurry:
    """A slot that knows that turns of ``short`` and ``isolated`` are short; steps of the latter run elsewhere."""
    jobs.handler(hurry.SHORT)(lambda process: process.complete())
    jobs.steps(ISOLATED).step(lambda data: {}, name="load", isolated=True)
    return Hurry(bench, hurry.SHORT, ISOLATED)


class Children:
    """What the children of a test do, by the place in which their steps are run."""

    def __init__(self, bench: Bench) -> None:
        self.orders: list[StepOrder] = []
        self.turns: dict[int, Callable[[], object]] = {}
        bench.runner.answer = self._answer

    def _answer(self, order: StepOrder) -> StepResult:
        self.orders.append(order)
        self.turns.get(len(self.orders), lambda: None)()
        return StepResult(output={"attempt": order.process.attempt}, seconds=0.0)


def _answer_after(seconds: float, order: StepOrder) -> StepResult:
    return StepResult(output={}, seconds=seconds)


def started(bench: Bench, count: int, code: str = ISOLATED) -> list[Process]:
    return [bench.get(bench.start(code)) for _ in range(count)]


def members_of(hand: Hand) -> list[Held]:
    return list(iter(hand.next, None))


def place_of(held: Held) -> int:
    return process_place(held.process.number, held.process.token)


# --- who takes them ---


def test_they_are_claimed_together_all_but_the_first_ahead(bench: Bench, hurried: Hurry) -> None:
    kept = started(bench, 3)
    hand = hurried.hand()
    members = members_of(hand)
    assert [held.process.id for held in members] == [one.id for one in kept]
    assert [bench.locks.is_ahead(place_of(held)) for held in members] == [False, True, True]
    hand.release()


def test_a_child_that_is_handed_a_lock_keeps_no_other_of_the_hand_taken(bench: Bench, hurried: Hurry) -> None:
    started(bench, 3)
    hand = hurried.hand()
    members = members_of(hand)
    of_child = os.dup(members[1].lock.fileno())
    hand.release()
    assert [bench.locks.is_taken(place_of(held)) for held in members] == [False, True, False]
    os.close(of_child)
    assert not bench.locks.is_taken(place_of(members[1]))


def test_each_has_the_deadline_of_its_own_step_while_it_is_held(bench: Bench, jobs: JobBoy) -> None:
    limit = timedelta(minutes=10)
    jobs.steps("limited").step(lambda data: {}, name="load", isolated=True, timeout=limit)
    kept = started(bench, 3, "limited")
    limited, children = Hurry(bench, "limited"), Children(bench)
    seen: list[Process] = []
    children.turns[1] = lambda: seen.extend(bench.get(one.id) for one in kept)
    limited.work()

    assert [hand.size for hand in limited.hands] == [3]
    assert {one.deadline_at for one in seen} == {bench.clock.now() + limit + GRACE}
    assert [order.timeout for order in children.orders] == [limit] * 3
    for one in kept:
        assert fields(bench.get(one.id), "status", "deadline_at", "attempt") == ("completed", None, 0)
        assert [record.attempts for record in bench.repository.steps(one.number)] == [1]


@pytest.mark.parametrize("place", [1, 2])
def test_one_with_a_deadline_that_turns_out_to_be_long_keeps_it(bench: Bench, jobs: JobBoy, place: int) -> None:
    jobs.steps("limited").step(lambda data: {}, name="load", isolated=True, timeout=timedelta(minutes=10))
    kept = started(bench, 3, "limited")
    limited, children, seen = Hurry(bench, "limited"), Children(bench), list[Process]()

    def take_long() -> None:
        assert limited.maker.relieve(limited.hands[0])
        seen.extend(bench.get(one.id) for one in kept)

    children.turns[place] = take_long
    limited.work(wanted=lambda: len(children.orders) < place)
    begun, rest = seen[place - 1], seen[place:]
    assert fields(begun, "status", "handled", "attempt") == ("running", True, 1)
    assert begun.deadline_at is not None
    assert rest == [one.changed(token=1) for one in kept[place:]], "as if they had never been claimed"
    assert bench.get(begun.id).status == "completed"


def test_every_slot_may_take_them_for_each_only_waits_for_its_child(bench: Bench, hurried: Hurry) -> None:
    leader = object()
    assert hurried.pace.lead(leader)
    started(bench, 4)
    hurried.pace.elsewhere.limit = 2
    hands = [hurried.hand() for _ in range(2)]
    assert [len(members_of(hand)) for hand in hands] == [2, 2]
    for hand in hands:
        hand.release()


def test_with_them_in_hand_a_slot_takes_nothing_that_the_one_that_leads_is_to_do(
    bench: Bench, hurried: Hurry
) -> None:
    claimant = SlotClaimant(hurried.claimant, hurried.pace, several=True)
    (isolated,), (short,) = started(bench, 1), started(bench, 1, hurry.SHORT)
    assert claimant.wants(isolated, 0)
    assert (claimant.takes_several, claimant.leads) == (True, False)
    assert claimant.wants(isolated, 1)
    assert not claimant.wants(short, 1)
    assert claimant.wants(short, 0)
    assert claimant.leads
    assert claimant.wants(isolated, 1)


def test_another_slot_is_called_when_more_of_them_are_ready(bench: Bench, hurried: Hurry) -> None:
    started(bench, 3)
    hurried.pace.elsewhere.limit = 2
    assert hurried.work().has_worked
    assert ([hand.size for hand in hurried.hands], hurried.calls) == ([2, 1], 1)


def test_where_no_locks_are_left_the_hand_is_what_it_is(bench: Bench, hurried: Hurry) -> None:
    kept = started(bench, 3)
    taken: list[int] = []

    def take_once(place: int) -> object:
        if taken:
            raise StorageNotReachable("too many open files")
        taken.append(place)
        return bench.locks.take(place)

    poor = Hurry(bench, ISOLATED, locks=OtherLocks(bench.locks, take=take_once))
    hand = poor.hand()
    assert (hand.size, hand.more) == (1, True)
    assert [bench.get(one.id).handled for one in kept] == [True, False, False]
    hand.release()


# --- what is learned ---


def test_short_is_what_its_child_takes_not_what_the_way_there_takes(bench: Bench, hurried: Hurry) -> None:
    paces: dict[float, Pace] = {SHORT_TIME / 2: Pace(), SHORT_TIME * 2: Pace()}
    for seconds, pace in paces.items():
        bench.runner.answer = partial(_answer_after, seconds)
        hurried.maker._pace = pace
        started(bench, 1)
        hurried.work()
    assert [pace.is_short(ISOLATED, "load") for pace in paces.values()] == [True, False]


def test_hands_that_wait_for_children_make_those_of_the_slot_that_leads_no_smaller(
    bench: Bench, jobs: JobBoy
) -> None:
    jobs.handler(hurry.SHORT)(lambda process: process.complete())
    jobs.steps(ISOLATED).step(lambda data: {}, name="load", isolated=True)
    pace = Pace()
    claimant = SlotClaimant(Hurry(bench).claimant, pace, several=True)
    pace.took(hurry.SHORT, None, 0.0)
    pace.took(ISOLATED, "load", 0.0)
    pace.here.limit = pace.elsewhere.limit = 8
    (isolated,), (short,) = started(bench, 1), started(bench, 1, hurry.SHORT)
    for candidate, seconds in ((isolated, HAND_TIME * 2), (short, 0.0)):
        assert claimant.wants(candidate, 0)
        claimant.size.took(claimant.limit, seconds)
    assert (pace.elsewhere.limit, pace.here.limit) == (4, 16)


# --- when one goes wrong ---


def test_a_child_that_dies_fails_its_own_process_and_touches_no_other(bench: Bench, hurried: Hurry) -> None:
    kept = started(bench, 5)
    children = Children(bench)

    def die() -> None:
        raise StepCrashed("step 'load' died: killed by SIGSEGV", CAUSE)

    children.turns[3] = die
    hurried.work(wanted=lambda: len(children.orders) < 3)

    dead = bench.get(kept[2].id)
    assert fields(dead, "status", "crashes", "attempt", "stuck_cause") == ("running", 1, 1, CAUSE)
    for one in [*kept[:2], *kept[3:]]:
        assert fields(bench.get(one.id), "status", "crashes", "output") == ("completed", 0, {"attempt": 1})
        assert bench.kinds(one.id) == ["started", "step_completed"]
    assert [hand.size for hand in hurried.hands] == [5]

    again = Hurry(bench, ISOLATED)
    again.work()
    assert again.hands == [], "what has crashed is claimed alone"
    assert bench.get(dead.id).output == {"attempt": 2}


def test_a_step_that_turns_out_to_be_long_holds_up_no_other(bench: Bench, hurried: Hurry) -> None:
    kept = started(bench, 4)
    children, seen = Children(bench), list[Process]()

    def take_long() -> None:
        assert hurried.maker.relieve(hurried.hands[0])
        seen.extend(bench.get(one.id) for one in kept)

    children.turns[2] = take_long
    hurried.work(wanted=lambda: len(children.orders) < 2)
    assert [(one.status.value, one.handled) for one in seen] == [
        ("completed", False), ("running", True), ("starting", False), ("starting", False),
    ]  # fmt: skip
    assert [one.attempt for one in seen[2:]] == [0, 0]
    assert fields(bench.get(kept[1].id), "status", "crashes") == ("completed", 0)


def test_a_worker_that_ends_its_step_begins_no_other_of_the_hand(bench: Bench, hurried: Hurry) -> None:
    kept = started(bench, 4)
    children = Children(bench)

    def stop() -> None:
        hurried.abandon.set()
        raise StepCrashed("step 'load' was stopped", STOPPED)

    children.turns[2] = stop
    hurried.work(wanted=lambda: not hurried.abandon.is_set())
    assert len(children.orders) == 2
    after = [bench.get(one.id) for one in kept]
    assert [(one.status.value, one.handled, one.attempt) for one in after] == [
        ("completed", False, 0), ("running", False, 1), ("starting", False, 0), ("starting", False, 0),
    ]  # fmt: skip
    assert [one.crashes for one in after] == [0] * 4
    assert after[2:] == [one.changed(token=1) for one in kept[2:]], "as if they had never been claimed"


def test_each_step_is_handed_the_lock_of_its_own_process(bench: Bench, hurried: Hurry) -> None:
    started(bench, 3)
    places: list[Any] = []

    def answer(order: StepOrder) -> StepResult:
        assert order.lock is not None
        places.append(order.lock.fileno())
        return StepResult(output={}, seconds=0.0)

    bench.runner.answer = answer
    hurried.work()
    assert len(set(places)) == 3
