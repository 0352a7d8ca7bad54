"""Facts and checks as lines."""

from __future__ import annotations

from collections.abc import Sequence

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.house_snapshots import CheckLine, Facts
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import safe_text

_NAME = 20


def facts_lines(found: Sequence[Facts], width: int) -> list[Line]:
    """Return names and values under their headings, broken at the edge and never cut."""
    lines: list[Line] = []
    for part in found:
        lines.append(((part.heading, "heading"),))
        for name, value in part.facts:
            line: Line = (
                (f"  {safe_text(name, limit=15):<{_NAME - 2}}", "quiet"),
                (safe_text(value, limit=1_000), "plain"),
            )
            lines += wrap(line, width, indent=_NAME)
        lines.append(())
    return lines


def checks_lines(checks: Sequence[CheckLine] | None, *, busy: bool, width: int) -> list[Line]:
    """Return what was examined, what is not well first; or how one examines it."""
    head: Line = (("Health", "heading"),)
    if busy:
        return [head, (("  examining… a large database takes a while", "quiet"),)]
    if checks is None:
        return [
            head,
            ((hint("  {info.examine} examines database, locks and machine, as jobboy doctor does"), "quiet"),),
        ]
    lines: list[Line] = [head]
    for check in sorted(checks, key=lambda check: check.ok):
        sign, style = ("✓", "done") if check.ok else ("✗", "error")
        name = f"  {sign} {safe_text(check.name, limit=18):<{_NAME - 4}}"
        detail = (safe_text(check.detail, limit=1_000), "plain" if check.ok else "warning")
        lines += wrap(((name, style), detail), width, indent=_NAME)
    return lines
