"""A JSON object as rows of a tree: folded where it is long, with signs for what changed and when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Literal

from rich.cells import cell_len

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.changes import SIGNS, LeftOut, Operation, ValueChange
from jobboy_console.looks.lines import Line, Part, broken, width_of
from jobboy_console.looks.text import amount, fit, safe_lines, safe_text, when

Path = tuple[str | int, ...]
"""Keys and places from the outside in; empty for the object itself."""
RowKind = Literal["leaf", "open", "closed", "more", "gone", "text"]

OPEN_AT_MOST = 12
"""Values that an object or list inside may have to be open at first."""
PAGE = 100
"""Values of one object or list that are shown at first, and more each time they are asked for."""
MOST_ROWS = 5_000
WHOLE = 20_000
"""Characters of one text that are shown in the tree when everything is expanded."""
_KEY_WIDTH = 24
_HINT_WIDTH = 90
"""Cells from which on a cut value says in words how much of it is hidden."""
_CHANGE_STYLES = {"added": "added", "changed": "accent", "removed": "removed"}


@dataclass(frozen=True, slots=True)
class Mark:
    """The last change of one value."""

    operation: Operation
    seq: int
    """Of the event; the marks with the highest one are the newest."""
    at: datetime | None
    before: str | None = None
    """What it was, short and safe; None when it was not there."""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A line of a tree."""

    path: Path
    part: int
    """0, or the place of a further line of the same value."""
    kind: RowKind
    line: Line
    side: Line = ()
    """Stands at the right edge: when it changed last."""

    @property
    def key(self) -> tuple[Path, int]:
        """Tells the row from every other, whatever comes before it."""
        return self.path, self.part


@dataclass
class Folding:
    """What the reader has opened and closed; everything else is open while it is short."""

    choices: dict[Path, bool] = field(default_factory=dict)
    shown: dict[Path, int] = field(default_factory=dict)
    """How many values of a long object or list are shown."""
    whole: bool = False
    """Everything open, and long texts over as many lines as they need."""

    def is_open(self, path: Path, length: int) -> bool:
        """Say whether the values inside are shown."""
        return self.choices.get(path, self.whole or length <= OPEN_AT_MOST)

    def flip(self, path: Path, length: int) -> None:
        """Open what is closed, close what is open."""
        self.choices[path] = not self.is_open(path, length)

    def open_to(self, path: Path) -> None:
        """Open everything above a value, and show enough of it."""
        for depth in range(len(path)):
            self.choices[path[:depth]] = True

    def limit(self, path: Path) -> int:
        """How many values of an object or list are shown."""
        return self.shown.get(path, PAGE)

    def show_more(self, path: Path) -> None:
        """Show a page more."""
        self.shown[path] = self.limit(path) + 10 * PAGE


def marks_of(changes: list[ValueChange], document: str, seq: int, at: datetime | None) -> dict[Path, Mark]:
    """Return a mark for every value of a document that an event changed."""
    return {
        change.keys[1:]: Mark(change.operation, seq, at, change.before)
        for change in changes
        if change.keys[:1] == (document,) and len(change.keys) > 1
    }


def tree_rows(
    values: Mapping[str, Any], *, marks: Mapping[Path, Mark], folding: Folding, width: int, now: datetime
) -> list[TreeRow]:
    """Return the rows of an object; what is cut, folded or too much is said in its place."""
    tree = _Tree(marks, folding, width, now)
    rows = list(islice(tree.inside(values, ()), MOST_ROWS))
    if len(rows) == MOST_ROWS:
        rows.append(TreeRow((), MOST_ROWS, "text", (("   … more than fits here: fold something", "quiet"),)))
    return rows


def value_at(values: Any, path: Path) -> Any:
    """Return the value at a path.

    Raises:
        KeyError, IndexError: it is not there any more.
    """
    for key in path:
        values = values[key]
    return values


def paths_with(values: Any, needle: str, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of keys and plain values that hold a text, whatever its case, in the order of the tree."""
    if isinstance(values, (dict, list)):
        for key, value in values.items() if isinstance(values, dict) else enumerate(values):
            inner = (*path, key)
            plain = not isinstance(value, (dict, list))
            if (isinstance(key, str) and needle in key.lower()) or (plain and needle in _searched(value).lower()):
                yield inner
            if not plain:
                yield from paths_with(value, needle, inner)


def whole_value(value: Any) -> str:
    """Return a value as text: text as it is, everything else as indented JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2, default=_omitted)


class _Tree:
    """Walks through one object at one width."""

    def __init__(self, marks: Mapping[Path, Mark], folding: Folding, width: int, now: datetime) -> None:
        self._marks = marks
        self._folding = folding
        self._width = width
        self._now = now
        self._newest = max((mark.seq for mark in marks.values()), default=0)
        self._above_newest = {
            path[:depth] for path, mark in marks.items() if mark.seq == self._newest for depth in range(len(path))
        }
        self._gone: dict[Path, list[Path]] = {}
        for path, mark in marks.items():
            if mark.operation == "removed" and mark.seq == self._newest:
                self._gone.setdefault(path[:-1], []).append(path)
        self._side_width = max((len(self._moment(mark)) for mark in marks.values()), default=0)

    @property
    def _longest_key(self) -> int:
        """Characters of a key that are shown: whoever named it long must not hide its value."""
        return min(60, max(self._width // 2, 12))

    def inside(self, values: Any, path: Path) -> Iterator[TreeRow]:
        """Yield the rows of what an object or list holds, and of what was just taken from it."""
        limit = self._folding.limit(path)
        entries = values.items() if isinstance(values, Mapping) else enumerate(values)
        shown = list(islice(entries, limit))
        gone = self._gone.get(path, ())
        keys = (*(key for key, _ in shown), *(path[-1] for path in gone))
        names = [safe_text(key, limit=self._longest_key) for key in keys]
        key_width = min(max(map(cell_len, names), default=0), _KEY_WIDTH)
        for name, (key, value) in zip(names, shown, strict=False):
            yield from self._value((*path, key), name, key_width, value)
        for was_here in gone:
            yield self._removed(was_here, key_width)
        if len(values) > limit:
            text = f"… {len(values) - limit:,} more · {hint('{rows.pick} shows more')}"
            yield TreeRow(path, -1, "more", (*self._head("", " ", path, extra=1), (text, "quiet")))

    def _value(self, path: Path, name: str, key_width: int, value: Any) -> Iterator[TreeRow]:
        if isinstance(path[-1], int):
            label: Part = (name.rjust(key_width), "quiet")
        else:
            label = (fit(name, key_width) if cell_len(name) < key_width else name, "key")
        if isinstance(value, (dict, list)) and value:
            is_open = self._folding.is_open(path, len(value))
            head = (*self._head(self._sign(path), "▾" if is_open else "▸", path), label, ("  ", "plain"))
            line = (*head, *_size(value), *(() if is_open else self._preview(value, head)))
            yield TreeRow(path, 0, "open" if is_open else "closed", line, self._side(path))
            if is_open:
                yield from self.inside(value, path)
            return
        head = (*self._head(self._sign(path), " ", path), label, ("  ", "plain"))
        side = self._side(path)
        if self._folding.whole and isinstance(value, str) and not self._fits(value, head, side):
            yield from self._over_lines(path, head, value, side)
        else:
            yield TreeRow(path, 0, "leaf", (*head, *self._leaf(value, head, side, self._was(path))), side)

    def _leaf(self, value: Any, head: Line, side: Line, was: str | None) -> Line:
        room = self._room(head, side)
        before: Line = ()
        if was is not None:
            shown = was if cell_len(was) <= room // 3 else fit(was, max(room // 3, 1))
            before = ((f"{shown} → ", "quiet"),)
            room -= width_of(before)
        if not isinstance(value, str):
            return (*before, (_plain(value), _style(value)))
        if len(value) <= room and cell_len(quoted := f'"{safe_text(value, limit=None)}"') <= room:
            return (*before, (quoted, "plain"))
        words = hint(" characters · {rows.pick}") if self._width >= _HINT_WIDTH else ""
        kept = max(room - 10 - len(words), 8)
        shown, hidden = safe_text(value[:kept], limit=None), max(len(value) - kept, 1)
        return (*before, (f'"{shown}"', "plain"), (f" …+{amount(hidden)}{words}", "quiet"))

    def _over_lines(self, path: Path, head: Line, value: str, side: Line) -> Iterator[TreeRow]:
        indent = " " * (3 + 2 * len(path))
        pieces = [
            piece
            for line in safe_lines(value, limit=WHOLE)
            for piece in broken(line, max(self._width - len(indent), 10))
        ]
        yield TreeRow(path, 0, "leaf", (*head, (f"{len(value):,} characters", "quiet")), side)
        for part, piece in enumerate(pieces, start=1):
            yield TreeRow(path, part, "text", ((indent, "plain"), (piece, "plain")))

    def _removed(self, path: Path, key_width: int) -> TreeRow:
        mark = self._marks[path]
        name = safe_text(path[-1], limit=self._longest_key)
        label = fit(name, key_width) if cell_len(name) < key_width else name
        head = self._head(SIGNS["removed"], " ", path)
        line = (*head, (f"{label}  ", "removed"), (f"was {mark.before}", "removed"))
        return TreeRow(path, 0, "gone", line, self._side(path))

    def _preview(self, value: Any, head: Line) -> Line:
        items = [f"{safe_text(key, limit=20)}" for key in islice(value, 6)] if isinstance(value, dict) else None
        if items is None:
            items = [
                "…" if isinstance(item, (dict, list)) else safe_text(_plain(item), limit=24) for item in value[:4]
            ]
        more = ", …" if len(value) > len(items) else ""
        text = safe_text(f"  {', '.join(items)}{more}", limit=max(self._room(head, ()) - self._side_width, 1))
        return ((text, "quiet"),)

    def _head(self, sign: str, fold: str, path: Path, *, extra: int = 0) -> Line:
        mark = self._marks.get(path)
        style = _CHANGE_STYLES[mark.operation] if sign and mark else "accent"
        indent = "  " * (len(path) - 1 + extra)
        return ((sign or " ", style), (f"{indent}{fold} ", "quiet"))

    def _sign(self, path: Path) -> str:
        mark = self._marks.get(path)
        if mark is not None and mark.seq == self._newest:
            return SIGNS[mark.operation]
        return "·" if path in self._above_newest else ""

    def _was(self, path: Path) -> str | None:
        mark = self._marks.get(path)
        return mark.before if mark and mark.seq == self._newest and mark.operation == "changed" else None

    def _side(self, path: Path) -> Line:
        mark = self._marks.get(path)
        if mark is None:
            return ()
        moment = self._moment(mark)
        return ((f"{moment:>{self._side_width}}", "accent" if mark.seq == self._newest else "quiet"),)

    def _moment(self, mark: Mark) -> str:
        return "" if mark.at is None else when(mark.at, self._now)

    def _fits(self, value: str, head: Line, side: Line) -> bool:
        return "\n" not in value and len(value) < self._room(head, side)

    def _room(self, head: Line, side: Line) -> int:
        return max(self._width - width_of(head) - (width_of(side) + 2 if side else 0), 10)


def _size(value: dict[str, Any] | list[Any]) -> Line:
    shown = f"{{{len(value):,}}}" if isinstance(value, dict) else f"[{len(value):,}]"
    return ((shown, "quiet"),)


def _plain(value: Any) -> str:
    if isinstance(value, LeftOut):
        return value.words
    return json.dumps(value, ensure_ascii=False, default=_omitted)


def _searched(value: Any) -> str:
    return value if isinstance(value, str) else _plain(value)


def _style(value: Any) -> str:
    return "quiet" if value is None or isinstance(value, LeftOut) else "accent"


def _omitted(value: object) -> str:
    return value.words if isinstance(value, LeftOut) else str(value)
