"""A stand-in for `Operations` in memory, with a frozen clock and counted ids: what Pilot tests look at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from jobboy.errors import Conflict, InvalidAnswer, ProcessNotFound, Refused, StorageNotReachable
from jobboy.model.documents import Document, Parameters, ProcessStore, Reports
from jobboy.model.events import Event, EventKind, difference
from jobboy.model.filter_language.completion import Vocabulary
from jobboy.model.filter_language.meaning import selects
from jobboy.model.ordering import Place, place_at
from jobboy.model.process import Process, ProcessSummary
from jobboy.model.selection import DEFAULT_LIMITS, Counted, Counts, Page, Scan, ScanLimits, ScanStop, Selection
from jobboy.model.status import ProcessStatus
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.model.versions import DocumentName, Versions
from jobboy.model.workers import WorkerInfo
from jobboy.operations import Details, Eligibility, Explanation, Overview, RestartPoint, Verb, answer_violations
from jobboy.operations.eligibility import eligibility
from jobboy.operations.explaining import Circumstances, explain
from jobboy.operations.guardrails import Guardrail, Mandate
from jobboy.operations.permission import Permission
from jobboy.ports import WorkPause
from tests.console.fake_house import FakeHouse, FakeSchedules

NOW = datetime(2031, 5, 6, 12, 30, tzinfo=UTC)


class FakeOperations(FakeSchedules):
    """Keeps processes in a list; verbs follow the rules of eligibility and tokens, simplified."""

    def __init__(self) -> None:
        super().__init__()
        self.house = FakeHouse(self)
        self.processes: dict[str, Process] = {}
        self.events: list[Event] = []
        self.recorded_steps: dict[str, list[StepRecord]] = {}
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.paused: WorkPause | None = None
        self.living: list[WorkerInfo] = []
        self.broken: str | None = None
        self.sweeps = 0
        self.guardrails: tuple[Guardrail, ...] = ()
        self.read_only = False
        self.mandate = Mandate()
        self.mandates: list[Mandate] = []
        """What was said of each decision."""
        self.url = "sqlite:////var/lib/jobs/nightly.db"
        self.piece: int | None = None
        """How many processes a look without an index sees at once; None for all."""
        self.over = 0
        """Processes whose retention is over."""
        self.looks = 0
        self.between_looks: Callable[[int], object] | None = None
        self.loaded = 0
        self._stamp = 0
        self._lock = threading.RLock()
        self._free = threading.Event()
        self._free.set()

    # --- making a world ---

    def add(self, code: str = "import-orders", status: str = "running", **fields: Any) -> Process:
        number = len(self.processes) + 1
        age = fields.pop("age", timedelta(minutes=number))
        documents: dict[str, Any] = {
            "parameters": Parameters(fields.pop("parameters", {})),
            "store": ProcessStore(fields.pop("store", {})),
            "reports": Reports(fields.pop("reports", {})),
            "output": None if fields.get("output") is None else Parameters(fields["output"]),
            "answer_schema": None if fields.get("answer_schema") is None else Document(fields["answer_schema"]),
        }
        fields.pop("output", None)
        fields.pop("answer_schema", None)
        process = Process(
            number=number,
            id=fields.pop("id", f"01900000-0000-7000-8000-{number:012x}"),
            code=code,
            status=ProcessStatus(status),
            created_at=NOW - age - timedelta(minutes=5),
            updated_at=NOW - age,
            turn_at=NOW - age,
            **documents,
            **fields,
        )
        self.processes[process.id] = process
        self.record(process, EventKind.STARTED, at=process.created_at)
        return process

    def stuck(self, **fields: Any) -> Process:
        return self.add(
            handled=True, stuck=True, handled_by="w2:77:ab", handled_at=NOW - timedelta(minutes=3), **fields
        )

    def replace(self, process_id: str, **changes: Any) -> Process:
        """Change a process as another program would, with its event."""
        with self._lock:
            before = self.processes[process_id]
            after = before.changed(**{"updated_at": NOW, **changes})
            self.processes[process_id] = after
            self.record(after, EventKind.ITERATED, before=before)
            return after

    def record(
        self, process: Process, kind: EventKind, *, before: Process | None = None, at: datetime = NOW, **fields: Any
    ) -> None:
        old, new = (None, None) if before is None else difference(before, process)
        known: dict[str, Any] = {
            "actor": "worker:w1:12:cd",
            "reason": None,
            "step": process.step,
            "attempt": process.attempt,
        }
        known |= fields
        self.events.append(
            Event(seq=len(self.events) + 1, process_id=process.id, at=at, kind=kind, before=old, after=new, **known)
        )
        self._stamp += 1

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let every call but the clock's wait until the end of the context."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def _check(self) -> None:
        self._free.wait(60)
        if self.broken is not None:
            raise StorageNotReachable(self.broken)

    # --- reading ---

    def now(self) -> datetime:
        return NOW

    def database(self) -> str:
        return self.url

    def stamp(self) -> int:
        self._check()
        return self._stamp

    def get(self, part: str) -> Process:
        self._check()
        if part not in self.processes:
            raise ProcessNotFound(part)
        return self.processes[part]

    def details(self, part: str) -> Details:
        process = self.get(part)
        steps = self.recorded_steps.get(process.id)
        if steps is None and process.step is not None:
            steps = [StepRecord(position=0, name=process.step, status=StepStatus.RUNNING, attempts=process.attempt)]
        return Details(process, steps or [])

    def explain(self, part: str) -> Explanation:
        found = self.details(part)
        circumstances = Circumstances(now=NOW, steps=found.steps, workers=self.living, pause=self.paused)
        return explain(found.process, circumstances)

    def versions(self, part: str, name: DocumentName, *, limit: int = 1000) -> Versions:
        present = getattr(self.get(part), name)
        return Versions(name, {} if present is None else present.as_dict(), self.history(part, limit=limit))

    def restart_points(self, part: str) -> Sequence[RestartPoint]:
        points, before = [], True
        for step in self.details(part).steps:
            points.append(RestartPoint(step.name, None if before else f"the step before {step.name!r} has no output"))
            before = step.status is StepStatus.COMPLETED
        return points

    def page(
        self,
        selection: Selection,
        *,
        below: Place | int | None = None,
        above: Place | int | None = None,
        limit: int = 100,
        limits: ScanLimits = DEFAULT_LIMITS,
    ) -> Page:
        self._check()
        begin = place_at(above if below is None else below)
        candidates, scan = self._looked_at(selection, begin, limits, upward=below is None and above is not None)
        rows = selection.order.sorted(row for row in candidates if self._matches(row, selection))
        stopped = scan is not None and scan.stopped is not None
        if below is None and above is not None:
            beyond = [row for row in rows if begin is None or self._is_before(selection, row, begin)]
            return self._page(selection, beyond[-limit:], len(beyond) > limit or stopped, 0, scan)
        beyond = [row for row in rows if begin is None or self._is_after(selection, row, begin)]
        page = self._page(selection, beyond[:limit], len(beyond) > limit or stopped, -1, scan)
        if stopped and len(beyond) <= limit:
            page = replace(page, end=Place(candidates[-1].number) if candidates else None)
        return page

    def _looked_at(
        self, selection: Selection, begin: Place | None, limits: ScanLimits, *, upward: bool
    ) -> tuple[list[Process], Scan | None]:
        """Look at `piece` processes at a time where an index would not answer, as a slow database would."""
        everything = self._newest_first()
        if not selection.is_scanned:
            return everything, None
        if self.piece is None or limits.seconds is None or upward:
            return everything, Scan(len(everything), len(everything))
        if limits.is_cancelled():
            return [], Scan(0, len(everything), ScanStop.CANCELLED)
        self.looks += 1
        if self.between_looks is not None:
            self.between_looks(self.looks)
        left = [row for row in everything if begin is None or row.number < begin.number]
        piece = left[: self.piece]
        stop = ScanStop.TIME if len(left) > len(piece) else None
        return piece, Scan(len(piece), len(everything), stop)

    @staticmethod
    def _is_after(selection: Selection, row: ProcessSummary, place: Place) -> bool:
        by_number = selection.order.is_by_number
        other = row.changed(number=place.number, **({} if by_number else {selection.order.field: place.key}))
        return row.number != place.number and selection.order.sorted([other, row])[0] is other

    @classmethod
    def _is_before(cls, selection: Selection, row: ProcessSummary, place: Place) -> bool:
        return row.number != place.number and not cls._is_after(selection, row, place)

    @staticmethod
    def _page(
        selection: Selection, rows: Sequence[ProcessSummary], has_more: bool, end: int, scan: Scan | None
    ) -> Page:
        return Page(rows, has_more, selection.order.place_of(rows[end]) if rows else None, scan)

    def counted(self, selection: Selection, *, limit: int = 10_000, limits: ScanLimits = DEFAULT_LIMITS) -> Counted:
        self._check()
        number = sum(1 for process in self.processes.values() if self._matches(process, selection))
        return Counted(min(number, limit), is_floor=number >= limit)

    def count(self, selection: Selection, *, limit: int = 10_000) -> int:
        return self.counted(selection, limit=limit).number

    def vocabulary(self) -> Vocabulary:
        self._check()
        everything = self._newest_first()
        paths: dict[str, dict[str, list[str]]] = {"store": {}, "parameters": {}}
        for process in everything:
            for name, found in paths.items():
                for key, value in getattr(process, name).items():
                    found.setdefault(key, []).append(str(value))
        codes = sorted({process.code for process in everything})
        return Vocabulary(codes=codes, steps=sorted({p.step for p in everything if p.step}), paths=paths)

    def overview(self) -> Overview:
        self._check()
        everything = list(self.processes.values())
        counts = Counts(
            by_status={s: sum(1 for process in everything if process.status is s) for s in ProcessStatus},
            handled=sum(process.handled for process in everything),
            stuck=sum(process.stuck for process in everything),
            paused=sum(process.paused for process in everything),
            waiting=sum(process.is_waiting for process in everything),
            restarted=sum(process.restarted and process.status is ProcessStatus.FAILED for process in everything),
        )
        alive = sum(worker.alive for worker in self.living)
        return Overview(counts, self.paused, alive, len(self.events))

    def history(self, part: str, *, after: int = 0, limit: int = 1000, newest: bool = False) -> Sequence[Event]:
        self._check()
        found = [event for event in self.events if event.process_id == part and event.seq > after]
        return found[-limit:] if newest else found[:limit]

    def workers(self) -> Sequence[WorkerInfo]:
        self._check()
        return self.living

    def doctor(self) -> Sequence[tuple[str, bool, str]]:
        self._check()
        return [("content", True, "quick_check says ok"), ("workers", False, "0 alive for 3 active processes")]

    def sweep(self) -> Sequence[Process]:
        self._check()
        self.sweeps += 1
        return []

    def eligibility(self, verb: Verb, process: ProcessSummary, *, force: bool = False) -> Eligibility:
        forbidden = self.permission.why_not(verb, process.code)
        return eligibility(verb, process, NOW, force=force) if forbidden is None else Eligibility(False, forbidden)

    # --- new ones, and old ones ---

    def start(self, code: str, parameters: Mapping[str, Any] | None = None) -> str:
        self._check()
        self.calls.append(("start", code, {"parameters": dict(parameters or {})}))
        return self.add(code, "starting", parameters=dict(parameters or {})).id

    def prune(self, *, dry_run: bool = False, reason: str | None = None) -> int:
        self._check()
        if not dry_run:
            self.calls.append(("prune", "", {"reason": reason}))
        return self.over

    # --- permission ---

    @property
    def permission(self) -> Permission:
        return Permission(self)  # type: ignore[arg-type]  # has the same three fields

    def acting(self, *, confirmed: bool = False, at_once: Mapping[str, int] | None = None) -> FakeOperations:
        self.mandates.append(Mandate(confirmed=confirmed, at_once=at_once))
        return self

    # --- verbs ---

    def recover(self, part: str, **options: Any) -> Process:
        return self._act(Verb.RECOVER, part, EventKind.RECOVERED, lambda process: process.released(NOW), options)

    def fail(self, part: str, *, now: bool = False, **options: Any) -> Process:
        to = ProcessStatus.FAILED if now else ProcessStatus.FAILING
        options["now"] = now

        def failed(process: Process) -> Process:
            return process.released(NOW).changed(paused=False).moved(to, NOW)

        return self._act(Verb.FAIL, part, EventKind.FAILED, failed, options)

    def kill(self, part: str, **options: Any) -> Process:
        def killed(process: Process) -> Process:
            return process.changed(killed_at=NOW)

        return self._act(Verb.KILL, part, EventKind.KILL_REQUESTED, killed, options)

    def proceed(self, part: str, data: Mapping[str, Any] | None = None, **options: Any) -> Process:
        options["data"] = dict(data or {})

        def proceeded(process: Process) -> Process:
            broken = answer_violations(process.answer_schema, process.output, data or {})
            if broken:
                raise InvalidAnswer([(one.path, one.rule) for one in broken])
            output = Parameters({**(process.output or {}), **(data or {})})
            return process.changed(paused=False, answer_schema=None, output=output)

        return self._act(Verb.PROCEED, part, EventKind.PROCEEDED, proceeded, options)

    def restart(self, part: str, **options: Any) -> Process:
        successor = f"01900000-0000-7000-8000-{len(self.processes) + 1:012x}"

        def restarted(process: Process) -> Process:
            return process.changed(restarted_as=successor)

        self._act(Verb.RESTART, part, EventKind.RESTARTED, restarted, options)
        old = self.processes[part]
        return self.add(old.code, "starting", generation=old.generation + 1, previous_id=old.id)

    def pause(self, *, reason: str | None = None) -> WorkPause:
        self.calls.append(("pause", "", {"reason": reason}))
        self.paused = WorkPause(at=NOW, actor="operator:ada@host", reason=reason)
        self._stamp += 1
        return self.paused

    def resume(self, *, reason: str | None = None) -> None:
        self.calls.append(("resume", "", {"reason": reason}))
        self.paused = None
        self._stamp += 1

    def _act(
        self, verb: Verb, part: str, kind: EventKind, become: Callable[[Process], Process], options: dict[str, Any]
    ) -> Process:
        self._check()
        with self._lock:
            self.calls.append((verb.value, part, options))
            process = self.get(part)
            token = options.get("token")
            if token is not None and token != process.token:
                raise Conflict(verb.value, part, "it was changed by somebody else meanwhile; look again")
            verdict = eligibility(verb, process, NOW, force=options.get("force", False))
            if not verdict.allowed:
                raise Refused(verb.value, part, verdict.why_not or "")
            after = become(process).changed(token=process.token + 1, updated_at=NOW)
            self.processes[part] = after
            self.record(after, kind, before=process, actor="operator:ada@host", reason=options.get("reason"))
            return after

    def _newest_first(self) -> list[Process]:
        return sorted(self.processes.values(), key=lambda process: -process.number)

    @staticmethod
    def _matches(process: Process, selection: Selection) -> bool:
        return selects(selection, process, NOW)
