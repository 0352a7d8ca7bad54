"""Rules of the model test for starting, working and dying."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from jobboy.engine.sweep import Sweeper
from jobboy.errors import Refused
from tests.chaos.model_app import KINDS, OUTCOMES
from tests.chaos.model_world import OPERATOR, ModelWorld, flags, some, workers

MOST = 12
"""Processes at once: enough to stand in each other's way, few enough to look at all of them after each rule."""

outcomes = st.sampled_from(OUTCOMES)
codes = st.sampled_from([*sorted(KINDS), "three", "asks-last", "limited"])


class Working(ModelWorld):
    """Processes start, are claimed, worked on and lost."""

    # --- starting ---

    @initialize(several=st.lists(codes, min_size=2, max_size=6))
    def begin_with_several(self, several: list[str]) -> None:
        started = self.operations.start_many([(code, {}) for code in several])
        for process_id in started:
            self._meet(process_id)
        self._expect(*[(process_id, "started", OPERATOR, None) for process_id in started])

    @precondition(lambda self: len(self.known) < MOST)
    @rule(
        code=st.sampled_from(sorted(KINDS)), delay=st.sampled_from([0, 0, 0, 5]), priority=st.sampled_from([1, 100])
    )
    def start(self, code: str, delay: int, priority: int) -> None:
        started = self.operations.start(code, delay=timedelta(seconds=delay), priority=priority)
        self._meet(started)
        self._count("start" if not delay else "start with delay")
        self._expect((started, "started", OPERATOR, None))

    @precondition(lambda self: len(self.known) < MOST)
    @rule(code=codes, key=st.sampled_from(["north", "south"]))
    def start_with_key(self, code: str, key: str) -> None:
        kept = self.keys.get(key)
        if kept in self.known and self.known[kept].kind.code != code:
            with pytest.raises(Refused, match="its key"):
                self.operations.start(code, key=key)
            self._count("start with the key of another code")
            self._expect()
            return
        started = self.operations.start(code, key=key)
        if kept in self.known:
            assert started == kept
            self._count("start with a known key")
            self._expect()
            return
        self.keys[key] = started
        self._meet(started)
        self._count("start with a new key")
        self._expect((started, "started", OPERATOR, None))

    # --- working ---

    @precondition(lambda self: self._has_ready() or not self.holds)
    @rule(worker=workers, several=st.lists(outcomes, min_size=1, max_size=4))
    def iterate(self, worker: str, several: list[str]) -> None:
        """The usual: a claim, turns, and each result with the next claim in the same transaction."""
        before = len(self.holds)
        self.claim(worker)
        for place, outcome in enumerate(several, start=1):
            if len(self.holds) > before:
                self.settle(before, outcome, picks_next=place < len(several))

    @precondition(lambda self: bool(self.known))
    @rule(worker=workers)
    def claim(self, worker: str) -> None:
        expected = self._next()
        held = self.repository.claim(self._claimant(worker))
        self._take(worker, held, expected)
        self._expect()

    @precondition(lambda self: any(hold.change is None for hold in self.holds))
    @rule(which=some, outcome=outcomes)
    def work(self, which: int, outcome: str) -> None:
        idle = [hold for hold in self.holds if hold.change is None]
        self._work(idle[which % len(idle)], outcome)
        self._expect()

    @precondition(lambda self: bool(self.holds))
    @rule(which=some, outcome=outcomes, picks_next=flags)
    def settle(self, which: int, outcome: str, picks_next: bool) -> None:
        hold = self.holds.pop(which % len(self.holds))
        if hold.change is None:
            self._work(hold, outcome)
        assert hold.change is not None
        assert hold.result is not None
        claimant = self._claimant(hold.worker) if picks_next else None
        with hold.held.lock:
            if hold.known.id in self.known and hold.known.token == hold.claimed.token:
                self._settle_in_time(hold, claimant is not None)
            else:
                self._settle_late(hold, claimant is not None)

    # --- dying ---

    @precondition(lambda self: bool(self.holds))
    @rule(which=some)
    def crash(self, which: int) -> None:
        hold = self.holds.pop(which % len(self.holds))
        hold.held.lock.release()
        is_current = hold.known.handled and hold.known.token == hold.claimed.token
        hold.known.alive = hold.known.alive and not is_current
        self._count("crash of a holder" if is_current else "crash of one whose hold was taken")
        self._expect()

    @precondition(lambda self: any(known.handled for known in self.known.values()))
    @rule()
    def sweep(self) -> None:
        found = [known.id for known in self.known.values() if known.sweep(self.clock.now())]
        sweeper = Sweeper(self.repository, self.locks, self.clock, self.adapters.bell, actor="sweep:test")
        assert sorted(process.id for process in sweeper.sweep()) == sorted(found)
        self._count("sweep: found" if found else "sweep: nothing")
        self._expect(*[(one, "stuck", "sweep:test", None) for one in found])

    @precondition(lambda self: any(known.stuck and not known.rescuable for known in self.known.values()))
    @rule()
    def offer(self) -> None:
        expected = sum(known.offer() for known in self.known.values())
        sweeper = Sweeper(self.repository, self.locks, self.clock, self.adapters.bell, actor="sweep:test")
        assert sweeper.offer(self.jobs.registry) == expected
        self._count("offer: found" if expected else "offer: nothing")
        self._expect()
