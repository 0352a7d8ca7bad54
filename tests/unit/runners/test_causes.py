"""Every ending is told in one sentence and as facts."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime
from typing import Any

import pytest

from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.ports import StepOrder
from jobboy.runners.causes import crash, not_started
from jobboy.runners.child_program import ChildEnded, Ending

NOW = datetime(2024, 5, 6, tzinfo=UTC)
PROCESS = Process(
    number=1,
    id="018f4a00-0000-7000-8000-000000000001",
    code="nightly",
    status=ProcessStatus.RUNNING,
    attempt=3,
    created_at=NOW,
    updated_at=NOW,
    turn_at=NOW,
)
ORDER = StepOrder(code="nightly", step="load", process=PROCESS, data={}, timeout=None)
FACTS = {"step": "load", "attempt": 3, "host": "night-shift", "pid": 77, "last_lines": ["the end"]}


@pytest.mark.parametrize(
    ("ending", "status", "why", "sentence", "cause"),
    [
        (Ending.DIED, 0, None, "died: exit code 0 without an answer", {"kind": "exit", "exit_code": 0}),
        (Ending.DIED, 3, None, "died: exit code 3 without an answer", {"kind": "exit", "exit_code": 3}),
        (
            Ending.DIED,
            -signal.SIGSEGV,
            None,
            "died: killed by SIGSEGV",
            {"kind": "signal", "signal": "SIGSEGV"},
        ),
        (
            Ending.DIED,
            -signal.SIGKILL,
            None,
            "died: killed by SIGKILL, perhaps because memory ran out",
            {"kind": "signal", "signal": "SIGKILL"},
        ),
        (
            Ending.DIED,
            -63,
            None,
            "died: killed by signal 63",
            {"kind": "signal", "signal": "signal 63"},
        ),
        (
            Ending.SILENT,
            -signal.SIGKILL,
            None,
            "cut its connection without an answer and was killed",
            {"kind": "no answer"},
        ),
        (
            Ending.NOT_STARTED,
            -signal.SIGKILL,
            None,
            "did not begin: its program took too long to start",
            {"kind": "no answer"},
        ),
        (
            Ending.STOPPED,
            -signal.SIGTERM,
            "killed by alice",
            "was stopped: killed by alice",
            {"kind": "stopped", "why": "killed by alice"},
        ),
    ],
)
def test_an_ending_is_told(
    ending: Ending, status: int, why: str | None, sentence: str, cause: dict[str, Any]
) -> None:
    error = crash(ORDER, "night-shift", ChildEnded(ending, 77, status, ["the end"]), why)
    assert str(error) == f"step 'load' {sentence}"
    assert error.cause == cause | FACTS
    assert json.loads(json.dumps(error.cause)) == error.cause


def test_a_program_that_could_not_be_started_is_told() -> None:
    error = not_started(ORDER, "night-shift", OSError(24, "Too many open files"))
    assert str(error) == "step 'load' could not be started: Too many open files"
    assert error.cause["kind"] == "not started"
