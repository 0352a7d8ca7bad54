"""Versions of a document as lines: the list of them, what one is, and how two differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jobboy_console.facts.changes import SIGNS, ValueChange
from jobboy_console.facts.snapshots import VersionLine, VersionView
from jobboy_console.looks.lines import Line, Part, width_of, wrap
from jobboy_console.looks.text import plural, safe_text, when
from jobboy_console.reading.histories import kind_words
from jobboy_console.reading.trees import Mark, Path

MOST_CHANGES = 1_000
"""Values of a difference that are told."""
_STYLES = {"added": "added", "changed": "accent", "removed": "removed"}


def key_of(version: VersionLine) -> int:
    """Return what tells a version from the others whatever comes after it: the number of its event, or 0."""
    return 0 if version.event is None else version.event.seq


def counts_width(versions: Sequence[VersionLine]) -> int:
    """Return the cells that the widest count of changes takes."""
    return max((width_of(_counts(version.changes)) for version in versions), default=0)


def version_line(version: VersionLine, now: datetime, *, is_base: bool, counts: int = 0) -> Line:
    """Return the row of a version: its number, when and by what it was made, and what that changed.

    Args:
        version: to tell.
        now: the present.
        is_base: whether others are compared with it.
        counts: cells for how many values it changed; see `counts_width`.
    """
    mark: Part = (" A ", "heading") if is_base else ("   ", "plain")
    number: Part = (f"{version.index:>4}  ", "bold")
    event = version.event
    if event is None:
        return (mark, number, ("the oldest that is known", "quiet"))
    step = f" {safe_text(event.step, limit=24)}" if event.step else ""
    return (
        mark,
        number,
        (f"{when(event.at, now)}  ", "quiet"),
        *_padded(_counts(version.changes), counts),
        (f"  {kind_words(event.kind)}{step}", "plain"),
        *_first(version.changes),
    )


def version_head(
    version: VersionLine, view: VersionView, last: int, now: datetime, width: int, *, marked: bool
) -> list[Line]:
    """Return what is shown: which version of how many, when and by whom it was made, and what it is compared with."""
    parts: list[Part] = [(f"Version {version.index} of {last}", "bold")]
    if version.event is not None:
        event = version.event
        step = f" {safe_text(event.step, limit=40)}" if event.step else ""
        parts.append((f"  {when(event.at, now)} UTC  {kind_words(event.kind)}{step}", "plain"))
        parts.append((f"  by {safe_text(event.actor, limit=60)}", "quiet"))
        if event.reason:
            parts.append((f"  “{safe_text(event.reason, limit=200)}”", "bold"))
    compared = "itself" if view.base == view.index else f"version {view.base}{' (A)' if marked else ''}"
    number = plural(len(view.changes), "value") + (" differs" if len(view.changes) == 1 else " differ")
    lines = wrap(tuple(parts), width, indent=2)
    if last == 0:
        return [*lines, (("There is no other: it has not changed in all that is known.", "quiet"),)]
    return [*lines, ((f"Compared with {compared}: ", "quiet"), (number, "accent" if view.changes else "quiet"))]


def difference_lines(changes: Sequence[ValueChange], width: int) -> list[Line]:
    """Return how two versions differ: a line for each value, or one for each side where they are long."""
    if not changes:
        return [(("There is no difference.", "quiet"),)]
    lines: list[Line] = []
    for change in changes[:MOST_CHANGES]:
        style = _STYLES[change.operation]
        head: Line = ((f"{SIGNS[change.operation]} ", style), (f"{change.path}  ", "key"))
        if width_of(head) + len(change.words) <= width or change.operation != "changed":
            lines += wrap(
                (*head, (change.words, "removed" if change.operation == "removed" else "plain")), width, indent=4
            )
        else:
            lines.append(head)
            lines += _side("-", change.before, "removed", width) + _side("+", change.after, "added", width)
    if len(changes) > MOST_CHANGES:
        lines.append(((f"… {len(changes) - MOST_CHANGES:,} more values differ", "quiet"),))
    return lines


def difference_marks(changes: Sequence[ValueChange]) -> dict[Path, Mark]:
    """Return a mark for every value that differs, for the tree of the newer version.

    What was removed from a list marks the list: its place may be another item's now.
    """
    marks: dict[Path, Mark] = {}
    for change in changes:
        if change.operation == "removed" and isinstance(change.keys[-1], int):
            marks.setdefault(change.keys[:-1], Mark("changed", 1, None))
        else:
            marks[change.keys] = Mark(change.operation, 1, None, change.before)
    return marks


def _side(sign: str, value: str | None, style: str, width: int) -> list[Line]:
    pieces = wrap(((value or "", style),), max(width - 6, 10))
    return [((f"    {' ' if place else sign} ", style), *piece) for place, piece in enumerate(pieces)]


def _counts(changes: Sequence[ValueChange]) -> Line:
    operations = [change.operation for change in changes]
    parts = [(f"{sign}{operations.count(name)}", _STYLES[name]) for name, sign in SIGNS.items() if name in operations]
    return tuple((f" {text}", style) for text, style in parts)


def _padded(line: Line, width: int) -> Line:
    return (*line, (" " * max(width - width_of(line), 0), "plain"))


def _first(changes: Sequence[ValueChange]) -> Line:
    if not changes:
        return ()
    more = f"  (+{len(changes) - 1})" if len(changes) > 1 else ""
    inside = ".".join(safe_text(key, limit=40) for key in changes[0].keys)
    return ((f"  {inside} ", "key"), (f"{changes[0].words}", "quiet"), (more, "quiet"))
