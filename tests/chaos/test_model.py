"""The short form of the model test; the long form is `python -m tests.chaos.model`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.model_machine import OperationsMachine


def test_operations_agree_with_the_reference_model_whatever_happens() -> None:
    short = settings(
        max_examples=10,
        stateful_step_count=50,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(OperationsMachine, settings=short)
