"""Cron text, and the moments it means: five fields of wall clock time in a time zone.

When clocks are changed, a text that allows every hour follows the time that passes: what the clock skips is not
due, what it shows twice is due twice. Any other text follows the clock on the wall: each of its times is due once;
one that is skipped at the first moment after the gap, one that is shown twice at the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Self

from jobboy.errors import InvalidValue

MAX_TEXT = 200
_HORIZON = 41 * 366
"""Days that are searched: the 29th of February is a Sunday once in forty years at the rarest."""
_LONGEST_MONTHS = dict(enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1))
_MINUTE = timedelta(minutes=1)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
SHORT_FORMS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


@dataclass(frozen=True)
class _Field:
    """One of the five: its name, what ``*`` stands for, and the names some of its numbers have."""

    name: str
    whole: range
    names: tuple[str, ...] = ()
    is_weekday: bool = False

    def read(self, text: str) -> frozenset[int]:
        """Return the numbers that a field such as ``1,10-20/5`` allows."""
        numbers = frozenset[int]().union(*(self._part(part) for part in text.split(",")))
        return frozenset(number % 7 for number in numbers) if self.is_weekday else numbers

    def _part(self, part: str) -> range:
        span, slash, step = part.partition("/")
        return self._span(span, is_open=bool(slash))[:: self._step(step) if slash else 1]

    def _span(self, text: str, *, is_open: bool) -> range:
        if text == "*":
            return self.whole
        low, dash, high = text.partition("-")
        start = self._number(low)
        end = self._number(high) if dash else (max(start, self.whole[-1]) if is_open else start)
        if self.is_weekday and end == 0 < start:
            end = 7
        if end < start and dash:
            raise self._refused(f"must rise in a range, not {text!r}")
        return range(start, end + 1)

    def _number(self, text: str) -> int:
        if text.lower() in self.names:
            return self.whole[0] + self.names.index(text.lower())
        last = 7 if self.is_weekday else self.whole[-1]
        number = _plain_number(text)
        if number is None or not self.whole[0] <= number <= last:
            named = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
            raise self._refused(f"must be from {self.whole[0]} to {last}{named}, not {text!r}")
        return number

    def _step(self, text: str) -> int:
        number = _plain_number(text)
        if number is None or not 1 <= number <= len(self.whole):
            raise self._refused(f"must have a step from 1 to {len(self.whole)} after the slash, not {text!r}")
        return number

    def _refused(self, rule: str) -> InvalidValue:
        return InvalidValue(f"cron.{self.name}", rule)


_FIELDS = (
    _Field("minute", range(60)),
    _Field("hour", range(24)),
    _Field("day-of-month", range(1, 32)),
    _Field("month", range(1, 13), _MONTHS),
    _Field("day-of-week", range(7), _WEEKDAYS, is_weekday=True),
)


@dataclass(frozen=True, kw_only=True)
class Cron:
    """What a cron text allows."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday."""
    needs_both: bool
    """Day of month and day of week must both fit: one of them begins with ``*``; else either is enough."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read five fields, or a short form such as ``@daily``.

        Numbers, names (``jan``, ``mon``), ``*``, ranges ``1-5``, steps ``*/15`` and lists ``1,15``; Sunday is 0 or 7.

        Raises:
            InvalidValue: naming the field and the rule it breaks.
        """
        if not isinstance(text, str) or len(text) > MAX_TEXT:
            raise InvalidValue("cron", f"must be text of at most {MAX_TEXT} characters")
        parts = SHORT_FORMS.get(text.strip().lower(), text).split()
        if len(parts) != len(_FIELDS):
            names = ", ".join(field.name for field in _FIELDS)
            raise InvalidValue("cron", f"must have five fields ({names}) or be one of {', '.join(SHORT_FORMS)}")
        minutes, hours, days, months, weekdays = (
            field.read(part) for field, part in zip(_FIELDS, parts, strict=True)
        )
        needs_both = parts[2].startswith("*") or parts[4].startswith("*")
        if needs_both and all(min(days) > _LONGEST_MONTHS[month] for month in months):
            raise InvalidValue("cron.day-of-month", f"never comes in the months that are named: {text!r}")
        return cls(
            minutes=tuple(sorted(minutes)),
            hours=tuple(sorted(hours)),
            days=days,
            months=months,
            weekdays=weekdays,
            needs_both=needs_both,
        )

    def after(self, moment: datetime, zone: tzinfo) -> Iterator[datetime]:
        """Yield the due times after a moment, aware UTC, each later than the one before; there is always a next."""
        every_hour = len(self.hours) == 24
        return self._by_time_that_passes(moment, zone) if every_hour else self._by_wall_clock(moment, zone)

    def _by_wall_clock(self, moment: datetime, zone: tzinfo) -> Iterator[datetime]:
        last = moment
        start = moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
        for wall in self._wall_times(start):
            due = _first_moment(wall, zone)
            if due > last:
                yield due
                last = due

    def _wall_times(self, start: datetime) -> Iterator[datetime]:
        for day in self._days(start.date()):
            for hour in self.hours:
                for minute in self.minutes:
                    wall = datetime.combine(day, time(hour, minute))
                    if wall >= start:
                        yield wall

    def _by_time_that_passes(self, moment: datetime, zone: tzinfo) -> Iterator[datetime]:
        candidate = moment.astimezone(UTC).replace(second=0, microsecond=0) + _MINUTE
        while True:
            wall = candidate.astimezone(zone)
            if not self._is_day(wall):
                day = next(self._days(wall.date()))
                candidate = max(candidate + _MINUTE, _first_moment(datetime.combine(day, time()), zone))
                continue
            if wall.minute in self.minutes:
                yield candidate
            candidate += _MINUTE

    def _days(self, first: date) -> Iterator[date]:
        start = first.toordinal()
        for ordinal in range(start, start + _HORIZON):
            day = date.fromordinal(ordinal)
            if self._is_day(day):
                yield day

    def _is_day(self, day: date) -> bool:
        fits = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return day.month in self.months and (all(fits) if self.needs_both else any(fits))


def _first_moment(wall: datetime, zone: tzinfo) -> datetime:
    """Return when clocks first show a time, or for one they skip, the first moment after the gap."""
    while True:
        moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
        wall += _MINUTE


def _plain_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None
