"""Selections, counts, steps and workers as values; tracebacks as people read them."""

from jobboy import ProcessStatus
from jobboy.model.documents import Parameters
from jobboy.model.selection import Counts, Selection
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.model.tracebacks import MAX_LENGTH, readable_traceback
from jobboy.model.workers import WorkerInfo
from tests.factories import NOW


def test_the_default_selection_is_everything() -> None:
    assert Selection().is_everything
    assert not Selection(stuck=True).is_everything
    assert not Selection(codes=frozenset({"import"})).is_everything


def test_the_total_is_the_sum_of_all_statuses() -> None:
    assert Counts({ProcessStatus.RUNNING: 2, ProcessStatus.FAILED: 3}, handled=1).total == 5
    assert Counts().total == 0


def test_a_step_as_json_has_the_promised_fields() -> None:
    step = StepRecord(position=0, name="load", status=StepStatus.COMPLETED, attempts=1, output=Parameters({"n": 1}))
    assert step.as_json() == {
        "name": "load",
        "status": "completed",
        "attempts": 1,
        "output": {"n": 1},
        "error": None,
        "started_at": None,
        "ended_at": None,
    }


def test_a_worker_as_json_says_what_it_holds() -> None:
    worker = WorkerInfo(number=1, id="h:1:a", host="h", pid=1, slots=4, codes=("a",), started_at=NOW, holds=("id",))
    told = worker.as_json()
    assert (told["codes"], told["holds"], told["alive"]) == (["a"], ["id"], False)
    assert told["started_at"] == "2026-01-05T12:00:00.000000Z"


def test_a_traceback_is_cut_at_its_head_and_ends_with_the_error() -> None:
    try:
        raise ValueError("x" * MAX_LENGTH + " the end")
    except ValueError as error:
        told = readable_traceback(error)
    assert len(told) <= MAX_LENGTH
    assert told.rstrip().endswith("the end")
