"""What the console asks of one database: plain calls for threads that are not the screen's."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jobboy.errors import (
    Conflict,
    DatabaseReplaced,
    JobBoyError,
    Refused,
    StorageError,
    StorageForbidden,
)
from jobboy.model.endings import minute_of
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.operations import Operations, Verb
from jobboy_console.facts.snapshots import (
    Account,
    Act,
    Decision,
    EventLine,
    Home,
    Matching,
    News,
    Outcome,
    PastEndings,
    Pause,
    Plan,
    PlanItem,
    Problem,
    ProcessSnapshot,
    Row,
    RowKey,
    Rows,
    RowsRequest,
    StartingPoint,
    WorkState,
)
from jobboy_console.facts.troubles import Kind, Trouble
from jobboy_console.facts.views import View
from jobboy_console.gateway.converting import account_of, event_line, process_snapshot, row_of
from jobboy_console.gateway.language import Words
from jobboy_console.gateway.marking import read_between, read_matching
from jobboy_console.gateway.outlook import Outlook
from jobboy_console.gateway.paging import Look, read_news, read_rows
from jobboy_console.gateway.path_values import PathValues
from jobboy_console.machine.watching import Watch

if TYPE_CHECKING:
    from jobboy_console.facts.orders import Exported, ExportOrder
    from jobboy_console.gateway.house import House
    from jobboy_console.gateway.ordering import Ordering
    from jobboy_console.gateway.travel import Document, Travel

__all__ = ["Gateway", "JobBoyError", "StorageError"]

READ_ONLY = "this console is read-only (it was opened with --read-only)"
EVENTS_KEPT = 500
"""Events of a process that its screen begins with."""
WORDS_KEPT_S = 300.0
"""Words of the database that are offered while one types are read again after so long."""


class Gateway:
    """What the console asks of one database. Every method may raise `StorageError`; none touches the screen.

    Args:
        operations: the door.
        read_only: refuse every verb here too, so that it is said before the door is asked.
        protected: name of the profile, when every verb is to be confirmed by hand in it.
        reopen: opens what has taken the place of the database; None to stay with the one that was opened. It raises
            when there is nothing to open, and never makes a database.
    """

    def __init__(
        self,
        operations: Operations,
        *,
        read_only: bool = False,
        protected: str = "",
        reopen: Callable[[], Operations] | None = None,
    ) -> None:
        self.read_only = read_only
        self.protected = protected
        self._outlook = Outlook()
        self._reopen = reopen
        self._take(operations)

    # --- reading ---

    @property
    def database(self) -> str:
        """The URL of the database, without a password."""
        return self._operations.database()

    def now(self) -> datetime:
        """Return the present; reads a clock only, so the screen may ask for it."""
        return self._operations.now()

    @property
    def trouble(self) -> Trouble | None:
        """Why the database could not be read, or written, when it was looked at last."""
        return self._outlook.trouble

    def stamp(self) -> int:
        """Return a number that changes with any commit; what has taken the place of the database is opened."""
        try:
            stamp = self._stamp_of_what_is_there()
        except Exception as error:
            self._outlook.not_seen(error)
            raise
        self._outlook.seen()
        return stamp

    def _stamp_of_what_is_there(self) -> int:
        try:
            return self._operations.stamp()
        except DatabaseReplaced:
            if self._reopen is None:
                raise
        self._take(self._reopen())
        self._outlook.replaced()
        return self._operations.stamp()

    def _take(self, operations: Operations) -> None:
        self._operations = operations
        self._path_values = PathValues(operations)
        self._words = Words()
        self._words_until = 0.0

    @property
    def house(self) -> House:
        """What the screens of the house ask; loaded with the first of them."""
        from jobboy_console.gateway.house import House

        return House(self._operations, read_only=self._refused)

    @property
    def ordering(self) -> Ordering:
        """What new processes and the removal of old ones ask; loaded when it is first asked."""
        from jobboy_console.gateway.ordering import Ordering

        return Ordering(self._operations, read_only=self._refused)

    @property
    def _refused(self) -> str | None:
        return READ_ONLY if self.read_only else None

    def home(self) -> Home:
        """Return the counts of all kinds and whether work is done."""
        overview = self._operations.overview()
        counts = {status.value: number for status, number in overview.counts.by_status.items()}
        marks = ("handled", "stuck", "paused", "waiting")
        counts |= {mark: getattr(overview.counts, mark) for mark in marks}
        pause = overview.pause
        paused_by = None if pause is None else pause.actor + (f": {pause.reason}" if pause.reason else "")
        work = WorkState(paused_by=paused_by, workers_alive=overview.workers_alive)
        return Home(counts=counts, total=overview.counts.total, work=work)

    def endings(self) -> PastEndings:
        """Return how much ended in each of the last minutes."""
        counts = self.home().counts  # before the endings: one that ends between is counted twice for once, not lost
        found = self._operations.house.endings()
        completed, failed = (
            {minute: number for (minute, status), number in found.numbers.items() if status is kind}
            for kind in (ProcessStatus.COMPLETED, ProcessStatus.FAILED)
        )
        return PastEndings(
            at=self.now(),
            since=minute_of(found.since),
            minutes={minute: (completed.get(minute, 0), failed.get(minute, 0)) for minute in completed | failed},
            completed=counts["completed"],
            failed=counts["failed"],
        )

    def rows(self, request: RowsRequest, look: Look | None = None) -> Rows:
        """Return rows of a view around a place; `look` can end it, and is told how far it is."""
        rows = read_rows(self._operations, request, look)
        return replace(rows, rows=self._path_values.put_into(request.view, rows.rows))

    def news(self, view: View, known: frozenset[str]) -> News:
        """Return how many processes at the beginning of a view are none of the known ones."""
        return read_news(self._operations, view, known)

    def words(self) -> Words:
        """Return the words of the database that are worth offering, at most five minutes old."""
        if time.monotonic() >= self._words_until:
            self._words = Words(self._operations.vocabulary())
            self._words_until = time.monotonic() + WORDS_KEPT_S
        return self._words

    def matching(self, view: View, look: Look | None = None) -> Matching:
        """Return all processes of a view, to be marked; up to a limit, and how many there are."""
        return read_matching(self._operations, view, look)

    def between(self, view: View, first: RowKey, last: RowKey) -> Matching:
        """Return the rows from one to another, to be marked, up to a limit."""
        return read_between(self._operations, view, first, last)

    def process(self, process_id: str, *, after: int = 0) -> ProcessSnapshot:
        """Return everything about a process, of its events only the newest ones with a number above `after`.

        Raises:
            JobBoyError: it is not there (any more).
        """
        details = self._operations.details(process_id)
        events = self._operations.history(process_id, after=after, limit=EVENTS_KEPT, newest=True)
        return process_snapshot(details, events, self.now(), permits=self.permits, cut=len(events) == EVENTS_KEPT)

    def pause(self, process_id: str) -> Pause:
        """Return what a paused process asks for, or what became of it; raises like `process`."""
        from jobboy_console.gateway.answering import read_pause

        return read_pause(self._operations, process_id)

    def problems(self, pause: Pause, data: dict[str, Any]) -> list[Problem]:
        """Return what an answer to a pause breaks; reads no database."""
        from jobboy_console.gateway.answering import find_problems

        return find_problems(pause, data)

    def account(self, process_id: str) -> Account:
        """Return a process in words; raises like `process`."""
        return account_of(self._operations.explain(process_id))

    def travel(self, process_id: str, document: Document) -> Travel:
        """Return the versions of a document of a process; raises like `process`."""
        from jobboy_console.gateway.travel import Travel

        return Travel(self._operations.versions(process_id, document))

    def events(self, process_id: str, *, after: int) -> list[EventLine]:
        """Return the events of a process after a number, in rising order."""
        return [event_line(event) for event in self._operations.history(process_id, after=after, limit=EVENTS_KEPT)]

    def held_by(self, pid: int) -> list[str]:
        """Return the ids of the processes in the hands of living workers in the program `pid`."""
        workers = [worker for worker in self._operations.workers() if worker.alive and worker.pid == pid]
        return [process_id for worker in workers for process_id in worker.holds]

    def sweep(self) -> None:
        """Look for processes whose holder died, and record what is found; does nothing when read-only.

        A user who may only read sees them all the same, and workers record them.
        """
        if self.read_only or not self._outlook.shall_sweep():
            return
        try:
            self._operations.sweep()
        except StorageForbidden as error:
            self._outlook.swept(error)
        else:
            self._outlook.swept()

    # --- verbs ---

    def plan(self, act: Act, ids: Sequence[str]) -> Plan:
        """Judge a verb for each process as it is now; what is gone meanwhile is left out."""
        now = self.now()
        items = [item for process_id in ids if (item := self._judge(act, process_id, now)) is not None]
        alone = act is Act.RESTART and len(items) == 1 and items[0].allowed
        points = self._starting_points(items[0].row) if alone else ()
        return self._guarded(
            Plan(act=act, items=tuple(items), database=self.database, now=now, starting_points=points)
        )

    def census(self, act: Act, filter: str, watch: Watch) -> Plan:
        """Judge a verb for all that match a filter, as `plan` does; `watch` tells how far it is, and stops it.

        Raises:
            ValueError: the filter cannot be read.
        """
        from jobboy_console.gateway import many

        items, is_cut = many.census(self._operations, act, filter, watch)
        if self.read_only:
            items = [replace(item, allowed=False, why_not=READ_ONLY, needs_force=False) for item in items]
        plan = Plan(act=act, items=tuple(items), database=self.database, now=self.now(), filter=filter, is_cut=is_cut)
        return self._guarded(plan)

    def carry_out(self, plan: Plan, decision: Decision, watch: Watch | None = None) -> list[Outcome]:
        """Apply a plan to the eligible ones, each only if it is still as the plan saw it."""
        from jobboy_console.gateway import many

        rows = [item.row for item in plan.eligible(force=decision.force)]
        at_once = Counter(row.code for row in rows)
        door = self._operations.acting(confirmed=decision.confirmed, at_once=at_once)
        return many.one_by_one(
            plan.act.value, rows, lambda row: self._one(door, plan, row, decision), watch or Watch()
        )

    def export(self, order: ExportOrder, watch: Watch) -> Exported:
        """Write processes to a file; raises like `exporting.export`."""
        from jobboy_console.gateway.exporting import export

        return export(self._operations, order, watch)

    def permits(self, act: Act, code: str) -> bool:
        """Say whether a verb is permitted for processes of a code at all; reads nothing, so the screen may ask."""
        return not self.read_only and self._operations.permission.why_not(act.value, code) is None

    def _guarded(self, plan: Plan) -> Plan:
        from jobboy_console.gateway import many

        crowded, asks = many.with_guardrails(self._operations, plan)
        if crowded:
            refused = [replace(item, allowed=False, why_not=crowded, needs_force=False) for item in plan.items]
            return replace(plan, items=tuple(refused))
        return replace(plan, asks=asks, protected=self.protected)

    def why_not_work(self, verb: str) -> str:
        """Return why ``pause`` or ``resume`` would be refused, not safe; empty when it would not. Reads nothing."""
        return READ_ONLY if self.read_only else self._operations.permission.why_not(verb) or ""

    def asks_of_work(self, verb: str) -> str:
        """Return why ``pause`` or ``resume`` must be confirmed by hand, not safe; empty when it need not.

        Reads nothing, so the screen may ask.
        """
        asked = self._operations.permission.why_confirm(verb)
        if asked is not None:
            return f"A guardrail asks for it: {asked}"
        return f"The profile {self.protected} is protected." if self.protected else ""

    def pause_work(self, reason: str | None, *, confirmed: bool = False) -> None:
        """Pause all work of the database; `confirmed` says that the word was typed.

        Raises:
            Refused: it is paused already, or this console is read-only.
        """
        self._must_be_writable("pause")
        self._operations.acting(confirmed=confirmed).pause(reason=reason)

    def resume_work(self, reason: str | None, *, confirmed: bool = False) -> None:
        """End the pause of all work; raises like `pause_work`."""
        self._must_be_writable("resume")
        self._operations.acting(confirmed=confirmed).resume(reason=reason)

    def _judge(self, act: Act, process_id: str, now: datetime) -> PlanItem | None:
        try:
            process = self._operations.get(process_id)
        except LookupError:
            return None
        row = row_of(process, 0, now)
        if self.read_only:
            return PlanItem(row=row, allowed=False, why_not=READ_ONLY, needs_force=False)
        found = self._operations.eligibility(Verb(act.value), process)
        return PlanItem(row=row, allowed=found.allowed, why_not=found.why_not, needs_force=found.needs_force)

    def _starting_points(self, row: Row) -> tuple[StartingPoint, ...]:
        points = self._operations.restart_points(row.id)
        return tuple(StartingPoint(step=p.step, why_not=p.why_not, ended_here=p.step == row.step) for p in points)

    def _one(self, operations: Operations, plan: Plan, row: Row, decision: Decision) -> Outcome:
        try:
            self._must_be_writable(plan.act.value)
            text = self._apply(operations, plan.act, row, decision)
        except Conflict as error:
            return Outcome(row=row, ok=False, text=f"somebody else was first: {error.why}")
        except Refused as error:
            return Outcome(row=row, ok=False, text=error.why)
        except JobBoyError as error:
            return Outcome(row=row, ok=False, text=str(error))
        return Outcome(row=row, ok=True, text=text)

    def _apply(self, operations: Operations, act: Act, row: Row, decision: Decision) -> str:
        reason, token = decision.reason, row.token
        match act:
            case Act.RECOVER:
                return self._now(operations.recover(row.id, reason=reason, force=decision.force, token=token))
            case Act.FAIL:
                now, force = decision.now, decision.force
                return self._now(operations.fail(row.id, reason=reason, now=now, force=force, token=token))
            case Act.KILL:
                return self._now(operations.kill(row.id, reason=reason, token=token))
            case Act.PROCEED:
                return self._now(operations.proceed(row.id, decision.data, reason=reason, token=token))
            case Act.RESTART:
                successor = operations.restart(row.id, reason=reason, from_step=decision.from_step, token=token)
                return f"started anew as {successor.short_id}"

    def _now(self, process: Process) -> str:
        return f"now {row_of(process, 0, self.now()).state.value.word}"

    def _must_be_writable(self, verb: str) -> None:
        if self.read_only:
            raise Refused(verb, "anything", READ_ONLY)
        if self.trouble is not None and self.trouble.kind is Kind.NEWER:
            raise Refused(verb, "anything", f"{Kind.NEWER.value.title[0].lower()}{Kind.NEWER.value.title[1:]}")
