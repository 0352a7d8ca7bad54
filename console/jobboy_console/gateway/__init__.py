"""The console's one way to jobboy; nothing else in the console but what opens it imports the engine."""

from jobboy_console.gateway.acts import AUDIT_HINT
from jobboy_console.gateway.answering import Unreadable, read_answer
from jobboy_console.gateway.calls import Gateway, JobBoyError, StorageError
from jobboy_console.gateway.guarding import guardrail_problems, guardrails_of
from jobboy_console.gateway.language import (
    Candidate,
    FilterError,
    Words,
    check_filter,
    completions,
    is_quick,
    sort_choices,
)
from jobboy_console.gateway.marking import MOST_MARKED
from jobboy_console.gateway.paging import Look
from jobboy_console.gateway.path_values import read_path
from jobboy_console.gateway.travel import Document, Travel

__all__ = [
    "AUDIT_HINT",
    "MOST_MARKED",
    "Candidate",
    "Document",
    "FilterError",
    "Gateway",
    "JobBoyError",
    "Look",
    "StorageError",
    "Travel",
    "Unreadable",
    "Words",
    "check_filter",
    "completions",
    "guardrail_problems",
    "guardrails_of",
    "is_quick",
    "read_answer",
    "read_path",
    "sort_choices",
]
