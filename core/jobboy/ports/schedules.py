"""What is asked of the keeper of schedules, who is the keeper of processes: both are written in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # time zones take long to load, and most programs ask for no schedule
    from jobboy.model.schedules import Schedule, ScheduleChange, ScheduleStart


class ScheduleRepository(Protocol):
    """The part of `jobboy.ports.ProcessRepository` that keeps schedules, under the same promises."""

    def schedules(self) -> list[Schedule]:
        """Return all schedules by name."""

    def schedule(self, name: str) -> Schedule | None:
        """Return the schedule of exactly this name."""

    def change_schedule(
        self, name: str, decide: Callable[[Schedule | None], ScheduleChange | None], *, actor: str
    ) -> ScheduleChange | None:
        """Load a schedule, decide, and write it with starts and events in one transaction; returns what was written.

        `decide` gets the schedule as it is now, None when there is none, and may raise to leave all as it is, or
        return None for the same. A start whose due time was started before, by whomever, is not written and not
        returned: of many who look at once exactly one starts it.

        Args:
            name: of the schedule.
            decide: must do without waiting: others wait for it.
            actor: who starts the processes, for their history.
        """

    def schedule_starts(self, number: int, *, limit: int) -> list[ScheduleStart]:
        """Return the starts of a schedule, latest due time first; at most `limit`."""

    def forget_starts(self, numbers: Sequence[int], *, before: datetime) -> None:
        """Remove what is known of the starts of these schedules for due times before a moment."""
