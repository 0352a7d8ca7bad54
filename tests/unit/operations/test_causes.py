"""How crashes are told to people."""

from typing import Any

import pytest

from jobboy.operations.causes import cause_words, last_lines, last_words, short_cause, short_error

SEGV: dict[str, Any] = {"kind": "signal", "signal": "SIGSEGV", "step": "parse", "attempt": 2, "host": "h", "pid": 123}
FAULT = [
    "reading page 3",
    "Fatal Python error: Segmentation fault",
    "",
    "Current thread 0x7:",
]


@pytest.mark.parametrize(
    ("cause", "whole", "short"),
    [
        (SEGV, "killed by SIGSEGV, attempt 2, pid 123", "SIGSEGV in parse"),
        ({"kind": "exit", "exit_code": 0, "step": "load", "pid": 5}, "exit code 0, pid 5", "exit 0 in load"),
        ({"kind": "stopped", "why": "a kill", "step": "load"}, "stopped: a kill", "stopped: a kill in load"),
        ({"kind": "no answer", "step": "load"}, "no answer", "no answer in load"),
        (
            {"kind": "not started", "why": "No space"},
            "could not be started: No space",
            "could not be started: No space",
        ),
        ({"kind": "holder died", "pid": 7, "step": None}, "its worker died, pid 7", "worker died"),
        ({"kind": 3}, "3", "3"),
    ],
)
def test_a_cause_is_told_in_words(cause: dict[str, Any], whole: str, short: str) -> None:
    assert cause_words(cause) == whole
    assert short_cause(cause) == short


def test_nothing_known_is_no_words() -> None:
    assert cause_words(None) == ""
    assert last_lines(None) == last_lines({"last_lines": 3}) == []
    assert last_words([]) == ""


def test_the_fatal_message_says_more_than_the_frames_below_it() -> None:
    assert last_words([*FAULT, '  File "<string>", line 1 in <module>']) == "Fatal Python error: Segmentation fault"
    assert last_words(["loading", "out of paper", ""]) == "out of paper"


def test_an_error_loses_only_what_says_again_which_step_crashed() -> None:
    assert short_error("StepCrashed: step 'parse' died: killed by SIGSEGV") == "killed by SIGSEGV"
    assert short_error("StepCrashed: step 'parse' was stopped: a kill") == "was stopped: a kill"
    assert short_error("ValueError: step 'x' died: no") == "ValueError: step 'x' died: no"
