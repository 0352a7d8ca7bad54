"""The model test: random operators, workers, deaths and clocks on a real database, beside the reference model."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jobboy import JobBoy, bootstrap
from jobboy.engine.claimants import make_claimant
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.engine.sweep import Sweeper
from jobboy.errors import Conflict, Fenced, Refused
from jobboy.model.process import Process
from jobboy.ports import Change, Held
from jobboy.testing import FixedIdentifiers, FrozenClock
from tests.chaos.model_app import KINDS, OUTCOMES, Script
from tests.chaos.model_checks import Checks
from tests.chaos.model_reference import Known, ready
from tests.chaos.model_turns import turned

OPERATOR = "operator:ada@test"
WORKERS = {"A": "test:1:0000000a", "B": "test:2:0000000b"}
MOST = 12
"""Processes at once: enough to stand in each other's way, few enough to look at all of them after each rule."""

some = st.integers(0, 1000)
flags = st.booleans()
seldom = st.sampled_from([False, False, False, True])
workers = st.sampled_from(sorted(WORKERS))
outcomes = st.sampled_from(OUTCOMES)
codes = st.sampled_from([*sorted(KINDS), "three", "asks-last"])


@dataclass
class Hold:
    """A process in the hands of one of the workers, with what the model knew when it was claimed."""

    worker: str
    held: Held
    known: Known
    before: Known
    claimed: Known
    change: Change | None = None
    """Result of the turn, once it is done and not yet written."""
    result: Known | None = None


class OperationsMachine(RuleBasedStateMachine):
    """Each rule does one thing to both, and says which events must have come of it."""

    happened: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="model-"))
        shutil.copy(_empty_database(), self.folder / "model.db")
        url = f"sqlite:///{self.folder / 'model.db'}"
        self.jobs = JobBoy(url)
        self.script = Script(self.jobs)
        self.clock = FrozenClock()
        opened = bootstrap.open_adapters(url, durability="normal", clock=self.clock)
        self.adapters = replace(opened, identifiers=FixedIdentifiers())
        self.operations = bootstrap.open_operations(self.adapters, self.jobs.registry, actor=OPERATOR)
        self.repository, self.locks = self.adapters.repository, self.adapters.locks
        self.known: dict[str, Known] = {}
        self.keys: dict[str, str] = {}
        self.holds: list[Hold] = []
        self.is_paused = False
        self.checks = Checks(self.operations, self.repository)

    def teardown(self) -> None:
        self.checks.all_steps_agree(self.known)
        for hold in self.holds:
            hold.held.lock.release()
        self.adapters.close()
        self.jobs.close()
        shutil.rmtree(self.folder)

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

    def _meet(self, process_id: str) -> Known:
        process = self._load(process_id)
        assert process.id not in self.known
        self.known[process_id] = Known(
            id=process_id,
            number=process.number,
            kind=KINDS[process.code],
            step=process.step,
            turn_at=self.clock.now(),
            wait_until=process.wait_until,
            priority=process.priority,
        )
        return self.known[process_id]

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

    def _settle_in_time(self, hold: Hold, picks_next: bool) -> None:
        assert hold.change is not None
        assert hold.result is not None
        was_killed = hold.known.killed
        vars(hold.known).update(vars(hold.result.copy()))
        hold.known.killed = was_killed
        expected = self._next() if picks_next else None
        held = self.repository.settle(hold.change, claimant=self._claimant(hold.worker) if picks_next else None)
        self._count("settle with a kill meanwhile" if was_killed and not hold.claimed.killed else "settle")
        if picks_next:
            self._take(hold.worker, held, expected)
        self._expect(*[(hold.known.id, event.kind.value, event.actor, None) for event in hold.change.events])

    def _settle_late(self, hold: Hold, picks_next: bool) -> None:
        assert hold.change is not None
        try:
            self.repository.settle(hold.change, claimant=self._claimant(hold.worker) if picks_next else None)
        except Fenced:
            self._count("settle too late: fenced")
        else:
            raise AssertionError("an old token was accepted")
        is_kept = hold.known.id in self.known
        self._expect(*([(hold.known.id, "fenced", f"worker:{WORKERS[hold.worker]}", None)] if is_kept else []))

    def _work(self, hold: Hold, outcome: str) -> None:
        self._count(f"turn: {outcome}")
        self.script.outcome = outcome
        actor = f"worker:{WORKERS[hold.worker]}"
        iterator = ProcessIterator(self.jobs.registry, self.clock, self.script, actor=actor)
        hold.change = iterator.iterate(hold.held).change
        hold.result = turned(hold.before, hold.claimed, outcome, self.clock.now())

    def _next(self) -> Known | None:
        """Wake who has waited long enough, as a claim does, and say who must be claimed."""
        if self.is_paused:
            return None
        for known in self.known.values():
            known.wake(self.clock.now())
        return next(iter(ready(self.known.values())), None)

    def _take(self, worker: str, held: Held | None, expected: Known | None) -> None:
        if held is None or expected is None:
            assert held is None, f"{held} was claimed though nothing was ready"
            assert expected is None, f"{expected} was ready, but nothing was claimed"
            self._count("claim: nothing ready")
            return
        assert held.process.id == expected.id, f"{expected} was next"
        self._count("claim of a stuck one" if expected.stuck else "claim")
        before = expected.copy()
        expected.claim()
        self.holds.append(Hold(worker, held, expected, before, expected.copy()))

    def _claimant(self, worker: str) -> Any:
        return make_claimant(self.jobs.registry, self.locks, self.clock, WORKERS[worker])

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

    # --- operators ---

    @precondition(lambda self: bool(self.known))
    @rule(which=some, force=flags, is_late=seldom)
    def recover(self, which: int, force: bool, is_late: bool) -> None:
        known = self._some(which)
        self._verb(
            "recovered",
            known,
            is_late,
            lambda model: model.recover(self.clock.now(), force),
            lambda token, reason: self.operations.recover(known.id, reason=reason, force=force, token=token),
        )

    @precondition(lambda self: bool(self.known))
    @rule(which=some, at_once=flags, force=flags, is_late=seldom)
    def fail(self, which: int, at_once: bool, force: bool, is_late: bool) -> None:
        known = self._some(which)
        self._verb(
            "failed",
            known,
            is_late,
            lambda model: model.fail(self.clock.now(), at_once, force),
            lambda token, reason: self.operations.fail(
                known.id, reason=reason, now=at_once, force=force, token=token
            ),
        )

    @precondition(lambda self: bool(self.known))
    @rule(which=some, is_late=seldom)
    def kill(self, which: int, is_late: bool) -> None:
        known = self._some(which)
        self._verb(
            "kill_requested",
            known,
            is_late,
            lambda model: model.kill(self.clock.now()),
            lambda token, reason: self.operations.kill(known.id, reason=reason, token=token),
        )

    @precondition(lambda self: any(known.paused for known in self.known.values()))
    @rule(which=some, is_late=seldom)
    def proceed(self, which: int, is_late: bool) -> None:
        paused = [known for known in self.known.values() if known.paused]
        known = paused[which % len(paused)]
        for _ in range(2):  # of two answers the second is always refused
            self._verb(
                "proceeded",
                known,
                is_late,
                lambda model: model.proceed(self.clock.now()),
                lambda token, reason: self.operations.proceed(known.id, {"answer": 1}, reason=reason, token=token),
            )

    @precondition(lambda self: len(self.known) < MOST and not all(one.is_active for one in self.known.values()))
    @rule(which=some, place=st.sampled_from([0, 0, 1, 2]), is_ended=st.sampled_from([True, True, False]))
    def restart(self, which: int, place: int, is_ended: bool) -> None:
        known = self._some(which)
        if is_ended:
            ended = [one for one in self.known.values() if not one.is_active]
            known = ended[which % len(ended)]
        steps = known.kind.steps
        from_step = steps[min(place, len(steps)) - 1] if place and steps else None
        needed = steps[steps.index(from_step) - 1] if from_step and from_step != steps[0] else None
        applies = not known.is_active and (needed is None or needed in known.outputs)
        try:
            successor = self.operations.restart(known.id, reason="once more", from_step=from_step)
        except Refused:
            assert not applies, f"restart was refused for {known}"
            self._count("restart refused")
            self._expect()
            return
        assert applies, f"restart was accepted for {known}"
        known.token += 1
        self.checks.restarted(self._load(known.id))
        self._meet(successor.id)
        assert (successor.previous_id, successor.step) == (known.id, from_step or (steps[0] if steps else None))
        self._count("restart from a step" if from_step else "restart")
        self._expect((known.id, "restarted", OPERATOR, "once more"), (successor.id, "started", OPERATOR, None))

    def _verb(
        self,
        kind: str,
        known: Known,
        is_late: bool,
        model: Callable[[Known], bool],
        act: Callable[[int, str], Process],
    ) -> None:
        wanted = known.copy()
        applies = model(wanted) and not is_late
        reason = f"{kind} because of {known.number}"
        try:
            written = act(known.token - is_late, reason)
        except Conflict:
            assert is_late, f"a conflict over {known}"
            self._count(f"{kind}: conflict")
            self._expect()
            return
        except Refused:
            assert not applies, f"refused for {known}"
            assert not is_late
            self._count(f"{kind}: refused")
            self._expect()
            return
        assert applies, f"{kind} was accepted for {known}"
        vars(known).update(vars(wanted))
        assert written == self._load(known.id)
        self._count(kind)
        self._expect((known.id, kind, OPERATOR, reason))

    # --- all work ---

    @precondition(lambda self: bool(self.known))
    @rule(pauses=st.sampled_from([True, False, False]))
    def pause_or_resume(self, pauses: bool) -> None:
        act = self.operations.pause if pauses else self.operations.resume
        word = "pause" if pauses else "resume"
        try:
            act(reason="the house")
        except Refused:
            assert self.is_paused is pauses
            self._count(f"{word} of all work: refused")
            self._expect()
            return
        assert self.is_paused is not pauses
        self.is_paused = pauses
        self._count(f"{word} of all work")
        self._expect((None, "work_paused" if pauses else "work_resumed", OPERATOR, "the house"))

    @precondition(lambda self: bool(self.known))
    @rule(seconds=st.sampled_from([0.001, 1, 2, 5, 20, 600]))
    def advance(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self._count("clock goes on")

    @precondition(lambda self: bool(self.holds))
    @rule(seconds=st.sampled_from([1, 60, 7200]))
    def jump_back(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=-seconds))
        self._count("clock jumps back")

    @precondition(lambda self: not all(known.is_active for known in self.known.values()))
    @rule(older_than=st.sampled_from([None, None, timedelta(0), timedelta(minutes=5)]))
    def prune(self, older_than: timedelta | None) -> None:
        now = self.clock.now()
        gone = [known.id for known in self.known.values() if known.expired(now, older_than)]
        assert self.operations.prune(older_than=older_than, dry_run=True) == len(gone)
        assert self.operations.prune(older_than=older_than) == len(gone)
        for process_id in gone:
            del self.known[process_id]
        self.checks.pruned(gone)
        self._count("prune: removed" if gone else "prune: nothing")
        self._expect(*([(None, "pruned", OPERATOR, None)] if gone else []))

    # --- looking ---

    @invariant()
    def both_agree(self) -> None:
        self.checks.all_agree(self.known, self.clock.now())

    @invariant()
    def nobody_shares_a_process(self) -> None:
        current = Counter(
            hold.known.id
            for hold in self.holds
            if hold.known.id in self.known and hold.known.handled and hold.known.token == hold.claimed.token
        )
        assert current == Counter(known.id for known in self.known.values() if known.handled and known.alive)

    def _has_ready(self) -> bool:
        return not self.is_paused and any(known.rank is not None for known in self.known.values())

    def _some(self, which: int) -> Known:
        """Return any process, or a held one as often: most verbs are about those."""
        held = [known for known in self.known.values() if known.handled]
        found = held if held and which % 2 else list(self.known.values())
        return found[which // 2 % len(found)]

    def _load(self, process_id: str) -> Process:
        process = self.repository.get(process_id)
        assert process is not None
        return process

    def _count(self, what: str) -> None:
        self.happened[what] += 1

    def _expect(self, *events: tuple[str | None, str, str, str | None]) -> None:
        self.checks.expect(list(events))


@cache
def _empty_database() -> Path:
    """Return a database with its tables made; copying it takes a tenth of the time of making one."""
    path = Path(tempfile.mkdtemp(prefix="model-empty-")) / "empty.db"
    bootstrap.open_adapters(f"sqlite:///{path}", durability="normal").close()
    return path
