"""The rooms behind the door: what people did, what turns said, and what the database looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from jobboy.model.audit import AuditPage, AuditQuery
from jobboy.model.endings import Endings
from jobboy.model.facts import DatabaseFacts
from jobboy.model.logs import MOST_TURNS, TurnLog
from jobboy.model.process import Process
from jobboy.model.selection import Selection
from jobboy.operations import housekeeping, reading
from jobboy.operations.context import Context
from jobboy.operations.results import Prunable
from jobboy.operations.whole_file import whole_path


def _always(number: int) -> bool:
    return True


class House:
    """What is not about one process's state; each method may raise `StorageError`.

    Args:
        context: of the door it belongs to.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def endings(self, *, within: timedelta = timedelta(minutes=30)) -> Endings:
        """Return how many processes ended in each of the last minutes, as far back as may be looked at quickly."""
        return self._context.repository.endings(self._context.clock.now() - within)

    def load(self, numbers: Sequence[int]) -> Sequence[Process]:
        """Return these processes with their documents, as they were last written; removed ones are left out."""
        return self._context.repository.load(numbers)

    def audit(self, query: AuditQuery, *, before: int | None = None, limit: int = 100) -> AuditPage:
        """Return what people did below a number, newest first, to all processes and the database itself.

        What operators did to a process, but for its start, outlives it, without documents. Of acts that are not all
        wanted a bounded number is looked at, so a page may hold few of them, or none, and still say where to go on.
        """
        return self._context.repository.audit(query, before=before, limit=limit)

    def prunable(
        self,
        selection: Selection,
        *,
        older_than: timedelta | None = None,
        goes_on: Callable[[int], bool] = _always,
    ) -> Prunable:
        """Find the ended, unhandled processes of a selection that ended `older_than` ago, or all; removes nothing.

        `goes_on` is told how many were found so far, again and again; False ends the search.
        """
        return housekeeping.prunable(self._context, selection, older_than=older_than, goes_on=goes_on)

    def prune(self, found: Prunable, *, reason: str | None = None, goes_on: Callable[[int], bool] = _always) -> int:
        """Remove what `prunable` found, with steps and history, whatever their retention; returns how many.

        Batch by batch, each one transaction, which records who removed how many and why. What is handled by now
        stays. `goes_on` is told how many after each batch; False ends it there.

        Raises:
            InvalidValue: the reason is no text that can be kept.
            Refused: read-only, or a guardrail forbids it.
        """
        return housekeeping.prune_found(self._context, found, reason=reason, goes_on=goes_on)

    def logs(self, part: str, *, from_token: int = 0, limit: int = MOST_TURNS) -> Sequence[TurnLog]:
        """Return what the last turns of a process said, in the order of the turns; `part` as for `Operations.get`.

        A turn in progress is told as far as it was a second ago.

        Args:
            part: id or an unambiguous part.
            from_token: of the first turn that is wanted.
            limit: turns, the last ones.
        """
        number = reading.get(self._context, part).number
        return self._context.repository.logs(number, from_token=from_token, limit=limit)

    def unserved(self, among: Selection) -> Sequence[str]:
        """Return the codes of active processes that no living worker serves.

        Args:
            among: active processes; what no index answers of it is looked for to the end.
        """
        return housekeeping.unserved_codes(self._context, among)

    def backup(self, file: str) -> int:
        """Copy the database, as it is at one moment, to a new file for its owner alone; returns its bytes.

        Others read and write meanwhile. The file is there whole, and on disk, or not at all: also when a signal
        raises in this thread, which it does at once.

        Raises:
            InvalidValue: it cannot be written, there is one of this name, or the name belongs to the database.
            StorageFull: no room is left for it.
        """
        with whole_path(file, database=self._context.database, field="file") as unfinished:
            self._context.repository.copy_to(unfinished)
            return unfinished.stat().st_size

    def facts(self) -> DatabaseFacts:
        """Return what the database is and how large; costs as much as reading a few rows."""
        return self._context.repository.facts()

    def follow_logs(self, part: str) -> Iterator[tuple[TurnLog, Sequence[str]]]:
        """Yield (turn, its new lines) as they come, from the first that is kept; ends when the process has ended."""
        seen_token, seen_end = 0, 0
        for process in _states(self._context, part):
            logs = self._context.repository.logs(process.number, from_token=seen_token, limit=MOST_TURNS)
            for log in logs:
                known = seen_end if log.token == seen_token else 0
                news = log.lines[max(known - log.left_out, 0) :] if log.end > known else []
                seen_token, seen_end = log.token, max(log.end, known)
                if news:
                    yield log, news


def _states(context: Context, part: str) -> Iterator[Process]:
    """Yield a process now and after every commit, the last time when it has ended or is gone."""
    process = reading.get(context, part)
    listener, stamp = context.bell.listen(), -1
    try:
        while True:
            latest = context.repository.stamp()
            if latest == stamp:
                listener.wait(reading.TAIL_PAUSE)
                continue
            current = context.repository.get(process.id)
            yield current or process
            if current is None or not current.status.is_active:
                return
            stamp = latest
    finally:
        listener.close()
