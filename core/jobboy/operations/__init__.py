"""The use cases: one door for console, command line and HTTP, which owns eligibility, reasons and audit.

The names below are loaded when they are first asked for: who starts a process reads no filter and explains nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobboy.operations.advising import Advice
    from jobboy.operations.answers import answer_violations
    from jobboy.operations.door import Operations
    from jobboy.operations.eligibility import Verb
    from jobboy.operations.explaining import Explanation
    from jobboy.operations.filters import parse_filter
    from jobboy.operations.guardrails import Guardrail, GuardrailAction, for_profile, read_guardrails
    from jobboy.operations.restarting import RestartPoint
    from jobboy.operations.results import BulkResult, Details, Eligibility, Overview

__all__ = [
    "Advice",
    "BulkResult",
    "Details",
    "Eligibility",
    "Explanation",
    "Guardrail",
    "GuardrailAction",
    "Operations",
    "Overview",
    "RestartPoint",
    "Verb",
    "answer_violations",
    "for_profile",
    "parse_filter",
    "read_guardrails",
]

_MODULES = {
    "advising": ("Advice",),
    "answers": ("answer_violations",),
    "door": ("Operations",),
    "eligibility": ("Verb",),
    "explaining": ("Explanation",),
    "filters": ("parse_filter",),
    "guardrails": ("Guardrail", "GuardrailAction", "for_profile", "read_guardrails"),
    "restarting": ("RestartPoint",),
    "results": ("BulkResult", "Details", "Eligibility", "Overview"),
}
_HOMES = {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
