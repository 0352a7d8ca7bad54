"""How much is asked before a verb: a y, a reason too, or the number or code typed as well."""

from __future__ import annotations

from enum import IntEnum

from jobboy_console.facts.acts import Act
from jobboy_console.facts.decisions import Decision, Plan

MANY = 10
"""More processes than these at once are confirmed by typing their number."""
_TAKES_SOMETHING = frozenset({Act.FAIL, Act.KILL, Act.RESTART})
"""Verbs that end work or begin it anew: whoever reads the history will ask why."""
SAY_WHY = "Say why first: it is kept in the history."
"""To whom gave no reason where one is asked for."""


class Level(IntEnum):
    """How much is asked."""

    YES = 1
    """``y``; a reason is welcome."""
    REASON = 2
    """A reason, then ``y``."""
    TYPED = 3
    """The number of processes, or the code of the only one, is typed; a reason; then ``y``."""


def level_of(plan: Plan, decision: Decision) -> Level:
    """Return how much is asked for a decision as it stands."""
    number = len(plan.eligible(force=decision.force))
    taken = decision.force and any(item.needs_force for item in plan.items)
    if plan.asks or plan.protected or plan.filter is not None or taken or number > MANY:
        return Level.TYPED
    return Level.REASON if plan.act in _TAKES_SOMETHING or number > 1 else Level.YES


def word_of(plan: Plan, decision: Decision) -> str:
    """Return what is typed at the highest level: the number of processes, or the code of the only one."""
    eligible = plan.eligible(force=decision.force)
    return eligible[0].row.code if len(plan.items) == 1 and eligible else str(len(eligible))


def missing(plan: Plan, decision: Decision, typed: str) -> tuple[str, str] | None:
    """Return what is still to be given and why, ``("reason", ...)`` or ``("word", ...)``; None when it may begin."""
    level = level_of(plan, decision)
    if level >= Level.REASON and decision.reason is None:
        return "reason", SAY_WHY
    word = word_of(plan, decision)
    if level is Level.TYPED and typed.strip().replace(",", "") != word:
        return "word", f"Type {word} first."
    return None


def why_typed(plan: Plan, decision: Decision) -> str:
    """Say why it must be typed; empty below that level. Not safe."""
    if level_of(plan, decision) is not Level.TYPED:
        return ""
    if plan.asks:
        return f"A guardrail asks for it: {plan.asks}"
    if plan.protected:
        return f"The profile {plan.protected} is protected."
    if plan.filter is not None:
        return f"It is for all that match {plan.filter}."
    return "It is taken from a living holder." if decision.force else f"It is for more than {MANY}."
