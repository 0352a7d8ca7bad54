"""Verbs on processes: judged one by one, put under the guardrails, and carried out on what was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from jobboy.errors import Conflict, JobBoyError, Refused
from jobboy.model.process import Process
from jobboy.operations import Operations, Verb
from jobboy_console.facts.acts import Act
from jobboy_console.facts.decisions import Decision, Outcome, Plan, PlanItem, StartingPoint
from jobboy_console.facts.rows import Row
from jobboy_console.gateway import many
from jobboy_console.gateway.converting import row_of
from jobboy_console.machine.watching import Watch


class Verbs:
    """Plans what an operator wants, and does what was decided; each method may raise `StorageError`.

    Args:
        operations: the door.
        read_only: why nothing can be changed from here; None when it can.
        must_be_writable: raises `Refused` for a verb when nothing can be written at this moment.
        protected: name of the profile, when every verb is to be confirmed by hand in it.
    """

    def __init__(
        self,
        operations: Operations,
        *,
        read_only: str | None,
        must_be_writable: Callable[[str], None],
        protected: str,
    ) -> None:
        self._operations = operations
        self._read_only = read_only
        self._must_be_writable = must_be_writable
        self._protected = protected

    # --- judging ---

    def plan(self, act: Act, ids: Sequence[str]) -> Plan:
        """Judge a verb for each process as it is now; what is gone meanwhile is left out."""
        now = self._operations.now()
        items = [item for process_id in ids if (item := self._judge(act, process_id, now)) is not None]
        alone = act is Act.RESTART and len(items) == 1 and items[0].allowed
        points = self._starting_points(items[0].row) if alone else ()
        database = self._operations.database()
        return self._guarded(Plan(act=act, items=tuple(items), database=database, now=now, starting_points=points))

    def census(self, act: Act, filter: str, watch: Watch) -> Plan:
        """Judge a verb for all that match a filter, as `plan` does; `watch` tells how far it is, and stops it.

        Raises:
            ValueError: the filter cannot be read.
        """
        items, is_cut = many.census(self._operations, act, filter, watch)
        plan = Plan(
            act=act,
            items=tuple(items),
            database=self._operations.database(),
            now=self._operations.now(),
            filter=filter,
            is_cut=is_cut,
        )
        return self._guarded(plan if self._read_only is None else _refused(plan, self._read_only))

    def _judge(self, act: Act, process_id: str, now: datetime) -> PlanItem | None:
        try:
            process = self._operations.get(process_id)
        except LookupError:
            return None
        row = row_of(process, 0, now)
        if self._read_only is not None:
            return PlanItem(row=row, allowed=False, why_not=self._read_only, needs_force=False)
        found = self._operations.eligibility(Verb(act.value), process)
        return PlanItem(row=row, allowed=found.allowed, why_not=found.why_not, needs_force=found.needs_force)

    def _starting_points(self, row: Row) -> tuple[StartingPoint, ...]:
        points = self._operations.restart_points(row.id)
        return tuple(StartingPoint(step=p.step, why_not=p.why_not, ended_here=p.step == row.step) for p in points)

    def _guarded(self, plan: Plan) -> Plan:
        crowded, asks = many.with_guardrails(self._operations, plan)
        return _refused(plan, crowded) if crowded else replace(plan, asks=asks, protected=self._protected)

    # --- doing ---

    def carry_out(self, plan: Plan, decision: Decision, watch: Watch | None = None) -> list[Outcome]:
        """Apply a plan to the eligible ones, each only if it is still as the plan saw it."""
        rows = [item.row for item in plan.eligible(force=decision.force)]
        at_once = Counter(row.code for row in rows)
        door = self._operations.acting(confirmed=decision.confirmed, at_once=at_once)
        return many.one_by_one(
            plan.act.value, rows, lambda row: self._one(door, plan.act, row, decision), watch or Watch()
        )

    def _one(self, door: Operations, act: Act, row: Row, decision: Decision) -> Outcome:
        try:
            self._must_be_writable(act.value)
            text = self._apply(door, act, row, decision)
        except Conflict as error:
            return Outcome(row=row, ok=False, text=f"somebody else was first: {error.why}")
        except Refused as error:
            return Outcome(row=row, ok=False, text=error.why)
        except JobBoyError as error:
            return Outcome(row=row, ok=False, text=str(error))
        return Outcome(row=row, ok=True, text=text)

    def _apply(self, door: Operations, act: Act, row: Row, decision: Decision) -> str:
        reason, token = decision.reason, row.token
        match act:
            case Act.RECOVER:
                return self._now(door.recover(row.id, reason=reason, force=decision.force, token=token))
            case Act.FAIL:
                now, force = decision.now, decision.force
                return self._now(door.fail(row.id, reason=reason, now=now, force=force, token=token))
            case Act.KILL:
                return self._now(door.kill(row.id, reason=reason, token=token))
            case Act.PROCEED:
                return self._now(door.proceed(row.id, decision.data, reason=reason, token=token))
            case Act.RESTART:
                successor = door.restart(row.id, reason=reason, from_step=decision.from_step, token=token)
                return f"started anew as {successor.short_id}"

    def _now(self, process: Process) -> str:
        return f"now {row_of(process, 0, self._operations.now()).state.value.word}"


def _refused(plan: Plan, why: str) -> Plan:
    refused = [replace(item, allowed=False, why_not=why, needs_force=False) for item in plan.items]
    return replace(plan, items=tuple(refused))
