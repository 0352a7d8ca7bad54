"""Draws what is kept of the screens as SVG and PNG: ``python -m tests.console.pictures.look FOLDER``."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from rich.console import Console
from rich.style import Style
from rich.text import Text

from screenshots.terminal_picture import Picture
from tests.console.pictures.drawing import Drawing, read, width_of

DRAWN = Path(__file__).parent / "drawn"
GROUNDS = {"light": ("#1f2328", "#ffffff")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("names", nargs="*", help="scenes; all without a name")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.names or sorted(file.stem for file in DRAWN.iterdir()):
        for (size, theme), drawing in read((DRAWN / f"{name}.txt").read_text()).items():
            picture(drawing).save(options.folder / f"{name}-{size}-{theme}")


def picture(drawing: Drawing) -> Picture:
    text = Text("\n").join(
        Text.assemble(*((text, Style.parse(style)) for text, style in line)) for line in drawing.lines
    )
    columns = width_of(drawing)
    terminal = Console(width=columns, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    with terminal.capture() as captured:
        terminal.print(text, no_wrap=True, crop=False, overflow="ignore")
    return Picture(captured.get(), columns=columns, lines=len(drawing.lines))


if __name__ == "__main__":
    main()
