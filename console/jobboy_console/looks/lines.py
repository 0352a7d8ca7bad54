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
    "quiet": "$foreground 60%",
    "key": "$primary",
    "accent": "$accent",
    "running": "$primary",
    "paused": "$accent bold",
    "held": "$warning",
    "warning": "$warning",
    "done": "$success",
    "added": "$success",
    "removed": "$foreground 60%",
    "error": "$error bold",
    "wrong": "$error",
    "killed": "$foreground 60%",
    "stuck": "$error bold reverse",
    "heading": "bold $primary",
    "found": "bold reverse $warning",
    "profile": "bold reverse $profile",
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
    """Break a line, between words where it can, into lines of at most `width` cells; all but the first indented."""
    if width_of(line) <= width or width <= indent + 1:
        return [line]
    lines: list[Line] = []
    current: list[Part] = []
    left = width
    for text, style in line:
        rest = text
        while rest:
            piece = _head(rest, left, fresh=not current or left == width - indent)
            if piece:
                current.append((piece, style))
                left -= cell_len(piece)
                rest = rest[len(piece) :]
            if rest:
                lines.append(tuple(current))
                current, left = [(" " * indent, "plain")], width - indent
                rest = rest.lstrip(" ")
    lines.append(tuple(current))
    return lines


def broken(text: str, width: int) -> list[str]:
    """Cut a text into pieces of at most `width` cells, anywhere: for text that has no words, and quick for a lot."""
    if width < 2 or not text:
        return [text]
    if text.isascii():
        return [text[start : start + width] for start in range(0, len(text), width)]
    return chop_cells(text, width)


def text_of(lines: Iterable[Line]) -> str:
    """Return lines without their styles."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def _head(text: str, width: int, *, fresh: bool) -> str:
    """Return as much of the text as fits, whole words if it can; a word that fits a fresh line waits for it."""
    if cell_len(text) <= width:
        return text
    if text.isascii():
        piece = text[: max(width, 0)]
    else:
        pieces = chop_cells(text[: width * 2], width) if width > 1 else []
        piece = pieces[0] if pieces else ""
    blank = piece.rfind(" ")
    if text[len(piece) : len(piece) + 1] == " ":
        return piece
    if blank > 0:
        return piece[:blank]
    return piece if fresh else ""
