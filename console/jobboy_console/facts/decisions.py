"""Verbs as they are judged, decided and carried out: plans, answers to pauses, and what became of them.

Texts in here are as they come from the database unless a field says that it is safe.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobboy_console.facts.acts import Act
from jobboy_console.facts.rows import Row


@dataclass(frozen=True, kw_only=True)
class StartingPoint:
    """A step from which an ended process might be restarted."""

    step: str
    why_not: str | None
    """None when it can."""
    ended_here: bool
    """It is the step at which the process ended."""


@dataclass(frozen=True, kw_only=True)
class PlanItem:
    """One process of a plan, as it was when the plan was made."""

    row: Row
    allowed: bool
    why_not: str | None
    needs_force: bool
    """True when force would make it allowed."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A verb and the processes it is meant for, judged one by one."""

    act: Act
    items: tuple[PlanItem, ...]
    database: str
    now: datetime
    starting_points: tuple[StartingPoint, ...] = ()
    """For the restart of one process: its steps in order."""
    filter: str | None = None
    """What all of them match, when they were found by it; None when they were chosen one by one."""
    is_cut: bool = False
    """True when more match than one decision is for."""
    asks: str = ""
    """Why a guardrail asks that it be confirmed by hand; empty when none does. Not safe."""
    protected: str = ""
    """Name of the profile, when it is a protected one."""

    def eligible(self, *, force: bool) -> list[PlanItem]:
        """The ones the verb applies to."""
        return [item for item in self.items if item.allowed or (force and item.needs_force)]

    def skipped(self, *, force: bool) -> list[PlanItem]:
        """The others."""
        return [item for item in self.items if not item.allowed and not (force and item.needs_force)]

    @property
    def can_be_forced(self) -> bool:
        """True when force would change who is eligible."""
        return any(item.needs_force for item in self.items)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the operator said in a dialog."""

    reason: str | None
    force: bool = False
    now: bool = False
    """For fail: at once, without teardown."""
    data: dict[str, Any] = field(default_factory=dict)
    """For proceed."""
    from_step: str | None = None
    """For restart: where it begins; None for the beginning."""
    confirmed: bool = False
    """The number or the code was typed."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one process of a plan."""

    row: Row
    ok: bool
    text: str
    """What happened, or why it was refused."""
    begun: bool = True
    """False when it was stopped before."""


@dataclass(frozen=True, kw_only=True)
class Pause:
    """What a process was paused with, and what it is now if it is paused no more."""

    row: Row
    paused: bool
    state: str
    """What state it is in, in words that are not safe."""
    changed_by: str
    """Who changed it last, not safe; empty when nobody is known."""
    output: dict[str, Any]
    """What the paused step returned; an answer is merged over it."""
    schema: dict[str, Any] | None
    """JSON schema of the answer; None when any object will do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A value of an answer that breaks a rule of its schema."""

    keys: tuple[str | int, ...]
    """Where it is, or is missing; none for the whole answer."""
    path: str
    """The same as one reads it; not safe."""
    rule: str
    """What is asked of it, as the end of a sentence that begins with the path; not safe."""

    @property
    def sentence(self) -> str:
        """Path and rule; not safe."""
        return f"{self.path}: {self.rule}"
