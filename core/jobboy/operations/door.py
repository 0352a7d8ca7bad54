"""The one door to the processes of a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any

from jobboy.engine.sweep import Sweeper
from jobboy.model.events import Event
from jobboy.model.ordering import Place
from jobboy.model.process import Process, ProcessSummary
from jobboy.model.selection import DEFAULT_LIMITS, UNLIMITED, Counted, Page, ScanLimits, Selection
from jobboy.model.workers import WorkerInfo
from jobboy.operations import bulk, control, housekeeping, reading, restarting, starting, verbs
from jobboy.operations.context import Context
from jobboy.operations.eligibility import Verb, eligibility
from jobboy.operations.guardrails import Mandate
from jobboy.operations.house import House
from jobboy.operations.permission import Permission
from jobboy.operations.restarting import RestartPoint
from jobboy.operations.results import BulkResult, Details, Eligibility, Overview
from jobboy.operations.schedule_door import ScheduleDoor
from jobboy.ports import DefinitionRecord, WorkPause

if TYPE_CHECKING:
    from jobboy.model.filter_language.completion import Vocabulary
    from jobboy.model.versions import DocumentName, Versions
    from jobboy.operations.explaining import Explanation


class Operations(ScheduleDoor):
    """Every use case of one database as a method; safe to call from many threads.

    Reads show the truth of the moment: a process is `stuck` in their answers when its holder is dead, whether or
    not a sweep has recorded it yet. Verbs load, judge and write in one transaction together with their event, so
    that of several callers exactly one wins and the others are told. Every method may raise `StorageError`, and every
    one that changes something `Refused` when the door is read-only or a guardrail forbids it, and `NotConfirmed` when
    a guardrail asks for more; what guardrails refuse is recorded.

    Args:
        context: the adapters, who acts, and the definitions this program knows.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.house = House(context)
        """What is known of the database itself, and of what people and turns did in it."""

    # --- starting ---

    def start(
        self,
        code: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        delay: timedelta | None = None,
        priority: int | None = None,
    ) -> str:
        """Start a process and return its id; it is on disk when this returns.

        Args:
            code: of a definition this program or a worker of the database knows.
            parameters: a JSON object.
            key: a second start with the same key returns the id of the first.
            delay: nobody works on it before this time is over.
            priority: lower is first among equals; 100 when not given.

        Raises:
            CodeNotFound: no definition has the code.
            InvalidValue: the parameters break a rule; names the path.
            Refused: the key is that of a process of another code.
        """
        given = {} if parameters is None else parameters
        return starting.start(self._context, code, given, key=key, delay=delay, priority=priority)

    def start_many(
        self,
        orders: Sequence[tuple[str, Mapping[str, Any]]],
        *,
        keys: Sequence[str | None] | None = None,
        delay: timedelta | None = None,
        priority: int | None = None,
    ) -> list[str]:
        """Start several processes, all or none, in one transaction; returns their ids in order.

        Args:
            orders: code and parameters of each.
            keys: one for each order, None for those without; a key that is known gives the id of its process.
            delay: nobody works on any of them before this time is over.
            priority: of all; 100 when not given.

        Raises:
            CodeNotFound, InvalidValue, Refused: as for `start`, for any; also when keys and orders differ in number.
        """
        return starting.start_many(self._context, orders, keys=keys, delay=delay, priority=priority)

    # --- reading ---

    def get(self, part: str) -> Process:
        """Return one process; `part` is its id or any part of it that no other id has.

        Raises:
            ProcessNotFound, AmbiguousProcessId: as their names say.
        """
        return reading.get(self._context, part)

    def details(self, part: str) -> Details:
        """Return one process with its steps."""
        return reading.details(self._context, part)

    def explain(self, part: str) -> Explanation:
        """Say in words what state a process is in, why, what happens next, and what one can do."""
        from jobboy.operations import explaining

        return explaining.of(self._context, reading.details(self._context, part))

    def versions(self, part: str, name: DocumentName, *, limit: int = 1000) -> Versions:
        """Return what a document was after each of its changes, as far as the newest `limit` events tell.

        Raises:
            Conflict: it is written to faster than document and history can be read together.
        """
        return reading.versions(self._context, part, name, limit=limit)

    def restart_points(self, part: str) -> Sequence[RestartPoint]:
        """Return the steps in their order, each with whether a restart can begin at it; none when none are known."""
        return restarting.restart_points(self._context, part)

    def page(
        self,
        selection: Selection,
        *,
        below: Place | int | None = None,
        above: Place | int | None = None,
        limit: int = 100,
        limits: ScanLimits = DEFAULT_LIMITS,
    ) -> Page:
        """Return summaries in the order of the selection, by keyset: the first, or those next to a place.

        A number is a place in a list that goes by number; `Page.end` is where to go on from. Where no index answers,
        the processes are looked at one by one as far as `limits` allow, and `Page.scan` says how far that was.
        """
        return reading.page(self._context, selection, below=below, above=above, limit=limit, limits=limits)

    def list(self, selection: Selection, *, limit: int = 100) -> Sequence[Process]:
        """Return the first processes of a selection with their documents, however far they must be looked for."""
        return reading.whole(self._context, selection, limit=limit)

    def each_process(self, selection: Selection) -> Iterator[Process]:
        """Yield every process of a selection with its documents, in constant memory however many there are."""
        return reading.each_process(self._context, selection)

    def bundle(self, part: str, file: IO[bytes]) -> Sequence[str]:
        """Write everything known of a process as a zip file; returns the places of the secrets that were left out.

        Raises:
            ProcessNotFound, AmbiguousProcessId: as their names say; nothing was written.
        """
        from jobboy.operations.bundling import bundle  # zip files are loaded by who makes one

        return bundle(self._context, part, file)

    def count(self, selection: Selection, *, limit: int = 10_000) -> int:
        """Count; from kept counters where they answer, else up to `limit`, which means "that many or more".

        Where no index answers, all are looked at, however long it takes; `counted` takes limits for that.
        """
        return self.counted(selection, limit=limit, limits=UNLIMITED).number

    def counted(self, selection: Selection, *, limit: int = 10_000, limits: ScanLimits = DEFAULT_LIMITS) -> Counted:
        """Count like `count` and say whether there may be more, and how far was looked where no index answers."""
        return reading.counted(self._context, selection, limit=limit, limits=limits)

    def vocabulary(self) -> Vocabulary:
        """Return the words worth offering while a filter is typed: of codes, workers and the newest processes."""
        from jobboy.operations import words

        return words.vocabulary(self._context)

    def overview(self) -> Overview:
        """Return the counts of all kinds, the pause of work, the number of living workers and the newest event."""
        return reading.overview(self._context)

    def history(self, part: str, *, after: int = 0, limit: int = 1000, newest: bool = False) -> Sequence[Event]:
        """Return the events of one process in rising order; with `newest` the last ones."""
        return reading.history(self._context, part, after=after, limit=limit, newest=newest)

    def feed(self, *, after: int, limit: int = 500) -> Sequence[Event]:
        """Return the events of all processes after a number: the change feed."""
        return self._context.repository.events(after=after, limit=limit)

    def tail(self, part: str, *, after: int | None = None, until_ended: bool = True) -> Iterator[Event]:
        """Yield the events of a process as they come, from number `after` or the first; ends with the process."""
        return reading.tail(self._context, part, after=after, until_ended=until_ended)

    def stamp(self) -> int:
        """Return a number that changes with any commit; costs microseconds, made for polling."""
        return self._context.repository.stamp()

    def codes(self) -> Sequence[str]:
        """Return the codes of all kept processes and known definitions, sorted."""
        return sorted({*self._context.repository.codes(), *starting.known_codes(self._context)})

    def definition(self, code: str) -> DefinitionRecord | None:
        """Return what is known of a definition, None when nothing is."""
        return starting.known_definition(self._context, code)

    def database(self) -> str:
        """Return the URL of the database, without a password."""
        return self._context.database

    # --- verbs ---

    def acting(self, *, confirmed: bool = False, at_once: Mapping[str, int] | None = None) -> Operations:
        """Return this door for one decision: confirmed by hand or not, for so many processes of each code."""
        return Operations(replace(self._context, mandate=Mandate(confirmed=confirmed, at_once=at_once)))

    @property
    def permission(self) -> Permission:
        """What read-only and guardrails would say of a verb."""
        return Permission(self._context)

    def eligibility(self, verb: Verb, process: ProcessSummary, *, force: bool = False) -> Eligibility:
        """Say whether a verb would apply to a process that was read from here, and be permitted."""
        forbidden = self.permission.why_not(verb, process.code)
        if forbidden is not None:
            return Eligibility(False, forbidden)
        return eligibility(verb, process, self._context.clock.now(), force=force)

    def recover(
        self, part: str, *, reason: str | None = None, force: bool = False, token: int | None = None
    ) -> Process:
        """Release a stuck process, so that it goes on from its last recorded step; its attempt counts.

        Args:
            part: its id or an unambiguous part.
            reason: why, for the history.
            force: take it from a living holder too, whose next write is then fenced.
            token: the token that was seen; when it is another one now, nothing is done.

        Raises:
            Refused: the verb does not apply.
            Conflict: it changed since `token` was seen.
        """
        return verbs.recover(self._context, part, reason=reason, force=force, token=token)

    def fail(
        self,
        part: str,
        *,
        reason: str | None = None,
        now: bool = False,
        force: bool = False,
        token: int | None = None,
    ) -> Process:
        """Make a process failing, so that it tears down, or with `now` failed at once; raises like `recover`."""
        return verbs.fail(self._context, part, reason=reason, now=now, force=force, token=token)

    def kill(self, part: str, *, reason: str | None = None, token: int | None = None) -> Process:
        """Ask for the end of a process: a starting one fails at once, others tear down at their next turn.

        An isolated step that runs for it is ended. Raises like `recover`.
        """
        return verbs.kill(self._context, part, reason=reason, token=token)

    def proceed(
        self,
        part: str,
        data: Mapping[str, Any] | None = None,
        *,
        reason: str | None = None,
        token: int | None = None,
    ) -> Process:
        """Let a paused process go on: `data` is merged over the paused output, key by key at the top level.

        Of several answers to one pause exactly one is accepted; without the `token` of when it was shown, one that
        is late answers the pause after it, if there is one. Raises like `recover`, `InvalidValue` for data that is no
        JSON object, and `InvalidAnswer` for data that breaks the schema of the pause, if it has one.
        """
        return verbs.proceed(self._context, part, data, reason=reason, token=token)

    def restart(
        self,
        part: str,
        *,
        reason: str | None = None,
        from_step: str | None = None,
        token: int | None = None,
    ) -> Process:
        """Start an ended process anew, from its beginning or a step; returns the new process of a new generation.

        The old one stays as it is, except for a line in its history. Raises like `recover`, and `StepNotFound`.
        """
        return verbs.restart(self._context, part, reason=reason, from_step=from_step, token=token)

    def each(self, parts: Sequence[str], verb: Callable[[str], object]) -> Sequence[BulkResult]:
        """Apply a verb to several ids, each in its own transaction; a refusal stops none of the others."""
        return bulk.each(self._context, parts, verb)

    # --- all work ---

    def pause(self, *, reason: str | None = None) -> WorkPause:
        """Pause all work of the database: turns in progress are finished, nothing is begun.

        Raises:
            Refused: it is paused already.
        """
        return control.pause(self._context, reason=reason)

    def resume(self, *, reason: str | None = None) -> None:
        """End the pause of all work.

        Raises:
            Refused: it is not paused.
        """
        control.resume(self._context, reason=reason)

    def workers(self) -> Sequence[WorkerInfo]:
        """Return living workers and those that died in the last day, newest first, with what they hold."""
        return control.workers(self._context)

    def sweep(self) -> Sequence[Process]:
        """Record every dead holder that is not recorded yet; workers do so twice a second, others may.

        Does nothing when read-only.
        """
        context = self._context
        if context.read_only:
            return []
        actor = context.actor.replace("operator:", "sweep:")
        return Sweeper(context.repository, context.locks, context.clock, context.bell, actor=actor).sweep()

    # --- keeping house ---

    def prune(self, *, older_than: timedelta | None = None, dry_run: bool = False, reason: str | None = None) -> int:
        """Remove ended processes whose retention is over, or that ended `older_than` ago; returns how many.

        Batch by batch, each one transaction, which records who removed how many and why. With `dry_run` nothing is
        removed and the number is what would be.
        """
        return housekeeping.prune(self._context, older_than=older_than, dry_run=dry_run, reason=reason)

    def doctor(self) -> Sequence[tuple[str, bool, str]]:
        """Examine database, locks and machine: (what, is it well, in words) for each check."""
        return housekeeping.doctor(self._context)

    def close(self) -> None:
        """Close the database; nothing can be asked after it."""
        self._context.repository.close()
        self._context.bell.close()
        self._context.locks.close()

    def now(self) -> datetime:
        """Return the present of this database's clock."""
        return self._context.clock.now()
