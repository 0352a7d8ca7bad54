"""A JSON object as lines to read: keys aligned, lists and objects indented, long values cut with their size."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.snapshots import ErrorReport
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import amount, plural, safe_lines, safe_text

SHORT = 120
"""Characters of a text that are shown until it is expanded."""
LONG = 20_000
"""Characters of a text that are shown when it is."""
MOST_LINES = 20_000
MOST_ITEMS = 50
"""Items of a list that are shown until it is expanded."""


def document_lines(values: dict[str, Any] | None, *, name: str, expanded: bool = False) -> list[Line]:
    """Return the lines of a document; what it means when there is nothing is said too."""
    if values is None:
        return [((f"No {name} yet.", "quiet"),)]
    if not values:
        return [((f"There are no {name}." if name.endswith("s") else f"The {name} is empty.", "quiet"),)]
    lines: list[Line] = []
    for line in _object(values, 0, expanded):
        if len(lines) == MOST_LINES:
            return [*lines, (("… more than fits here: jobboy show --json has it whole", "quiet"),)]
        lines.append(line)
    return lines


def error_lines(error: ErrorReport) -> list[Line]:
    """Return type, message and traceback of an error."""
    lines: list[Line] = [((line, "error"),) for line in safe_lines(error.headline, limit=4000)]
    if error.traceback:
        lines.append(())
        lines += [((line, "quiet"),) for line in safe_lines(error.traceback.rstrip())]
    return lines


def output_lines(last: Sequence[str], said: str, *, expanded: bool) -> list[Line]:
    """Return what a program printed before it died: the line that says most, or all of them."""
    lines: list[Line] = [(("Last output of the program that died", "heading"),)]
    if expanded:
        return lines + [((part, "quiet"),) for line in last for part in safe_lines(line)]
    more = f"  … {plural(len(last) - 1, 'more line')}{_how_to_expand()}" if len(last) > 1 else ""
    return [*lines, ((safe_text(said), "plain"), (more, "quiet"))]


def _object(values: dict[str, Any], depth: int, expanded: bool) -> Iterator[Line]:
    keys = {key: safe_text(key, limit=60) for key in values}
    width = min(max((len(shown) for shown in keys.values()), default=0), 24)
    for key, value in values.items():
        yield from _entry(keys[key].ljust(width), "key", value, depth, expanded)


def _list(values: list[Any], depth: int, expanded: bool) -> Iterator[Line]:
    shown = values if expanded else values[:MOST_ITEMS]
    for index, value in enumerate(shown):
        yield from _entry(f"{index:>{len(str(len(shown) - 1))}}", "quiet", value, depth, expanded)
    if len(shown) < len(values):
        hidden = len(values) - len(shown)
        yield (_indent(depth), (f"… {plural(hidden, 'more item')}{_how_to_expand()}", "quiet"))


def _entry(label: str, style: str, value: Any, depth: int, expanded: bool) -> Iterator[Line]:
    head = (_indent(depth), (label, style), ("  ", "plain"))
    if isinstance(value, dict) and value:
        yield (*head, (f"{{{len(value)}}}", "quiet"))
        yield from _object(value, depth + 1, expanded)
    elif isinstance(value, list) and value:
        yield (*head, (f"[{len(value):,}]", "quiet"))
        yield from _list(value, depth + 1, expanded)
    elif isinstance(value, str):
        yield from _text(head, value, depth, expanded)
    else:
        yield (*head, (json.dumps(value), "quiet" if value is None else "accent"))


def _text(head: Line, value: str, depth: int, expanded: bool) -> Iterator[Line]:
    if expanded and "\n" in value:
        yield head
        for line in safe_lines(value, limit=LONG):
            yield (_indent(depth + 1), (line, "plain"))
        return
    limit = LONG if expanded else SHORT
    if len(value) <= limit:
        yield (*head, (f'"{safe_text(value, limit=None)}"', "plain"))
        return
    how = "" if expanded else _how_to_expand()
    hidden = amount(len(value) - limit)
    yield (*head, (f'"{safe_text(value[:limit], limit=None)}"', "plain"), (f" …+{hidden} characters{how}", "quiet"))


def _how_to_expand() -> str:
    return hint(" · {process.expand} expands")


def _indent(depth: int) -> tuple[str, str]:
    return ("  " * depth, "plain")
