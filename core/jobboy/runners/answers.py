"""The answer to an order: written by a child program, read by its worker, which believes nothing it can check."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from jobboy.errors import InvalidValue
from jobboy.model.compact_json import encoder, read
from jobboy.model.documents import Document, Parameters
from jobboy.model.json_rules import read_written, write_json
from jobboy.ports import StepRaised, StepResult
from jobboy.runners.frames import BrokenFrame, Layout

ANSWER = Layout(5)
"""Marks, the error, and output, store and reports; each of the last four is empty or JSON."""
READY = [b"ready", b"", b"", b"", b""]
"""Sent once, when a child can begin its first step."""

_MARKS = struct.Struct("!16sd??")
_write = encoder(ascii_only=True)


class Became(NamedTuple):
    """What became of a step, written."""

    seconds: float
    """How long it took."""
    raised: bytes = b""
    output: bytes = b""
    store: bytes = b""
    reports: bytes = b""


@dataclass(slots=True)
class Answer:
    """What a child tells of a step."""

    became: StepResult | StepRaised
    left_behind: bool
    """Something of the step still runs or stays changed: the child is not fit for another one."""
    has_printed: bool
    """There may be something in its output; else nobody need look."""


def returned(answer: object, seconds: float) -> Became:
    """Write what a step returned.

    Args:
        answer: ``{"output", "store", "reports"}``, the last two None or left out when it did not ask for the process.
        seconds: how long it took.

    Raises:
        InvalidValue: when it is something else, or breaks a rule of JSON.
    """
    if not isinstance(answer, Mapping):
        raise InvalidValue("answer", "must be a JSON object")
    output = answer.get("output")
    if output is None:
        raise InvalidValue("output", "must be a JSON object, not null")
    store, reports = answer.get("store"), answer.get("reports")
    return Became(seconds, b"", _written(output, "output"), _written(store, "store"), _written(reports, "reports"))


def raised(type_name: str, message: str, traceback: str) -> Became:
    """Write what a step raised."""
    return Became(0.0, _write([type_name, message, traceback]).encode())


def answer_frame(became: Became, stamp: bytes, *, left_behind: bool, has_printed: bool) -> bytes:
    """Write an answer as one frame; the stamp is its order's, for the marks see `Answer`."""
    seconds, *parts = became
    return ANSWER.frame(_MARKS.pack(stamp, seconds, left_behind, has_printed), *parts)


def read_answer(parts: list[bytes], stamp: bytes) -> Answer:
    """Read the parts of a frame.

    Raises:
        BrokenFrame: they are no answer, or that to an order with another stamp, or a document breaks a rule of JSON.
    """
    marks, error, *documents = parts
    try:
        stamped, seconds, left_behind, has_printed = _MARKS.unpack(marks)
        if stamped != stamp:
            raise BrokenFrame("the answer to another order")
        became = _error(error) if error else _result(seconds, *documents)
    except (ValueError, RecursionError, struct.error) as broken:
        raise BrokenFrame(str(broken)) from broken
    return Answer(became, left_behind, has_printed)


def _written(value: Any, name: str) -> bytes:
    return b"" if value is None else write_json(value, name).encode()


def _error(text: bytes) -> StepRaised:
    match read(text.decode()):
        case [str(type_name), str(message), str(traceback)]:
            return StepRaised(type_name, message, traceback)
    raise BrokenFrame("no error")


def _result(seconds: float, output: bytes, store: bytes, reports: bytes) -> StepResult:
    if not 0 <= seconds < math.inf:  # anything else would spoil every average it gets into
        raise BrokenFrame(f"a step of {seconds} seconds")
    text = output.decode()
    return StepResult(
        output=Parameters.from_text(text, "output", read_written(text, "output")),
        store=_document(store, "store"),
        reports=_document(reports, "reports"),
        seconds=seconds,
    )


def _document(part: bytes, field: str) -> Document | None:
    if not part:
        return None
    text = part.decode()
    return Document.from_text(text, field, read_written(text, field))
