"""How results reach people and the next program: JSON documents, plain lines, and errors in one line."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

from jobboy.cli.streams import give_up, speaks_unicode
from jobboy.cli.text import safe_json, safe_text
from jobboy.errors import InvalidFilter

_LINE, _BEFORE_CARET = 72, 48
"""Characters of a filter that are shown around a mistake, and how many of them before it."""


def print_document(value: Any) -> None:
    """Print one JSON document over several lines."""
    _print_json(value, indent=2)


def print_json_line(value: Any) -> None:
    """Print one JSON object as one line, at once: whoever reads it may be waiting for it."""
    _print_json(value, indent=None)
    sys.stdout.flush()


def print_line(text: str) -> None:
    """Print one line of text, at once."""
    print(safe_text(text), flush=True)  # noqa: T201


def print_fields(fields: Sequence[str]) -> None:
    """Print safe texts as one line with tabs between them, at once."""
    print("\t".join(fields), flush=True)  # noqa: T201


def print_offers(offers: Sequence[str]) -> None:
    """Print what a shell may complete a word to, one a line."""
    for offer in offers:
        print(safe_text(offer), flush=True)  # noqa: T201


def print_error(text: str) -> None:
    """Print one line of text to standard error, as ``jobboy: ...``, after what was printed before."""
    sys.stdout.flush()
    _tell(f"jobboy: {safe_text(text)}")


def print_filter_error(error: InvalidFilter) -> None:
    """Print what is wrong with a filter, and under the filter a caret at the place."""
    print_error(f"filter: {error.rule} (at character {error.position + 1})")
    start = max(error.position - _BEFORE_CARET, 0)
    before = ("…" if start else "") + safe_text(error.text[start : error.position])
    end = start + _LINE
    wrong = safe_text(error.text[error.position : min(error.position + error.length, end)])
    after = safe_text(error.text[error.position + error.length : end]) + ("…" if len(error.text) > end else "")
    for line in (f"{before}{wrong}{after}", " " * _width(before) + "^" * max(_width(wrong), 1)):
        _tell(f"  {line}".rstrip())


def _tell(line: str) -> None:
    try:
        print(line, file=sys.stderr, flush=True)  # noqa: T201
    except OSError:  # the exit code still tells
        give_up(sys.stderr)


def _width(text: str) -> int:
    """Return how many columns a terminal gives to a text."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def _print_json(value: Any, *, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=not speaks_unicode(), indent=indent)
    print(safe_json(text))  # noqa: T201
