"""A slot that is known to do short turns, so that it takes several processes in hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from jobboy import IterationResponse, Process
from jobboy.engine.claimants import SlotClaimant, make_claimant
from jobboy.engine.hand import Hand
from jobboy.engine.iteration_maker import IterationMaker
from jobboy.engine.pace import HandSize, Pace
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.ports import Held
from tests.unit.bench import WORKER, Bench

SHORT = "short"


class KnownSize(HandSize):
    """Stays what it is."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit

    def took(self, count: int, seconds: float) -> None:
        """Nothing is learned."""


class KnownPace(Pace):
    """Knows what is short whatever the machine takes for it, and always allows large hands."""

    def __init__(self, *short: str, limit: int = 64) -> None:
        super().__init__()
        self.here = self.elsewhere = KnownSize(limit)
        self._short = short

    def is_short(self, code: str, step: str | None) -> bool:
        return code in self._short


class Hurry:
    """A maker on a bench, the hands it was given to watch, and how often another slot was called.

    Args:
        bench: to work on.
        short: codes whose turns are short.
        repository, locks: others than the bench's.
    """

    def __init__(self, bench: Bench, *short: str, repository: Any = None, locks: Any = None) -> None:
        self.bench = bench
        self.pace = KnownPace(*(short or (SHORT,)))
        registry, clock = bench.jobs.registry, bench.clock
        self.locks = locks or bench.locks
        self.claimant = make_claimant(registry, self.locks, clock, WORKER)
        self.abandon = threading.Event()
        self.iterator = ProcessIterator(registry, clock, bench.runner, actor=f"worker:{WORKER}")
        self.maker = IterationMaker(
            repository or bench.repository,
            self.locks,
            self.iterator,
            self.claimant,
            abandon=self.abandon,
            pace=self.pace,
        )
        self.hands: list[Hand] = []
        self.calls = 0

    def work(self, *, wanted: Callable[[], bool] = lambda: True) -> IterationResponse:
        return self.maker.work_through(wanted, self._call, self.hands.append)

    def hand(self) -> Hand:
        """Claim a hand without beginning it."""
        claimant = SlotClaimant(self.claimant, self.pace, several=True)
        return Hand(self.bench.repository.claim_hand(claimant), claimant)

    def begin(self, hand: Hand) -> Held:
        held = hand.next()
        assert held is not None
        return self.claimant.begin(held)

    def do(self, hand: Hand) -> Process:
        """Do the turn of the next one and keep its result in the hand."""
        held = self.begin(hand)
        hand.finish(self.iterator.iterate(held).change)
        return held.process

    def someone_leads(self) -> bool:
        newcomer = object()
        leads = not self.pace.lead(newcomer)
        self.pace.stop_leading(newcomer)
        return leads

    def _call(self) -> None:
        self.calls += 1
