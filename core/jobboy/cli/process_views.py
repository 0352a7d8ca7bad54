"""Processes as people read them: the table of a list, and everything about one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jobboy.cli.terminal import Terminal, print_table
from jobboy.cli.text import safe_text, shorten
from jobboy.cli.words import NOTHING, age, fine_length, signed, stamp_and_age, state_word, value_text
from jobboy.model.process import Process, ProcessSummary
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.operations import Details
from jobboy.operations.eligibility import describe

if TYPE_CHECKING:
    from rich.text import Text

MAX_LINES = 60
"""Lines of one document that are shown; a longer one is cut, ``--json`` has it whole."""
_DOCUMENTS = ("parameters", "store", "reports", "output")
_LIST_HEADERS = ("ID", "CODE", "STATE", "HELD", "STEP", "AGE", "CHANGED", "ERROR")


def print_list(rows: Sequence[ProcessSummary], now: datetime) -> None:
    """Print processes one a line; ids are whole where a program may read them, else their random tail."""
    whole = not Terminal().is_terminal
    print_table(_LIST_HEADERS, [_list_row(row, now, whole) for row in rows], keep=(0, 2, 3, 5, 6))


def print_details(details: Details, now: datetime) -> None:
    """Print facts, documents, steps and error of one process."""
    terminal, process = Terminal(), details.process
    facts = dict(_facts(process, now))
    width = max(map(len, facts))
    for name, fact in facts.items():
        _print_line(terminal, f"{name:<{width}}  {fact}")
    for name in _DOCUMENTS:
        _print_document(terminal, name, getattr(process, name))
    _print_document(terminal, "answer schema", process.answer_schema)
    if details.steps:
        _print_heading(terminal, "steps")
        print_table(("STEP", "STATE", "ATTEMPTS", "TOOK", "ERROR"), [_step_row(step, now) for step in details.steps])
    _print_crash(terminal, process.stuck_cause)
    _print_traceback(terminal, process)


def _list_row(row: ProcessSummary, now: datetime, whole: bool) -> list[str | Text]:
    return [
        row.id if whole else row.short_id,
        row.code,
        signed(state_word(row, now)),
        "H" if row.handled else "",
        row.step or NOTHING,
        age(row.created_at, now),
        age(row.updated_at, now),
        row.error or "",
    ]


def _facts(process: Process, now: datetime) -> Iterator[tuple[str, str]]:
    yield "id", process.id
    yield "code", process.code
    yield "state", signed(state_word(process, now), describe(process, now)).plain
    yield "status", process.status.value
    if process.handled:
        yield "handled", f"by {process.handled_by} since {stamp_and_age(process.handled_at, now)}"
    if process.wait_until is not None:
        yield "wait until", stamp_and_age(process.wait_until, now)
    if process.step is not None:
        yield "step", f"{process.step}, attempt {process.attempt}, crashes {process.crashes}"
    if process.key is not None:
        yield "key", process.key
    if process.previous_id is not None:
        yield "generation", f"{process.generation}, restart of {process.previous_id}"
    if process.restarted_as is not None:
        yield "restarted as", process.restarted_as
    yield "priority", str(process.priority)
    yield "token", str(process.token)
    for name in ("created", "updated", "started", "ended", "killed"):
        moment: datetime | None = getattr(process, f"{name}_at")
        if moment is not None:
            yield name, stamp_and_age(moment, now)
    if process.error is not None:
        yield "error", process.error
    empty = [name for name in _DOCUMENTS if not getattr(process, name)]
    if empty:
        yield "empty", ", ".join(empty)


def _step_row(step: StepRecord, now: datetime) -> list[str | Text]:
    took = NOTHING if step.started_at is None else fine_length((step.ended_at or now) - step.started_at)
    state = signed("starting" if step.status is StepStatus.PENDING else step.status.value, step.status.value)
    return [step.name, state, str(step.attempts), took, step.error or ""]


def _print_document(terminal: Terminal, name: str, document: Mapping[str, Any] | None) -> None:
    if not document:
        return
    _print_heading(terminal, name)
    lines = json.dumps(dict(document), ensure_ascii=False, indent=2).splitlines()
    for line in lines[:MAX_LINES]:
        _print_line(terminal, f"  {line}")
    if len(lines) > MAX_LINES:
        _print_line(terminal, f"  … {len(lines) - MAX_LINES:,} more lines: --json shows all")


def _print_crash(terminal: Terminal, cause: Mapping[str, Any] | None) -> None:
    if cause is None:
        return
    _print_heading(terminal, "cause of the last crash")
    for name, value in cause.items():
        if name != "last_lines":
            _print_line(terminal, f"  {name}: {value_text(value)}")
    for line in _lines_of(cause.get("last_lines")):
        _print_line(terminal, f"  | {line}")


def _print_traceback(terminal: Terminal, process: Process) -> None:
    reason = process.reports.get("reason")
    if not isinstance(reason, Mapping):
        return
    lines = _lines_of(reason.get("traceback"))
    if lines:
        _print_heading(terminal, "traceback")
    for line in lines[-MAX_LINES:]:
        _print_line(terminal, f"  {line}")


def _lines_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return safe_text(value, lines=True).splitlines()
    return [value_text(line) for line in value] if isinstance(value, list) else []


def _print_heading(terminal: Terminal, name: str) -> None:
    terminal.print()
    terminal.print(name, style="bold")


def _print_line(terminal: Terminal, text: str) -> None:
    terminal.print(shorten(safe_text(text, lines=True), terminal.width))
