"""Processes as lines of a file: csv for spreadsheets, jsonl for programs, one at a time however many there are."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from jobboy.errors import InvalidValue
from jobboy.model.process import Process
from jobboy.model.safe_text import safe_json, safe_text

Format = Literal["csv", "jsonl"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl")
DOCUMENTS = ("parameters", "store", "reports", "output")
COLUMNS = (
    *("id", "code", "status", "handled", "stuck", "paused", "wait_until", "step", "attempt", "priority", "error"),
    *("created_at", "updated_at", "started_at", "ended_at", "killed_at"),
    *("key", "generation", "previous_id", "restarted_as"),
)
"""Of a csv file for which none are chosen."""
FIELDS = (*COLUMNS, *DOCUMENTS, "handled_by", "handled_at", "stuck_cause", "token")
_PART = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet would take for the beginning of a formula."""


def read_columns(text: str) -> tuple[str, ...]:
    """Read names with commas between them: fields of a process, or paths such as ``store.rows[0].name``.

    Raises:
        InvalidValue: naming the first that is neither.
    """
    columns = tuple(name.strip() for name in text.split(",") if name.strip())
    for column in columns:
        head = re.split(r"[.\[]", column, maxsplit=1)[0]
        if column not in FIELDS and (head not in DOCUMENTS or "".join(_parts_text(column)) != column):
            known = ", ".join(FIELDS)
            raise InvalidValue("columns", f"has no {column!r}; there are {known}, and paths such as store.rows")
    if not columns:
        raise InvalidValue("columns", "must name at least one")
    return columns


def format_of(name: str | None, given: str | None) -> Format:
    """Return the format that is asked for, or the one the end of a file's name means; jsonl when nothing says.

    Raises:
        InvalidValue: it is neither csv nor jsonl.
    """
    ending = given or (name or "").rpartition(".")[2].lower()
    for known in FORMATS:
        if known == ending:
            return known
    if given is not None:
        raise InvalidValue("format", f"must be csv or jsonl, not {given[:40]!r}")
    return "jsonl"


def export_lines(processes: Iterable[Process], form: Format, columns: tuple[str, ...] | None) -> Iterator[str]:
    """Yield the lines of a file, each with its end; csv begins with the names of its columns.

    Args:
        processes: taken one by one.
        form: ``jsonl`` keeps every value as it is, control characters as escapes. In ``csv`` they are visible signs,
            and a text that a spreadsheet would take for a formula begins with an apostrophe.
        columns: which values; None for `COLUMNS` in csv, and for everything in jsonl.
    """
    if form == "jsonl":
        for process in processes:
            document = process.as_json()
            chosen = document if columns is None else {column: _value(document, column) for column in columns}
            yield safe_json(json.dumps(chosen, ensure_ascii=False)) + "\n"
        return
    names = columns or COLUMNS
    line = _csv_line()
    yield line(names)
    for process in processes:
        document = process.as_json()
        yield line([_cell(_value(document, name)) for name in names])


def _csv_line() -> Callable[[Iterable[str]], str]:
    """Return what makes one line of csv of some cells."""
    lines: list[str] = []

    class Sink:
        def write(self, text: str) -> None:
            lines[:] = [text]

    writer = csv.writer(Sink(), lineterminator="\n")

    def line(cells: Iterable[str]) -> str:
        writer.writerow(cells)
        return lines[0]

    return line


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            text = safe_text(value)
            return f"'{text}" if text.startswith(_FORMULA) else text
    return safe_text(json.dumps(value, ensure_ascii=False))


def _value(document: Mapping[str, Any], column: str) -> Any:
    """Return the value at a path, None where there is none."""
    if column in document:
        return document[column]
    value: Any = document
    for name, index in _PART.findall(column):
        if index and isinstance(value, list):
            value = value[int(index)] if int(index) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, Mapping) and name else None
    return value


def _parts_text(column: str) -> Iterator[str]:
    return (found[0] for found in _PART.finditer(column))
