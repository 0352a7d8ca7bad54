"""What a screen looks like, as text that can be read, kept and compared: its signs, and by theme their colours.

Colours are written by line as runs: ``12a 68b`` are twelve signs of the style a, then 68 of b; what the letters mean
stands above the lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from string import ascii_letters

from rich.cells import cell_len
from rich.style import Style
from textual.screen import Screen

Size = tuple[int, int]
_ATTRIBUTES = ("bold", "dim", "italic", "underline", "strike", "reverse")


@dataclass(frozen=True)
class Drawing:
    """One screen in one theme: lines of signs, each with its style."""

    lines: tuple[tuple[tuple[str, str], ...], ...]

    @classmethod
    def of(cls, screen: Screen[object]) -> Drawing:
        """Return what a screen shows now, with what is seen of those below it."""
        strips = screen._compositor.render_strips()
        return cls(tuple(_runs((segment.text, _words(segment.style)) for segment in strip) for strip in strips))

    @property
    def text(self) -> str:
        return "\n".join("".join(text for text, _ in line).rstrip() for line in self.lines)

    @property
    def colours(self) -> str:
        styles = list(dict.fromkeys(style for line in self.lines for _, style in line))
        letters = dict(zip(styles, ascii_letters, strict=False))
        legend = [f"{letter} {style}".rstrip() for style, letter in letters.items()]
        return "\n".join(
            [*legend, *(" ".join(f"{len(text)}{letters[s]}" for text, s in line) for line in self.lines)]
        )


def written(size: Size, drawings: Mapping[str, Drawing]) -> str:
    """Return the drawings of one size, by theme, as they are kept; no theme may change a word."""
    texts = {drawing.text for drawing in drawings.values()}
    assert len(texts) == 1, "the words are others in another theme"
    colours = [f"--- {theme}\n{drawing.colours}" for theme, drawing in drawings.items()]
    return "\n".join([f"=== {size[0]}x{size[1]}", *texts, *colours]) + "\n"


def read(kept: str) -> dict[tuple[str, str], Drawing]:
    """Return the drawings of a file by size and theme."""
    found = {}
    for part in kept.split("=== ")[1:]:
        text, *themes = part.split("\n--- ")
        size, *lines = text.split("\n")
        for theme in themes:
            name, *colours = theme.rstrip("\n").split("\n")
            found[size, name] = _drawn(lines, colours, int(size.split("x")[1]))
    return found


def _drawn(lines: list[str], colours: list[str], height: int) -> Drawing:
    legend, rows = colours[:-height], colours[-height:]
    styles = {line[0]: line[2:] for line in legend}
    return Drawing(tuple(_cut(line, row, styles) for line, row in zip(lines, rows, strict=True)))


def _cut(line: str, row: str, styles: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    parts, place = [], 0
    for run in row.split():
        length = int(run[:-1])
        parts.append((line[place : place + length].ljust(length), styles[run[-1]]))
        place += length
    return tuple(parts)


def _runs(segments: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        ("".join(text for text, _ in group), style) for style, group in groupby(segments, lambda segment: segment[1])
    )


def _words(style: Style | None) -> str:
    if style is None:
        return ""
    looks = [name for name in _ATTRIBUTES if getattr(style, name)]
    if style.color is not None and not style.color.is_default:
        looks.append(style.color.name)
    if style.bgcolor is not None and not style.bgcolor.is_default:
        looks.append(f"on {style.bgcolor.name}")
    return " ".join(looks)


def width_of(drawing: Drawing) -> int:
    """Return the cells of the widest line."""
    return max(cell_len("".join(text for text, _ in line)) for line in drawing.lines)
