"""The app whose work keeps the processor busy while the console is measured."""

from __future__ import annotations

import time
from typing import Any

from jobboy import JobBoy

STEP_S = 0.05
jobs = JobBoy()
burning = jobs.steps("burning")


@burning.step
def burn(data: dict[str, Any]) -> dict[str, Any]:
    """Compute in Python until the time is over."""
    end = time.process_time() + STEP_S
    number = 0
    while time.process_time() < end:
        number += sum(range(1000))
    return {"number": number}
