"""jobboy: a durable process engine that needs nothing but a file.

The names below are loaded when they are first asked for, so that a program pays for what it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobboy.app import JobBoy
    from jobboy.engine.definitions import Backoff
    from jobboy.engine.handled_process import HandledProcess, StepProcess
    from jobboy.errors import Conflict, Fenced, InvalidValue, JobBoyError, Refused
    from jobboy.loading import load_app
    from jobboy.model.iteration import IterationResponse
    from jobboy.model.process import CrashPolicy, Process
    from jobboy.model.status import ProcessStatus

__version__ = "0.1.0"
__all__ = [
    "Backoff",
    "Conflict",
    "CrashPolicy",
    "Fenced",
    "HandledProcess",
    "InvalidValue",
    "IterationResponse",
    "JobBoy",
    "JobBoyError",
    "Process",
    "ProcessStatus",
    "Refused",
    "StepProcess",
    "load_app",
]

_HOMES = {
    "jobboy.app": ("JobBoy",),
    "jobboy.engine.definitions": ("Backoff",),
    "jobboy.engine.handled_process": ("HandledProcess", "StepProcess"),
    "jobboy.errors": ("Conflict", "Fenced", "InvalidValue", "JobBoyError", "Refused"),
    "jobboy.loading": ("load_app",),
    "jobboy.model.iteration": ("IterationResponse",),
    "jobboy.model.process": ("CrashPolicy", "Process"),
    "jobboy.model.status": ("ProcessStatus",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
