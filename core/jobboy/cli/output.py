"""How results reach people and the next program: JSON documents, plain lines, and errors in one line."""

from __future__ import annotations

import json
import sys
from typing import Any

from jobboy.cli.text import safe_json, safe_text


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


def print_error(text: str) -> None:
    """Print one line of text to standard error, as ``jobboy: ...``."""
    sys.stdout.flush()
    print(f"jobboy: {safe_text(text)}", file=sys.stderr, flush=True)  # noqa: T201


def tolerate_any_text() -> None:
    """Let characters that the terminal's encoding does not have be printed by number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def speaks_unicode() -> bool:
    """Say whether standard output can show more than ASCII."""
    return (sys.stdout.encoding or "ascii").lower().replace("-", "").startswith("utf")


def _print_json(value: Any, *, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=not speaks_unicode(), indent=indent)
    print(safe_json(text))  # noqa: T201
