"""Which processes of a list are marked: one by one, or all that match a filter."""

from __future__ import annotations

from collections.abc import Iterable

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.rows import Matching, Row, Selection


class Marks:
    """Marked processes by id, as they were last seen; they stay marked when they leave the list."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.matching: Matching | None = None
        """Set while all that match a filter are marked and they are more than `rows` has."""
        self.range: tuple[int, Row] | None = None
        """Position and row at which a range begins that is not marked yet."""

    def __len__(self) -> int:
        return self.matching.total if self.matching else len(self.rows)

    def __contains__(self, row: Row) -> bool:
        return self.matching is not None or row.id in self.rows

    def toggle(self, row: Row) -> None:
        """Mark a process, or unmark it."""
        self.matching = None
        if self.rows.pop(row.id, None) is None:
            self.rows[row.id] = row

    def add(self, rows: Iterable[Row]) -> None:
        """Mark some more."""
        self.matching = None
        self.rows.update((row.id, row) for row in rows)

    def mark_all(self, matching: Matching) -> None:
        """Mark all that match, in place of what is marked."""
        self.range = None
        self.rows = {row.id: row for row in matching.rows}
        self.matching = None if matching.is_whole else matching

    def see(self, rows: Iterable[Row]) -> None:
        """Take note of how marked processes are now."""
        self.rows.update((row.id, row) for row in rows if row.id in self.rows)

    def forget(self, ids: Iterable[str]) -> None:
        """Take the marks off some processes; nothing is left of "all that match" then."""
        for process_id in ids:
            self.rows.pop(process_id, None)
        if self.matching is not None:
            self.clear()

    def clear(self) -> None:
        """Take all marks off."""
        self.rows.clear()
        self.matching = self.range = None

    def shift_range(self, by: int) -> None:
        """Move the beginning of a range with its row."""
        if self.range is not None:
            self.range = (self.range[0] + by, self.range[1])

    def is_in_range(self, index: int, cursor: int) -> bool:
        """Say whether a position lies between the beginning of a range and the cursor."""
        if self.range is None:
            return False
        first, last = sorted((self.range[0], cursor))
        return first <= index <= last

    def selection(self, cursor: Row | None) -> Selection:
        """Return what a verb is meant for: the marked ones, or the one under the cursor."""
        if self.matching is not None:
            return Selection(
                tuple(self.rows), self.matching.filter, self.matching.total, self.matching.total_is_floor
            )
        ids = tuple(self.rows) or ((cursor.id,) if cursor else ())
        return Selection(ids, total=len(ids))

    def words(self, cursor: int) -> str:
        """Say how many are marked, or would be with the cursor at a position; empty when none are."""
        if self.range is not None:
            return f"range of {abs(cursor - self.range[0]) + 1:,} · {hint('{list.range} marks it')}"
        if self.matching is not None:
            floor = "+" if self.matching.total_is_floor else ""
            return f"all {self.matching.total:,}{floor} that match marked · {hint('{list.unmark} forgets')}"
        return f"{len(self.rows):,} marked · {hint('{list.unmark} forgets')}" if self.rows else ""
