"""The console's one way to jobboy; nothing else in the console but what opens it imports the engine.

The names below are loaded when they are first asked for: the screen is there before the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobboy_console.gateway.acts import AUDIT_HINT
    from jobboy_console.gateway.answering import Unreadable, read_answer
    from jobboy_console.gateway.calls import Gateway
    from jobboy_console.gateway.exporting import Stopped
    from jobboy_console.gateway.failures import JobBoyError, StorageError
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
    from jobboy_console.gateway.skipping import skip_reasons
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
    "Stopped",
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
    "skip_reasons",
    "sort_choices",
]

_MODULES = {
    "acts": ("AUDIT_HINT",),
    "answering": ("Unreadable", "read_answer"),
    "calls": ("Gateway",),
    "exporting": ("Stopped",),
    "failures": ("JobBoyError", "StorageError"),
    "guarding": ("guardrail_problems", "guardrails_of"),
    "language": ("Candidate", "FilterError", "Words", "check_filter", "completions", "is_quick", "sort_choices"),
    "marking": ("MOST_MARKED",),
    "paging": ("Look",),
    "path_values": ("read_path",),
    "skipping": ("skip_reasons",),
    "travel": ("Document", "Travel"),
}
_HOMES = {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
