"""A worker decides when work is done, never what."""

from jobboy.worker.settings import WorkerSettings
from jobboy.worker.worker import Worker, WorkerState

__all__ = ["Worker", "WorkerSettings", "WorkerState"]
