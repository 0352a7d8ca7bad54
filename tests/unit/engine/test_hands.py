"""What is taken in hand together: the pace that allows it, the hand itself, and who may be claimed ahead."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from jobboy import CrashPolicy, JobBoy, Process
from jobboy.engine.claimants import SlotClaimant
from jobboy.engine.hand import Hand
from jobboy.engine.pace import HAND_TIME, LARGEST_HAND, SHORT, HandSize, Pace
from jobboy.errors import StorageNotReachable
from jobboy.ports import Bundle, Change, Held, Locks, process_place
from tests.factories import NOW, a_process
from tests.unit.bench import Bench
from tests.unit.engine import hurry
from tests.unit.engine.hurry import Hurry

# --- pace ---


def test_a_step_is_short_once_its_turns_are_known_to_be() -> None:
    pace = Pace()
    assert not pace.is_short("import", "load")
    pace.took("import", "load", SHORT / 10)
    assert pace.is_short("import", "load")
    assert not pace.is_short("export", "load")
    assert not pace.is_short("import", "check")
    pace.took("import", "load", 5.0)
    assert not pace.is_short("import", "load")
    for _ in range(60):
        pace.took("import", "load", SHORT / 10)
    assert pace.is_short("import", "load")


def test_hands_double_while_they_are_done_in_time_and_halve_when_not() -> None:
    size = HandSize(LARGEST_HAND)
    limits = []
    for _ in range(9):
        size.took(size.limit, HAND_TIME / 10)
        limits.append(size.limit)
    assert limits == [2, 4, 8, 16, 32, LARGEST_HAND, LARGEST_HAND, LARGEST_HAND, LARGEST_HAND]
    size.took(3, 0.0)  # a small one tells nothing
    size.took(LARGEST_HAND, HAND_TIME * 0.7)
    assert size.limit == LARGEST_HAND
    for _ in range(9):
        size.took(1, HAND_TIME * 2)
    assert size.limit == 1


def test_one_slot_leads_and_looks_again_when_another_gave_way() -> None:
    pace, first, second = Pace(), object(), object()
    assert pace.lead(first)
    assert pace.lead(first)
    assert not pace.lead(second)
    assert not pace.stop_leading(second)
    assert pace.stop_leading(first)
    assert pace.lead(second)
    assert not pace.stop_leading(second)


def test_a_leader_that_was_deposed_lets_others_lead_and_no_look_is_lost() -> None:
    pace, first, second, third = Pace(), object(), object(), object()
    assert pace.lead(first)
    pace.depose(first)
    assert pace.lead(second)
    pace.depose(first)  # a second time: it is another one's now
    assert not pace.lead(third)
    pace.depose(second)
    assert pace.stop_leading(second)


def test_of_those_who_find_the_same_work_exactly_one_looks_last() -> None:
    """Whoever gives way has seen work; after it somebody must look, however the two run into each other."""
    pace, work, done = Pace(), threading.Semaphore(0), threading.Semaphore(0)

    def look(slot: object) -> None:
        while True:
            if pace.lead(slot):
                while work.acquire(blocking=False):
                    done.release()
            if not pace.stop_leading(slot):
                return

    with ThreadPoolExecutor(4) as threads:
        for _ in range(100):
            work.release()
            for looking in [threads.submit(look, object()) for _ in range(4)]:
                looking.result()
            assert done.acquire(blocking=False)


# --- the hand ---


def a_hand(count: int, bundle: Any = None) -> Hand:
    lock: Any = bundle or NoLock()
    processes = [a_process(number=number) for number in range(1, count + 1)]
    return Hand([Held(before=one, process=one, lock=lock, more=one.number == count) for one in processes])


class NoLock:
    releases = 0

    def release(self) -> None:
        self.releases += 1


def test_a_hand_is_done_in_its_order_and_counts_its_turns() -> None:
    hand = a_hand(3)
    assert (hand.size, hand.more, hand.turns, hand.current) == (3, True, 0, None)
    assert hand.needs_lookout
    order = []
    while (held := hand.next()) is not None:
        assert hand.current is held
        order.append(held.process.number)
    assert (order, hand.turns, hand.current, hand.needs_lookout) == ([1, 2, 3], 3, None, False)


def test_an_empty_hand_has_nothing() -> None:
    hand = Hand([])
    assert (hand.size, hand.more, hand.next(), hand.needs_lookout) == (0, False, None, False)
    hand.release()


def test_what_is_put_back_keeps_its_place() -> None:
    hand = a_hand(4)
    hand.next()
    rest = hand.take_rest()
    assert hand.take_rest() == []
    hand.put_back([], rest)
    assert [held.process.number for held in iter(hand.next, None)] == [2, 3, 4]


def test_a_hand_releases_each_of_its_locks_once() -> None:
    bundle = NoLock()
    a_hand(5, bundle).release()
    assert bundle.releases == 1


def test_each_thing_is_taken_out_by_exactly_one_thread() -> None:
    for _ in range(20):
        hand = a_hand(200)
        gate = threading.Barrier(3)

        def do(hand: Hand, gate: threading.Barrier) -> list[int]:
            gate.wait()
            numbers = []
            while (held := hand.next()) is not None:
                numbers.append(held.process.number)
                hand.finish(Change(process=held.process, seen_token=0))
            return numbers

        def take(hand: Hand, gate: threading.Barrier) -> list[int]:
            gate.wait()
            with hand.guard:
                return [held.process.number for held in hand.take_rest()]

        with ThreadPoolExecutor(3) as threads:
            outcomes = [threads.submit(work, hand, gate) for work in (do, take, take)]
            taken = [outcome.result() for outcome in outcomes]
        assert sorted(number for numbers in taken for number in numbers) == list(range(1, 201))
        assert [change.process.number for change in hand.take_results()] == taken[0]
        assert hand.take_results() == []


# --- who is claimed ahead ---


@pytest.fixture
def hurried(bench: Bench, jobs: JobBoy) -> Hurry:
    """A slot that knows that turns of ``short`` are short."""
    jobs.handler(hurry.SHORT)(lambda process: process.complete())
    return Hurry(bench)


def numbers_of(hand: Hand) -> list[int]:
    return [held.process.number for held in iter(hand.next, None)]


def test_short_ones_are_claimed_together_all_but_the_first_ahead(bench: Bench, hurried: Hurry) -> None:
    ids = [bench.start(hurry.SHORT) for _ in range(4)]
    hand = hurried.hand()
    members = list(iter(hand.next, None))
    assert [held.process.id for held in members] == ids
    assert [held.ahead for held in members] == [False, True, True, True]
    places = [process_place(held.process.number, held.process.token) for held in members]
    assert [bench.locks.is_taken(place) for place in places] == [True] * 4
    assert [bench.locks.is_ahead(place) for place in places] == [False, True, True, True]
    hurried.claimant.begin(members[2])
    assert [bench.locks.is_ahead(place) for place in places] == [False, True, False, True]
    hand.release()
    assert not any(bench.locks.is_taken(place) for place in places)


SUSPECTS: dict[str, dict[str, Any]] = {
    "has crashed before": {"crashes": 1},
    "has a dead holder": {"handled": True, "stuck": True, "rescuable": True, "stuck_cause": {"kind": "x"}},
    "is killed": {"killed_at": NOW},
    "is failing": {"status": "failing"},
    "has a limit in time": {"timeout_at": NOW + timedelta(days=1)},
}


@pytest.mark.parametrize("why", SUSPECTS)
def test_whatever_is_not_surely_short_is_claimed_alone(bench: Bench, hurried: Hurry, why: str) -> None:
    suspect = bench.put(a_process(code=hurry.SHORT, **{"status": "running", "priority": -1, **SUSPECTS[why]}))
    others = [bench.start(hurry.SHORT) for _ in range(2)]
    hand = hurried.hand()
    assert numbers_of(hand) == [suspect.number]
    assert not hurried.someone_leads()
    assert [bench.get(other).handled for other in others] == [False, False]
    hand.release()


@pytest.mark.parametrize("why", SUSPECTS)
def test_whatever_is_not_surely_short_is_never_claimed_ahead(bench: Bench, hurried: Hurry, why: str) -> None:
    claimant = SlotClaimant(hurried.claimant, hurried.pace, several=True)
    short = bench.get(bench.start(hurry.SHORT))
    assert claimant.wants(short, 0)
    assert claimant.wants(short, 1)
    assert not claimant.wants(a_process(code=hurry.SHORT, **{"status": "running", **SUSPECTS[why]}), 1)


GUARDS: dict[str, Callable[[JobBoy], object]] = {
    "a limit of a step": lambda jobs: jobs.steps("guarded").step(lambda data: {}, name="load", timeout=timedelta(1)),
    "a limit of all": lambda jobs: jobs.steps("guarded", timeout=timedelta(1)).step(lambda data: {}, name="load"),
    "no definition": lambda jobs: jobs.define("other", on_crash=CrashPolicy.HOLD),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_what_is_guarded_is_claimed_alone_however_short_it_is(bench: Bench, jobs: JobBoy, guard: str) -> None:
    GUARDS[guard](jobs)
    for _ in range(2):
        bench.put(a_process(code="guarded", status="starting", step="load"))
    hurried = Hurry(bench, "guarded")
    claimant = SlotClaimant(hurried.claimant, hurried.pace, several=True)
    for candidate in bench.repository.load([1, 2]):
        assert claimant.wants(candidate, 0)
        assert not claimant.leads
        assert not claimant.wants(candidate, 1)


def test_where_nobody_looks_after_a_hand_there_is_none(bench: Bench, hurried: Hurry) -> None:
    for _ in range(3):
        bench.start(hurry.SHORT)
    claimant = SlotClaimant(hurried.claimant, hurried.pace, several=False)
    (held,) = bench.repository.claim_hand(claimant)
    assert not held.plain
    held.lock.release()


class OtherLocks:
    """Locks of which some fail."""

    def __init__(self, locks: Locks, **others: Any) -> None:
        self._locks = locks
        self._others = others

    def __getattr__(self, name: str) -> Any:
        return self._others.get(name) or getattr(self._locks, name)


class OnePlace:
    """A bundle of a system that has only locks for one."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._is_full = False

    def take(self, place: int) -> bool:
        if self._is_full:
            raise StorageNotReachable("no locks available")
        self._is_full = True
        return self._bundle.take(place)

    def release(self) -> None:
        self._bundle.release()


def test_where_no_notes_can_be_kept_one_is_claimed_at_a_time(bench: Bench, hurried: Hurry) -> None:
    ids = [bench.start(hurry.SHORT) for _ in range(3)]
    blind = Hurry(bench, locks=OtherLocks(bench.locks, mark_ahead=lambda place: False))
    hand = blind.hand()
    assert (hand.size, hand.more) == (1, True)
    assert not any(bench.locks.is_taken(process_place(bench.get(one).number, 1)) for one in ids[1:])
    hand.release()


def test_where_no_locks_are_left_the_hand_is_what_it_is(bench: Bench, hurried: Hurry) -> None:
    ids = [bench.start(hurry.SHORT) for _ in range(3)]
    poor = Hurry(bench, locks=OtherLocks(bench.locks, bundle=lambda: OnePlace(bench.locks.bundle())))
    hand = poor.hand()
    assert (hand.size, hand.more) == (1, True)
    assert not bench.locks.is_ahead(process_place(bench.get(ids[1]).number, 1))
    hand.release()


def test_a_first_one_that_cannot_be_begun_leaves_no_lock_behind(bench: Bench, hurried: Hurry) -> None:
    process = bench.get(bench.start(hurry.SHORT))

    def refuse(place: int) -> None:
        raise StorageNotReachable("the notes cannot be written")

    stuck = Hurry(bench, locks=OtherLocks(bench.locks, mark_begun=refuse))
    with pytest.raises(StorageNotReachable):
        stuck.hand()
    assert not bench.locks.is_taken(process_place(process.number, 1))
    assert bench.get(process.id) == process


def test_what_another_holds_is_left_out_of_a_hand(bench: Bench, hurried: Hurry) -> None:
    processes: list[Process] = [bench.get(bench.start(hurry.SHORT)) for _ in range(4)]
    with bench.locks.take(process_place(processes[0].number, 1)) or pytest.fail("it was taken"):  # noqa: SIM117
        with bench.locks.take(process_place(processes[2].number, 1)) or pytest.fail("it was taken"):
            hand = hurried.hand()
    assert numbers_of(hand) == [processes[1].number, processes[3].number]
    assert not bench.locks.is_ahead(process_place(processes[2].number, 1))
    hand.release()
