"""Counts what ended lately: a bounded walk through the index of each status, from the newest process on."""

from __future__ import annotations

from datetime import datetime

from jobboy.model.endings import Endings
from jobboy.model.status import ProcessStatus
from jobboy.storage import rows, statements
from jobboy.storage.statements import Session

LOOKED_AT = 5_000
"""Processes of each status that are looked at: those started last, which is nearly those that ended last."""
ENDED = (ProcessStatus.COMPLETED, ProcessStatus.FAILED)


def endings(session: Session, since: datetime, *, limit: int = LOOKED_AT) -> Endings:
    """Return what ended at or after a moment, or since a later one when that is more than may be looked at."""
    numbers: dict[tuple[int, ProcessStatus], int] = {}
    known_from = since
    for status in ENDED:
        values = {"status": status.value, "since": rows.micros(since), "limit": limit}
        found = session.all(statements.ENDINGS, values)
        numbers |= {(int(minute), status): int(number) for minute, number, _ in found}
        if sum(number for _, number, _ in found) >= limit:  # all that was looked at is new enough: there may be more
            known_from = max(known_from, rows.moment(min(first for _, _, first in found)))
    return Endings(known_from, numbers)
