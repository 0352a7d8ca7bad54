"""How processes that start alike are written: what they share is made ready once, for all that ever start so."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from jobboy.model.events import EventKind
from jobboy.model.process import iso
from jobboy.ports import Alike, Pattern
from jobboy.storage import rows, statements
from jobboy.storage.writer import Transaction, Work

_MOMENTS = ("created_at", "updated_at", "turn_at")
"""Columns that hold when a process starts."""
_WAITS = ("wait_until", "wake_at")
"""Columns that hold until when it waits."""
_OWN = ("id", "parameters")
"""Columns that each process has for itself."""
_AT_ONCE = tuple(sorted(statements.AT_ONCE, reverse=True))
"""How many rows a statement inserts, so that a few texts serve any count."""


class _Ready:
    """What the rows of a pattern share, but for their moments, and the statements that insert them; made once.

    Args:
        pattern: of the processes.
        waits: whether they wait for a moment.
    """

    def __init__(self, pattern: Pattern, *, waits: bool) -> None:
        process = pattern.process.changed(wait_until=pattern.process.created_at if waits else None)
        own = {*_MOMENTS, *_WAITS, *_OWN}
        shared = {
            name: value for name, value in rows.NEW.of(process).items() if value is not None and name not in own
        }
        self.values = tuple(shared.values())
        columns = (*shared, *_MOMENTS, *(_WAITS if waits else ()), *_OWN)
        self.inserts = {size: statements.inserting(columns, own=len(_OWN), rows=size) for size in _AT_ONCE}
        self.after = {"status": process.status.value}
        self.after_text = rows.as_json(self.after)


_ready = functools.lru_cache(maxsize=1024)(_Ready)


class PreparedAlike:
    """New processes that are alike, as rows; made outside the transaction so that others do not wait for it.

    Args:
        alike: to be kept.
        actor: who starts them.

    Raises:
        InvalidValue: a document holds something that JSON cannot keep.
    """

    def __init__(self, alike: Alike, actor: str) -> None:
        self._ready = ready = _ready(alike.pattern, waits=alike.wait_until is not None)
        at, after = rows.micros(alike.at), ready.after_text
        self._shared = (*ready.values, at, at, at)
        if alike.wait_until is not None:
            wait = rows.micros(alike.wait_until)
            self._shared = (*self._shared, wait, wait)
            after = rows.as_json({**ready.after, "wait_until": iso(alike.wait_until)})
        self._own = [own for each, parameters in alike.own for own in (each, parameters.text)]
        self._told = (at, EventKind.STARTED.value, rows.plain_text(actor), after)

    def write(self, transaction: Transaction) -> None:
        """Write them with their events; every number from the first on is theirs, since nobody else writes now."""
        first = transaction.run(self._ready.inserts[1], (*self._shared, *self._own[: len(_OWN)]))
        if len(self._own) > len(_OWN):
            self._write_others(transaction)
        transaction.run(statements.INSERT_STARTED, (*self._told, first))

    def _write_others(self, transaction: Transaction) -> None:
        done = len(_OWN)
        for size, insert in self._ready.inserts.items():
            values = size * len(_OWN)
            while done + values <= len(self._own):
                transaction.run(insert, (*self._shared, *self._own[done : done + values]))
                done += values


def adding_alike(several: Sequence[Alike], *, actor: str) -> Work[None]:
    """Return the work that keeps new processes, all or none, those that are alike together."""
    prepared = [PreparedAlike(alike, actor) for alike in several]

    def add(transaction: Transaction) -> None:
        for one in prepared:
            one.write(transaction)

    return add
