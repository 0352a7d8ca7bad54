"""Steps described as data: a class by name, its arguments, and services by name (second seed document).

A spec can come from a configuration file, so its class is built only from modules the app has allowed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from jobboy.engine.answers import answer_schema
from jobboy.engine.definition_rules import LONGEST, check_count
from jobboy.engine.definitions import (
    Backoff,
    StepDefinition,
    by_position,
    check_name,
    wants_process,
    when_to_pause,
)
from jobboy.errors import InvalidDefinition

_KEYS = {
    *("name", "class", "args", "services", "interrupts", "answer"),
    *("isolated", "retries", "backoff", "timeout", "memory_limit"),
}


def build_step(
    spec: Mapping[str, Any], *, allowed: Sequence[str], services: Mapping[str, Callable[[], Any]]
) -> StepDefinition:
    """Build a step from ``{"name", "class": "pkg.mod:Foo", "args": [...], "services": ["db"]}``.

    The class is called with the services first, then the args, as in the seed; its ``execute(data)`` is the step.
    ``backoff`` and ``timeout`` are in seconds, ``memory_limit`` in megabytes.

    Raises:
        InvalidDefinition: naming the key: unknown, of a wrong type, a class outside the allowed prefixes or
            without ``execute``, a service nobody has named.
    """
    unknown = set(spec) - _KEYS
    if unknown:
        raise InvalidDefinition("spec", f"has unknown keys: {', '.join(sorted(unknown))}")
    name = check_name(spec.get("name", ""), "spec.name")
    kind = _load(spec.get("class"), allowed)
    instance = kind(*_services(spec.get("services", []), services), *_list(spec.get("args", []), "spec.args"))
    execute = getattr(instance, "execute", None)
    if not callable(execute):
        raise InvalidDefinition("spec.class", f"{spec['class']} has no method execute(data)")
    execute = by_position(execute)
    timeout, backoff = _number(spec, "timeout"), _number(spec, "backoff")
    interrupts = _flag(spec, "interrupts")
    schema = answer_schema(spec.get("answer", getattr(instance, "answer", None)), name)
    return StepDefinition(
        name=name,
        perform=execute,
        wants_process=wants_process(execute),
        interrupts=when_to_pause(
            getattr(instance, "interrupts", False) if interrupts is None else interrupts, schema, name
        ),
        answer=schema,
        isolated=bool(_flag(spec, "isolated")),
        retries=_count(spec, "retries"),
        backoff=Backoff() if backoff is None else Backoff(timedelta(seconds=backoff)),
        timeout=None if timeout is None else timedelta(seconds=timeout),
        memory_limit=_memory_limit(spec),
    )


def _load(path: object, allowed: Sequence[str]) -> Callable[..., Any]:
    module_name, colon, name = path.partition(":") if isinstance(path, str) else ("", "", "")
    if not colon or not module_name or not name.isidentifier():
        raise InvalidDefinition("spec.class", f"must be text like 'package.module:Class', not {path!r}")
    if not any(module_name == prefix or module_name.startswith(prefix + ".") for prefix in allowed):
        listed = ", ".join(allowed) or "none; name some with JobBoy(allow=[...])"
        raise InvalidDefinition("spec.class", f"{module_name!r} is not under an allowed prefix: {listed}")
    try:
        kind = getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise InvalidDefinition("spec.class", f"{path!r} cannot be imported: {error}") from error
    if not isinstance(kind, type):
        raise InvalidDefinition("spec.class", f"{path!r} is not a class")
    return kind


def _services(names: object, services: Mapping[str, Callable[[], Any]]) -> list[Any]:
    found = []
    for name in _list(names, "spec.services"):
        if name not in services:
            known = ", ".join(sorted(services)) or "none"
            raise InvalidDefinition("spec.services", f"no service is named {name!r}; known: {known}")
        found.append(services[name]())
    return found


def _flag(spec: Mapping[str, Any], key: str) -> bool | None:
    value = spec.get(key)
    if value is not None and not isinstance(value, bool):
        raise InvalidDefinition(f"spec.{key}", f"must be true or false, not {value!r}")
    return value


def _number(spec: Mapping[str, Any], key: str) -> float | None:
    value = spec.get(key)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is not None and not (is_number and 0 <= value <= LONGEST.total_seconds()):
        raise InvalidDefinition(f"spec.{key}", f"must be a number from 0, not {value!r}")
    return value


def _count(spec: Mapping[str, Any], key: str) -> int:
    number = _number(spec, key) or 0
    if number % 1:
        raise InvalidDefinition(f"spec.{key}", f"must be a whole number, not {number!r}")
    return int(number)


def _memory_limit(spec: Mapping[str, Any]) -> int | None:
    megabytes: int | None = spec.get("memory_limit")
    if megabytes is None:
        return None
    check_count(megabytes, "spec.memory_limit", least=1)
    return megabytes * 1_000_000


def _list(value: object, field: str) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise InvalidDefinition(field, "must be a list")
    return list(value)
