"""What every test relies on."""

import signal


def pytest_configure() -> None:
    """Let programs that tests start hear SIGINT: a shell that runs the suite in the background has it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
