"""How many processes ended in each of the last minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jobboy.model.status import ProcessStatus

MINUTE = timedelta(minutes=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Endings:
    """Processes that were completed or failed, counted by minute."""

    since: datetime
    """What ended at or after this moment is counted; before it nothing is known."""
    numbers: Mapping[tuple[int, ProcessStatus], int]
    """By minute, as `minute_of` counts them, and status; a minute in which none ended has no entry."""


def minute_of(moment: datetime) -> int:
    """Return the whole minutes from 1970 UTC to a moment."""
    return (moment - _BEGINNING) // MINUTE
