"""The keeper of processes in an SQL database: each promise of the port, said in the words of this package."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jobboy.errors import Fenced
from jobboy.model.audit import AuditPage, AuditQuery
from jobboy.model.endings import Endings
from jobboy.model.events import Event, NewEvent
from jobboy.model.facts import DatabaseFacts
from jobboy.model.logs import TurnLog
from jobboy.model.ordering import NEWEST_FIRST, Place, place_at
from jobboy.model.process import Process, ProcessSummary
from jobboy.model.selection import DEFAULT_LIMITS, Counted, Counts, Page, ScanLimits, Selection
from jobboy.model.steps import StepRecord
from jobboy.model.workers import WorkerInfo
from jobboy.ports import Alike, Change, Claimant, Clock, DefinitionRecord, HandClaimant, Held, Settlement, WorkPause
from jobboy.storage import changes, claims, endings, history, housekeeping, logs, queries, rows, starts, statements
from jobboy.storage.sqlite import SqliteDatabase
from jobboy.storage.texts import Prepared
from jobboy.storage.writer import Transaction

if TYPE_CHECKING:
    from jobboy.model.schedules import Schedule, ScheduleChange, ScheduleStart
    from jobboy.storage.scans import Scanner

T = TypeVar("T")

_PART_OF_ID = re.compile(r"[0-9a-f-]{1,36}")
_HEAD_LENGTH = 8
"""Digits before the first dash of an id: no other group is as long, so who gives the dash gives the beginning."""


class SqlProcessRepository:
    """Keeps processes in one database; see `jobboy.ports.ProcessRepository` for what each method promises.

    Args:
        database: which database, and how it is reached.
        clock: tells whose waiting is over.
    """

    def __init__(self, database: SqliteDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # --- starting ---

    def add(self, processes: Sequence[Process], *, actor: str) -> list[Process]:
        """Keep new processes with their event ``started``; a known key gives the process that has it."""
        return self._database.write(changes.adding(processes, actor=actor))

    def add_alike(self, several: Sequence[Alike], *, actor: str) -> None:
        """Keep new processes that differ in id and parameters alone, many rows with each statement."""
        self._database.write(starts.adding_alike(several, actor=actor))

    # --- iterating ---

    def claim(self, claimant: Claimant) -> Held | None:
        """Offer candidates in the order of iteration; the write lock is asked for only when there may be one."""
        if not self._may_find(claimant):
            return None
        return self._database.write(lambda transaction: claims.claim(transaction, claimant, self._clock.now()))

    def claim_hand(self, claimant: HandClaimant) -> list[Held]:
        """Claim several in one transaction; the write lock is asked for only when there may be one."""
        if not self._may_find(claimant):
            return []
        return self._database.write(
            lambda transaction: claims.claim_hand(transaction, claimant, self._clock.now(), known={})
        )

    def settle(self, change: Change, *, claimant: Claimant | None = None) -> Held | None:
        """Write the result of a turn and the next claim in one transaction, shared with other threads'."""
        prepared = changes.PreparedChange(change, keeps_kill=True)

        def settle(transaction: Transaction) -> Held | Fenced | None:
            for fenced in changes.write(transaction, [prepared], self._clock).fenced:
                return fenced
            return None if claimant is None else claims.claim(transaction, claimant, self._clock.now())

        return _unless_fenced(self._database.write(settle))

    def settle_hand(self, several: Sequence[Change], *, claimant: HandClaimant | None = None) -> Settlement:
        """Write the results of several turns and the next hand in one transaction, shared with other threads'."""
        prepared = [changes.PreparedChange(change, keeps_kill=True) for change in several]

        def settle(transaction: Transaction) -> Settlement:
            fenced, known = changes.write(transaction, prepared, self._clock)
            held = [] if claimant is None else claims.claim_hand(transaction, claimant, self._clock.now(), known)
            return Settlement(held=held, fenced=fenced)

        return self._database.write(settle)

    def put_in_turn(self, *, idle: timedelta) -> None:
        """Let nobody stand in the queue at a moment still to come, some at a time: others write in between."""
        while self._database.write(lambda transaction: claims.put_in_turn(transaction, self._clock.now(), idle)):
            pass

    def change(self, number: int, decide: Callable[[Process], Change | None]) -> Process | None:
        """Load, decide and write in one transaction."""
        return _unless_fenced(self._database.write(changes.changing(number, decide, self._clock)))

    # --- reading ---

    def get(self, process_id: str) -> Process | None:
        """Return the process with exactly this id."""
        row = self._one(statements.BY_ID, {"id": rows.plain_text(process_id)})
        return None if row is None else rows.process(row)

    def load(self, numbers: Sequence[int]) -> list[Process]:
        """Return these processes in the given order."""
        with self._database.read() as session:
            found = claims.load(session, numbers)
        return [found[number] for number in numbers if number in found]

    def find(self, part: str, *, limit: int) -> list[str]:
        """Return ids that contain this text, newest first."""
        part = part.lower()
        if not _PART_OF_ID.fullmatch(part):
            return []
        with self._database.read() as session:
            if part[_HEAD_LENGTH : _HEAD_LENGTH + 1] == "-":
                found = session.all(statements.IDS_FROM, {"part": part, "end": part + "g", "limit": limit})
            else:
                found = session.all(statements.IDS_WITH, {"pattern": f"%{part}%", "limit": limit})
        return [row[0] for row in found]

    def page(
        self,
        selection: Selection,
        *,
        below: Place | int | None = None,
        above: Place | int | None = None,
        limit: int,
        limits: ScanLimits = DEFAULT_LIMITS,
    ) -> Page:
        """Return summaries in the order of the selection, by keyset."""
        after, before = place_at(below), place_at(above)
        with self._database.read() as session:
            selection = queries.resolved(session, selection)
            if not selection.is_scanned:
                return queries.page(session, selection, below=after, above=before, limit=limit, now=self._now())
        scanner = self._scanner(selection, limits)
        return scanner.page(below=after, above=before, limit=limit)

    def count(self, selection: Selection, *, limit: int = 10_000) -> int:
        """Count, from kept counters where they answer."""
        return self.counted(selection, limit=limit).number

    def counted(self, selection: Selection, *, limit: int = 10_000, limits: ScanLimits = DEFAULT_LIMITS) -> Counted:
        """Count, saying whether there may be more."""
        selection = replace(selection, order=NEWEST_FIRST)
        with self._database.read() as session:
            selection = queries.resolved(session, selection)
            if not selection.is_scanned:
                number = queries.count(session, selection, limit=limit, now=self._now())
                return Counted(number, is_floor=number == limit)
        return self._scanner(selection, limits).count(limit=limit)

    def counts(self) -> Counts:
        """Return the kept counters."""
        with self._database.read() as session:
            return queries.counts(session, self._now())

    def handled(self) -> list[ProcessSummary]:
        """Return every handled process, oldest first."""
        with self._database.read() as session:
            return queries.handled(session)

    def steps(self, number: int) -> list[StepRecord]:
        """Return the recorded steps of a process in order."""
        return [rows.step(row) for row in self._all(statements.STEPS, {"number": number})]

    def definition(self, code: str) -> DefinitionRecord | None:
        """Return what was last remembered of a definition."""
        row = self._one(statements.DEFINITION, {"code": rows.plain_text(code)})
        return None if row is None else rows.definition(row)

    def defined_codes(self) -> list[str]:
        """Return the codes of all remembered definitions, sorted."""
        return [row[0] for row in self._all(statements.DEFINED_CODES, {})]

    def codes(self) -> list[str]:
        """Return the codes of all kept processes, sorted."""
        return sorted({row[0] for row in self._all(statements.TALLY, {})})

    def events(
        self, *, number: int | None = None, after: int = 0, before: int | None = None, newest: bool = False,
        limit: int,
    ) -> list[Event]:  # fmt: skip
        """Return events in rising order; with `newest` the last ones of the range."""
        with self._database.read() as session:
            return history.events(session, number=number, after=after, before=before, newest=newest, limit=limit)

    def audit(self, query: AuditQuery, *, before: int | None = None, limit: int) -> AuditPage:
        """Return what people did, newest first, of a bounded number of acts."""
        from jobboy.storage import audit  # what it asks is compiled when it is asked

        with self._database.read() as session:
            return audit.page(session, query, before=before, limit=limit)

    def endings(self, since: datetime) -> Endings:
        """Count what ended since a moment, by minute."""
        with self._database.read() as session:
            return endings.endings(session, since)

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 when there is none."""
        with self._database.read() as session:
            return history.last_seq(session)

    def logs(self, number: int, *, from_token: int = 0, limit: int) -> list[TurnLog]:
        """Return what the last turns of a process said."""
        with self._database.read() as session:
            return logs.logs(session, number, from_token=from_token, limit=limit)

    def keep_log(self, number: int, log: TurnLog) -> None:
        """Keep what a turn in progress has said so far."""
        self._database.write(logs.keeping(number, log))

    def stamp(self) -> int:
        """Return a number that is another one after any commit by any program."""
        return self._database.stamp()

    # --- workers and control ---

    def remember(self, definitions: Sequence[DefinitionRecord]) -> None:
        """Keep what others may know of these definitions; what is known already is not written again."""
        news = [record for record in definitions if self.definition(record.code) != record]
        if news:
            values = [rows.definition_values(record) for record in news]
            self._database.write(lambda transaction: _write_all(transaction, statements.REMEMBER, values))

    def add_worker(self, worker: WorkerInfo) -> WorkerInfo:
        """Keep a worker and give it its number."""
        values = rows.worker_values(worker)
        number = self._database.write(lambda transaction: transaction.insert(statements.INSERT_WORKER, values))
        return replace(worker, number=number)

    def end_worker(self, number: int, *, at: datetime) -> None:
        """Record that a worker ended in order."""
        values = [{f"number_{statements.MINE}": number, "stopped_at": rows.micros(at)}]
        self._database.write(lambda transaction: _write_all(transaction, statements.END_WORKER, values))

    def workers(self, *, limit: int = 200) -> list[WorkerInfo]:
        """Return workers, newest first."""
        return [rows.worker(row) for row in self._all(statements.WORKERS, {"limit": limit})]

    def forget_workers(self, numbers: Sequence[int]) -> None:
        """Remove dead workers' rows."""
        values = [{"number": number} for number in numbers]
        self._database.write(lambda transaction: _write_all(transaction, statements.FORGET_WORKER, values))

    def work_pause(self) -> WorkPause | None:
        """Return since when and why all work is paused."""
        row = self._one(statements.WORK_PAUSE, {})
        return None if row is None else WorkPause(at=rows.moment(row[0]), actor=row[1], reason=row[2])

    def set_work_pause(self, pause: WorkPause | None, event: NewEvent) -> bool:
        """Pause or resume all work, with its event; False when it was so already."""

        def set_pause(transaction: Transaction) -> bool:
            if (transaction.one(statements.WORK_PAUSE) is None) == (pause is None):
                return False
            if pause is None:
                transaction.write(statements.RESUME_WORK, {})
            else:
                transaction.write(statements.PAUSE_WORK, rows.pause_values(pause))
            transaction.write(statements.INSERT_EVENT, rows.event_values(event, None))
            return True

        return self._database.write(set_pause)

    # --- keeping house ---

    def prunable(self, *, now: datetime, ended_before: datetime | None = None) -> int:
        """Count what `prune` would remove."""
        if ended_before is not None:
            return sum(1 for _ in housekeeping.ended_before(self._database.read, ended_before))
        with self._database.read() as session:
            return housekeeping.count_expired(session, now)

    def prune(
        self,
        *,
        now: datetime,
        record: Callable[[int], NewEvent],
        ended_before: datetime | None = None,
        limit: int = 500,
    ) -> int:
        """Remove up to `limit` ended, unhandled processes with all that is theirs, and record it; return how many."""
        if ended_before is not None:
            numbers = list(itertools.islice(housekeeping.ended_before(self._database.read, ended_before), limit))
        else:
            with self._database.read() as session:
                numbers = housekeeping.expired(session, now, limit)
        return self._database.write(housekeeping.removing(numbers, record)).removed if numbers else 0

    def remove(self, numbers: Sequence[int], *, record: Callable[[int], NewEvent]) -> int:
        """Remove those of these that are ended and unhandled, and record it; return how many."""
        removed = tried = 0
        while tried < len(numbers):
            done = self._database.write(housekeeping.removing(numbers[tried:], record))
            removed, tried = removed + done.removed, tried + done.tried
        return removed

    def record(self, event: NewEvent) -> None:
        """Write an event that concerns all processes."""
        values = [rows.event_values(event, None)]
        self._database.write(lambda transaction: _write_all(transaction, statements.INSERT_EVENT, values))

    def maintain(self) -> None:
        """Do what keeps the files small and quick."""
        self._database.maintain()

    def facts(self) -> DatabaseFacts:
        """Return what the database is and how large."""
        from jobboy.storage import facts  # few programs ask

        return facts.facts(self._database)

    def copy_to(self, file: Path) -> None:
        """Copy the database, as it is at one moment, into an empty file."""
        from jobboy.storage import copying  # few programs ask

        copying.copy(self._database, file)

    def check(self) -> list[tuple[str, bool, str]]:
        """Examine the database."""
        return self._database.check()

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    # --- schedules: loaded when they are first asked for, time zones take long to load ---

    def schedules(self) -> list[Schedule]:
        """Return all schedules by name."""
        from jobboy.storage import schedules

        return [schedules.schedule(row) for row in self._all(statements.SCHEDULES, {})]

    def schedule(self, name: str) -> Schedule | None:
        """Return the schedule of this name."""
        from jobboy.storage import schedules

        row = self._one(statements.SCHEDULE, {"name": rows.plain_text(name)})
        return None if row is None else schedules.schedule(row)

    def change_schedule(
        self, name: str, decide: Callable[[Schedule | None], ScheduleChange | None], *, actor: str
    ) -> ScheduleChange | None:
        """Load, decide and write in one transaction; a due time that was started before is left out."""
        from jobboy.storage import schedules

        return self._database.write(schedules.changing(rows.plain_text(name), decide, actor=actor))

    def schedule_starts(self, number: int, *, limit: int) -> list[ScheduleStart]:
        """Return the newest starts of a schedule."""
        from jobboy.storage import schedules

        values = {"number": number, "limit": limit}
        return [schedules.start(row) for row in self._all(statements.SCHEDULE_STARTS, values)]

    def forget_starts(self, numbers: Sequence[int], *, before: datetime) -> None:
        """Remove what is known of starts for due times before a moment."""
        from jobboy.storage import schedules

        self._database.write(schedules.forgetting(numbers, before))

    def _may_find(self, claimant: Claimant) -> bool:
        with self._database.read() as session:
            return claims.may_find(session, claimant.codes, self._clock.now())

    def _scanner(self, selection: Selection, limits: ScanLimits) -> Scanner:
        from jobboy.storage.scans import Scanner  # it compiles what was asked, and loads what compiles

        return Scanner(self._database, selection, limits, now=self._now())

    def _now(self) -> int:
        return rows.micros(self._clock.now())

    def _one(self, statement: Prepared, values: dict[str, Any]) -> Any:
        with self._database.read() as session:
            return session.one(statement, values)

    def _all(self, statement: Prepared, values: dict[str, Any]) -> list[Any]:
        with self._database.read() as session:
            return session.all(statement, values)


def _unless_fenced(result: T | Fenced) -> T:
    if isinstance(result, Fenced):
        raise result
    return result


def _write_all(transaction: Transaction, statement: Prepared, values: Sequence[dict[str, Any]]) -> None:
    for row in values:
        transaction.write(statement, row)
