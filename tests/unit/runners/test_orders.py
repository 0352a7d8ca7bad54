"""An order arrives as it was written; what a step does to its input is not done to its process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from jobboy.model.documents import Parameters, ProcessStore, Reports
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.ports import StepOrder
from jobboy.runners.frames import Frames
from jobboy.runners.orders import ORDER, ReadOrder, StepSource, order_frame

NOW = datetime(2024, 5, 6, tzinfo=UTC)
PROCESS = Process(
    number=7,
    id="018f4a00-0000-7000-8000-000000000007",
    code="nightly",
    status=ProcessStatus.RUNNING,
    step="load",
    attempt=2,
    token=9,
    created_at=NOW,
    updated_at=NOW,
    turn_at=NOW,
    parameters=Parameters({"rows": [1, 2]}),
    store=ProcessStore({"city": "Forlì"}),
    reports=Reports({"rejected": 3}),
)
SOURCE = StepSource("app", "nightly", "load", "sqlite:///jobboy.db", 1)


def arrived(data: Any, source: StepSource = SOURCE) -> ReadOrder:
    order = StepOrder(code="nightly", step="load", process=PROCESS, data=data, timeout=None, memory_limit=5)
    frames = Frames(ORDER)
    frames.add(order_frame(order, source, "app:run_step"))
    parts = frames.next()
    assert parts is not None
    return ReadOrder(parts)


def test_everything_about_the_step_and_its_process_arrives() -> None:
    order = arrived(Parameters({"path": "/x"}))
    assert dict(order.head) == SOURCE._asdict() | {"run_step": "app:run_step", "memory_limit": 5}
    assert (order.database, order.place, dict(order.data)) == ("sqlite:///jobboy.db", 1, {"path": "/x"})
    assert order.process == {
        "number": 7,
        "id": PROCESS.id,
        "code": "nightly",
        "status": "running",
        "step": "load",
        "attempt": 2,
        "token": 9,
        "parameters": {"rows": [1, 2]},
        "store": {"city": "Forlì"},
        "reports": {"rejected": 3},
    }


def test_parameters_that_are_the_input_too_are_sent_once_and_shared_by_nobody() -> None:
    order = arrived(PROCESS.parameters)
    assert len(order_frame_of(PROCESS.parameters)) < len(order_frame_of(Parameters({"rows": [1, 2]})))
    order.data["rows"].append(3)
    assert order.process["parameters"] == {"rows": [1, 2]}
    assert order.data == {"rows": [1, 2]}


def order_frame_of(data: Any) -> bytes:
    order = StepOrder(code="nightly", step="load", process=PROCESS, data=data, timeout=None)
    return order_frame(order, SOURCE, "app:run_step")


@pytest.mark.parametrize("data", [{}, {"n": [1, {"two": None}]}, Parameters({})])
def test_an_input_of_any_kind_arrives(data: Any) -> None:
    assert arrived(data).data == data


def test_how_to_import_a_script_is_told_with_its_steps() -> None:
    head = arrived({}, SOURCE._replace(module="__main__")).head
    assert "sys_argv" in head["main"]
    assert head["step"] == "load"
