"""The use cases: one door for console, command line and HTTP, which owns eligibility, reasons and audit."""

from jobboy.operations.answers import answer_violations
from jobboy.operations.door import Operations
from jobboy.operations.eligibility import Verb
from jobboy.operations.explaining import Advice, Explanation
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
