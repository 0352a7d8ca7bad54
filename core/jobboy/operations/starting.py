"""Starting processes."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from jobboy.errors import CodeNotFound, InvalidValue
from jobboy.failpoints import reach
from jobboy.model.documents import Parameters
from jobboy.model.json_rules import write_json
from jobboy.model.process import DEFAULT_PRIORITY, Process
from jobboy.model.status import ProcessStatus
from jobboy.operations.context import Context
from jobboy.operations.permission import require
from jobboy.ports import Alike, DefinitionRecord, Pattern

MAX_KEY = 200
MAX_PRIORITY = 1_000_000
_NEVER = datetime.min.replace(tzinfo=UTC)

_Own = tuple[str, Parameters]
"""What no two processes have in common: id and parameters."""


def start(
    context: Context,
    code: str,
    parameters: Mapping[str, Any],
    *,
    key: str | None,
    delay: timedelta | None,
    priority: int | None,
) -> str:
    """Start one process like `start_many`, with less to go through; returns its id."""
    now = context.clock.now()
    wait_until = _wait_until(now, delay)
    pattern = _pattern(_definition(context, code), _priority(priority))
    own = context.identifiers.process_id(), _document(parameters)
    keys = () if key is None else (_key(key),)
    _permit(context, {code: 1})
    return _keep(context, [Alike(pattern, now, wait_until, [own])], keys)[0]


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
    wait_until, priority = _wait_until(now, delay), _priority(priority)
    numbers = _numbers(orders)
    patterns = {code: _pattern(_definition(context, code), priority) for code in numbers}
    own = list(zip(context.identifiers.process_ids(len(orders)), _documents(orders), strict=True))
    checked = [] if keys is None else [_key(key) for key in keys]
    if keys is not None and len(checked) != len(orders):
        raise InvalidValue("keys", f"must be as many as there are orders, {len(orders):,}, not {len(checked):,}")
    if not orders:
        return []
    _permit(context, numbers)
    return _keep(context, _alike([patterns[code] for code, _ in orders], own, now, wait_until), checked)


def _numbers(orders: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, int]:
    """Count the orders of each code."""
    numbers: dict[str, int] = {}
    try:
        for code, _ in orders:
            numbers[code] = numbers.get(code, 0) + 1
    except (TypeError, ValueError) as error:
        raise InvalidValue("orders", "must be pairs of a code and its parameters") from error
    return numbers


def _permit(context: Context, numbers: Mapping[str, int]) -> None:
    """Let so many processes of each code be started, or refuse it before anything is written."""
    require(context, "start", ", ".join(numbers), numbers)
    remember(context, numbers)


def _alike(
    patterns: Sequence[Pattern], own: Sequence[_Own], now: datetime, wait_until: datetime | None
) -> list[Alike]:
    """Put neighbours of the same pattern together."""
    together = itertools.groupby(zip(patterns, own, strict=True), key=operator.itemgetter(0))
    return [Alike(pattern, now, wait_until, [each for _, each in pairs]) for pattern, pairs in together]


def _keep(context: Context, several: Sequence[Alike], keys: Sequence[str | None]) -> list[str]:
    """Write processes, wake the workers, and return the ids; a known key gives that of the process that has it."""
    if any(keys):
        each = [process for one in several for process in one.processes()]
        keyed = [process.changed(key=key) for process, key in zip(each, keys, strict=True)]
        ids = [process.id for process in context.repository.add(keyed, actor=context.actor)]
    else:
        context.repository.add_alike(several, actor=context.actor)
        ids = [process_id for one in several for process_id, _ in one.own]
    reach("start-committed")
    context.bell.ring()
    return ids


def known_definition(context: Context, code: str) -> DefinitionRecord | None:
    """Return a definition of this program, or what a worker of the database has left of one."""
    return context.definitions.record(code) or context.repository.definition(code)


def known_codes(context: Context) -> list[str]:
    """Return the codes that can be started, sorted."""
    return sorted({*context.definitions.codes(), *context.repository.defined_codes()})


def remember(context: Context, codes: Iterable[str]) -> None:
    """Leave the definitions in the database, so that programs without their code can start and show them too."""
    for code in codes:
        if code in context.remembered:
            continue
        record = context.definitions.record(code)
        if record is not None and record != context.repository.definition(code):
            context.repository.remember([record])
        context.remembered.add(code)


def _definition(context: Context, code: object) -> DefinitionRecord:
    if not isinstance(code, str):
        raise InvalidValue("code", f"must be text, not {type(code).__name__}")
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
    own = context.identifiers.process_id(), _document(parameters)
    (process,) = Alike(_pattern(definition, DEFAULT_PRIORITY), now, None, [own]).processes()
    return process


@functools.lru_cache(maxsize=1024)
def _pattern(definition: DefinitionRecord, priority: int) -> Pattern:
    """Return what processes of a definition have in common, the same for all that are ever started."""
    process = Process(
        number=0,
        id="",
        code=definition.code,
        status=ProcessStatus.STARTING,
        step=definition.steps[0] if definition.steps else None,
        on_crash=definition.on_crash,
        retention=definition.retention,
        priority=priority,
        created_at=_NEVER,
        updated_at=_NEVER,
        turn_at=_NEVER,
    )
    return Pattern(process)


def _documents(orders: Sequence[tuple[str, object]]) -> list[Parameters]:
    """Return the parameters of orders, checked; the same object given again and again is checked once."""
    documents: list[Parameters] = []
    last, document = object(), Parameters()
    for _, parameters in orders:
        if parameters is not last:
            document, last = _document(parameters), parameters
        documents.append(document)
    return documents


def _document(parameters: object) -> Parameters:
    if type(parameters) is not dict and not isinstance(parameters, Mapping):  # the former is asked at once
        raise InvalidValue("parameters", f"must be a JSON object (dict), not {type(parameters).__name__}")
    return Parameters.from_text(write_json(parameters, "parameters"), "parameters")


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
