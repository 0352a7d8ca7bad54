"""A row of a place, and columns that share a width."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from jobboy_console.looks.lines import Line


@dataclass(frozen=True)
class PlaceRow:
    """A row of a list in which one moves a cursor."""

    key: Hashable
    line: Line
    side: Line = ()


def widest(texts: Sequence[str], least: int, most: int) -> int:
    """Return the cells that the longest of safe texts needs, within bounds."""
    return min(max([least, *(cell_len(text) for text in texts)]), most)
