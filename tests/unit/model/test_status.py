"""The status table: all 36 pairs, the words of both errors, and the two macro states."""

import pytest

from jobboy import ProcessStatus
from jobboy.errors import InvalidProcessStatus, JobBoyError, StatusTransitionNotAllowed

ALLOWED = {
    "starting": {"starting", "running", "ending", "completed", "failing", "failed"},
    "running": {"running", "ending", "completed", "failing", "failed"},
    "ending": {"ending", "completed", "failing", "failed"},
    "failing": {"failing", "failed"},
    "completed": {"completed"},
    "failed": {"failed"},
}
STATUSES = list(ALLOWED)
PAIRS = [(source, target) for source in STATUSES for target in STATUSES]


def test_there_are_six_statuses() -> None:
    assert {status.value for status in ProcessStatus} == set(STATUSES)
    assert len(PAIRS) == 36


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_move_is_allowed_when_the_table_has_it(source: str, target: str) -> None:
    status, to = ProcessStatus(source), ProcessStatus(target)
    allowed = target in ALLOWED[source]
    assert status.can_change(to) is allowed
    if allowed:
        assert status.change(to) is to
        return
    with pytest.raises(StatusTransitionNotAllowed) as refused:
        status.change(to)
    assert str(refused.value) == f'Status transition from "{source}" to "{target}" is not allowed'
    assert (refused.value.source, refused.value.target) == (source, target)


@pytest.mark.parametrize("text", ["x", "", "Running", " running", "RUNNING"])
def test_any_other_word_is_no_status(text: str) -> None:
    with pytest.raises(InvalidProcessStatus) as refused:
        ProcessStatus(text)
    assert str(refused.value) == f'Invalid process status value "{text}"'


@pytest.mark.parametrize("value", [None, 3, 1.5, ["running"]])
def test_a_value_that_is_no_text_is_no_status(value: object) -> None:
    with pytest.raises(InvalidProcessStatus, match="Invalid process status value"):
        ProcessStatus(value)  # type: ignore[arg-type]  # what a caller without types may give


def test_both_errors_are_value_errors_and_jobboy_errors_too() -> None:
    for error in (InvalidProcessStatus, StatusTransitionNotAllowed):
        assert issubclass(error, ValueError)
        assert issubclass(error, JobBoyError)


@pytest.mark.parametrize(
    ("status", "active", "evolving"),
    [
        ("starting", True, False),
        ("running", True, True),
        ("ending", True, True),
        ("completed", False, False),
        ("failing", True, True),
        ("failed", False, False),
    ],
)
def test_the_macro_states_of_each_status(status: str, active: bool, evolving: bool) -> None:
    assert ProcessStatus(status).is_active is active
    assert ProcessStatus(status).is_evolving is evolving
