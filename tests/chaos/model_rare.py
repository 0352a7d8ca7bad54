"""Rules of the model test that bring about what random rules seldom come to: each is several things in a row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.chaos.model_operating import Operating
from tests.chaos.model_working import MOST, Working
from tests.chaos.model_world import Hold, flags, seldom, some, workers

ASKING = ("three", "asks-last", "limited")
"""Codes whose processes pause."""
TURNS = 4
"""Until a process that was just started and comes first has asked its question, at most."""


def _is_current(hold: Hold) -> bool:
    """Say whether a hold is still its worker's, and its turn is not done."""
    return hold.known.handled and hold.known.token == hold.claimed.token and hold.change is None


def _can_be_killed(hold: Hold) -> bool:
    known = hold.known
    return _is_current(hold) and known.is_active and known.status != "failing" and not known.killed


def _is_resumable(hold: Hold) -> bool:
    return _is_current(hold) and hold.known.kind.serves_handled


class Rare(Working, Operating):
    """Deaths that are found, holds that are taken away, kills during a turn, and questions that are answered."""

    def _any_hold(self, wanted: Callable[[Hold], bool]) -> bool:
        return any(wanted(hold) and hold.known.id in self.known for hold in self.holds)

    def _place_of(self, which: int, wanted: Callable[[Hold], bool]) -> int:
        places = [place for place, hold in enumerate(self.holds) if wanted(hold) and hold.known.id in self.known]
        return places[which % len(places)]

    @precondition(lambda self: self._any_hold(_is_current))
    @rule(which=some, worker=workers)
    def die_and_be_found(self, which: int, worker: str) -> None:
        """A holder dies, the sweep sees it, and the next claim goes on with it where its policy says so."""
        self.crash(self._place_of(which, _is_current))
        self.sweep()
        if any(known.stuck and not known.rescuable for known in self.known.values()):
            self.offer()
        self.claim(worker)

    @precondition(lambda self: len(self.known) < MOST and not self.is_paused)
    @rule(worker=workers, code=st.sampled_from(["plain-resumed", "plain-limited"]))
    def die_and_be_resumed(self, worker: str, code: str) -> None:
        """A holder dies with what only a handler of the handled case may go on with."""
        self.start(code, 0, priority=1)
        for _ in range(TURNS):
            if not self._any_hold(_is_resumable):
                self.claim(worker)
        if self._any_hold(_is_resumable):
            self.crash(self._place_of(0, _is_resumable))
            self.sweep()
            self.offer()
            self.claim(worker)

    @precondition(lambda self: self._any_hold(_can_be_killed))
    @rule(which=some, outcome=st.sampled_from(["return", "raise", "crash", "end", "wait", "nothing"]), settles=flags)
    def kill_during_a_turn(self, which: int, outcome: str, settles: bool) -> None:
        place = self._place_of(which, _can_be_killed)
        known = self.holds[place].known
        self._kill(known, is_late=False)
        self._count("kill during a hold")
        if settles:
            self.settle(place, outcome, picks_next=True)

    @precondition(lambda self: self._any_hold(_is_current))
    @rule(which=some, fails=flags, settles=flags)
    def take_away(self, which: int, fails: bool, settles: bool) -> None:
        """An operator takes a process from its living holder, whose result comes too late."""
        place = self._place_of(which, _is_current)
        known = self.holds[place].known
        if fails:
            self._fail(known, at_once=False, force=True, is_late=False)
        else:
            self._recover(known, force=True, is_late=False)
        if settles:
            self.settle(place, "return", picks_next=False)

    @precondition(lambda self: len(self.known) < MOST and not self.is_paused)
    @rule(worker=workers, code=st.sampled_from(ASKING), seconds=st.sampled_from([0, 1, 25, 600, -5]), is_late=seldom)
    def ask_and_answer(self, worker: str, code: str, seconds: int, is_late: bool) -> None:
        """Work until somebody asks, let time pass, and answer."""
        self.start(code, 0, priority=1)
        for _ in range(TURNS):
            if not any(known.paused for known in self.known.values()):
                self.iterate(worker, ["return"])
        self.clock.advance(timedelta(seconds=seconds))
        if any(known.paused and not known.killed for known in self.known.values()):
            self.proceed(0, is_late=is_late)

    @precondition(lambda self: self._any_hold(lambda hold: hold.known.timeout_at is not None and _is_current(hold)))
    @rule(which=some)
    def run_out_of_time(self, which: int) -> None:
        """The time of a process is over before its turn begins."""
        place = self._place_of(which, lambda hold: hold.known.timeout_at is not None and _is_current(hold))
        known = self.holds[place].known
        if known.timeout_at is not None and known.timeout_at > self.clock.now():
            self.clock.advance(known.timeout_at - self.clock.now())
        self._count("out of time" if known.status != "failing" else "out of time in a teardown")
        self.settle(place, "return", picks_next=True)
