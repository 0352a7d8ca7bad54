"""The columns of the list of processes: what each shows, and how they share a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rich.cells import cell_len, set_cell_size

from jobboy_console.facts.rows import Row
from jobboy_console.looks.lines import Line, Part
from jobboy_console.looks.text import ago, fit, safe_text, span

Kind = Literal["text", "number", "moment"]
MARK = 1
"""Cells before the first column."""
_LONGEST = 80
"""Characters of a value that are looked at."""


@dataclass(frozen=True)
class Column:
    """One column.

    Widths are in cells: as long as what it shows, but never above `most`, and cut down to `least` where there is no
    room; `fills` takes what the others leave over.
    """

    name: str
    """By which views and the configuration ask for it."""
    heading: str
    says: str
    least: int
    most: int
    kind: Kind
    text_of: Callable[[Row, datetime], str]
    """Returns safe text; empty when there is nothing to show."""
    fills: bool = False
    style: str = "plain"

    def part(self, row: Row, now: datetime, width: int) -> Part:
        """Return the cell of a row in exactly `width` cells."""
        text = self.text_of(row, now)
        if not text:
            return (fit("·", width) if self.kind == "text" else f"{'·':>{width}}", "quiet")
        if self.kind == "text":
            return (fit(text, width), self._style(row))
        return (text.rjust(width) if cell_len(text) <= width else fit(text, width), self._style(row))

    def _style(self, row: Row) -> str:
        if self.name == "note":
            return {"error": "wrong", "stuck": "wrong", "warning": "warning"}.get(row.state.value.style, "quiet")
        if self.name in ("attempt", "crashes"):
            return "warning"
        return self.style


def _moment(get: Callable[[Row], datetime | None]) -> Callable[[Row, datetime], str]:
    def text_of(row: Row, now: datetime) -> str:
        moment = get(row)
        return "" if moment is None else ago(moment, now)

    return text_of


def _text(get: Callable[[Row], object]) -> Callable[[Row, datetime], str]:
    def text_of(row: Row, now: datetime) -> str:
        return safe_text(get(row) or "", limit=_LONGEST)

    return text_of


def _many(get: Callable[[Row], int], usual: int) -> Callable[[Row, datetime], str]:
    """Show a number only where it is not the usual one."""

    def text_of(row: Row, now: datetime) -> str:
        return str(get(row)) if get(row) > usual else ""

    return text_of


def _duration(row: Row, now: datetime) -> str:
    return "" if row.started_at is None else span((row.ended_at or now) - row.started_at)


def _wait(row: Row, now: datetime) -> str:
    return "" if row.wait_until is None or row.wait_until < now else span(row.wait_until - now)


def _state(row: Row, now: datetime) -> str:
    return row.state.label


KNOWN = (
    Column("state", "STATE", "glyph and word", 13, 13, "text", _state),
    Column("id", "ID", "the tail of the id", 8, 8, "text", _text(lambda row: row.short_id)),
    Column("code", "CODE", "the kind of work", 12, 32, "text", _text(lambda row: row.code), style="bold"),
    Column("step", "STEP", "the step that runs or runs next", 6, 24, "text", _text(lambda row: row.step)),
    Column("attempt", "TRY", "how often the step was begun", 3, 4, "number", _many(lambda row: row.attempt, 1)),
    Column("since", "SINCE", "how long it is so", 5, 5, "moment", _moment(lambda row: row.since), style="quiet"),
    Column(
        "note", "NOTE", "the error, who holds it, what it waits for", 14, 200, "text", _text(lambda row: row.note),
        fills=True,
    ),
    Column("worker", "HOLDER", "who holds it", 8, 28, "text", _text(lambda row: row.holder), style="quiet"),
    Column("age", "AGE", "since it was started", 4, 5, "moment", _moment(lambda row: row.created_at), style="quiet"),
    Column(
        "updated", "UPDATED", "since its last change", 7, 7, "moment", _moment(lambda row: row.updated_at),
        style="quiet",
    ),
    Column(
        "started", "STARTED", "since work began", 7, 7, "moment", _moment(lambda row: row.started_at), style="quiet"
    ),
    Column("ended", "ENDED", "since its end", 5, 5, "moment", _moment(lambda row: row.ended_at), style="quiet"),
    Column("duration", "TOOK", "from its begin to its end, or until now", 4, 5, "moment", _duration, style="quiet"),
    Column("held", "HELD", "how long it is held", 4, 5, "moment", _moment(lambda row: row.handled_at), style="quiet"),
    Column("wait", "WAIT", "how long it waits yet", 4, 5, "moment", _wait, style="quiet"),
    Column("priority", "PRIO", "lower is first", 4, 6, "number", _text(lambda row: row.priority)),
    Column("crashes", "DIED", "programs that died in this step", 4, 4, "number", _many(lambda row: row.crashes, 0)),
    Column("generation", "GEN", "1, and 1 for each restart", 3, 4, "number", _many(lambda row: row.generation, 1)),
    Column("key", "KEY", "the key it was started with", 6, 32, "text", _text(lambda row: row.given_key)),
    Column("status", "STATUS", "its status, whoever holds it", 9, 9, "text", _text(lambda row: row.status)),
)  # fmt: skip
USUAL = ("state", "id", "code", "step", "attempt", "since", "note")
_BY_NAME = {column.name: column for column in KNOWN}


def is_known(name: str) -> bool:
    """Say whether a column has this name; paths into documents are columns too, but not known here."""
    return name in _BY_NAME


def column_named(name: str) -> Column:
    """Return a column by its name, or one that shows the values at a path."""
    return _BY_NAME.get(name) or _path_column(name)


def columns_named(names: Sequence[str]) -> tuple[Column, ...]:
    """Return columns in their order, the usual ones when none are named."""
    return tuple(column_named(name) for name in names or USUAL)


def _path_column(path: str) -> Column:
    def text_of(row: Row, now: datetime) -> str:
        return dict(row.values).get(path, "")

    heading = safe_text(path, limit=40)
    return Column(path, heading, "a value in a document", 6, 32, "text", text_of)


# --- sharing a line ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layout:
    """How columns share a line."""

    columns: tuple[Column, ...]
    """Those that fit."""
    widths: tuple[int, ...]
    hidden: int = 0
    """How many do not fit."""

    def row(self, row: Row, now: datetime, *, marked: bool) -> Line:
        """Return a process as a line."""
        parts: list[Part] = [("▌", "accent") if marked else (" ", "plain")]
        for column, width in zip(self.columns, self.widths, strict=True):
            parts += self._state(row) if column.name == "state" else [column.part(row, now, width)]
            parts.append((" ", "plain"))
        return tuple(parts[:-1])

    def heading(self, sorted_by: str = "") -> Line:
        """Return the names of the columns; an arrow stands at the one the list is sorted by."""
        key, falling = sorted_by.removeprefix("-"), sorted_by.startswith("-")
        if key == "created":  # the opposite of an age
            key, falling = "age", not falling
        parts: list[Part] = [(" " * MARK, "plain")]
        for column, width in zip(self.columns, self.widths, strict=True):
            arrow = ("▼" if falling else "▲") if column.name == key else ""
            room = width - cell_len(arrow)
            cut = set_cell_size if arrow else fit
            name = cut(column.heading, min(cell_len(column.heading), room)) + arrow
            text = fit(name, width) if column.kind == "text" else name.rjust(width)
            parts += [(text, "accent" if arrow else "quiet"), (" ", "plain")]
        if not self.hidden:
            return tuple(parts[:-1])
        sign = f" +{self.hidden}…"
        names = "".join(text for text, _ in parts[:-1])
        return ((fit(names, max(cell_len(names) - len(sign), 0)), "quiet"), (sign, "warning"))

    def moments(self, row: Row, now: datetime) -> tuple[tuple[int, int, str], ...]:
        """Return place, width and text of what changes by itself in a row."""
        found: list[tuple[int, int, str]] = []
        place = MARK
        for column, width in zip(self.columns, self.widths, strict=True):
            if column.kind == "moment":
                found.append((place, width, column.text_of(row, now)))
            place += width + 1
        return tuple(found)

    @staticmethod
    def _state(row: Row) -> list[Part]:
        look = row.state.value
        word = "error" if look.style == "stuck" else look.style
        return [(f"{look.glyph:<2}", look.style), (f" {look.word:<10}", word)]


def longest(
    columns: Sequence[Column], rows: Iterable[Row], now: datetime, before: Sequence[int] = ()
) -> tuple[int, ...]:
    """Return the cells each column would like; they only grow, so that columns do not dance."""
    wanted = list(before) if len(before) == len(columns) else [_own(column) for column in columns]
    for row in rows:
        for place, column in enumerate(columns):
            if wanted[place] < column.most and column.kind != "moment":
                wanted[place] = max(wanted[place], cell_len(column.text_of(row, now)))
    return tuple(min(cells, column.most) for cells, column in zip(wanted, columns, strict=True))


def laid_out(columns: Sequence[Column], wanted: Sequence[int], width: int) -> Layout:
    """Share a line: what is too long gives way first; what fits at no width is left out from the end, and counted."""
    kept = list(zip(columns, wanted, strict=True))
    while len(kept) > 1 and _needed([_least(column, cells) for column, cells in kept]) > width:
        last = next((place for place in range(len(kept) - 1, 0, -1) if not kept[place][0].fills), len(kept) - 1)
        del kept[last]
    widths = _shrunk(kept, width)
    filling = next((place for place, (column, _) in enumerate(kept) if column.fills), len(kept) - 1)
    if kept[filling][0].kind == "text":
        widths[filling] += max(width - _needed(widths), 0)
    return Layout(tuple(column for column, _ in kept), tuple(widths), len(columns) - len(kept))


def _shrunk(kept: Sequence[tuple[Column, int]], width: int) -> list[int]:
    """Take from the widest that can give, cell by cell, until all fits."""
    widths = [cells for _, cells in kept]
    least = [_least(column, cells) for column, cells in kept]
    while _needed(widths) > width:
        able = [place for place in range(len(kept)) if widths[place] > least[place]]
        if not able:
            break
        widths[max(able, key=lambda place: widths[place])] -= 1
    return widths


def _least(column: Column, wanted: int) -> int:
    return min(column.least, wanted)


def _own(column: Column) -> int:
    """Return the cells of a column with nothing in it."""
    if column.name == "state":
        return column.least
    arrow = column.kind == "text" and not column.fills
    return max(cell_len(column.heading) + arrow, column.least if column.kind == "moment" else 1)


def _needed(widths: Sequence[int]) -> int:
    return MARK + sum(widths) + len(widths) - 1
