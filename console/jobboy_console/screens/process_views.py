"""What the screen of one process says in its head and above its documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobboy_console.commands.process import TABS
from jobboy_console.facts.rows import Row
from jobboy_console.facts.snapshots import ProcessSnapshot
from jobboy_console.gateway import Document
from jobboy_console.looks.lines import Line, Part, width_of, wrap
from jobboy_console.looks.text import safe_text
from jobboy_console.reading.documents import document_lines, error_lines, output_lines
from jobboy_console.reading.telling import is_broken, is_told_by_reports, reports_of
from jobboy_console.widgets.status_bar import Situation

PARAMETERS = "parameters"
DOCUMENTS: tuple[Document, ...] = ("store", "reports", "output")
"""The documents that change."""
TREES = TABS[:4]
"""The tabs with a document; the others have lines."""
_STORE_TAB, _REPORTS_TAB = TABS.index("Store"), TABS.index("Reports")
_TREE_FOOTER = ("process.explain", "process.versions", "process.search", "tree.whole", "process.expand")
_TEXT_FOOTER = ("process.explain", "process.logs", "process.search", "process.keep", "text.wrap", "process.versions")
_TAIL_FOOTER = (
    "text.follow",
    "process.logs",
    "process.search",
    "process.keep",
    "tail.marker",
    "tail.save",
    "process.explain",
)


def footer_of(tab: str) -> tuple[str, ...]:
    """Return the commands that the footer shows for a tab, beside verbs and help."""
    if tab in TREES:
        return _TREE_FOOTER
    return _TAIL_FOOTER if tab == "Tail" else _TEXT_FOOTER


def likely_tab(row: Row) -> int:
    """Return the tab that is shown until the process is read, so that as a rule nothing jumps when it is."""
    return _REPORTS_TAB if is_broken(row) else _STORE_TAB


def first_tab(snapshot: ProcessSnapshot) -> int:
    """Return the tab that says most: the reports of what failed, or where the store says nothing; else the store."""
    return _REPORTS_TAB if is_told_by_reports(snapshot) else _STORE_TAB


def values_of(snapshot: ProcessSnapshot, document: str) -> dict[str, Any]:
    """Return what the tab of a document shows as a tree; the reason of a failure stands above it instead."""
    if document == "reports":
        return reports_of(snapshot)
    values: dict[str, Any] | None = getattr(snapshot, document)
    return values or {}


def notice_of(snapshot: ProcessSnapshot, document: str) -> Sequence[Line]:
    """Return what stands above a document: what it means when there is nothing in it."""
    values: dict[str, Any] | None = getattr(snapshot, document)
    return () if values else document_lines(values, name=document)


def report_notice(snapshot: ProcessSnapshot, width: int, *, expanded: bool) -> Sequence[Line]:
    """Return what stands above the reports: the error with its traceback, and the last output of a dead program."""
    lines: list[Line] = []
    if snapshot.error is not None:
        lines += [part for line in error_lines(snapshot.error) for part in wrap(line, width, indent=4)]
    if snapshot.last_lines:
        lines += [(), *output_lines(snapshot.last_lines, snapshot.last_words, expanded=expanded)]
    if not values_of(snapshot, "reports"):
        return lines or document_lines({}, name="reports")
    return [*lines, (), (("Reports", "heading"),)] if lines else []


def whole_error(snapshot: ProcessSnapshot) -> str:
    """Return the error with its traceback and what a dead program printed last; not safe."""
    parts = []
    if snapshot.error is not None:
        parts += [snapshot.error.headline, snapshot.error.traceback.rstrip()]
    if snapshot.last_lines:
        parts += ["Last output of the program that died:\n" + "\n".join(snapshot.last_lines)]
    return "\n\n".join(part for part in parts if part)


def head_lines(snapshot: ProcessSnapshot | None, row: Row, situation: Situation, width: int) -> list[Line]:
    """Return state, what happens next, the error and the facts, broken at `width`."""
    look = row.state.value
    state: Part = (f"{look.glyph} {look.word}", look.style)
    lines: list[Line] = []
    if situation.lost is not None:
        lines += wrap(((" STALE ", "stuck"), (f" {safe_text(situation.lost, limit=200)}", "error")), width, indent=2)
    if snapshot is None:
        told = "reading…" if situation.lost is None else "not read: it is shown when the database is back"
        return [*lines, (state, (f"  {told}", "quiet"))]
    lines += wrap((state, ("  ", "plain"), (safe_text(snapshot.explanation), "plain")), width, indent=2)
    if snapshot.error is not None:
        lines.append(((safe_text(snapshot.error.headline), "error"),))
    return lines + _fact_lines(snapshot.facts, width)


def _fact_lines(facts: tuple[tuple[str, str], ...], width: int) -> list[Line]:
    lines: list[Line] = []
    current: Line = ()
    for name, value in facts:
        fact: Line = ((f"{name} ", "quiet"), (safe_text(value, limit=200), "plain"))
        if current and width_of(current) + 3 + width_of(fact) > width:
            lines.append(current)
            current = ()
        current = (*current, ("   ", "plain"), *fact) if current else fact
    return [*lines, current] if current else lines
