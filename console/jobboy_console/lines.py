"""A styled line of text as a value: what every list, document and history on the screen is made of."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, chop_cells, set_cell_size

Part = tuple[str, str]
"""Safe text and the name of its style."""
Line = tuple[Part, ...]

STYLES = {
    "plain": "",
    "bold": "bold",
    "quiet": "$text-muted",
    "key": "$primary",
    "accent": "$accent",
    "running": "$primary",
    "paused": "$accent bold",
    "held": "$warning",
    "warning": "$warning",
    "done": "$success",
    "added": "$success",
    "removed": "$text-muted",
    "error": "$error bold",
    "killed": "$text-muted",
    "stuck": "$error bold reverse",
    "heading": "bold $primary",
}
"""Name of a style to Textual's words for it; colours are the theme's."""


def width_of(line: Line) -> int:
    """Return the cells a line takes."""
    return sum(cell_len(text) for text, _ in line)


def cut(line: Line, width: int) -> Line:
    """Return the line in at most `width` cells; where it is cut stands ``…``."""
    if width_of(line) <= width:
        return line
    kept: list[Part] = []
    left = width - 1
    for text, style in line:
        length = cell_len(text)
        if length > left:
            kept.append((set_cell_size(text, left) if left > 0 else "", style))
            break
        kept.append((text, style))
        left -= length
    return (*kept, ("…", "quiet"))


def wrap(line: Line, width: int, *, indent: int = 0) -> list[Line]:
    """Break a line into lines of at most `width` cells; all but the first are indented."""
    if width_of(line) <= width or width <= indent + 1:
        return [line]
    lines: list[Line] = []
    current: list[Part] = []
    left = width
    for text, style in line:
        rest = text
        while rest:
            if left <= 0:
                lines.append(tuple(current))
                current, left = [(" " * indent, "plain")], width - indent
            piece = _head(rest, left)
            if not piece:
                left = 0
                continue
            current.append((piece, style))
            left -= cell_len(piece)
            rest = rest[len(piece) :]
    lines.append(tuple(current))
    return lines


def text_of(lines: Iterable[Line]) -> str:
    """Return lines without their styles."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def _head(text: str, width: int) -> str:
    if text.isascii():
        return text[:width]
    pieces = chop_cells(text[: width * 2], width)
    return pieces[0] if pieces and cell_len(pieces[0]) <= width else ""
