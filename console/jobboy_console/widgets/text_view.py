"""A long text of styled lines that one scrolls, wraps, searches, narrows and, when it is a tail, follows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.strip import Strip

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.reading.searching import Needle, highlighted
from jobboy_console.widgets.line_widget import LineWidget

MOST_LINES = 10_000
"""Lines a tail keeps; older ones are in the timeline."""
SPARE_LINES = 1_000
"""Lines a tail may have above that, so that not every new one makes it drop an old one."""


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

    @dataclass
    class Followed(Message):
        """A tail has begun to follow its end, or stopped."""

    def __init__(
        self, *, tail: bool = False, wraps: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._tail = tail
        self._lines: list[Line] = []
        self._kept: list[Line] = []
        self._shown: list[Line] = []
        self._starts: list[int] = []
        """Place in what is shown of each kept line, while lines are broken."""
        self._wraps = wraps
        self._needle: Needle | None = None
        self._keep: Needle | None = None
        self._matched: int | None = None
        """Place of the line that was found last."""
        self.following = tail
        self.unseen = 0
        """Lines that came while the tail was not followed."""

    @property
    def lines(self) -> Sequence[Line]:
        """What it has, neither wrapped nor narrowed."""
        return self._lines

    @property
    def kept_lines(self) -> Sequence[Line]:
        """What the keep-only filter leaves of it, not wrapped."""
        return self._kept

    @property
    def wraps(self) -> bool:
        """Whether long lines are broken instead of cut."""
        return self._wraps

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines in place of these; the place one was reading stays."""
        if list(lines) == self._lines:
            return
        drawn = self._drawn()
        self._lines = list(lines)
        self._lay_out()
        self.draw_changed(drawn, self._drawn())

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines at the end; what is read stays where it is."""
        if not lines:
            return
        self._lines.extend(lines)
        kept = [line for line in lines if self._keep is None or self._keep.wants(line)]
        if not self.following:
            self.unseen += len(kept)
        if len(self._lines) > MOST_LINES + SPARE_LINES:
            before = len(self._shown)
            del self._lines[:-MOST_LINES]
            self._lay_out()
            self.refresh()
            if not self.following:
                dropped = before + len(kept) - len(self._shown)
                self.scroll_to(y=max(self.scroll_offset.y - dropped, 0), animate=False, force=True)
        elif kept:
            self._add(kept)
            self._settle()
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw a visible line."""
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        line = self._shown[index] if index < len(self._shown) else ()
        if self.unseen and y == self.scrollable_content_region.height - 1:
            badge: Line = ((f" ▼ {self.unseen:,} new · {hint('{text.follow} follows')} ", "accent"),)
            return self.strip_of(badge, width, over="reverse")
        if not self._shown and y == 0 and self._keep is not None and self._lines:
            return self.strip_of(
                (("Nothing here is kept: keep only an empty text to see all again.", "quiet"),), width
            )
        return self.strip_of(line if self._needle is None else highlighted(line, self._needle), width)

    def on_resize(self, event: events.Resize) -> None:
        """Break lines anew for the new width."""
        if self._wraps:
            self._lay_out()
        else:
            self._settle()
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stop following when one scrolls up, go on at the end."""
        super().watch_scroll_y(old_value, new_value)
        if self._tail and old_value != new_value:
            if new_value < old_value and new_value < self.max_scroll_y:
                self._follow(False)
            elif new_value >= self.max_scroll_y:
                self._catch_up()

    def action_wrap(self) -> None:
        """Break long lines, or cut them again; the line on top stays there."""
        top = max(bisect_right(self._starts, self.scroll_offset.y) - 1, 0) if self._wraps else self.scroll_offset.y
        self._wraps = not self._wraps
        self._lay_out()
        self.refresh()
        if not self.following:
            row = self._starts[top] if self._wraps and top < len(self._starts) else top
            self.scroll_to(y=row, animate=False, force=True)

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

    # --- searching and narrowing ---

    def search(self, needle: Needle | None) -> str:
        """Go to the first line, from the one on top, that holds a text; returns what was found, in words."""
        self._needle = needle
        self.refresh()
        return "" if needle is None else self._go_to_match(self._top, 1)

    def next_match(self, by: int) -> str:
        """Go to the next line that holds it, or the one before; returns which one of how many, in words."""
        return "/ searches" if self._needle is None else self._go_to_match(self._top + by, by)

    def keep(self, needle: Needle | None) -> str:
        """Show only the lines that are wanted, None for all; returns how many there are, in words."""
        self._keep = needle
        self._lay_out()
        self.refresh()
        return "" if needle is None else f"{len(self._kept):,} of {len(self._lines):,} lines"

    def _go_to_match(self, start: int, by: int) -> str:
        needle = self._needle
        found = [at for at, line in enumerate(self._kept) if needle is not None and needle.wants(line)]
        if not found:
            return "not found"
        if by > 0:
            place = next((at for at, line in enumerate(found) if line >= start), 0)
        else:
            place = next((at for at in range(len(found) - 1, -1, -1) if found[at] <= start), len(found) - 1)
        if self._tail:
            self._follow(False)
        row = self._starts[found[place]] if self._wraps else found[place]
        self.scroll_to(y=row, animate=False, force=True)
        self._matched = found[place]
        return f"{place + 1} of {len(found)}"

    @property
    def _top(self) -> int:
        """Place of the line where a search goes on: the last one found while it is in sight, else the top one."""
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.scrollable_content_region.height
        if self._matched is not None and self._matched < len(self._kept):
            row = self._starts[self._matched] if self._wraps else self._matched
            if top <= row < bottom:
                return self._matched
        return max(bisect_right(self._starts, top) - 1, 0) if self._wraps else top

    def _follow(self, follows: bool) -> None:
        if self.following is not follows:
            self.following = follows
            self.post_message(self.Followed())

    def _catch_up(self) -> None:
        self._follow(True)
        if self.unseen:
            self.unseen = 0
            self.refresh()

    def _drawn(self) -> Sequence[object]:
        """Return all that the visible lines are made of."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        lines = self._shown[top : top + height]
        common = (top, height, self.unseen, bool(lines))
        return [common, *lines, *[()] * (height - len(lines))]

    def _lay_out(self) -> None:
        self._kept, self._shown, self._starts = [], [], []
        self._add([line for line in self._lines if self._keep is None or self._keep.wants(line)])
        self._settle()

    def _add(self, lines: Sequence[Line]) -> None:
        self._kept.extend(lines)
        if not self._wraps:
            self._shown = self._kept
            return
        width = max(self.scrollable_content_region.width, 1)
        for line in lines:
            self._starts.append(len(self._shown))
            self._shown.extend(wrap(line, width, indent=_indent_of(line, width)))

    def _settle(self) -> None:
        self.make_room(len(self._shown))
        if self.following:
            self._to_end()

    def _to_end(self) -> None:
        self.scroll_to(y=max(len(self._shown) - self.scrollable_content_region.height, 0), animate=False, force=True)


def _indent_of(line: Line, width: int) -> int:
    """Return where a broken line goes on: a little further in than it begins."""
    text = "".join(text for text, _ in line)
    return min(len(text) - len(text.lstrip(" ")) + 4, width // 2)
