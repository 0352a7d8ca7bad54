"""What the rules of the model test work with: a real database, real locks, and the reference model beside them."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from jobboy import JobBoy, bootstrap
from jobboy.engine.claimants import make_claimant
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.errors import Conflict, Fenced, Refused
from jobboy.model.process import Process
from jobboy.ports import Change, Held
from jobboy.testing import FixedIdentifiers, FrozenClock
from tests.chaos.databases import empty_database
from tests.chaos.model_app import KINDS, Script
from tests.chaos.model_checks import Checks
from tests.chaos.model_reference import Known, ready
from tests.chaos.model_turns import turned

OPERATOR = "operator:ada@test"
WORKERS = {"A": "test:1:0000000a", "B": "test:2:0000000b"}

some = st.integers(0, 1000)
flags = st.booleans()
seldom = st.sampled_from([False, False, False, True])
workers = st.sampled_from(sorted(WORKERS))


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


class ModelWorld(RuleBasedStateMachine):
    """What every rule does to both is done here, and what it must find is looked for here."""

    happened: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="model-"))
        shutil.copy(empty_database(), self.folder / "model.db")
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

    # --- looking for processes ---

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

    # --- doing ---

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
            previous=process.previous_id,
            begun_at=process.step,
        )
        return self.known[process_id]

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
        expected.claim(self.clock.now())
        self.holds.append(Hold(worker, held, expected, before, expected.copy()))

    def _claimant(self, worker: str) -> Any:
        return make_claimant(self.jobs.registry, self.locks, self.clock, WORKERS[worker])

    def _recover(self, known: Known, *, force: bool, is_late: bool) -> None:
        self._verb(
            "recovered",
            known,
            is_late,
            lambda model: model.recover(self.clock.now(), force),
            lambda token, reason: self.operations.recover(known.id, reason=reason, force=force, token=token),
        )

    def _fail(self, known: Known, *, at_once: bool, force: bool, is_late: bool) -> None:
        self._verb(
            "failed",
            known,
            is_late,
            lambda model: model.fail(self.clock.now(), at_once, force),
            lambda token, reason: self.operations.fail(
                known.id, reason=reason, now=at_once, force=force, token=token
            ),
        )

    def _kill(self, known: Known, *, is_late: bool) -> None:
        self._verb(
            "kill_requested",
            known,
            is_late,
            lambda model: model.kill(self.clock.now()),
            lambda token, reason: self.operations.kill(known.id, reason=reason, token=token),
        )

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
