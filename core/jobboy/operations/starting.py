"""Starting processes."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from jobboy.errors import CodeNotFound, InvalidValue
from jobboy.failpoints import reach
from jobboy.model.documents import Parameters
from jobboy.model.process import DEFAULT_PRIORITY, Process
from jobboy.model.status import ProcessStatus
from jobboy.operations.context import Context
from jobboy.operations.permission import require
from jobboy.ports import Alike, DefinitionRecord

MAX_KEY = 200
MAX_PRIORITY = 1_000_000
_NEVER = datetime.min.replace(tzinfo=UTC)

_Start = tuple[Process, tuple[str, Parameters], str | None]
"""What a process has in common with others, its id and parameters, and its key."""


def start_many(
    context: Context,
    orders: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    keys: Sequence[str | None] | None,
    delay: timedelta | None,
    priority: int | None,
) -> list[str]:
    """Check all orders, write all processes in one transaction, wake the workers; returns the ids in order."""
    orders = list(orders)  # it is gone through more than once, and may be a generator
    now = context.clock.now()
    marks: dict[str, Any] = {"wait_until": _wait_until(now, delay), "priority": _priority(priority)}
    codes: dict[str, int] = {}
    for code, _ in orders:
        codes[code] = codes.get(code, 0) + 1
    patterns = {code: _pattern(_definition(context, code), now, **marks) for code in codes}
    documents = [_document(parameters) for _, parameters in orders]
    own = list(zip(context.identifiers.process_ids(len(orders)), documents, strict=True))
    checked = [_key(key) for key in ([None] * len(orders) if keys is None else keys)]
    if len(checked) != len(orders):
        raise InvalidValue("keys", f"must be as many as there are orders, {len(orders):,}, not {len(checked):,}")
    if not orders:
        return []
    require(context, "start", ", ".join(codes), codes)
    remember(context, set(codes))
    ids = _keep(context, list(zip([patterns[code] for code, _ in orders], own, checked, strict=True)))
    reach("start-committed")
    context.bell.ring()
    return ids


def _keep(context: Context, starts: Sequence[_Start]) -> list[str]:
    """Write processes and return their ids; a key that is known already gives the id of the process that has it."""
    if any(key is not None for _, _, key in starts):
        processes = [
            pattern.changed(id=process_id, parameters=parameters, key=key)
            for pattern, (process_id, parameters), key in starts
        ]
        return [process.id for process in context.repository.add(processes, actor=context.actor)]
    several: list[Alike] = []
    for pattern, own, _ in starts:
        if not several or several[-1].pattern is not pattern:
            several.append(Alike(pattern, []))
        several[-1].own.append(own)
    context.repository.add_alike(several, actor=context.actor)
    return [process_id for _, (process_id, _), _ in starts]


def known_definition(context: Context, code: str) -> DefinitionRecord | None:
    """Return a definition of this program, or what a worker of the database has left of one."""
    return context.definitions.record(code) or context.repository.definition(code)


def known_codes(context: Context) -> list[str]:
    """Return the codes that can be started, sorted."""
    return sorted({*context.definitions.codes(), *context.repository.defined_codes()})


def remember(context: Context, codes: set[str]) -> None:
    """Leave the definitions in the database, so that programs without their code can start and show them too."""
    for code in codes - context.remembered:
        record = context.definitions.record(code)
        if record is not None and record != context.repository.definition(code):
            context.repository.remember([record])
        context.remembered.add(code)


def _definition(context: Context, code: str) -> DefinitionRecord:
    definition = known_definition(context, code)
    if definition is None:
        raise CodeNotFound(code, known_codes(context))
    return definition


def new_process(
    context: Context, definition: DefinitionRecord, parameters: Mapping[str, Any], now: datetime
) -> Process:
    """Make a process of a definition that is to be kept.

    Raises:
        InvalidValue: the parameters break a rule; names the path.
    """
    return _pattern(definition, now, id=context.identifiers.process_id(), parameters=_document(parameters))


def _pattern(definition: DefinitionRecord, now: datetime, **fields: Any) -> Process:
    """Return what processes of a definition that start at a moment have in common."""
    return _new(definition).changed(created_at=now, updated_at=now, turn_at=now, **fields)


@functools.lru_cache
def _new(definition: DefinitionRecord) -> Process:
    """Return a process of a definition; its dates and what is its own are still to be given."""
    return Process(
        number=0,
        id="",
        code=definition.code,
        status=ProcessStatus.STARTING,
        step=definition.steps[0] if definition.steps else None,
        on_crash=definition.on_crash,
        retention=definition.retention,
        created_at=_NEVER,
        updated_at=_NEVER,
        turn_at=_NEVER,
    )


def _document(parameters: object) -> Parameters:
    if type(parameters) is not dict and not isinstance(parameters, Mapping):  # the former is asked at once
        raise InvalidValue("parameters", f"must be a JSON object (dict), not {type(parameters).__name__}")
    document = Parameters(parameters)
    _ = document.text  # every rule of JSON is checked here, before anything is written
    return document


def _key(key: str | None) -> str | None:
    if key is not None and not (isinstance(key, str) and 0 < len(key) <= MAX_KEY and key.isprintable()):
        raise InvalidValue("key", f"must be 1 to {MAX_KEY} printable characters")
    return key


def _priority(priority: int | None) -> int:
    if priority is None:
        return DEFAULT_PRIORITY
    is_whole = isinstance(priority, int) and not isinstance(priority, bool)
    if not (is_whole and 0 <= priority <= MAX_PRIORITY):
        raise InvalidValue("priority", f"must be from 0 (first) to {MAX_PRIORITY:,} (last), a whole number")
    return priority


def _wait_until(now: datetime, delay: timedelta | None) -> datetime | None:
    if delay is None or delay == timedelta(0):
        return None
    if not isinstance(delay, timedelta):
        raise InvalidValue("delay", f"must be a timedelta, such as timedelta(minutes=10), not {delay!r}")
    if delay < timedelta(0):
        raise InvalidValue("delay", "must not be negative")
    try:
        return now + delay
    except OverflowError as error:
        raise InvalidValue("delay", "ends after the year 9999") from error
