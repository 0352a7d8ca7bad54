"""The definitions and handlers of one app, and who of them serves a process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jobboy.engine.definitions import Definition
from jobboy.engine.handlers import Performer, Registration
from jobboy.errors import InvalidDefinition
from jobboy.model.process import CrashPolicy, Process, ProcessSummary
from jobboy.ports import DefinitionRecord

if TYPE_CHECKING:
    from jobboy.model.schedules import SchedulePlan


class Registry:
    """Filled while the app is imported; afterwards only read, from any thread."""

    def __init__(self) -> None:
        self._definitions: dict[str, Definition] = {}
        self._registrations: list[Registration] = []
        self._schedules: dict[str, SchedulePlan] = {}
        self._begun_by_pipeline: dict[str, bool] = {}
        self.database: str | None = None
        """In the program of an isolated step: URL of the database its worker works on."""

    def define(self, code: str, module: str) -> Definition:
        """Return the definition of a code, a new one the first time."""
        return self._definitions.setdefault(code, Definition(code=code, module=module))

    def register(self, registration: Registration) -> None:
        """Add a handler; of equal priority the earlier one is asked first."""
        self._begun_by_pipeline.clear()
        self._registrations.append(registration)
        self._registrations.sort(key=lambda one: one.priority)

    def definition(self, code: str) -> Definition | None:
        """Return the definition of a code, None when there is none."""
        return self._definitions.get(code)

    def record(self, code: str) -> DefinitionRecord | None:
        """Return what others may know of a definition."""
        definition = self._definitions.get(code)
        return None if definition is None else definition.record()

    def module_of(self, code: str) -> str:
        """Return the module that defines a code: what a program of isolated steps imports."""
        return self._definitions[code].module

    def codes(self) -> Sequence[str]:
        """Return all codes with a definition, sorted."""
        return sorted(self._definitions)

    def codes_for(self, channel: str) -> Sequence[str] | None:
        """Return the codes that handlers of a channel serve, None when one of them may serve any."""
        registrations = [one for one in self._registrations if one.channel == channel]
        codes = {one.code for one in registrations}
        return None if None in codes else sorted(code for code in codes if code is not None)

    def registrations(self) -> Sequence[Registration]:
        """Return all handlers in the order of asking."""
        return tuple(self._registrations)

    def schedule(self, plan: SchedulePlan) -> None:
        """Add a schedule.

        Raises:
            InvalidDefinition: its name is taken.
        """
        if plan.name in self._schedules:
            raise InvalidDefinition(plan.name, "an app has each schedule name once")
        self._schedules[plan.name] = plan

    def schedules(self) -> Sequence[SchedulePlan]:
        """Return all schedules in the order they were added."""
        return tuple(self._schedules.values())

    def find(self, process: Process, channel: str) -> Performer | None:
        """Return the first handler of a channel that serves a process as it was before it was handled.

        A process that is recovered without a handler of the handled case is shown once more as if it had been
        released, so that it goes on where it was.
        """
        found = self._first(process, channel)
        if found is None and process.handled and process.on_crash is CrashPolicy.RECOVER:
            found = self._first(process.changed(handled=False, stuck=False), channel)
        return found

    def may_take_up(self, process: ProcessSummary, channel: str) -> bool:
        """Say whether a handler of a channel might serve a process that is found handled; only `find` asks it."""
        recovers = process.on_crash is CrashPolicy.RECOVER
        return any(
            one.channel == channel and one.code in (None, process.code) and (recovers or not one.is_for_unhandled)
            for one in self._registrations
        )

    def is_begun_by_pipeline(self, code: str) -> bool:
        """Say whether a process of a code is certainly begun by its pipeline: no other handler can be asked first."""
        found = self._begun_by_pipeline.get(code)
        if found is None:
            able = [one for one in self._registrations if one.code in (None, code) and not one.is_for_handled]
            found = self._begun_by_pipeline[code] = bool(able) and all(one.is_pipeline for one in able)
        return found

    def _first(self, process: Process, channel: str) -> Performer | None:
        for one in self._registrations:
            if one.channel == channel and one.code in (None, process.code) and one.performer.supports(process):
                return one.performer
        return None
