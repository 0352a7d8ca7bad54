"""Schedules: when processes of a code are started by themselves, and what becomes of times that were missed; pure."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from jobboy.errors import InvalidValue
from jobboy.model.cron import Cron
from jobboy.model.documents import Parameters
from jobboy.model.events import NewEvent
from jobboy.model.process import Process, iso

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=366)
CATCH_UP = 100
"""How many missed times of a schedule are started together at most: the newest."""
PUNCTUAL = timedelta(minutes=1)
"""A time that is looked at this late is not missed yet."""
DUE_AT = "due_at"
"""The parameter that tells a process for which time it was started."""
_FIRST_WINDOW = timedelta(hours=1)


class MissedPolicy(StrEnum):
    """What becomes of due times at which no worker was there."""

    SKIP = "skip"
    """Nothing is started for them."""
    ONE = "one"
    """One process is started, for the newest of them."""
    ALL = "all"
    """A process is started for each of the newest `CATCH_UP`."""


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """When something is due: a cron text in a time zone, or an interval; `of` checks what people give."""

    cron: str | None = None
    timezone: str = "UTC"
    every: timedelta | None = None

    @classmethod
    def of(cls, *, cron: str | None, timezone: str, every: timedelta | None) -> Self:
        """Make one from what was given.

        Raises:
            InvalidValue: not exactly one of cron and interval, a text that breaks a rule, or a zone that is not
                known here.
        """
        if (cron is None) == (every is None):
            raise InvalidValue("schedule", "must have either a cron text or an interval")
        if every is not None:
            _check_interval(every)
        zone = _zone(timezone).key
        if cron is None:
            return cls(every=every, timezone=zone)
        Cron.read(cron)
        return cls(cron=" ".join(cron.split()), timezone=zone)

    def after(self, moment: datetime, *, anchor: datetime) -> Iterator[datetime]:
        """Yield the due times after a moment, aware UTC, each later than the one before.

        Args:
            moment: not due itself.
            anchor: where intervals are counted from.

        Raises:
            InvalidValue: what was kept cannot be read here, such as a time zone this machine does not have.
        """
        if self.every is not None:
            passed = (moment - anchor) // self.every
            return (anchor + self.every * number for number in itertools.count(passed + 1))
        return Cron.read(self.cron or "").after(moment, _zone(self.timezone))


@dataclass(frozen=True, kw_only=True)
class SchedulePlan:
    """What is asked for, by an app or by an operator."""

    name: str
    code: str
    """Of the processes that are started."""
    timetable: Timetable
    parameters: Parameters
    """Of each process; `DUE_AT` is added."""
    missed: MissedPolicy = MissedPolicy.ONE

    def __post_init__(self) -> None:
        if DUE_AT in self.parameters:
            raise InvalidValue(f"parameters.{DUE_AT}", "is set to the due time of each process: leave it out")
        _ = self.parameters.text  # every rule of JSON is checked here, before anything is written

    def as_json(self) -> dict[str, Any]:
        """All fields; the interval in seconds."""
        every = self.timetable.every
        return {
            "name": self.name,
            "code": self.code,
            "parameters": self.parameters.as_dict(),
            "cron": self.timetable.cron,
            "timezone": self.timetable.timezone,
            "every": None if every is None else every.total_seconds(),
            "missed": self.missed.value,
        }


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A schedule as it was at one moment."""

    plan: SchedulePlan
    next_at: datetime | None
    """The earliest due time that was not looked at; None when none is left."""
    looked_at: datetime
    """When `next_at` was computed: a clock that shows less has been put back."""
    anchor_at: datetime
    """Where its intervals are counted from."""
    created_at: datetime
    updated_at: datetime
    """When somebody last changed it; starting a process is no change."""
    number: int = 0
    """Given by the repository, never twice."""
    by_app: bool = False
    """An app defines it: it is brought up to its definition whenever a worker of the app starts."""
    paused: bool = False
    """An operator paused it; its definition does not change that."""
    last_at: datetime | None = None
    """The due time that a process was last started for."""

    @classmethod
    def planned(cls, plan: SchedulePlan, now: datetime, *, by_app: bool = False) -> Self:
        """Make a new one; first due after now."""
        first = next(plan.timetable.after(now, anchor=now), None)
        return cls(
            plan=plan, next_at=first, looked_at=now, anchor_at=now, created_at=now, updated_at=now, by_app=by_app
        )

    def replanned(self, plan: SchedulePlan, now: datetime) -> Self:
        """Follow another plan of an app; with another timetable it is first due after now."""
        changed = replace(self, plan=plan, by_app=True, updated_at=now)
        if plan.timetable == self.plan.timetable:
            return changed
        return replace(changed, anchor_at=now)._looked(now)

    def halted(self, now: datetime) -> Self:
        """Pause it: nothing is due."""
        return replace(self, paused=True, updated_at=now)

    def resumed(self, now: datetime) -> Self:
        """Let it go on: what came while it was paused was meant to be left out, and is no missed time."""
        return replace(self, paused=False, updated_at=now)._looked(now)

    def upcoming(self, moment: datetime, count: int) -> list[datetime]:
        """Return the next due times after a moment, as if it were not paused."""
        return list(itertools.islice(self._after(moment), count))

    def is_overdue(self, now: datetime) -> bool:
        """Say whether the time after the next one has come too: nobody looks."""
        if self.paused or self.next_at is None or self.next_at >= now:
            return False
        following = next(self._after(self.next_at), None)
        return following is not None and following + PUNCTUAL < now

    def turn(self, now: datetime) -> ScheduleTurn | None:
        """Say what is to be started at a moment; None when there is nothing to do.

        A clock that was put back makes it look anew from there: what it has started before is known and not started
        again, see `ScheduleChange`.
        """
        if self.paused:
            return None
        if now < self.looked_at:
            return ScheduleTurn(schedule=self._looked(now))
        if self.next_at is None or self.next_at > now:
            return None
        latest = self._latest(now, CATCH_UP + 1)
        due = _wanted(self.plan.missed, latest, now)
        dropped = latest[: len(latest) - len(due)]
        after = self._looked(now)
        return ScheduleTurn(
            schedule=replace(after, last_at=due[-1]) if due else after,
            due=tuple(due),
            missed=(self.next_at, dropped[-1]) if dropped else None,
        )

    def as_json(self) -> dict[str, Any]:
        """The plan and the state, dates as ISO 8601 UTC."""
        return {
            **self.plan.as_json(),
            "paused": self.paused,
            "by_app": self.by_app,
            "next_at": None if self.paused else iso(self.next_at),
            "last_at": iso(self.last_at),
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
        }

    def _after(self, moment: datetime) -> Iterator[datetime]:
        return self.plan.timetable.after(moment, anchor=self.anchor_at)

    def _looked(self, now: datetime) -> Self:
        return replace(self, next_at=next(self._after(now), None), looked_at=now)

    def _latest(self, now: datetime, limit: int) -> list[datetime]:
        """Return the last due times from `next_at` to now, without walking through years of them."""
        first = self.next_at or now
        window = _FIRST_WINDOW
        while True:
            start = max(first - timedelta(microseconds=1), now - window)
            found = deque(itertools.takewhile(lambda due: due <= now, self._after(start)), maxlen=limit)
            if len(found) == limit or start < first:
                return list(found)
            window *= 4


@dataclass(frozen=True, kw_only=True)
class ScheduleTurn:
    """What one look at a schedule found."""

    schedule: Schedule
    """As it shall become."""
    due: tuple[datetime, ...] = ()
    """For each of these a process is to be started, in this order."""
    missed: tuple[datetime, datetime] | None = None
    """First and last of the due times that nothing is started for."""


@dataclass(frozen=True, kw_only=True)
class ScheduleChange:
    """A schedule as it shall become, with what is written together with it."""

    schedule: Schedule | None
    """None removes it."""
    starts: tuple[tuple[datetime, Process], ...] = ()
    """New processes and their due times; one for a time that was started before is left out."""
    events: tuple[NewEvent, ...] = ()
    """Not written when there were starts and all are left out."""


@dataclass(frozen=True, kw_only=True)
class ScheduleStart:
    """A due time and the process that was started for it."""

    due_at: datetime
    process_id: str
    at: datetime
    """When it was started."""

    def as_json(self) -> dict[str, Any]:
        """All fields, dates as ISO 8601 UTC."""
        return {"due_at": iso(self.due_at), "id": self.process_id, "at": iso(self.at)}


def _wanted(policy: MissedPolicy, latest: list[datetime], now: datetime) -> list[datetime]:
    match policy:
        case MissedPolicy.SKIP:
            return latest[-1:] if now - latest[-1] <= PUNCTUAL else []
        case MissedPolicy.ONE:
            return latest[-1:]
        case MissedPolicy.ALL:
            return latest[-CATCH_UP:]


def _check_interval(every: object) -> None:
    if not isinstance(every, timedelta):
        raise InvalidValue("every", f"must be a timedelta, such as timedelta(hours=1), not {str(every)[:64]}")
    if not SHORTEST <= every <= LONGEST:
        raise InvalidValue("every", f"must be from {SHORTEST.seconds} second to {LONGEST.days} days")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError) as error:  # not there; malformed; a folder; no text
        raise InvalidValue(
            "timezone", f"must be one this machine knows, such as Europe/Vienna or UTC, not {str(name)[:64]!r}"
        ) from error
