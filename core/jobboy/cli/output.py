"""How results reach the terminal or the next program: JSON documents, aligned tables, and errors in one line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jobboy.cli.text import safe_json, safe_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PIPED_WIDTH = 160
"""Characters a line may take where no terminal says how many it shows."""


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


def console() -> Console:
    """Return a writer to standard output: colours only on a terminal that wants them, and no markup ever."""
    from rich.console import Console

    terminal = Console(highlight=False, markup=False, emoji=False)
    if not terminal.is_terminal and "COLUMNS" not in os.environ:
        terminal.width = PIPED_WIDTH
    return terminal


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str | Text]], *, keep: Sequence[int] = ()) -> None:
    """Print rows in aligned columns; columns whose index is in `keep` are never cut, the others give way."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    cells = [[cell if isinstance(cell, Text) else Text(safe_text(cell)) for cell in row] for row in rows]
    for index, header in enumerate(headers):
        longest = max([len(header), *(row[index].cell_len for row in cells)])
        table.add_column(
            header, no_wrap=True, overflow="ellipsis", min_width=longest if index in keep else len(header)
        )
    for row in cells:
        table.add_row(*row)
    console().print(table)


def _print_json(value: Any, *, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=not speaks_unicode(), indent=indent)
    print(safe_json(text))  # noqa: T201
