"""Stand-ins for what the screens of the house ask: acts and schedules in memory, with a clock that stands still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jobboy.errors import Refused, ScheduleNotFound
from jobboy.model.audit import Act, AuditPage, AuditQuery
from jobboy.model.endings import Endings, minute_of
from jobboy.model.events import Event
from jobboy.model.facts import DatabaseFacts
from jobboy.model.filter_language.meaning import selects
from jobboy.model.logs import TurnLog
from jobboy.model.process import Process
from jobboy.model.schedules import Schedule, ScheduleStart
from jobboy.model.selection import Selection
from jobboy.model.status import ProcessStatus
from jobboy.operations.results import Prunable
from jobboy.operations.schedules import make_plan

if TYPE_CHECKING:
    from jobboy.ports import DefinitionRecord
    from tests.console.fake_operations import FakeOperations

NOW = datetime(2031, 5, 6, 12, 30, tzinfo=UTC)


class FakeHouse:
    """The rooms behind the door."""

    def __init__(self, operations: FakeOperations) -> None:
        self._operations = operations
        self.said: dict[str, list[TurnLog]] = {}

    def endings(self, *, within: timedelta = timedelta(minutes=30)) -> Endings:
        self._operations._check()
        since, numbers = NOW - within, dict[tuple[int, ProcessStatus], int]()
        for process in self._operations.processes.values():
            ended = None if process.status.is_active else process.ended_at or process.updated_at
            if ended is not None and ended >= since:
                key = (minute_of(ended), process.status)
                numbers[key] = numbers.get(key, 0) + 1
        return Endings(since, numbers)

    def load(self, numbers: Sequence[int]) -> Sequence[Process]:
        self._operations._check()
        self._operations.loaded += len(numbers)
        by_number = {process.number: process for process in self._operations.processes.values()}
        return [by_number[number] for number in numbers if number in by_number]

    def audit(self, query: AuditQuery, *, before: int | None = None, limit: int = 100) -> AuditPage:
        self._operations._check()
        found = [
            event
            for event in reversed(self._operations.events)
            if event.actor.startswith("operator:")
            and (before is None or event.seq < before)
            and self._is(event, query)
        ]
        acts = [Act(event=event, code=self._code(event)) for event in found[:limit]]
        return AuditPage(acts=acts, end=acts[-1].event.seq if len(found) > limit else None)

    def logs(self, part: str, *, from_token: int = 0, limit: int = 100) -> Sequence[TurnLog]:
        self._operations.get(part)
        return self.said.get(part, [])

    def facts(self) -> DatabaseFacts:
        self._operations._check()
        return DatabaseFacts(
            path="/var/lib/jobs/nightly.db", file_bytes=48_234_496, log_bytes=412_032, page_bytes=4096, pages=11_776,
            free_pages=212, schema=3, identity="0b5c5a0e-8f6e-4c58-9a43-6f2d0c2f9a11", engine="SQLite 3.53.0",
            last_seq=len(self._operations.events), oldest_at=NOW - timedelta(days=12), newest_at=NOW,
        )  # fmt: skip

    def unserved(self, among: Selection) -> Sequence[str]:
        alive = [worker for worker in self._operations.living if worker.alive]
        served = {code for worker in alive for code in worker.codes}
        active = {row.code for row in self._operations.processes.values() if row.status.is_active}
        return sorted(active - served) if all(worker.codes for worker in alive) else []

    def prunable(
        self, selection: Selection, *, older_than: timedelta | None = None, goes_on: Callable[[int], bool]
    ) -> Prunable:
        self._operations._check()
        over = [
            process
            for process in self._operations.processes.values()
            if not process.status.is_active
            and selects(selection, process, NOW)
            and (older_than is None or process.updated_at < NOW - older_than)
        ]
        goes_on(len(over))
        return Prunable([process.number for process in over], Counter(process.code for process in over))

    def prune(self, found: Prunable, *, reason: str | None, goes_on: Callable[[int], bool]) -> int:
        self._operations._check()
        self._operations.calls.append(("prune", "", {"reason": reason}))
        kept = {one.id: one for one in self._operations.processes.values() if one.number not in found.numbers}
        removed = len(self._operations.processes) - len(kept)
        self._operations.processes = kept
        goes_on(removed)
        return removed

    def _is(self, event: Event, query: AuditQuery) -> bool:
        told = f"{event.actor} {event.reason} {event.kind} {event.process_id} {self._code(event)}".lower()
        of_kind = not query.kinds or event.kind in query.kinds
        return of_kind and query.text.lower() in told and query.actor.lower() in event.actor.lower()

    def _code(self, event: Event) -> str | None:
        return None if event.process_id is None else self._operations.processes[event.process_id].code


class FakeSchedules:
    """The schedules of a database."""

    def __init__(self) -> None:
        self.planned: dict[str, Schedule] = {}
        self.started: dict[str, list[ScheduleStart]] = {}
        self.done: list[tuple[str, str, str | None]] = []
        self.known: dict[str, DefinitionRecord] = {}

    def plan(self, name: str, code: str, **fields: Any) -> Schedule:
        """Keep a schedule without saying so."""
        known = {"cron": None, "timezone": "UTC", "every": None, "missed": "one", "parameters": None, **fields}
        by_app = bool(known.pop("by_app", False))
        self.planned[name] = Schedule.planned(make_plan(name, code, **known), NOW, by_app=by_app)
        return self.planned[name]

    def schedules(self) -> Sequence[Schedule]:
        return [self.planned[name] for name in sorted(self.planned)]

    def schedule_starts(self, name: str, *, limit: int = 10) -> Sequence[ScheduleStart]:
        return self.started.get(name, [])[:limit]

    def codes(self) -> Sequence[str]:
        return sorted({"billing-run", "nightly-import", *self.known})

    def definition(self, code: str) -> DefinitionRecord | None:
        return self.known.get(code)

    def add_schedule(self, name: str, code: str, *, reason: str | None = None, **fields: Any) -> Schedule:
        self.done.append(("add", name, reason))
        return self.plan(name, code, **fields)

    def pause_schedule(self, name: str, *, reason: str | None = None) -> Schedule:
        found = self._found(name)
        if found.paused:
            raise Refused("pause", f"schedule {name}", "it is paused already")
        self.done.append(("pause", name, reason))
        self.planned[name] = found.halted(NOW)
        return self.planned[name]

    def resume_schedule(self, name: str, *, reason: str | None = None) -> Schedule:
        self.done.append(("resume", name, reason))
        self.planned[name] = self._found(name).resumed(NOW)
        return self.planned[name]

    def start_schedule(self, name: str, *, reason: str | None = None) -> str:
        self._found(name)
        self.done.append(("start", name, reason))
        return "01900000-0000-7000-8000-0000000000ff"

    def remove_schedule(self, name: str, *, reason: str | None = None) -> Schedule:
        self.done.append(("remove", name, reason))
        return self.planned.pop(name)

    def _found(self, name: str) -> Schedule:
        if name not in self.planned:
            raise ScheduleNotFound(name)
        return self.planned[name]
