"""The process as handlers and steps hold it: what they may see, and what they may do to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from jobboy.errors import InvalidValue
from jobboy.model.documents import Parameters, ProcessStore, Reports
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus


class StepProcess:
    """What a step that asks for ``process`` gets; what it writes is kept in the commit that records the step.

    Args:
        process: as claimed.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self.id = process.id
        """The process's id."""
        self.code = process.code
        """Name of the kind of work."""
        self.step = process.step
        """Name of the step, None in plain handlers."""
        self.attempt = process.attempt
        """1 for the first time the step or turn is begun."""
        self.parameters: Parameters = process.parameters
        """Given at start, read-only."""
        self.store = ProcessStore.from_text(process.store.text, "store")
        """Working memory, kept from turn to turn."""
        self.reports = Reports.from_text(process.reports.text, "reports")
        """What is written for people."""

    @property
    def idempotency_key(self) -> str:
        """``id/step/visit``: the same for every attempt of this step, for use as a key outside."""
        return f"{self.id}/{self.step or self._process.status}/1"


class HandledProcess(StepProcess):
    """What a handler gets; its changes are kept together when the handler returns, and dropped when it raises.

    Args:
        process: as claimed.
        before: as it was when it was picked.
        now: the moment of the turn.
    """

    def __init__(self, process: Process, before: Process, now: datetime) -> None:
        super().__init__(process)
        self._now = now
        self.status: ProcessStatus = process.status
        """Where it is now; moved by the methods below."""
        self.was_stuck = before.handled
        """True when its last holder died with it in hand."""
        self.stuck_cause = before.stuck_cause
        """How that holder died, as far as is known."""
        self.output: Parameters | None = process.output
        """What the process has to show; set by `complete`."""
        self.wanted_wait: datetime | None = None
        self.wants_another_turn = False
        self.failure: str | None = None

    def run(self) -> None:
        """Move from starting to running.

        Raises:
            StatusTransitionNotAllowed: as every move here, when the table does not have it.
        """
        self._move(ProcessStatus.RUNNING)

    def end(self) -> None:
        """Move to ending: the work is done, what is left is to tidy up. With no handler for it: completed."""
        self._move(ProcessStatus.ENDING)

    def complete(self, output: dict[str, Any] | None = None) -> None:
        """Move to completed, with an output if there is one."""
        self._move(ProcessStatus.COMPLETED)
        if output is not None:
            self.output = Parameters(output, field="output")

    def fail(self, reason: str | None = None) -> None:
        """Move to failing, so that failing handlers tear down; a failing process becomes failed."""
        failing = self.status is ProcessStatus.FAILING
        self._move(ProcessStatus.FAILED if failing else ProcessStatus.FAILING)
        if reason is not None:
            self.failure = reason
            self.reports["reason"] = {"type": None, "message": reason, "traceback": None}

    def wait(self, time: timedelta) -> None:
        """Let nobody pick the process before this time is over; other processes go on."""
        self.wait_until(self._now + time)

    def wait_until(self, moment: datetime) -> None:
        """Let nobody pick the process before this moment.

        Raises:
            InvalidValue: when the moment has no time zone.
        """
        if moment.tzinfo is None:
            raise InvalidValue("wait_until", "must have a time zone, such as datetime.UTC")
        self.wanted_wait = moment.astimezone(UTC)

    def again(self) -> None:
        """Ask for another turn of a teardown, which otherwise ends with the turn that returns."""
        self.wants_another_turn = True

    def _move(self, to: ProcessStatus) -> None:
        self.status = self.status.change(to)
