"""What each step of an ended process had as its input."""

from __future__ import annotations

from collections.abc import Sequence

from jobboy.errors import Refused
from jobboy.model.documents import Parameters
from jobboy.model.events import Event, EventKind
from jobboy.model.process import Process
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.model.versions import changed_by
from jobboy.operations.context import Context
from jobboy.operations.eligibility import Verb

PIECE = 500
"""Events read at once."""


class StepInputs:
    """The inputs of one process's steps, from its records and its history, which are read once.

    Args:
        context: of the database.
        process: an ended one.
        names: of the steps of its definition, in order.
    """

    def __init__(self, context: Context, process: Process, names: Sequence[str]) -> None:
        self._context = context
        self._process = process
        self._names = names
        self._recorded = {record.name: record for record in context.repository.steps(process.number)}
        self._answers: dict[str, Event] = {}
        """The last answer before each step."""
        self._unanswered: set[str] = set()
        """The steps before which a pause was ended by other means than an answer."""
        if len(names) > 1:
            self._read_pauses()

    def of(self, step: str) -> Parameters | None:
        """Return what a step had as its input, with what a person answered to a pause before it; None at the first.

        Raises:
            Refused: it is not recorded.
        """
        position = self._names.index(step)
        if step in self._unanswered:
            raise self._refused(step, f"what step {self._names[position - 1]!r} paused for was never answered")
        if step == self._process.step:  # where the process ended: what it had at hand
            return self._process.output
        if position == 0:
            return None
        before = self._recorded.get(self._names[position - 1])
        if before is None and (old := self._predecessor(position)) is not None:
            return StepInputs(self._context, old, self._names).of(step)
        if before is None or before.status is not StepStatus.COMPLETED or before.output is None:
            raise self._refused(step, f"step {self._names[position - 1]!r} before it has no recorded output")
        return self._answered(step, before, before.output)

    def _predecessor(self, position: int) -> Process | None:
        """Return the process that this one is a restart of, if this one began at a step or after it."""
        begun = [self._names.index(name) for name in self._recorded if name in self._names]
        if self._process.previous_id is None or not begun or min(begun) < position:
            return None
        return self._context.repository.get(self._process.previous_id)

    def _answered(self, step: str, before: StepRecord, output: Parameters) -> Parameters:
        answer = self._answers.get(step)
        if answer is None:
            return output
        values = changed_by(answer, "output", output)
        if values is None:  # written by a version that left long values out of the history
            raise self._refused(step, f"what was answered after step {before.name!r} is too long for the history")
        return Parameters(values, field="output")

    def _read_pauses(self) -> None:
        after = 0
        while events := self._context.repository.events(number=self._process.number, after=after, limit=PIECE):
            after = events[-1].seq
            for event in events:
                if event.step is None:
                    continue
                if event.kind is EventKind.PROCEEDED:
                    self._answers[event.step] = event
                elif (event.before or {}).get("paused"):
                    self._unanswered.add(event.step)

    def _refused(self, step: str, why: str) -> Refused:
        return Refused(Verb.RESTART, self._process.id, f"it cannot begin at {step!r}, {why}")
