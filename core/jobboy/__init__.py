"""jobboy: a durable process engine that needs nothing but a file."""

from jobboy.app import JobBoy, load_app
from jobboy.engine.definitions import Backoff
from jobboy.engine.handled_process import HandledProcess, StepProcess
from jobboy.errors import Conflict, Fenced, InvalidValue, JobBoyError, Refused
from jobboy.model.iteration import IterationResponse
from jobboy.model.process import CrashPolicy, Process
from jobboy.model.status import ProcessStatus

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
__version__ = "0.1.0"
