"""A verb on many processes: counted, then carried out one by one; both are watched and stopped from outside."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from jobboy.errors import InvalidFilter
from jobboy.model.ordering import NEWEST_FIRST
from jobboy.operations import Operations, Verb, parse_filter
from jobboy.operations.bulk import MOST_AT_ONCE, Candidate, candidates
from jobboy_console.facts.acts import Act
from jobboy_console.facts.decisions import Outcome, Plan, PlanItem
from jobboy_console.facts.rows import Row
from jobboy_console.gateway.converting import row_of
from jobboy_console.machine.watching import Watch

_log = logging.getLogger(__name__)
STOPPED = "not begun: it was stopped before"


def census(operations: Operations, act: Act, filter: str, watch: Watch) -> tuple[list[PlanItem], bool]:
    """Judge a verb for all that match a filter; returns them, and whether more match than one decision is for.

    Raises:
        ValueError: the filter cannot be read.
    """
    try:
        selection = parse_filter(filter)
    except InvalidFilter as error:
        raise ValueError(str(error)) from error
    found: list[PlanItem] = []
    now = operations.now()
    if selection.order == NEWEST_FIRST:
        watch.total = operations.counted(selection, limit=MOST_AT_ONCE).number
    pieces = candidates(
        operations, Verb(act.value), selection, limit=MOST_AT_ONCE + 1, is_cancelled=lambda: watch.stopped
    )
    for piece in pieces:
        found += [_item(candidate, now) for candidate in piece]
        watch.done = len(found)
    return found[:MOST_AT_ONCE], len(found) > MOST_AT_ONCE


def one_by_one(verb: str, rows: Sequence[Row], act: Callable[[Row], Outcome], watch: Watch) -> list[Outcome]:
    """Carry out one after the other and return what became of each; what is not begun when it is stopped is told so.

    What was done stands in the history. How far it came when it was stopped stands in the log too: the screen that
    stopped it may be gone.
    """
    watch.total = len(rows)
    outcomes: list[Outcome] = []
    for row in rows:
        if watch.stopped:
            break
        outcomes.append(act(row))
        watch.done = len(outcomes)
    rest = [Outcome(row=row, ok=False, text=STOPPED, begun=False) for row in rows[len(outcomes) :]]
    if rest:
        done = sum(outcome.ok for outcome in outcomes)
        _log.warning("%s was stopped: %d done, %d refused, %d not begun", verb, done, len(outcomes) - done, len(rest))
    return outcomes + rest


def with_guardrails(operations: Operations, plan: Plan) -> tuple[str, str]:
    """Return why a plan is refused as a whole, and why it must be confirmed by hand; empty where it is not."""
    wanted = plan.eligible(force=True)
    codes = Counter(item.row.code for item in wanted)
    permission = operations.permission
    crowded = permission.why_not_so_many(plan.act.value, codes) if wanted else None
    asks = permission.why_confirm(plan.act.value, codes) if wanted else None
    return crowded or "", asks or ""


def _item(candidate: Candidate, now: datetime) -> PlanItem:
    found = candidate.eligibility
    row = row_of(candidate.process, 0, now)
    return PlanItem(row=row, allowed=found.allowed, why_not=found.why_not, needs_force=found.needs_force)
