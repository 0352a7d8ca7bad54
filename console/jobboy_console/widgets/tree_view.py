"""A JSON object as a tree one walks through: folded, searched, with signs for what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.message import Message

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.looks.lines import Line
from jobboy_console.reading.searching import Needle, highlighted
from jobboy_console.reading.trees import Folding, Mark, Path, TreeRow, paths_with, tree_rows, value_at
from jobboy_console.widgets.clock import Clock
from jobboy_console.widgets.cursor_view import CursorView

NOTICE: Path = ("\0",)
"""Path of the rows above the object."""


class TreeView(CursorView):
    """Shows an object; what the reader opened, closed and stands on stays through every refresh.

    Args:
        clock: for the moments of changes.
        id: in the screen.
    """

    BINDINGS = bindings("tree", "rows")

    @dataclass
    class WholeWanted(Message):
        """The reader wants to see a value in full; `NOTICE` as the path for the lines above the object."""

        path: Path
        value: Any

    def __init__(self, clock: Clock, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._values: Mapping[str, Any] = {}
        self._marks: Mapping[Path, Mark] = {}
        self._notice: Sequence[Line] = ()
        self._needle: Needle | None = None
        self._found: list[Path] | None = None
        """Places of what is searched for, once they were looked for in these values."""
        self.folding = Folding()

    def show(
        self, values: Mapping[str, Any], *, marks: Mapping[Path, Mark] | None = None, notice: Sequence[Line] = ()
    ) -> None:
        """Show another object, or the same one later.

        Args:
            values: the object; it is not changed meanwhile.
            marks: what changed.
            notice: lines above it.
        """
        self._values, self._marks, self._notice = values, marks or {}, notice
        self._found = None
        self._lay_out()

    def decorated(self, line: Line) -> Line:
        """Mark what is searched for."""
        return line if self._needle is None else highlighted(line, self._needle)

    def on_resize(self, event: events.Resize) -> None:
        """Cut values for the new width."""
        self._lay_out()

    # --- opening and closing ---

    def action_pick(self) -> None:
        """Open or close an object or list, show more of a long one, or show a value in full."""
        row = self._row
        if row is None:
            return
        if row.kind == "more":
            self.folding.show_more(row.path)
            self._lay_out()
        elif row.kind in ("open", "closed"):
            self.action_fold()
        else:
            self.action_whole()

    def action_fold(self) -> None:
        """Open or close the object or list under the cursor, or close the one the cursor is in."""
        row = self._row
        if row is None or row.path == NOTICE:
            return
        path = row.path if row.kind in ("open", "closed") else row.path[:-1]
        if path:
            self.folding.flip(path, len(value_at(self._values, path)))
            self._lay_out(cursor=(path, 0))

    def action_whole(self) -> None:
        """Show the value under the cursor in full."""
        row = self._row
        if row is None:
            return
        if row.path == NOTICE:
            self.post_message(self.WholeWanted(NOTICE, None))
        elif row.kind == "gone":
            self.notify(hint("Only the history has it now: {process.versions} shows the versions."), markup=False)
        else:
            self.post_message(self.WholeWanted(row.path, value_at(self._values, row.path)))

    def action_expand(self) -> None:
        """Open everything, long texts over several lines; or as it was."""
        self.folding.whole = not self.folding.whole
        self._lay_out()

    # --- searching ---

    def search(self, needle: Needle | None) -> str:
        """Go to the next key or value that holds a text; returns what was found, in safe words."""
        self._needle, self._found = needle, None
        self.refresh()
        return "" if needle is None else self.next_match(1)

    def next_match(self, by: int) -> str:
        """Go to the next place, or the one before; returns which one of how many, in words."""
        if self._needle is None:
            return "/ searches"
        if self._found is None:
            self._found = list(paths_with(self._values, self._needle.text.lower()))
        found = self._found
        if not found:
            return "not found"
        here = self._row.path if self._row else ()
        place = (found.index(here) + by) % len(found) if here in found else 0
        self.folding.open_to(found[place])
        self._reveal(found[place])
        self._lay_out(cursor=(found[place], 0))
        return f"{place + 1} of {len(found)}"

    def _reveal(self, path: Path) -> None:
        """Show enough of a long list or object for a value inside to be among it."""
        for depth, key in enumerate(path):
            inside = value_at(self._values, path[:depth])
            at = key if isinstance(key, int) else list(inside).index(key)
            while at >= self.folding.limit(path[:depth]):
                self.folding.show_more(path[:depth])

    # --- its parts ---

    @property
    def _row(self) -> TreeRow | None:
        row = self._rows[self.cursor] if self._rows else None
        return row if isinstance(row, TreeRow) else None

    def _lay_out(self, *, cursor: tuple[Path, int] | None = None) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        rows = [TreeRow(NOTICE, place, "text", line) for place, line in enumerate(self._notice)]
        rows += tree_rows(self._values, marks=self._marks, folding=self.folding, width=width, now=self._clock.now())
        self.show_rows(rows, cursor=cursor)
