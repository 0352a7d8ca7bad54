"""Where the code of a step runs when it must not be able to take the worker with it.

The names below are loaded when they are first asked for: only who works starts programs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobboy.runners.child_step_runner import ChildStepRunner
    from jobboy.runners.orders import StepSource

__all__ = ["ChildStepRunner", "StepSource"]

_HOMES = {"ChildStepRunner": "jobboy.runners.child_step_runner", "StepSource": "jobboy.runners.orders"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
