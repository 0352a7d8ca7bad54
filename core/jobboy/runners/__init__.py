"""Where the code of a step runs when it must not be able to take the worker with it."""

from __future__ import annotations

from jobboy.runners.child_step_runner import ChildStepRunner
from jobboy.runners.orders import StepSource

__all__ = ["ChildStepRunner", "StepSource"]
