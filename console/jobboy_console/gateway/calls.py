"""What the console asks of one database: plain calls for threads that are not the screen's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jobboy.errors import (
    DatabaseReplaced,
    JobBoyError,
    Refused,
    StorageError,
    StorageForbidden,
)
from jobboy.model.endings import minute_of
from jobboy.model.status import ProcessStatus
from jobboy.operations import Operations
from jobboy_console.facts.acts import Act
from jobboy_console.facts.rows import Matching, News, RowKey, Rows, RowsRequest
from jobboy_console.facts.snapshots import Account, EventLine, Home, PastEndings, ProcessSnapshot, WorkState
from jobboy_console.facts.troubles import Kind, Trouble
from jobboy_console.facts.views import View
from jobboy_console.gateway.converting import account_of, event_line, process_snapshot
from jobboy_console.gateway.language import Words
from jobboy_console.gateway.marking import read_between, read_matching
from jobboy_console.gateway.outlook import Outlook
from jobboy_console.gateway.paging import Look, read_news, read_rows
from jobboy_console.gateway.path_values import PathValues
from jobboy_console.machine.watching import Watch

if TYPE_CHECKING:
    from jobboy_console.facts.decisions import Pause, Problem
    from jobboy_console.facts.orders import Exported, ExportOrder
    from jobboy_console.gateway.house import House
    from jobboy_console.gateway.ordering import Ordering
    from jobboy_console.gateway.pausing import Pausing
    from jobboy_console.gateway.travel import Document, Travel
    from jobboy_console.gateway.verbs import Verbs

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
        marks = ("handled", "stuck", "paused", "waiting", "restarted")
        counts |= {mark: getattr(overview.counts, mark) for mark in marks} | {"failed": overview.counts.left_failed}
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
            failed=counts["failed"] + counts["restarted"],
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

    # --- changing ---

    @property
    def verbs(self) -> Verbs:
        """Verbs on processes; loaded when one is first begun."""
        from jobboy_console.gateway.verbs import Verbs

        return Verbs(
            self._operations,
            read_only=self._refused,
            must_be_writable=self._must_be_writable,
            protected=self.protected,
        )

    @property
    def pausing(self) -> Pausing:
        """The pause of all work; loaded when it is first asked."""
        from jobboy_console.gateway.pausing import Pausing

        return Pausing(
            self._operations,
            read_only=self._refused,
            must_be_writable=self._must_be_writable,
            protected=self.protected,
        )

    def export(self, order: ExportOrder, watch: Watch) -> Exported:
        """Write processes to a file; raises like `exporting.export`."""
        from jobboy_console.gateway.exporting import export

        return export(self._operations, order, watch)

    def permits(self, act: Act, code: str) -> bool:
        """Say whether a verb is permitted for processes of a code at all; reads nothing, so the screen may ask."""
        return not self.read_only and self._operations.permission.why_not(act.value, code) is None

    def _must_be_writable(self, verb: str) -> None:
        if self.read_only:
            raise Refused(verb, "anything", READ_ONLY)
        if self.trouble is not None and self.trouble.kind is Kind.NEWER:
            raise Refused(verb, "anything", f"{Kind.NEWER.value.title[0].lower()}{Kind.NEWER.value.title[1:]}")
