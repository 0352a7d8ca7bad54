"""How the history is read: the events of one process or of all, forward or from its end."""

from __future__ import annotations

from jobboy.model.events import Event
from jobboy.storage import rows, statements
from jobboy.storage.statements import Session

_MAX_SEQ = (1 << 63) - 1
_STATEMENTS = {
    (True, True): statements.NEWEST_EVENTS_OF_ONE,
    (True, False): statements.EVENTS_OF_ONE,
    (False, True): statements.NEWEST_EVENTS,
    (False, False): statements.EVENTS,
}
"""By whether one process's events are wanted, and whether the newest are."""


def events(
    session: Session, *, number: int | None, after: int, before: int | None, newest: bool, limit: int
) -> list[Event]:
    """Return events with `after` < seq < `before` in rising order; with `newest` the last ones of the range."""
    values = {"number": number, "after": after, "before": _MAX_SEQ if before is None else before, "limit": limit}
    found = session.all(_STATEMENTS[number is not None, newest], values)
    return [rows.event(row) for row in (found[::-1] if newest else found)]


def last_seq(session: Session) -> int:
    """Return the number of the newest event, 0 when there is none."""
    return int(session.one(statements.LAST_SEQ)[0] or 0)
