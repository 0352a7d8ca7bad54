"""Rules of the model test for operators, for all work, and for time."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from jobboy.errors import Refused
from tests.chaos.model_reference import Known
from tests.chaos.model_working import MOST
from tests.chaos.model_world import OPERATOR, ModelWorld, flags, seldom, some


class Operating(ModelWorld):
    """Operators do their verbs, all work is paused, clocks go on and back, and what is over is removed."""

    # --- operators ---

    @precondition(lambda self: bool(self.known))
    @rule(which=some, force=flags, is_late=seldom)
    def recover(self, which: int, force: bool, is_late: bool) -> None:
        self._recover(self._some(which), force=force, is_late=is_late)

    @precondition(lambda self: bool(self.known))
    @rule(which=some, at_once=flags, force=flags, is_late=seldom)
    def fail(self, which: int, at_once: bool, force: bool, is_late: bool) -> None:
        self._fail(self._some(which), at_once=at_once, force=force, is_late=is_late)

    @precondition(lambda self: bool(self.known))
    @rule(which=some, is_late=seldom)
    def kill(self, which: int, is_late: bool) -> None:
        self._kill(self._some(which), is_late=is_late)

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
        applies = not known.is_active and (from_step is None or self._has_input(known, from_step))
        try:
            successor = self.operations.restart(known.id, reason="once more", from_step=from_step)
        except Refused:
            assert not applies, f"restart was refused for {known}"
            self._count("restart refused")
            self._expect()
            return
        assert applies, f"restart was accepted for {known}"
        known.token += 1
        self.checks.restarted(self._load(known.id), successor.id)
        self._meet(successor.id)
        assert (successor.previous_id, successor.step) == (known.id, from_step or (steps[0] if steps else None))
        self._count("restart from a step" if from_step else "restart")
        self._expect((known.id, "restarted", OPERATOR, "once more"), (successor.id, "started", OPERATOR, None))

    def _has_input(self, known: Known, step: str) -> bool:
        """Say whether it is known what a step got: here, or where this process was restarted from."""
        if step in (known.unanswered, known.step):
            return step != known.unanswered
        place = known.kind.steps.index(step)
        if place == 0 or known.kind.steps[place - 1] in known.outputs:
            return True
        began_later = known.begun_at is not None and known.kind.steps.index(known.begun_at) >= place
        previous = self.known.get(known.previous or "")
        return began_later and previous is not None and self._has_input(previous, step)

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
        self.checks.pruned(gone, OPERATOR)
        self._count("prune: removed" if gone else "prune: nothing")
