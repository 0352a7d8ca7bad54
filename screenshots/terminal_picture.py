"""Draws what a terminal shows as SVG, and as PNG where cairosvg is installed.

Every sign is placed by its cell, so that boxes and columns meet in whatever font there is; no font is fetched.
"""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from rich.ansi import AnsiDecoder
from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

CELL = (9, 17)  # width and height; what the font fills, so that lines of boxes meet
MARGIN = 12
FONT = "DejaVu Sans Mono, Menlo, Consolas, monospace"
FONT_SIZE = 15
BASELINE = 13
FOREGROUND, BACKGROUND = "#d1d7e0", "#14181d"


@dataclass(frozen=True)
class Run:
    """Signs of one style, side by side in one line."""

    text: str
    column: int
    line: int
    style: Style


class Picture:
    """A picture of a terminal.

    Args:
        screen: lines with escape sequences for colours.
        columns: width of the terminal in cells.
        lines: its height.
    """

    def __init__(self, screen: str, *, columns: int, lines: int) -> None:
        self._columns, self._lines = columns, lines
        self._runs = list(_runs(screen, columns))

    def save(self, path: Path) -> None:
        """Write PATH.svg, and PATH.png when cairosvg is there."""
        svg = self.svg()
        path.with_suffix(".svg").write_text(svg, encoding="utf-8")
        if importlib.util.find_spec("cairosvg"):
            import cairosvg

            cairosvg.svg2png(bytestring=svg.encode(), write_to=str(path.with_suffix(".png")))

    def svg(self) -> str:
        """Return the picture as SVG."""
        width, height = self._columns * CELL[0] + 2 * MARGIN, self._lines * CELL[1] + 2 * MARGIN
        size = f'width="{width}" height="{height}"'
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size}>',
            f'<rect {size} rx="8" fill="{BACKGROUND}"/>',
            f'<g font-family="{FONT}" font-size="{FONT_SIZE}" transform="translate({MARGIN} {MARGIN})">',
            *(_background(run) for run in self._runs),
            *(_signs(run) for run in self._runs),
            "</g>",
            "</svg>",
        ]
        return "\n".join(part for part in parts if part) + "\n"


def _runs(screen: str, columns: int) -> Iterator[Run]:
    console = Console(width=columns, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    for line, text in enumerate(AnsiDecoder().decode(screen)):
        column = 0
        for segment in Segment.simplify(text.render(console)):
            content = segment.text.rstrip("\n")
            yield Run(content, column, line, segment.style or Style.null())
            column += cell_len(content)


def _background(run: Run) -> str:
    _, colour = _colours(run.style)
    if colour == BACKGROUND or not run.text:
        return ""
    # A little more than the cell, or renderers leave hairlines between neighbours.
    width, height = cell_len(run.text) * CELL[0] + 0.5, CELL[1] + 0.5
    place = f'x="{run.column * CELL[0]}" y="{run.line * CELL[1]}"'
    return f'<rect {place} width="{width}" height="{height}" fill="{colour}"/>'


def _signs(run: Run) -> str:
    if not run.text.strip():
        return ""
    colour, _ = _colours(run.style)
    places, column = [], run.column
    for sign in run.text:
        places.append(str(column * CELL[0]))
        column += cell_len(sign)
    looks = (' font-weight="bold"' if run.style.bold else "") + (
        ' text-decoration="underline"' if run.style.underline else ""
    )
    place = f'x="{" ".join(places)}" y="{run.line * CELL[1] + BASELINE}"'
    return f'<text {place} fill="{colour}"{looks} xml:space="preserve">{escape(run.text)}</text>'


def _colours(style: Style) -> tuple[str, str]:
    """Return foreground and background as they are seen."""
    foreground, background = _hex(style.color, FOREGROUND), _hex(style.bgcolor, BACKGROUND)
    return (background, foreground) if style.reverse else (foreground, background)


def _hex(colour: Color | None, default: str) -> str:
    return default if colour is None or colour.is_default else colour.get_truecolor().hex
