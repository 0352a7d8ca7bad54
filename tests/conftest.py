"""What every test relies on."""

import atexit
import os
import signal

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


_OF_WHOEVER_RUNS_IT = ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "JOBBOY_APP", "JOBBOY_DATABASE_URL")


def pytest_configure() -> None:
    """Let programs that tests start hear SIGINT: a shell that runs the suite in the background has it ignored.

    What the terminal and the configuration of whoever runs the suite are is no concern of a test either.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in _OF_WHOEVER_RUNS_IT:
        os.environ.pop(name, None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let a worker of the suite put away what Python does at the end of a program: it is ended without that."""
    if hasattr(config, "workerinput"):
        atexit._run_exitfuncs()
