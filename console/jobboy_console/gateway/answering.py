"""What a paused process asks for, and what is wrong with an answer to it."""

from __future__ import annotations

import json
from typing import Any

from jobboy.errors import InvalidValue
from jobboy.model.json_rules import read_json_object
from jobboy.operations import Operations, answer_violations
from jobboy.operations.eligibility import describe
from jobboy_console.facts.decisions import Pause, Problem
from jobboy_console.gateway.converting import row_of


class Unreadable(ValueError):
    """A text that is no JSON object; `place` is where it goes wrong, as line and column from 0, if that is known."""

    def __init__(self, message: str, place: tuple[int, int] | None) -> None:
        super().__init__(message)
        self.place = place


def read_answer(text: str) -> dict[str, Any]:
    """Read the JSON object that a person typed.

    Raises:
        Unreadable: naming the rule it breaks and, for what is no JSON, line and column.
    """
    try:
        return read_json_object(text, "data")
    except InvalidValue as error:
        cause = error.__cause__
        place = (cause.lineno - 1, cause.colno - 1) if isinstance(cause, json.JSONDecodeError) else None
        raise Unreadable(str(error), place) from error


def read_pause(operations: Operations, process_id: str) -> Pause:
    """Return a process as one that answers it needs to see it.

    Raises:
        ProcessNotFound: retention has removed it.
    """
    process = operations.get(process_id)
    newest = operations.history(process_id, limit=1, newest=True)
    now = operations.now()
    return Pause(
        row=row_of(process, 0, now),
        paused=process.paused and not process.kill_requested,
        state=describe(process, now),
        changed_by=newest[-1].actor if newest else "",
        output={} if process.output is None else process.output.as_dict(),
        schema=None if process.answer_schema is None else process.answer_schema.as_dict(),
    )


def find_problems(pause: Pause, data: dict[str, Any]) -> list[Problem]:
    """Return what an answer breaks, as `proceed` would tell; asks no database, but may load a library."""
    found = answer_violations(pause.schema, pause.output, data)
    return [Problem(keys=one.keys, path=one.path, rule=one.rule) for one in found]
