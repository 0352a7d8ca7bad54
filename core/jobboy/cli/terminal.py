"""Writing to standard output through rich: colours only where they are wanted, and tables that fit."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from typing import NoReturn

from rich.console import Console
from rich.text import Text

from jobboy.cli.text import safe_text

PIPED_WIDTH = 160
"""Characters a line may take where no terminal says how many it shows."""
_GAP = 2
_LEAST_WIDTH = 8
"""Cells that a column keeps when it gives way to others."""


class Terminal(Console):
    """Standard output, be it a terminal or not; text is never markup, and is never wrapped."""

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, soft_wrap=True)
        if not self.is_terminal and "COLUMNS" not in os.environ:
            self.size = (PIPED_WIDTH, self.height)

    def on_broken_pipe(self) -> NoReturn:
        """Let the program decide what a reader that has gone away means."""
        raise BrokenPipeError


def print_with_prose(headers: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> None:
    """Print rows in aligned columns, the last of which is broken between words where it is too long."""
    terminal = Terminal()
    lines = [[Text(header, style="bold") for header in headers], *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(line[column].cell_len for line in lines) for column in range(len(headers) - 1)]
    indent = sum(widths) + _GAP * len(widths)
    for line in lines:
        for cell, width in zip(line, widths, strict=False):
            cell.pad_right(width - cell.cell_len + _GAP)
        first, *others = line[-1].wrap(terminal, max(terminal.width - indent, _LEAST_WIDTH))
        for printed in (
            Text.assemble(*line[:-1], first),
            *(Text(" " * indent).append_text(other) for other in others),
        ):
            printed.rstrip()
            terminal.print(printed)


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str | Text]], *, keep: Collection[int] = ()) -> None:
    """Print rows in aligned columns; columns whose index is in `keep` are never cut, the widest others give way."""
    terminal = Terminal()
    lines = [[Text(header, style="bold") for header in headers], *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(line[column].cell_len for line in lines) for column in range(len(headers))]
    fitted = _fit(widths, keep, terminal.width - _GAP * (len(headers) - 1))
    for line in lines:
        for cell, width in zip(line, fitted, strict=True):
            cell.truncate(width, overflow="ellipsis", pad=True)
        joined = Text(" " * _GAP).join(line)
        joined.rstrip()
        terminal.print(joined)


def _cell(value: str | Text) -> Text:
    return value if isinstance(value, Text) else Text(safe_text(value))


def _fit(widths: list[int], keep: Collection[int], available: int) -> list[int]:
    fitted = [width if column in keep else min(width, available) for column, width in enumerate(widths)]
    while sum(fitted) > available:
        giving = [column for column, width in enumerate(fitted) if column not in keep and width > _LEAST_WIDTH]
        if not giving:
            break
        fitted[max(giving, key=fitted.__getitem__)] -= 1
    return fitted
