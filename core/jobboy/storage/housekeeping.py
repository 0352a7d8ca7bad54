"""Which processes retention removes, and how they go, with their steps and their history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from jobboy.model.events import NewEvent
from jobboy.storage import rows, statements
from jobboy.storage.statements import Session
from jobboy.storage.writer import Transaction, Work

_LOOKED_AT_ONCE = 1000
_NEVER = (1 << 63) - 1
MOST_EVENTS = 50_000
"""Events after whose removal a transaction takes no other process: histories may be long, and others wait for it."""

Reading = Callable[[], AbstractContextManager[Session]]


def count_expired(session: Session, now: datetime) -> int:
    """Count the unhandled processes whose retention is over."""
    values = {"now": rows.micros(now), "never": _NEVER}
    return int(
        session.one(statements.COUNT_EXPIRED, values)[0] - session.one(statements.COUNT_EXPIRED_HELD, values)[0]
    )


def expired(session: Session, now: datetime, limit: int) -> list[int]:
    """Return the processes whose retention has been over for longest."""
    return [row[0] for row in session.all(statements.EXPIRED, {"now": rows.micros(now), "limit": limit})]


def ended_before(read: Reading, cutoff: datetime) -> Iterator[int]:
    """Yield the processes that ended before a moment, oldest first.

    They were made before it too, so the walk from the oldest number is over where a whole piece of it is younger; the
    clock of one program may have been wrong.
    """
    after, moment = 0, rows.micros(cutoff)
    while True:
        with read() as session:
            piece = session.all(statements.OLDEST, {"after": after, "limit": _LOOKED_AT_ONCE})
        yield from (number for number, _, ended, held in piece if ended is not None and ended < moment and not held)
        if all(created >= moment for _, created, _, _ in piece):
            return
        after = piece[-1][0]


class Removal(NamedTuple):
    """What one transaction has removed."""

    removed: int
    """Processes."""
    tried: int
    """How many of the processes that were given, from the first on, are gone now or were not to go."""


def removing(numbers: Sequence[int], record: Callable[[int], NewEvent]) -> Work[Removal]:
    """Return the work that removes those of these processes that are ended and unhandled, as many as fit in at once.

    What `record` makes of that number is written with it, unless others had removed them all. What operators did to a
    process stays, without documents, and then a line for the process itself, which tells its id, code and status.
    """

    def remove(transaction: Transaction) -> Removal:
        removed, tried, events = 0, 0, 0
        while tried < len(numbers) and events < MOST_EVENTS:
            found = _remove(transaction, numbers[tried], record)
            removed, tried, events = removed + (found is not None), tried + 1, events + (found or 0)
        if removed:
            transaction.write(statements.INSERT_EVENT, rows.event_values(record(removed), None))
        return Removal(removed, tried)

    return remove


def _remove(transaction: Transaction, number: int, record: Callable[[int], NewEvent]) -> int | None:
    """Remove a process and return how many events went with it, None when it is not to go."""
    gone = transaction.one(statements.DELETE_ENDED, {"number": number})
    if gone is None:
        return None
    transaction.write(statements.DELETE_STEPS, {"number": number})
    events = transaction.write(statements.DELETE_EVENTS, {"number": number})
    transaction.write(statements.DELETE_LOGS, {"number": number})
    if transaction.write(statements.STRIP_ACTS, {"number": number}):
        last = replace(record(1), before=dict(zip(("id", "code", "status"), gone, strict=True)), after=None)
        transaction.write(statements.INSERT_EVENT, rows.event_values(last, number))
    return events
