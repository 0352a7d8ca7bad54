"""Base of everything that draws lines itself: styles resolved once, only what is visible is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from jobboy_console.looks.lines import STYLES, Line, cut, width_of


class LineWidget(ScrollView, can_focus=True):
    """Draws `Line` values; the cost of a refresh is that of the visible lines."""

    DEFAULT_CSS = """
    LineWidget {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-background: $surface;
        scrollbar-color: $frame;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._styles_by_name: dict[tuple[str, str], RichStyle] = {}

    def make_room(self, lines: int) -> None:
        """Let so many lines be scrolled through.

        Where its height is given, all numbers of lines that fit are one: another size would be laid out, and what is
        laid out is drawn whole.
        """
        region = self.scrollable_content_region
        fits = lines <= region.height and not self.styles.is_auto_height
        self.virtual_size = Size(max(region.width, 1), 1 if fits else lines)

    def draw_changed(self, before: Sequence[object], after: Sequence[object]) -> None:
        """Draw the visible lines that differ.

        Args:
            before: what they were made of: first what they have in common, then what each has of its own.
            after: what they are made of now.
        """
        if len(before) != len(after) or before[0] != after[0]:
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before[1:], after[1:], strict=True)):
            if old != new:
                self.refresh_line(y + self.scroll_offset.y)

    def notify_style_update(self) -> None:
        """Forget resolved styles: the theme or the focus has changed."""
        self._styles_by_name.clear()
        super().notify_style_update()

    def style_named(self, name: str, *, over: str = "") -> RichStyle:
        """Resolve a name of `STYLES` on this widget's background, or on Textual's words `over`.

        The named style comes last, so that a state keeps its colour on the row of the cursor.
        """
        found = self._styles_by_name.get((name, over))
        if found is None:
            variables = self.app.theme_variables
            style = self.visual_style
            if over:
                plain = self.app.native_ansi_color or self.app.no_color
                before, has_ground, _ = over.partition("on $")
                shown = f"{before}reverse" if plain and has_ground else over  # no shades there
                style += Style.parse(shown, variables)
            style += Style.parse(STYLES[name], variables)
            found = self._styles_by_name[name, over] = style.rich_style
        return found

    def strip_of(self, line: Line, width: int, *, over: str = "") -> Strip:
        """Draw a line in exactly `width` cells."""
        fitting = cut(line, width)
        segments = [Segment(text, self.style_named(name, over=over)) for text, name in fitting if text]
        padding = width - width_of(fitting)
        if padding > 0:
            segments.append(Segment(" " * padding, self.style_named("plain", over=over)))
        return Strip(segments, width)
