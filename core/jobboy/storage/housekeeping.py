"""Which processes retention removes, and how they go, with their steps and their history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from jobboy.model.events import NewEvent
from jobboy.storage import rows, statements
from jobboy.storage.statements import Session
from jobboy.storage.writer import Transaction, Work

_LOOKED_AT_ONCE = 1000
_NEVER = (1 << 63) - 1

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


def removing(numbers: Sequence[int], record: Callable[[int], NewEvent]) -> Work[int]:
    """Return the work that removes those of these processes that are ended and unhandled; its result is how many.

    What `record` makes of that number is written with it, unless others had removed them all. What operators did to a
    process stays, without documents, and then a line for the process itself, which tells its id, code and status.
    """

    def remove(transaction: Transaction) -> int:
        removed = sum(_remove(transaction, number, record) for number in numbers)
        if removed:
            transaction.write(statements.INSERT_EVENT, rows.event_values(record(removed), None))
        return removed

    return remove


def _remove(transaction: Transaction, number: int, record: Callable[[int], NewEvent]) -> int:
    gone = transaction.one(statements.DELETE_ENDED, {"number": number})
    if gone is None:
        return 0
    transaction.write(statements.DELETE_STEPS, {"number": number})
    transaction.write(statements.DELETE_EVENTS, {"number": number})
    transaction.write(statements.DELETE_LOGS, {"number": number})
    if transaction.write(statements.STRIP_ACTS, {"number": number}):
        last = replace(record(1), before=dict(zip(("id", "code", "status"), gone, strict=True)), after=None)
        transaction.write(statements.INSERT_EVENT, rows.event_values(last, number))
    return 1
