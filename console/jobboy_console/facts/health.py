"""Whether somebody is needed: the figures of one moment, for monitoring."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from jobboy_console.looks.text import plural, safe_text

MOST_CODES = 3
"""Codes that are named in words; the JSON has all."""


@dataclass(frozen=True, kw_only=True)
class Health:
    """What `jobboy-console --check` tells of a database."""

    stuck: int
    stalled: int
    paused: int
    """Paused processes: each waits for an answer."""
    failed: int
    overdue: int
    """Schedules whose time has come and gone, or that cannot be followed."""
    active: int
    workers_alive: int
    unserved: tuple[str, ...] = ()
    """Codes of active processes that no living worker serves, where any lives."""
    work_paused_by: str | None
    """Who paused all work; None when it is not paused."""

    @property
    def troubles(self) -> list[str]:
        """What needs somebody, one phrase each; empty when nothing does."""
        names = ("stuck", "stalled", "paused", "failed", "overdue")
        found = [f"{getattr(self, name):,} {name}" for name in names if getattr(self, name)]
        if self.work_paused_by is not None:
            found.append(f"work paused by {safe_text(self.work_paused_by, limit=60)}")
        if self.active and not self.workers_alive:
            found.append(f"no worker for {plural(self.active, 'active process', 'active processes')}")
        if self.unserved:
            found.append(f"no worker for {self._unserved_codes}")
        return found

    @property
    def _unserved_codes(self) -> str:
        names = ", ".join(safe_text(code, limit=60) for code in self.unserved[:MOST_CODES])
        rest = len(self.unserved) - MOST_CODES
        more = f" and {rest:,} more" if rest > 0 else ""
        return f"{'code' if len(self.unserved) == 1 else 'codes'} {names}{more}"

    @property
    def is_well(self) -> bool:
        """Whether nothing needs anybody."""
        return not self.troubles

    def line(self) -> str:
        """Return everything in one line that begins with the verdict."""
        counts = ", ".join(
            f"{getattr(self, name):,} {name}" for name in ("stuck", "stalled", "paused", "failed", "overdue")
        )
        work = (
            "work goes on"
            if self.work_paused_by is None
            else f"work paused by {safe_text(self.work_paused_by, limit=60)}"
        )
        workers = f"{plural(self.workers_alive, 'worker')} alive for {self.active:,} active"
        if self.unserved:
            workers += f", none for {self._unserved_codes}"
        return f"jobboy {'OK' if self.is_well else 'ATTENTION'}: {counts}; {workers}; {work}"

    def as_json(self) -> dict[str, Any]:
        """All fields, the verdict before them, and the troubles in words."""
        return {"state": "ok" if self.is_well else "attention", **asdict(self), "troubles": self.troubles}
