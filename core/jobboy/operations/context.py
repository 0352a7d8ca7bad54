"""What every use case works with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from jobboy.model.process import ProcessSummary
from jobboy.operations.guardrails import Guardrail, Mandate
from jobboy.ports import Bell, Clock, DefinitionRecord, Identifiers, Locks, ProcessRepository, process_place


class KnownDefinitions(Protocol):
    """The definitions this program has code for; none in a console that was given no app."""

    def codes(self) -> Sequence[str]:
        """Return their codes."""

    def record(self, code: str) -> DefinitionRecord | None:
        """Return what others may know of one."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """The adapters of one database, the definitions of this program, and who acts."""

    repository: ProcessRepository
    locks: Locks
    bell: Bell
    clock: Clock
    identifiers: Identifiers
    definitions: KnownDefinitions
    actor: str
    """Written into the history with every action."""
    database: str
    """For people: the URL without a password."""
    guardrails: tuple[Guardrail, ...] = ()
    """What holds for whoever acts; empty for workers."""
    read_only: bool = False
    """Refuse every verb."""
    mandate: Mandate = field(default_factory=Mandate)
    """What was said about the decision that is carried out."""
    remembered: set[str] = field(default_factory=set)
    """Codes whose definitions this program has left in the database."""

    def is_stuck(self, process: ProcessSummary) -> bool:
        """Say whether a process that was read a moment ago is handled by a dead holder, as far as the lock tells."""
        return process.handled and (
            process.stuck or not self.locks.is_taken(process_place(process.number, process.token))
        )
