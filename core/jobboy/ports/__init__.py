"""What the engine asks of the world: small promises that adapters keep and one conformance suite checks."""

from __future__ import annotations

from jobboy.ports.claims import Change, Claimant, HandClaimant, Held, Settlement
from jobboy.ports.locks import (
    EMPTYING_PLACE,
    MANAGEMENT_PLACE,
    SCHEMA_PLACE,
    WAITING_PLACE,
    Bundle,
    Lock,
    Locks,
    process_place,
    worker_place,
)
from jobboy.ports.repository import Alike, DefinitionRecord, Pattern, ProcessRepository, WorkPause
from jobboy.ports.running import StepOrder, StepRaised, StepResult, StepRunner
from jobboy.ports.schedules import ScheduleRepository
from jobboy.ports.surroundings import Bell, Clock, Identifiers, Listener

__all__ = [
    "EMPTYING_PLACE",
    "MANAGEMENT_PLACE",
    "SCHEMA_PLACE",
    "WAITING_PLACE",
    "Alike",
    "Bell",
    "Bundle",
    "Change",
    "Claimant",
    "Clock",
    "DefinitionRecord",
    "HandClaimant",
    "Held",
    "Identifiers",
    "Listener",
    "Lock",
    "Locks",
    "Pattern",
    "ProcessRepository",
    "ScheduleRepository",
    "Settlement",
    "StepOrder",
    "StepRaised",
    "StepResult",
    "StepRunner",
    "WorkPause",
    "process_place",
    "worker_place",
]
