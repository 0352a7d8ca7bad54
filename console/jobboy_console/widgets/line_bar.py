"""A few styled lines that do not scroll: heads, figures, hints."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.widgets import Static

from jobboy_console.looks.lines import STYLES, Line, cut, wrap


def content_of(line: Line) -> Content:
    """Return a line as Textual's own kind of text; nothing in it is read as markup."""
    return Content.assemble(*((text, STYLES[style]) for text, style in line))


class LineBar(Static):
    """Shows lines, each cut to the width with a sign; as high as it needs, and gone when there are none.

    Args:
        wraps: whether lines are broken at words instead: for what is said in sentences.
    """

    DEFAULT_CSS = """
    LineBar {
        height: auto;
        width: 1fr;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None, wraps: bool = False) -> None:
        super().__init__(Content(""), id=id, classes=classes, markup=False)
        self._wraps = wraps
        self._lines: list[Line] = []
        self._room = (0, 0)
        """Width and number of the lines drawn last; with the same again the screen need not be laid out anew."""
        self.display = False

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines; nothing is drawn when they are the same."""
        if list(lines) != self._lines:
            self._lines = list(lines)
            self.display = bool(lines)
            self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Cut the lines for the new width."""
        self._draw()

    def _draw(self) -> None:
        width = self.content_size.width or 200
        lines = [part for line in self._lines for part in (wrap(line, width) if self._wraps else [cut(line, width)])]
        before, self._room = self._room, (width, len(lines))
        self.update(Content("\n").join(content_of(line) for line in lines), layout=self._room != before)
