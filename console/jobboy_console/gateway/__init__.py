"""The console's one way to jobboy; nothing else in the console but what opens it imports the engine."""

from jobboy_console.gateway.acts import AUDIT_HINT
from jobboy_console.gateway.answering import Unreadable, read_answer
from jobboy_console.gateway.calls import FilterError, Gateway, JobBoyError, StorageError, check_filter
from jobboy_console.gateway.guarding import guardrail_problems, guardrails_of
from jobboy_console.gateway.travel import Document, Travel

__all__ = [
    "AUDIT_HINT",
    "Document",
    "FilterError",
    "Gateway",
    "JobBoyError",
    "StorageError",
    "Travel",
    "Unreadable",
    "check_filter",
    "guardrail_problems",
    "guardrails_of",
    "read_answer",
]
