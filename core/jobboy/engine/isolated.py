"""The part of an isolated step that runs in its own program: find the definition, run the step, answer."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol
from weakref import ref

from jobboy.engine.definitions import Definition
from jobboy.engine.registry import Registry
from jobboy.engine.steps import perform_here
from jobboy.errors import InvalidDefinition
from jobboy.model.documents import Document
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.ports import StepOrder

_registries: list[ref[Registry]] = []
"""The registries of all apps that were made in this program and are still there, oldest first."""


class Message(Protocol):
    """What a program is told of the step it is to run."""

    @property
    def process(self) -> Mapping[str, Any]:
        """Fields of the process by name, its documents among them."""

    @property
    def data(self) -> Document:
        """The input of the step."""

    @property
    def database(self) -> str | None:
        """URL its app uses from here on, None for its own."""

    @property
    def place(self) -> int:
        """The `place_of` the app."""


def remember(registry: Registry) -> None:
    """Let the isolated steps of an app be found; called when it is made."""
    _registries.append(ref(registry, _registries.remove))


def place_of(registry: Registry, code: str) -> int:
    """Return the place of an app among those that define a code in the same module: 0 for the one made first."""
    found = _defining(registry.module_of(code), code)
    return found.index(registry) if registry in found else 0


def run_step(module: str, code: str, step: str, message: Message) -> dict[str, Any]:
    """Import the module that defines a code and run one of its steps; called in the child program.

    Args:
        module: name of the module; ``__main__`` stands for the script of the worker.
        code: of the process.
        step: name of the step.
        message: what is read of it is what the step asks for.

    Returns:
        ``{"output", "store", "reports"}``.

    Raises:
        InvalidDefinition: when importing the module does not define the step.
    """
    registry, definition = find_definition(module, code, message.place)
    found = definition.step(step)
    if found is None:
        raise InvalidDefinition(f"{code}.{step}", f"importing {module} defines no such step")
    registry.database = message.database
    process = _process(message.process) if found.wants_process else _UNKNOWN
    order = StepOrder(code=code, step=step, process=process, data=message.data, timeout=None)
    result = perform_here(found, order)
    return {"output": result.output, "store": result.store, "reports": result.reports}


def find_definition(module: str, code: str, place: int) -> tuple[Registry, Definition]:
    """Import a module and return the definition of a code, with the registry it is in.

    Args:
        module: name of the module.
        code: of the definition.
        place: `place_of` the app in the program of the worker, which may have made more than the import does.

    Raises:
        InvalidDefinition: when the module, imported anew, does not define it, or several times but not in this place.
    """
    name = "__mp_main__" if module == "__main__" else module
    if name not in sys.modules:
        importlib.import_module(name)
    found = _defining(name, code)
    if not found:
        raise InvalidDefinition(
            code, f"importing {module!r} does not define it; isolated steps need their JobBoy at module level"
        )
    if len(found) > 1 and place >= len(found):
        raise InvalidDefinition(code, f"importing {module!r} defines it {len(found)} times, and none is the worker's")
    registry = found[place] if len(found) > 1 else found[0]
    definition = registry.definition(code)
    assert definition is not None
    return registry, definition


def _defining(module: str, code: str) -> list[Registry]:
    found = []
    for weak in tuple(_registries):
        registry = weak()
        definition = None if registry is None else registry.definition(code)
        if registry is not None and definition is not None and definition.module == module:
            found.append(registry)
    return found


def _process(fields: Mapping[str, Any]) -> Process:
    return _UNKNOWN.changed(**{**fields, "status": ProcessStatus(fields["status"])})


_BEGINNING = datetime.fromtimestamp(0, UTC)
_UNKNOWN = Process(
    number=0,
    id="",
    code="",
    status=ProcessStatus.RUNNING,
    created_at=_BEGINNING,
    updated_at=_BEGINNING,
    turn_at=_BEGINNING,
)
"""What a process is here before anything is known of it; steps see no dates."""
