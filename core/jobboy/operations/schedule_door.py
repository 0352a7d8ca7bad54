"""The part of the door that is about schedules; what they need is loaded when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jobboy.operations.context import Context
from jobboy.operations.permission import require

if TYPE_CHECKING:
    from jobboy.model.schedules import MissedPolicy, Schedule, SchedulePlan, ScheduleStart


class ScheduleDoor:
    """The use cases of schedules; time zones take long to load, so nobody else loads them.

    Args:
        context: the adapters, who acts, and the definitions this program knows.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def schedules(self) -> Sequence[Schedule]:
        """Return all schedules by name."""
        return self._context.repository.schedules()

    def schedule(self, name: str) -> Schedule:
        """Return the schedule of a name.

        Raises:
            ScheduleNotFound: as its name says.
        """
        from jobboy.operations import schedules

        return schedules.get(self._context, name)

    def schedule_starts(self, name: str, *, limit: int = 10) -> Sequence[ScheduleStart]:
        """Return the newest starts of a schedule: due times and the ids of their processes."""
        from jobboy.operations import schedules

        return schedules.starts(self._context, name, limit=limit)

    def add_schedule(
        self,
        name: str,
        code: str,
        *,
        cron: str | None = None,
        timezone: str = "UTC",
        every: timedelta | None = None,
        missed: MissedPolicy | str = "one",
        parameters: Mapping[str, Any] | None = None,
        reason: str | None = None,
    ) -> Schedule:
        """Make a schedule that starts processes of a code; see `JobBoy.schedule` for what is said of it.

        Raises:
            InvalidValue: naming the field and the rule it breaks.
            CodeNotFound: no definition has the code.
            Refused: there is one of this name.
        """
        from jobboy.operations import schedules

        plan = schedules.make_plan(
            name, code, cron=cron, timezone=timezone, every=every, missed=missed, parameters=parameters
        )
        return schedules.add(self._context, plan, reason=reason)

    def pause_schedule(self, name: str, *, reason: str | None = None) -> Schedule:
        """Pause a schedule; what is due meanwhile is left out. Definitions of an app do not end the pause.

        Raises:
            ScheduleNotFound: as its name says.
            Refused: it is paused already.
        """
        from jobboy.operations import schedules

        return schedules.pause(self._context, name, reason=reason)

    def resume_schedule(self, name: str, *, reason: str | None = None) -> Schedule:
        """End the pause of a schedule: it is due next after now. Raises like `pause_schedule`."""
        from jobboy.operations import schedules

        return schedules.resume(self._context, name, reason=reason)

    def start_schedule(self, name: str, *, reason: str | None = None) -> str:
        """Start a process of a schedule now, paused or not, and return its id; its due times stay as they are.

        Raises:
            ScheduleNotFound, CodeNotFound: as their names say.
            Conflict: it was changed at this moment.
        """
        from jobboy.operations import schedules

        return schedules.start_now(self._context, name, reason=reason)

    def remove_schedule(self, name: str, *, reason: str | None = None) -> Schedule:
        """Remove a schedule and return it as it was; its processes stay. One that an app defines comes back.

        Raises:
            ScheduleNotFound: as its name says.
        """
        from jobboy.operations import schedules

        return schedules.remove(self._context, name, reason=reason)

    def define_schedules(self, plans: Sequence[SchedulePlan]) -> None:
        """Bring the schedules of an app up to their definitions; workers do so when they start.

        Raises:
            CodeNotFound: no definition has the code of one.
        """
        from jobboy.operations import schedules

        schedules.define(self._context, plans)

    def start_due(self) -> datetime | None:
        """Start what schedules make due, and return when something is due next, None when nothing is.

        For each due time of a schedule at most one process is started, by however many workers at once. While all
        work is paused nothing is started: what came meanwhile is missed, see `MissedPolicy`.
        """
        from jobboy.operations import due

        require(self._context, "start", "what is due", {})
        return due.start_due(self._context)
