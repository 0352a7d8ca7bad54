"""The part of an isolated step that runs in its own program: find the definition, run the step, answer."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from weakref import WeakSet

from jobboy.engine.definitions import Definition
from jobboy.engine.registry import Registry
from jobboy.engine.steps import perform_here
from jobboy.errors import InvalidDefinition
from jobboy.model.documents import Parameters, ProcessStore, Reports
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.ports import StepOrder

registries: WeakSet[Registry] = WeakSet()
"""The registries of all apps that were made in this program and are still there."""


def run_step(module: str, code: str, step: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """Import the module that defines a code and run one of its steps; called in the child program.

    Args:
        module: name of the module; ``__main__`` stands for the script of the worker.
        code: of the process.
        step: name of the step.
        message: ``{"process", "data", "database"}``: the process as JSON with its ``number``, the input of the step,
            and the URL its app uses from here on, None for its own.

    Returns:
        ``{"output", "store", "reports"}``.

    Raises:
        InvalidDefinition: when importing the module does not define the step.
    """
    definition = find_definition(module, code)
    found = definition.step(step)
    if found is None:
        raise InvalidDefinition(f"{code}.{step}", f"importing {module} defines no such step")
    _use(definition, message.get("database"))
    process = _process(message["process"])
    order = StepOrder(code=code, step=step, process=process, data=message["data"], timeout=None)
    result = perform_here(found, order)
    return {"output": result.output, "store": result.store, "reports": result.reports}


def _use(definition: Definition, database: str | None) -> None:
    """Let the app of a definition use the worker's database, which need not be the one that its module names."""
    for registry in registries:
        if registry.definition(definition.code) is definition:
            registry.database = database


def find_definition(module: str, code: str) -> Definition:
    """Import a module and return the definition of a code.

    Raises:
        InvalidDefinition: when the module, imported anew, does not define it.
    """
    name = "__mp_main__" if module == "__main__" else module
    importlib.import_module(name)
    for registry in registries:
        definition = registry.definition(code)
        if definition is not None and definition.module == name:
            return definition
    raise InvalidDefinition(
        code, f"importing {module!r} does not define it; isolated steps need their JobBoy at module level"
    )


def _process(fields: Mapping[str, Any]) -> Process:
    unknown = datetime.fromtimestamp(0, UTC)  # steps see no dates
    return Process(
        number=fields["number"],
        id=fields["id"],
        code=fields["code"],
        status=ProcessStatus(fields["status"]),
        step=fields["step"],
        attempt=fields["attempt"],
        token=fields["token"],
        parameters=Parameters(fields["parameters"]),
        store=ProcessStore(fields["store"]),
        reports=Reports(fields["reports"]),
        created_at=unknown,
        updated_at=unknown,
        turn_at=unknown,
    )
