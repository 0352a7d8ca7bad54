"""From which steps an ended process can be restarted."""

from __future__ import annotations

from dataclasses import dataclass

from jobboy.errors import Refused
from jobboy.operations.context import Context
from jobboy.operations.inputs import StepInputs
from jobboy.operations.reading import get
from jobboy.operations.starting import known_definition


@dataclass(frozen=True)
class RestartPoint:
    """A step, and whether a restart can begin at it."""

    step: str
    why_not: str | None = None
    """The end of "cannot restart ID: "; None when it can."""

    @property
    def allowed(self) -> bool:
        """Whether a restart can begin here."""
        return self.why_not is None


def restart_points(context: Context, part: str) -> list[RestartPoint]:
    """Return the steps of a process's definition in their order; none when it has no steps, or none are known."""
    process = get(context, part)
    definition = known_definition(context, process.code)
    names = list(definition.steps) if definition else []
    inputs = StepInputs(context, process, names)
    found = []
    for name in names:
        try:
            inputs.of(name)
        except Refused as refused:
            found.append(RestartPoint(name, refused.why))
        else:
            found.append(RestartPoint(name))
    return found
