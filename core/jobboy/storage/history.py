"""How the history is read: the events of one process or of all, forward or from its end."""

from __future__ import annotations

import functools

from sqlalchemy import bindparam, select

from jobboy.model.events import Event
from jobboy.storage import rows, statements
from jobboy.storage.statements import Prepared, Session
from jobboy.storage.tables import event, process

_MAX_SEQ = (1 << 63) - 1


def events(
    session: Session, *, number: int | None, after: int, before: int | None, newest: bool, limit: int
) -> list[Event]:
    """Return events with `after` < seq < `before` in rising order; with `newest` the last ones of the range."""
    values = {"number": number, "after": after, "before": _MAX_SEQ if before is None else before, "limit": limit}
    found = session.all(statement(number is not None, newest), values)
    return [rows.event(row) for row in (found[::-1] if newest else found)]


def last_seq(session: Session) -> int:
    """Return the number of the newest event, 0 when there is none."""
    return int(session.one(statements.LAST_SEQ)[0] or 0)


@functools.cache
def statement(of_one: bool, newest: bool) -> Prepared:
    """Return the statement for the events of one process or of all, from the beginning or the end."""
    statement = (
        select(
            event.c.seq, process.c.id, event.c.at, event.c.kind, event.c.actor, event.c.reason, event.c.step,
            event.c.attempt, event.c.before, event.c.after,
        )
        .select_from(event.outerjoin(process, process.c.number == event.c.process))
        .where(event.c.seq > bindparam("after"), event.c.seq < bindparam("before"))
        .order_by(event.c.seq.desc() if newest else event.c.seq)
        .limit(bindparam("limit"))
    )  # fmt: skip
    return Prepared(statement.where(event.c.process == bindparam("number")) if of_one else statement)
