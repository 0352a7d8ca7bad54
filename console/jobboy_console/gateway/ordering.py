"""Starts new processes and removes ended ones: what can be, what it would be, and the doing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from jobboy.errors import InvalidFilter, Refused
from jobboy.model.filter_language.values import read_duration
from jobboy.model.process import Process
from jobboy.model.selection import Selection
from jobboy.model.status import ProcessStatus
from jobboy.operations import Operations, parse_filter
from jobboy.operations.results import Prunable
from jobboy_console.facts.orders import NewProcess, PruneOrder, PrunePlan, Removal, Startable, StartForm
from jobboy_console.looks.text import safe_json
from jobboy_console.machine.watching import Watch

_ENDED = Selection(statuses=frozenset({ProcessStatus.COMPLETED, ProcessStatus.FAILED}))
_UNKNOWN = "no worker here ever served it"


class Ordering:
    """New processes and the removal of old ones; each method may raise `StorageError`.

    Args:
        operations: the door.
        read_only: why nothing can be changed; None when it can.
    """

    def __init__(self, operations: Operations, *, read_only: str | None) -> None:
        self._operations = operations
        self._read_only = read_only

    # --- starting ---

    def startable(self) -> list[Startable]:
        """Return every code that is registered or known in the database, those that can be started first."""
        found = [Startable(code=code, why_not=self._why_not(code)) for code in self._operations.codes()]
        return sorted(found, key=lambda one: one.why_not is not None)

    def form(self, code: str, process_id: str | None) -> StartForm:
        """Return what the order begins with: the parameters of a process of that code, else of the newest one."""
        definition = self._operations.definition(code)
        text, origin = self._parameters(code, process_id)
        return StartForm(
            code=code,
            steps=() if definition is None else definition.steps,
            text=text,
            origin=origin,
            asks=self._operations.permission.why_confirm("start", [code]) or "",
            database=self._operations.database(),
        )

    def start(self, order: NewProcess) -> str:
        """Start a process and return its id.

        Raises:
            JobBoyError: it is refused, or the parameters break a rule.
        """
        self._must_be_writable("start", order.code)
        return self._operations.acting(confirmed=order.confirmed).start(order.code, order.parameters)

    def _why_not(self, code: str) -> str | None:
        forbidden = self._operations.permission.why_not("start", code)
        return forbidden or (_UNKNOWN if self._operations.definition(code) is None else None)

    def _parameters(self, code: str, process_id: str | None) -> tuple[str, str]:
        newest = self._operations.page(Selection(codes=frozenset({code})), limit=1).rows
        for wanted in (process_id, *(row.id for row in newest)):
            found = None if wanted is None else self._kept(wanted)
            if found is not None and found.code == code:
                text = json.dumps(found.parameters.as_dict(), indent=2, ensure_ascii=False)
                return safe_json(text), f"as {found.short_id} had them"
        return "{}", ""

    def _kept(self, process_id: str) -> Process | None:
        try:
            return self._operations.get(process_id)
        except LookupError:  # removed meanwhile
            return None

    # --- removing ---

    def prunable(self, order: PruneOrder, watch: Watch) -> PrunePlan:
        """Count what would be removed; removes nothing.

        Raises:
            ValueError: the age or the filter cannot be read.
        """
        older_than, selection = _age(order.older_than), _selection(order.filter)
        found: Prunable | None = None
        if older_than is None and not order.filter:
            number = self._operations.prune(dry_run=True)
        else:
            goes_on = _watched(watch)
            found = self._operations.house.prunable(selection, older_than=older_than, goes_on=goes_on)
            number = len(found.numbers)
        counts = self._operations.overview().counts.by_status
        codes = Counter() if found is None else Counter(found.codes)
        return PrunePlan(
            order=order,
            number=number,
            codes=codes,
            numbers=None if found is None else found.numbers,
            ended=sum(count for status, count in counts.items() if not status.is_active),
            refused=self._refusal(codes, number),
            database=self._operations.database(),
        )

    def prune(self, removal: Removal, watch: Watch) -> int:
        """Remove what was counted, as far as it is still ended and unhandled; returns how many.

        Every batch records who removed how many and the reason.

        Raises:
            Refused: read-only, or a guardrail forbids it.
        """
        plan = removal.plan
        self._must_be_writable("prune", f"{plan.number:,} processes")
        door = self._operations.acting(confirmed=True)
        if plan.numbers is None:
            return door.prune(reason=removal.reason)
        watch.total = plan.number
        found = Prunable(plan.numbers, plan.codes)
        return door.house.prune(found, reason=removal.reason, goes_on=_watched(watch))

    def _refusal(self, codes: Counter[str], number: int) -> str:
        permission = self._operations.permission
        reasons = [self._read_only, *(permission.why_not("prune", code) for code in codes or ("",))]
        reasons.append(permission.why_not_so_many("prune", codes or {"": number}))
        return next((reason for reason in reasons if reason), "")

    def _must_be_writable(self, verb: str, whom: str) -> None:
        if self._read_only is not None:
            raise Refused(verb, whom, self._read_only)


def _watched(watch: Watch) -> Callable[[int], bool]:
    def goes_on(number: int) -> bool:
        watch.done = number
        return not watch.stopped

    return goes_on


def _age(text: str) -> timedelta | None:
    if not text.strip():
        return None
    age = read_duration(text.strip())
    if age is None:
        raise ValueError("older than: must be a duration such as 90d, 12h or 1h30m")
    return age


def _selection(text: str) -> Selection:
    if not text.strip():
        return _ENDED
    try:
        return parse_filter(text)
    except InvalidFilter as error:
        raise ValueError(f"only: {error.rule} (at character {error.position + 1})") from error
