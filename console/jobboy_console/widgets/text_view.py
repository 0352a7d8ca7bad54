"""A long text of styled lines that one scrolls, wraps and, when it is a tail, follows."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.geometry import Size
from textual.strip import Strip

from jobboy_console.commands import bindings
from jobboy_console.lines import Line, wrap
from jobboy_console.widgets.line_widget import LineWidget

MOST_LINES = 10_000
"""Lines a tail keeps; older ones are in the timeline."""


class TextView(LineWidget):
    """Shows lines; only the visible ones are drawn.

    As a tail it follows new lines while its end is in view; scrolling up stops that and counts what is new.

    Args:
        tail: follow the end.
        wraps: break long lines at first.
        id: in the screen.
        classes: for its look.
    """

    BINDINGS = bindings("text")

    def __init__(
        self, *, tail: bool = False, wraps: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._tail = tail
        self._lines: list[Line] = []
        self._shown: list[Line] = []
        self._wraps = wraps
        self.following = tail
        self.unseen = 0
        """Lines that came while the tail was not followed."""

    @property
    def lines(self) -> Sequence[Line]:
        """What it shows, not wrapped."""
        return self._lines

    @property
    def wraps(self) -> bool:
        """Whether long lines are broken instead of cut."""
        return self._wraps

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines in place of these; the place one was reading stays."""
        if list(lines) == self._lines:
            return
        self._lines = list(lines)
        self._lay_out()

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines at the end."""
        if not lines:
            return
        self._lines.extend(lines)
        del self._lines[:-MOST_LINES]
        if not self.following:
            self.unseen += len(lines)
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """Draw a visible line."""
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        line = self._shown[index] if index < len(self._shown) else ()
        if self.unseen and y == self.scrollable_content_region.height - 1:
            badge: Line = ((f" ▼ {self.unseen:,} new · f follows ", "accent"),)
            return self.strip_of(badge, width, over="reverse")
        return self.strip_of(line, width)

    def on_resize(self, event: events.Resize) -> None:
        """Break lines anew for the new width."""
        self._lay_out()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stop following when one scrolls up, go on at the end."""
        super().watch_scroll_y(old_value, new_value)
        if self._tail and old_value != new_value:
            if new_value < old_value and new_value < self.max_scroll_y:
                self.following = False
            elif new_value >= self.max_scroll_y:
                self._catch_up()

    def action_wrap(self) -> None:
        """Break long lines, or cut them again."""
        self._wraps = not self._wraps
        self._lay_out()

    def action_follow(self) -> None:
        """Go to the end and stay there."""
        if self._tail:
            self._catch_up()
        self._to_end()

    def action_scroll_lines(self, by: int) -> None:
        """Move the view by lines."""
        self.scroll_to(y=self.scroll_offset.y + by, animate=False, force=True)

    def action_scroll_pages(self, by: float) -> None:
        """Move the view by pages."""
        self.scroll_to(
            y=self.scroll_offset.y + round(by * self.scrollable_content_region.height), animate=False, force=True
        )

    def action_first(self) -> None:
        """Go to the beginning."""
        self.scroll_to(y=0, animate=False, force=True)

    def action_last(self) -> None:
        """Go to the end."""
        self.action_follow()

    def _catch_up(self) -> None:
        self.following = True
        if self.unseen:
            self.unseen = 0
            self.refresh()

    def _lay_out(self) -> None:
        width = max(self.scrollable_content_region.width, 1)
        if self._wraps:
            self._shown = [part for line in self._lines for part in wrap(line, width, indent=4)]
        else:
            self._shown = self._lines
        following = self.following
        self.virtual_size = Size(width, len(self._shown))
        self.refresh()
        if following:
            self._to_end()

    def _to_end(self) -> None:
        self.scroll_to(y=max(len(self._shown) - self.scrollable_content_region.height, 0), animate=False, force=True)
