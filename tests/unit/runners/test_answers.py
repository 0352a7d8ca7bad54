"""What a child says of a step arrives as it was written, and what no child of ours would write is found out."""

from __future__ import annotations

import json
import math
import struct

import pytest

from jobboy.errors import InvalidValue
from jobboy.model.documents import Parameters
from jobboy.ports import StepRaised, StepResult
from jobboy.runners.answers import ANSWER, Answer, Became, answer_frame, raised, read_answer, returned
from jobboy.runners.frames import BrokenFrame, Frames

STAMP = bytes(range(16))
MARKS = STAMP + struct.pack("!d??", 0.5, False, False)


def sent(became: Became, *, left_behind: bool = False, has_printed: bool = False) -> Answer:
    frames = Frames(ANSWER)
    frames.add(answer_frame(became, STAMP, left_behind=left_behind, has_printed=has_printed))
    parts = frames.next()
    assert parts is not None
    return read_answer(parts, STAMP)


def test_a_result_arrives_with_its_documents_and_marks() -> None:
    answer = sent(returned({"output": {"rows": [1]}, "store": {"a": "è"}, "reports": {}}, 0.25), left_behind=True)
    assert answer.became == StepResult(output={"rows": [1]}, store={"a": "è"}, reports={}, seconds=0.25)
    assert (answer.left_behind, answer.has_printed) == (True, False)


def test_a_step_that_did_not_ask_for_its_process_sends_no_documents() -> None:
    answer = sent(returned({"output": {}}, 0.0), has_printed=True)
    assert answer.became == StepResult(output={}, seconds=0.0)
    assert (answer.left_behind, answer.has_printed) == (False, True)


def test_an_output_is_written_once_and_taken_over_as_text() -> None:
    became = read_answer([MARKS, b"", b'{"n":1.0}', b"", b""], STAMP).became
    assert isinstance(became, StepResult)
    assert isinstance(became.output, Parameters)
    assert became.output.text == '{"n":1.0}'


def test_an_error_arrives_in_words() -> None:
    error = sent(raised("LookupError", "no such customer", "line 1\nline 2")).became
    assert isinstance(error, StepRaised)
    assert (error.type_name, error.message, error.traceback) == ("LookupError", "no such customer", "line 1\nline 2")


@pytest.mark.parametrize("answer", [None, [], {}, {"output": None}, {"output": [1]}, {"output": {}, "store": 3}])
def test_what_is_no_answer_is_not_written(answer: object) -> None:
    with pytest.raises(InvalidValue, match="must be a JSON object"):
        returned(answer, 0.0)


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"a":1} x',
        b'{"a":NaN}',
        b'{"a":18446744073709551616}',
        b'{"a":"\\u0000"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        nested(65),
        nested(100_000),
        json.dumps({"text": "x" * 1_000_000}).encode(),
    ],
)
@pytest.mark.parametrize("place", [2, 3, 4])
def test_a_document_that_breaks_a_rule_is_broken(output: bytes, place: int) -> None:
    parts = [MARKS, b"", b"{}", b"", b""]
    parts[place] = output
    if place > 2 and not output:
        assert read_answer(parts, STAMP).became == StepResult(output={}, seconds=0.5)
        return
    with pytest.raises(BrokenFrame):
        read_answer(parts, STAMP)


@pytest.mark.parametrize("error", [b"{}", b'"x"', b"[1,2,3]", b'["a","b"]', b"[", b"[" * 100_000, b"\xff"])
def test_an_error_that_is_no_three_texts_is_broken(error: bytes) -> None:
    with pytest.raises(BrokenFrame):
        read_answer([MARKS, error, b"", b"", b""], STAMP)


@pytest.mark.parametrize("seconds", [math.nan, -1.0, -math.inf, math.inf])
def test_a_step_that_took_no_time_that_there_is_is_broken(seconds: float) -> None:
    with pytest.raises(BrokenFrame):
        read_answer([STAMP + struct.pack("!d??", seconds, False, False), b"", b"{}", b"", b""], STAMP)


@pytest.mark.parametrize("marks", [b"", b"ready", MARKS + b"x"])
def test_marks_of_another_length_are_broken(marks: bytes) -> None:
    with pytest.raises(BrokenFrame):
        read_answer([marks, b"", b"{}", b"", b""], STAMP)


def test_the_answer_to_another_order_is_broken() -> None:
    with pytest.raises(BrokenFrame, match="another order"):
        read_answer([MARKS, b"", b"{}", b"", b""], bytes(16))
