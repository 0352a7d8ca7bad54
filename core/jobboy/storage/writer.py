"""Group commit: what several threads hand in at the same time is written in one transaction.

SQLite has one writer at a time and waits for the disk once a commit, so sharing commits is what makes many slots
faster than one. Nobody waits for company: a lone writer commits at once, and whatever arrives meanwhile is the
next group.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from jobboy.errors import StorageNotReachable
from jobboy.failpoints import reach
from jobboy.sheltering import Shelter
from jobboy.storage.statements import Session

MAX_GROUP = 64
"""Pieces of work in one transaction; more would make other programs wait for long."""

T = TypeVar("T")


class Transaction(Session):
    """A session inside a write transaction."""

    def __init__(self, cursor: Any, dialect: str) -> None:
        super().__init__(cursor, dialect)
        self._undo: list[Callable[[], None]] = []

    def at_rollback(self, undo: Callable[[], None]) -> None:
        """Call this if the transaction is not committed, to give back what it took outside the database."""
        self._undo.append(undo)

    def mark(self) -> int:
        """Return a place that `undo` can go back to."""
        return len(self._undo)

    def undo(self, mark: int = 0) -> None:
        """Do what `at_rollback` was given since a mark, latest first."""
        while len(self._undo) > mark:
            self._undo.pop()()


Work = Callable[[Transaction], T]
_Outcome = tuple[Any, BaseException | None]


class Channel(Protocol):
    """The one connection that writes."""

    def begin(self) -> Transaction:
        """Begin a write transaction, waiting for other programs."""

    def commit(self) -> None:
        """Commit; when this returns, the changes are as durable as was asked for."""

    def rollback(self) -> None:
        """Leave everything as it was at `begin`; never raises."""

    def is_open(self) -> bool:
        """Say whether a transaction was begun that is neither committed nor rolled back."""

    def tidy(self) -> None:
        """Do what is due between two transactions, briefly; never raises."""

    def changes(self) -> object:
        """Return what is another value after any row that is written, and after a rollback by the database itself."""


class _Item:
    """One thread's work, and what became of it."""

    __slots__ = ("alone", "done", "error", "gate", "is_called", "result", "work")

    def __init__(self, work: Callable[..., Any], *, alone: bool = False) -> None:
        self.work = work
        self.alone = alone
        self.gate = threading.Lock()
        self.gate.acquire()
        self.is_called = False
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None

    def finish(self, result: Any, error: BaseException | None) -> None:
        self.result, self.error, self.done = result, error, True

    def call(self) -> None:
        """Let its thread go on, because it is done or its turn to lead has come."""
        self.is_called = True
        self.gate.release()


class Writer:
    """Hands work to the one writing connection.

    Work is short, runs in any of the threads that wait, and runs a second time when the transaction it shared with
    others could not be committed. It raises, if it must, before it writes: then it spoils nothing for the others.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._shelter = Shelter()
        self._guard = threading.Lock()
        self._queue: deque[_Item] = deque()
        self._is_led = False

    def run(self, work: Work[T]) -> T:
        """Run work in a write transaction and return its result after the commit, or raise what it raised."""
        return cast(T, self._hand_in(_Item(work)))

    def alone(self, work: Callable[[], T]) -> T:
        """Run something on the writing connection outside any transaction."""
        return cast(T, self._hand_in(_Item(work, alone=True)))

    def _hand_in(self, item: _Item) -> Any:
        with self._shelter:
            return self._handed_in(item)

    def _handed_in(self, item: _Item) -> Any:
        with self._guard:
            self._queue.append(item)
            leads, self._is_led = not self._is_led, True
        interrupt = None if leads else _wait(item)
        if not item.done:
            self._lead(item)
        error = interrupt or item.error
        if error is not None:
            raise error
        return item.result

    def _lead(self, own: _Item) -> None:
        """Write one group, which begins with the leader's own work, and make the next in the queue its successor."""
        with self._guard:
            group = self._next_group()
        try:
            self._do(group, own)
            self._channel.tidy()
        finally:
            with self._guard:
                successor = self._queue[0] if self._queue else None
                self._is_led = successor is not None
            if successor is not None:
                successor.call()

    def _do(self, group: list[_Item], own: _Item) -> None:
        try:
            if own.alone:
                own.finish(*_attempt(own.work))
            else:
                self._write(group, own)
        except BaseException:  # an interrupt in the middle of another one, or of a failure
            self._channel.rollback()
            raise
        finally:
            for item in group[1:]:
                if not item.done:  # and whether it was written, nobody knows
                    item.finish(None, StorageNotReachable("writing was interrupted: look whether it is done"))
                item.call()

    def _next_group(self) -> list[_Item]:
        group = [self._queue.popleft()]
        while self._queue and len(group) < MAX_GROUP and not (group[0].alone or self._queue[0].alone):
            group.append(self._queue.popleft())
        return group

    def _write(self, group: list[_Item], own: _Item) -> None:
        self._write_together(group, own)
        for item in group:
            while not item.done:
                self._write_together([item], own)

    def _write_together(self, group: list[_Item], own: _Item) -> None:
        """Write a group in one transaction; when that fails, only a group of one is done with it."""
        try:
            transaction = self._channel.begin()
        except Exception as error:  # noqa: BLE001  # each thread gets it as its own
            for item in group:
                item.finish(None, error)
            return
        except BaseException as error:  # noqa: BLE001  # an interrupt meant this thread, the others try again
            self._channel.rollback()
            own.finish(None, error)
            return
        outcomes: list[_Outcome] = []
        try:
            outcomes = [self._outcome(item, transaction) for item in group]
            reach("commit-asked")
            self._channel.commit()
            reach("commit-done")
        except BaseException as error:  # noqa: BLE001  # the thread whose work it was gets it
            if outcomes and not (isinstance(error, Exception) or self._channel.is_open()):
                # Most of the time the commit waits for the disk, so there an interrupt comes: when it is done.
                _finish(group, outcomes)
                own.finish(None, error)
                return
            self._channel.rollback()
            transaction.undo()
            if not isinstance(error, Exception):
                own.finish(None, error)
            elif len(group) == 1:
                group[0].finish(None, error)
            return
        _finish(group, outcomes)

    def _outcome(self, item: _Item, transaction: Transaction) -> _Outcome:
        written, mark = self._channel.changes(), transaction.mark()
        try:
            return item.work(transaction), None
        except Exception as error:  # the thread whose work it is gets it
            if self._channel.changes() != written:
                raise
            transaction.undo(mark)
            return None, error


def _finish(group: list[_Item], outcomes: list[_Outcome]) -> None:
    for item, outcome in zip(group, outcomes, strict=True):
        item.finish(*outcome)


def _attempt(work: Callable[[], Any]) -> _Outcome:
    try:
        return work(), None
    except BaseException as error:  # noqa: BLE001  # handed on by `Writer`
        return None, error


def _wait(item: _Item) -> BaseException | None:
    """Wait until an item is done or shall lead; returns an interrupt that came meanwhile.

    Leaving earlier would leave the others without a leader.
    """
    interrupt: BaseException | None = None
    while not item.is_called:  # an interrupt may come when the gate was passed already
        try:
            item.gate.acquire()
        except BaseException as error:  # noqa: BLE001  # raised by the caller, a little later
            interrupt = error
    return interrupt
