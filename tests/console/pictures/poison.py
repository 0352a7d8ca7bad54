"""Makes every text of a world hostile: what processes, events, steps, workers, schedules and logs hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from jobboy.model.documents import Parameters, ProcessStore, Reports
from jobboy.model.events import EventKind
from jobboy.model.process import Process
from tests.console.fake_operations import FakeOperations
from tests.console.hostile import HOSTILE
from tests.console.pictures import (
    long_history,
    scenes_of_home,
    scenes_of_the_house,
    scenes_of_trouble,
    scenes_of_verbs,
    worlds,
)

_TEXTS = ("step", "error", "handled_by", "key", "id")
_DOCUMENTS = ("parameters", "store", "reports", "output", "stuck_cause")
_MAKERS = (worlds, long_history, scenes_of_home, scenes_of_verbs, scenes_of_the_house, scenes_of_trouble)


def poisoned(value: Any) -> Any:
    """Return a value with every text and key in it hostile; what is hostile already stays as it is."""
    if isinstance(value, str):
        return value if value.endswith(HOSTILE) else value + HOSTILE
    if isinstance(value, dict):
        return {poisoned(key): poisoned(item) for key, item in value.items()}
    return [poisoned(item) for item in value] if isinstance(value, list | tuple) else value


class HostileOperations(FakeOperations):
    """Takes whatever a world is made of, and keeps it hostile."""

    def add(self, code: str = "import-orders", status: str = "running", **fields: Any) -> Process:
        fields = {"id": f"01900000-0000-7000-8000-{len(self.processes) + 1:012x}", "key": "k", **fields}
        for name in (*_TEXTS, *_DOCUMENTS):
            if fields.get(name) is not None:
                fields[name] = poisoned(fields[name])
        return super().add(poisoned(code), status, **fields)

    def record(self, process: Process, kind: EventKind, **fields: Any) -> None:
        texts = {"actor": "worker:w1:12:cd", "reason": "why", "step": process.step or "none", **fields}
        texts |= {name: poisoned(texts[name]) for name in ("actor", "reason", "step")}
        super().record(process, kind, **texts)


def poisoned_world(make: Callable[[], FakeOperations], monkeypatch: pytest.MonkeyPatch) -> FakeOperations:
    """Return the world of a scene with everything in it hostile."""
    for module in _MAKERS:
        monkeypatch.setattr(module, "FakeOperations", HostileOperations, raising=False)
        for kind in (ProcessStore, Parameters, Reports):
            monkeypatch.setattr(module, kind.__name__, lambda value, kind=kind: kind(poisoned(value)), raising=False)
    operations = make() if make is not FakeOperations else HostileOperations()
    operations.url = poisoned(operations.url)
    operations.living = [
        replace(one, id=poisoned(one.id), host=poisoned(one.host), codes=poisoned(("c",)), version=poisoned("1"))
        for one in operations.living
    ]
    operations.recorded_steps = {
        process_id: [replace(step, name=poisoned(step.name), error=HOSTILE) for step in steps]
        for process_id, steps in operations.recorded_steps.items()
    }
    _poison_house(operations)
    return operations


def _poison_house(operations: FakeOperations) -> None:
    operations.house.said = {
        process_id: [replace(log, step=HOSTILE, text=poisoned(log.text)) for log in logs]
        for process_id, logs in operations.house.said.items()
    }
    operations.planned = {
        poisoned(name): replace(one, plan=replace(one.plan, name=poisoned(name), code=poisoned(one.plan.code)))
        for name, one in operations.planned.items()
    }
    operations.known = {
        poisoned(code): replace(one, code=poisoned(code), steps=poisoned(one.steps))
        for code, one in operations.known.items()
    }
    if operations.paused is not None:
        operations.paused = replace(operations.paused, actor=HOSTILE, reason=HOSTILE)
