"""The orders of lists, and the place of a process in one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobboy.model.process import ProcessSummary

Key = datetime | int | str | None
"""What a list is sorted by."""


@dataclass(frozen=True)
class Place:
    """Where a process stands in the order of a list; another one never stands there too.

    It stays a place when the process changes or goes: a page begins after it all the same.
    """

    number: int
    key: Key = None
    """Its value in the field the list is sorted by; None too when the list goes by number."""


@dataclass(frozen=True)
class Order:
    """By which field a list is sorted; what has no value comes last, and among equals the newest comes first."""

    field: str = "created_at"
    """Of `ProcessSummary`. By ``created_at`` means by number: both count up with every start."""
    descending: bool = True

    @property
    def is_by_number(self) -> bool:
        """True when the numbers of processes are the order."""
        return self.field == "created_at"

    def key_of(self, process: ProcessSummary) -> Any:
        """Return the value it is sorted by."""
        return getattr(process, self.field)

    def place_of(self, process: ProcessSummary) -> Place:
        """Return where a process stands."""
        return Place(process.number) if self.is_by_number else Place(process.number, self.key_of(process))

    def sorted(self, rows: Iterable[ProcessSummary]) -> list[ProcessSummary]:
        """Put processes in this order."""
        if self.is_by_number:
            return sorted(rows, key=lambda row: row.number, reverse=self.descending)
        newest_first = sorted(rows, key=lambda row: row.number, reverse=True)
        keyed = [row for row in newest_first if self.key_of(row) is not None]
        return [
            *sorted(keyed, key=self.key_of, reverse=self.descending),
            *(row for row in newest_first if self.key_of(row) is None),
        ]


NEWEST_FIRST = Order()


def place_at(place: Place | int | None) -> Place | None:
    """Return a place; a bare number is one in a list that goes by number."""
    return Place(place) if isinstance(place, int) else place
