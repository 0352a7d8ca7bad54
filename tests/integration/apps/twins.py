"""Two apps in one module that know the same code, each with a step of its own in a program of its own."""

from __future__ import annotations

from typing import Any

from jobboy import JobBoy

first, second = JobBoy(), JobBoy()
first_pipeline, second_pipeline = first.steps("nightly"), second.steps("nightly")


@first_pipeline.step(name="load", isolated=True)
def load_first(data: dict[str, Any]) -> dict[str, str]:
    """Tell whose step this is."""
    return {"app": "first"}


@second_pipeline.step(name="load", isolated=True)
def load_second(data: dict[str, Any]) -> dict[str, str]:
    """Tell whose step this is."""
    return {"app": "second"}
