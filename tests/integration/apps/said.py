"""Steps that print and log."""

from __future__ import annotations

import logging
import sys
from typing import Any

from jobboy import JobBoy
from tests.integration.apps import signs

jobs = JobBoy()
log = logging.getLogger(__name__)
said = jobs.steps("said")
slow = jobs.steps("slow")


@said.step
def in_thread(data: dict[str, Any]) -> dict[str, Any]:
    """Log at two levels."""
    log.info("812 rows")
    log.debug("kept out")
    return data


@said.step(isolated=True)
def in_a_program(data: dict[str, Any]) -> dict[str, Any]:
    """Print to both, and log."""
    print("to standard output")  # noqa: T201  # what is tried
    sys.stderr.write("to standard error\n")
    log.info("logged in a program")
    return data


@slow.step(isolated=True)
def chatter(data: dict[str, Any]) -> dict[str, Any]:
    """Say something and wait."""
    print("half of it is done")  # noqa: T201  # what is tried
    signs.leave(data["folder"], "said")
    signs.wait_for(data["folder"], "go-on")
    return {}
