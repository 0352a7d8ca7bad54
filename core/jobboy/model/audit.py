"""What people did: the events of operators, newest first, and what may be asked of them; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobboy.errors import InvalidValue
from jobboy.model.events import Event, EventKind

LONGEST_TEXT = 200
"""Characters of a text that is looked for."""
VERBS: Mapping[str, tuple[EventKind, ...]] = {
    "start": (EventKind.STARTED,),
    "recover": (EventKind.RECOVERED,),
    "fail": (EventKind.FAILED,),
    "kill": (EventKind.KILL_REQUESTED,),
    "proceed": (EventKind.PROCEEDED,),
    "restart": (EventKind.RESTARTED,),
    "pause": (EventKind.WORK_PAUSED,),
    "resume": (EventKind.WORK_RESUMED,),
    "prune": (EventKind.PRUNED,),
    "schedules": tuple(kind for kind in EventKind if kind.value.startswith("schedule_")),
}
"""Verbs of the command line, and the kinds of events they leave."""


@dataclass(frozen=True, kw_only=True)
class AuditQuery:
    """Which acts are wanted; one that says nothing wants all."""

    text: str = ""
    """Stands in actor, reason, id or code of the process, kind, or what became; capital letters do not count."""
    verb: str | None = None
    """One of `VERBS`."""
    actor: str = ""
    """Stands in the name of who acted."""

    def __post_init__(self) -> None:
        if self.verb is not None and self.verb not in VERBS:
            raise InvalidValue("verb", f"must be one of {', '.join(VERBS)}, not {self.verb[:64]!r}")
        for name, text in (("text", self.text), ("actor", self.actor)):
            if len(text) > LONGEST_TEXT:
                raise InvalidValue(name, f"must have at most {LONGEST_TEXT} characters")

    @property
    def kinds(self) -> tuple[EventKind, ...]:
        """The kinds of events that are wanted; none for all."""
        return () if self.verb is None else VERBS[self.verb]

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.text or self.actor or self.verb)


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """An event that tells what a person or a program of theirs did."""

    event: Event
    code: str | None
    """Of the process; None for what concerns all processes."""

    def as_json(self) -> dict[str, Any]:
        """The event with the code of its process."""
        return {**self.event.as_json(), "code": self.code}


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """Acts next to each other, newest first."""

    acts: Sequence[Act]
    end: int | None
    """Number below which to go on; None when there is nothing older. With few acts or none much may lie below it."""
