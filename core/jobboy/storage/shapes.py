"""What a question for a list or a count looks like: questions of one shape share their statement."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from jobboy.model.filter_language.meaning import created_between
from jobboy.model.selection import Selection
from jobboy.model.status import ProcessStatus

Edge = Literal["newest", "below", "above"]
"""Where a page begins: at the newest process, or beside one."""
MAX_RUNS = 120
"""Runs through an index that one list merges; beyond them codes are compared row by row."""

_FAILED = frozenset({ProcessStatus.FAILED})


@dataclass(frozen=True)
class Shape:
    """What a question looks like, without its values: two of one shape share their statement."""

    statuses: int = 0
    codes: int = 0
    handled: bool | None = None
    paused: bool | None = None
    waiting: bool | None = None
    restarted: bool | None = None
    left_failed: bool = False
    """Failed and not restarted, whatever the code: they have an index of their own, and `statuses` is 0."""
    edge: Edge = "newest"
    from_number: bool = False
    until_number: bool = False
    prefix: str = ""
    """Before the names of its parameters, where several shapes share a statement."""

    @classmethod
    def of(cls, selection: Selection, edge: Edge = "newest", prefix: str = "") -> Shape:
        """Return the shape of a selection; whether its holder lives is for the caller to look at."""
        handled = True if selection.stuck or selection.stalled else selection.handled
        left_failed = (
            selection.statuses == _FAILED
            and not selection.codes
            and selection.restarted is False
            and not (handled or selection.paused or selection.waiting)
        )
        return cls(
            0 if left_failed else len(selection.statuses),
            len(selection.codes),
            handled,
            selection.paused,
            selection.waiting,
            None if left_failed else selection.restarted,
            left_failed,
            edge=edge,
            from_number=any(edges.start is not None for edges in created_between(selection)),
            until_number=any(edges.end is not None for edges in created_between(selection)),
            prefix=prefix,
        )

    def __str__(self) -> str:
        """Name it by what it has: ``statuses=2 edge=below``; the shape of a list of everything is ``plain``."""
        values = ((field, getattr(self, field.name)) for field in fields(self))
        return " ".join(f"{field.name}={value}" for field, value in values if value != field.default) or "plain"

    @property
    def is_marked(self) -> bool:
        """True when an index that holds only processes with a mark answers."""
        return bool(self.handled or self.paused or self.waiting or self.restarted or self.left_failed)

    @property
    def is_tallied(self) -> bool:
        """True when the kept counters answer."""
        is_marked = self.left_failed or any(
            mark is not None for mark in (self.handled, self.paused, self.waiting, self.restarted)
        )
        return not (is_marked or self.from_number or self.until_number)
