"""Slots: as many work as there is work for, a ring is never lost, and idleness is told once all are free."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from jobboy import IterationResponse
from jobboy.engine.hand import Hand
from jobboy.errors import StorageBusy
from jobboy.worker.slots import SLOTS, Slots

SOON = 60.0  # seconds; only a test that fails waits so long
Turn = Callable[[Callable[[], bool], Callable[[], None]], IterationResponse]
WORKED, NOTHING = IterationResponse(has_worked=True), IterationResponse(has_worked=False)


class ScriptedMaker:
    """Makes the turns of a script, then finds nothing; counts how many it makes at once."""

    def __init__(self, *script: Turn) -> None:
        self._script = list(script)
        self._guard = threading.Lock()
        self.turns = 0

    def relieve(self, hand: Hand) -> bool:
        raise AssertionError(f"nothing was in hand, but {hand} was to be relieved")

    def work_through(
        self, wanted: Callable[[], bool], on_more: Callable[[], None], watch: Callable[[Hand], None]
    ) -> IterationResponse:
        with self._guard:
            self.turns += 1
            turn = self._script.pop(0) if self._script else None
        return NOTHING if turn is None else turn(wanted, on_more)


class Stand:
    """Slots on a running scheduler."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.stopping = threading.Event()
        self.idle = threading.Semaphore(0)
        self.scheduler = BackgroundScheduler(executors={SLOTS: ThreadPoolExecutor(count)}, timezone="UTC")
        self.scheduler.start()

    def close(self) -> None:
        self.stopping.set()
        self.scheduler.remove_all_jobs()
        self.scheduler.shutdown()

    def slots(
        self, maker: ScriptedMaker, *, count: int | None = None, on_idle: Callable[[], None] | None = None
    ) -> Slots:
        made: Any = maker
        return Slots(
            made,
            self.scheduler,
            count=count or self.count,
            stopping=self.stopping,
            on_idle=on_idle or (lambda: self.idle.release()),
            on_relieved=lambda: None,
        )


@pytest.fixture
def stand() -> Iterator[Stand]:
    opened = Stand(3)
    yield opened
    opened.close()


def test_a_look_that_finds_nothing_tells_that_the_worker_is_idle(stand: Stand) -> None:
    slots = stand.slots(ScriptedMaker())
    slots.look()
    assert stand.idle.acquire(timeout=SOON)
    assert slots.wait_until_free(SOON)


def test_a_slot_looks_again_after_it_has_worked(stand: Stand) -> None:
    maker = ScriptedMaker(lambda wanted, more: WORKED, lambda wanted, more: WORKED)
    slots = stand.slots(maker)
    slots.look()
    assert stand.idle.acquire(timeout=SOON)
    assert maker.turns == 3


def test_each_slot_that_finds_more_wakes_the_next(stand: Stand) -> None:
    together = threading.Barrier(3)

    def turn(wanted: Callable[[], bool], more: Callable[[], None]) -> IterationResponse:
        more()
        together.wait(SOON)
        return WORKED

    maker = ScriptedMaker(turn, turn, turn)
    slots = stand.slots(maker)
    slots.look()
    assert stand.idle.acquire(timeout=SOON)
    assert not together.broken


def test_no_more_slots_are_used_than_there_are(stand: Stand) -> None:
    working, let_go = threading.Semaphore(0), threading.Event()

    def turn(wanted: Callable[[], bool], more: Callable[[], None]) -> IterationResponse:
        for _ in range(5):
            more()
        working.release()
        assert let_go.wait(SOON)
        return WORKED

    maker = ScriptedMaker(turn, turn, turn)
    slots = stand.slots(maker)
    slots.look()
    for _ in range(3):
        assert working.acquire(timeout=SOON)
    slots.ring()
    assert (maker.turns, slots.all_free(), slots.wait_until_free(0.0)) == (3, False, False)
    let_go.set()
    assert slots.wait_until_free(SOON)


def test_a_ring_during_a_look_makes_it_look_again() -> None:
    one = Stand(1)
    slots: list[Slots] = []

    def turn(wanted: Callable[[], bool], more: Callable[[], None]) -> IterationResponse:
        slots[0].ring()  # something new came while it found nothing
        return NOTHING

    maker = ScriptedMaker(turn)
    slots.append(one.slots(maker))
    slots[0].look()
    assert one.idle.acquire(timeout=SOON)
    one.close()
    assert maker.turns == 2


def test_a_lock_that_another_holds_is_no_idleness(stand: Stand) -> None:
    maker = ScriptedMaker(lambda wanted, more: IterationResponse(has_worked=False, lock_held=True))
    slots = stand.slots(maker)
    slots.look()
    assert slots.wait_until_free(SOON)
    assert not stand.idle.acquire(blocking=False)


def test_a_database_that_cannot_be_reached_is_no_idleness_and_frees_the_slot(stand: Stand) -> None:
    def turn(wanted: Callable[[], bool], more: Callable[[], None]) -> IterationResponse:
        raise StorageBusy("database is locked")

    slots = stand.slots(ScriptedMaker(turn))
    slots.look()
    assert slots.wait_until_free(SOON)
    assert not stand.idle.acquire(blocking=False)
    slots.look()
    assert stand.idle.acquire(timeout=SOON)


def test_while_stopping_nothing_is_begun(stand: Stand) -> None:
    maker = ScriptedMaker()
    slots = stand.slots(maker)
    stand.stopping.set()
    slots.look()
    slots.ring()
    assert (maker.turns, slots.all_free()) == (0, True)


def test_a_slot_that_is_busy_while_stopping_begins_nothing_more(stand: Stand) -> None:
    def turn(wanted: Callable[[], bool], more: Callable[[], None]) -> IterationResponse:
        assert wanted()
        stand.stopping.set()
        assert not wanted()
        return WORKED

    maker = ScriptedMaker(turn)
    slots = stand.slots(maker)
    slots.look()
    assert slots.wait_until_free(SOON)
    assert maker.turns == 1
    assert not stand.idle.acquire(blocking=False)


def test_a_waking_is_not_lost_when_the_scheduler_has_not_seen_the_end_of_the_one_before(stand: Stand) -> None:
    ran = threading.Semaphore(0)

    def turn(wanted: Callable[[], bool], more: Callable[[], None]) -> IterationResponse:
        ran.release()
        return NOTHING

    def on_idle() -> None:  # still inside the one before, whose slot is free already
        if maker.turns == 1:
            slots.look()
            assert ran.acquire(timeout=SOON)
        stand.idle.release()

    maker = ScriptedMaker(lambda wanted, more: NOTHING, turn)
    slots = stand.slots(maker, count=1, on_idle=on_idle)
    slots.look()
    assert stand.idle.acquire(timeout=SOON)
    assert stand.idle.acquire(timeout=SOON)
    assert maker.turns == 2
