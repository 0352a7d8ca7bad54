"""An editor of JSON: keys, texts and words in their colours, and a mark on the lines where something is wrong."""

from __future__ import annotations

import re

from rich.style import Style
from rich.text import Text
from textual.color import Color, ColorParseError
from textual.content import Content
from textual.widgets import TextArea

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>\b(?:true|false|null)\b)'
    r"|(?P<number>-?\b\d[\d.eE+-]*)"
)
_COLOURS = {"key": "primary", "text": "success", "word": "accent", "number": "warning"}
_MOST = 2_000
"""Characters of a line that are coloured."""


class JsonArea(TextArea):
    """A text area for JSON.

    It colours by a pattern, line by line: a grammar would be a library more, for a language of four kinds of words.

    Args:
        id: in the screen.
        title: in its frame.
    """

    def __init__(self, *, id: str, title: str) -> None:
        self._wrong: frozenset[int] = frozenset()
        self._styles: dict[str, Style] = {}
        super().__init__("", id=id, show_line_numbers=True, tab_behavior="focus", compact=True, soft_wrap=True)
        self.cursor_blink = False
        self.border_title = Content(title)

    def mark_lines(self, lines: frozenset[int]) -> None:
        """Mark lines, counted from 0, as wrong; the others no more."""
        if lines != self._wrong:
            self._wrong = lines
            super().notify_style_update()  # drops what is drawn already
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """Return a line with its colours."""
        line = super().get_line(line_index)
        for found in _TOKEN.finditer(line.plain[:_MOST]):
            line.stylize(self._style(str(found.lastgroup)), found.start(), found.end())
        if line_index in self._wrong:
            line.stylize(self._style("wrong"), len(line.plain) - len(line.plain.lstrip()))
        return line

    def notify_style_update(self) -> None:
        """Take the colours of another theme."""
        self._styles = {}
        super().notify_style_update()

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self._made(name)
        return self._styles[name]

    def _made(self, name: str) -> Style:
        if name == "wrong":
            return Style(underline=True)
        try:
            return Style(color=Color.parse(self.app.theme_variables[_COLOURS[name]]).rich_color)
        except (KeyError, ColorParseError):  # a theme of the terminal's own colours names some that are not ours
            return Style()
