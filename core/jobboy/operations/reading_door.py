"""The part of the door that only looks: nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING

from jobboy.model.events import Event
from jobboy.model.ordering import Place
from jobboy.model.process import Process, ProcessSummary
from jobboy.model.selection import DEFAULT_LIMITS, UNLIMITED, Counted, Page, ScanLimits, Selection
from jobboy.model.workers import WorkerInfo
from jobboy.operations import control, housekeeping, reading, restarting, starting
from jobboy.operations.context import Context
from jobboy.operations.eligibility import Verb, eligibility
from jobboy.operations.permission import Permission
from jobboy.operations.restarting import RestartPoint
from jobboy.operations.results import Details, Eligibility, Overview
from jobboy.ports import DefinitionRecord

if TYPE_CHECKING:
    from jobboy.model.filter_language.completion import Vocabulary
    from jobboy.model.versions import DocumentName, Versions
    from jobboy.operations.explaining import Explanation


class ReadingDoor:
    """The use cases that read; their answers are the truth of the moment, as `Operations` says.

    Args:
        context: the adapters, who acts, and the definitions this program knows.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    # --- processes ---

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

    # --- history ---

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

    # --- the database ---

    def codes(self) -> Sequence[str]:
        """Return the codes of all kept processes and known definitions, sorted."""
        return sorted({*self._context.repository.codes(), *starting.known_codes(self._context)})

    def definition(self, code: str) -> DefinitionRecord | None:
        """Return what is known of a definition, None when nothing is."""
        return starting.known_definition(self._context, code)

    def database(self) -> str:
        """Return the URL of the database, without a password."""
        return self._context.database

    def workers(self) -> Sequence[WorkerInfo]:
        """Return living workers and those that died in the last day, newest first, with what they hold."""
        return control.workers(self._context)

    def doctor(self) -> Sequence[tuple[str, bool, str]]:
        """Examine database, locks and machine: (what, is it well, in words) for each check."""
        return housekeeping.doctor(self._context)

    def now(self) -> datetime:
        """Return the present of this database's clock."""
        return self._context.clock.now()
