"""The lookout: it relieves what is held up, sleeps when there is nothing to see, and misses no call."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jobboy.engine.hand import Hand
from jobboy.errors import StorageBusy
from jobboy.ports import Held
from jobboy.worker import lookout as lookouts
from jobboy.worker.lookout import Lookout
from tests.factories import a_process

SOON = 60.0  # seconds; only a test that fails waits so long


def eventually(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.002)


def a_hand(count: int = 3) -> Hand:
    lock: Any = None
    return Hand([Held(before=one, process=one, lock=lock) for one in (a_process() for _ in range(count))])


class Stand:
    """A lookout, and what it did."""

    def __init__(self) -> None:
        self.relieved: list[Hand] = []
        self.failures: list[Exception] = []
        self.tries = 0
        self.calls = threading.Semaphore(0)
        self.lookout = Lookout(self._relieve, self.calls.release)
        self.lookout.start()

    def _relieve(self, hand: Hand) -> bool:
        self.tries += 1
        if self.failures:
            raise self.failures.pop(0)
        if hand.current is None:
            return False
        hand.relieved = True
        self.relieved.append(hand)
        return True


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """A lookout that gets tired soon."""
    monkeypatch.setattr(lookouts, "STAYS_UP", 3)
    opened = Stand()
    yield opened
    opened.lookout.close()
    eventually(lambda: not opened.lookout._thread.is_alive())


def test_a_hand_that_stays_at_one_turn_is_relieved_once_and_others_are_called(stand: Stand) -> None:
    hand = a_hand()
    hand.next()
    stand.lookout.watch(hand)
    assert stand.calls.acquire(timeout=SOON)
    eventually(lambda: stand.lookout.sleeps)
    assert stand.relieved == [hand]
    assert not stand.calls.acquire(blocking=False)


def test_a_hand_that_is_not_begun_yet_keeps_the_lookout_awake(stand: Stand) -> None:
    hand = a_hand()
    stand.lookout.watch(hand)
    eventually(lambda: stand.tries > 10)  # a look that finds no turn in progress comes back
    assert not stand.lookout.sleeps
    hand.next()
    assert stand.calls.acquire(timeout=SOON)


def test_each_slot_has_its_own_hand_looked_after(stand: Stand) -> None:
    hands = [a_hand(), a_hand()]
    together = threading.Barrier(2)

    def slot(hand: Hand) -> None:
        hand.next()
        together.wait(SOON)  # the next thread would be given the name of one that has ended
        stand.lookout.watch(hand)
        together.wait(SOON)

    threads = [threading.Thread(target=slot, args=[hand]) for hand in hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in hands:
        assert stand.calls.acquire(timeout=SOON)
    assert {id(hand) for hand in stand.relieved} == {id(hand) for hand in hands}


def test_it_sleeps_when_all_is_done_and_wakes_for_the_next_hand(stand: Stand) -> None:
    for _ in range(3):
        eventually(lambda: stand.lookout.sleeps)
        hand = a_hand()
        hand.next()
        stand.lookout.watch(hand)
        assert stand.calls.acquire(timeout=SOON)
        assert stand.relieved[-1] is hand


def test_a_call_while_it_falls_asleep_is_not_missed(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookouts, "STAYS_UP", 1)
    monkeypatch.setattr(lookouts, "LONG_TURN", 0.0002)
    for turn in range(150):
        hand = a_hand()
        hand.next()
        if turn % 3:
            time.sleep(turn % 7 * 0.0001)  # meets it at any place of its way to bed
        stand.lookout.watch(hand)
        assert stand.calls.acquire(timeout=SOON), f"hand {turn} was missed"


def test_what_cannot_be_relieved_is_tried_again_less_and_less_often(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    stand.failures += [StorageBusy("database is locked"), ValueError("a mistake"), StorageBusy("database is locked")]
    hand = a_hand()
    hand.next()
    with caplog.at_level(logging.WARNING):
        stand.lookout.watch(hand)
        assert stand.calls.acquire(timeout=SOON)
    assert stand.relieved == [hand]
    assert stand.tries == 4
    waiting = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert waiting == ["what a long turn holds up waits: database is locked"] * 2
    eventually(lambda: stand.lookout._pause == lookouts.LONG_TURN)


def test_it_ends_whatever_it_is_at(stand: Stand) -> None:
    stand.failures += [StorageBusy("database is locked")] * 1000
    hand = a_hand()
    hand.next()
    stand.lookout.watch(hand)
    eventually(lambda: stand.tries >= 3)
    stand.lookout.close()
    eventually(lambda: not stand.lookout._thread.is_alive())


def test_one_that_was_never_started_ends_too() -> None:
    Lookout(lambda hand: True, lambda: None).close()
