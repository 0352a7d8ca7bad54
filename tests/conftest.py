"""What every test relies on."""

import signal

from hypothesis import HealthCheck, settings

# A busy machine is no failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_configure() -> None:
    """Let programs that tests start hear SIGINT: a shell that runs the suite in the background has it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
