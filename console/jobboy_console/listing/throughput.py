"""How much is done and how much fails, minute by minute, as figures and as a row of little bars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobboy_console.facts.snapshots import Home, PastEndings
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import amount

MINUTES = 10
"""As many bars are shown."""
BARS = "▁▂▃▄▅▆▇█"
_UNKNOWN = " "
_MINUTE = timedelta(minutes=1)
_TOO_LONG = timedelta(seconds=90)
"""After a gap of so long nobody knows in which minute what ended: the past is asked for anew."""


class Throughput:
    """Counts what ends while one looks; begins with what the database tells of the last minutes.

    Figures come from the kept counters, so that they cost nothing, however much is done. What retention removes in
    the same moment is not counted.
    """

    def __init__(self) -> None:
        self._minutes: dict[int, tuple[int, int]] = {}
        self._since: int | None = None
        """First minute of which something is known."""
        self._last: tuple[datetime, int, int] | None = None

    def needs_past(self, now: datetime) -> bool:
        """Say whether what ended before now is not known well enough."""
        return self._last is None or now - self._last[0] > _TOO_LONG

    def begin(self, past: PastEndings) -> None:
        """Begin with what the database tells."""
        self._minutes = dict(past.minutes)
        self._since = past.since
        self._last = (past.at, past.completed, past.failed)

    def see(self, home: Home, now: datetime) -> None:
        """Count what ended since the last look."""
        if self._last is None:
            return
        completed = home.counts.get("completed", 0)
        failed = home.counts.get("failed", 0) + home.counts.get("restarted", 0)
        key = _number(now)
        done, broken = self._minutes.get(key, (0, 0))
        _, before_completed, before_failed = self._last
        new = (max(completed - before_completed, 0), max(failed - before_failed, 0))
        self._minutes[key] = (done + new[0], broken + new[1])
        self._last = (now, completed, failed)
        for old in [known for known in self._minutes if known < key - MINUTES]:
            del self._minutes[old]

    def line(self, now: datetime) -> Line:
        """Return bars of the last minutes and the figures of the last whole one; empty before anything is known."""
        if self._since is None:
            return ()
        last = _number(now)
        known = [number if number >= self._since else None for number in range(last - MINUTES + 1, last + 1)]
        done, failed = (
            [None if number is None else self._minutes.get(number, (0, 0))[kind] for number in known]
            for kind in (0, 1)
        )
        return (
            *_part("done", done, "done"),
            ("  ", "plain"),
            *_part("failed", failed, "error" if any(failed) else "quiet"),
        )


def bars(numbers: Sequence[int | None]) -> str:
    """Return one character for each number, the greatest one full; a blank where nothing is known."""
    most = max((number for number in numbers if number is not None), default=0)
    return "".join(_UNKNOWN if number is None else _bar(number, most) for number in numbers)


def _bar(number: int, most: int) -> str:
    return BARS[0] if most == 0 else BARS[-(-number * (len(BARS) - 1) // most)]


def _part(word: str, numbers: Sequence[int | None], style: str) -> Line:
    whole = numbers[-2] if len(numbers) > 1 and numbers[-2] is not None else numbers[-1]
    return ((f"{word} ", "quiet"), (bars(numbers), style), (f" {amount(whole or 0)}/min", "plain"))


def _number(moment: datetime) -> int:
    return int(moment.timestamp() // _MINUTE.total_seconds())
