"""The audit as lines: what people did, one act a line, and one act whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.house_snapshots import ActLine
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import fit, safe_text, when
from jobboy_console.places.rows import PlaceRow, widest
from jobboy_console.reading.histories import kind_words

_STYLES = {
    "kill_requested": "warning",
    "failed": "error",
    "pruned": "warning",
    "work_paused": "warning",
    "schedule_removed": "warning",
    "fenced": "warning",
}


def person(actor: str) -> str:
    """Return who acted without the kind of actor, which is told only where it is no operator; safe."""
    return safe_text(actor.removeprefix("operator:"), limit=60)


def audit_header(acts: Sequence[ActLine], width: int) -> Line:
    """Return the names of the columns."""
    who, what, whose = _widths(acts, width)
    return (
        (f"{'WHEN':<12} {fit('WHO', who)} {fit('WHAT', what)} {fit('PROCESS', whose)} WHY, AND WHAT BECAME", "quiet"),
    )


def audit_rows(acts: Sequence[ActLine], now: datetime, width: int) -> list[PlaceRow]:
    """Return a row for each act; keys are their numbers."""
    widths = _widths(acts, width)
    return [PlaceRow(act.seq, _row(act, now, *widths)) for act in acts]


def act_lines(act: ActLine, width: int) -> list[Line]:
    """Return everything about an act."""
    facts = [
        ("when", f"{act.at:%Y-%m-%d %H:%M:%S} UTC"),
        ("who", act.actor),
        ("what", kind_words(act.kind)),
        ("process", "all of them" if act.process_id is None else f"{act.process_id} · {act.code or ''}"),
        ("why", act.reason or "no reason was given"),
        ("became", act.outcome or "nothing that is told"),
        ("number", str(act.seq)),
    ]
    return [
        part
        for name, fact in facts
        for part in wrap(((f"{name:<9}", "quiet"), (safe_text(fact, limit=20_000), "plain")), width, indent=9)
    ]


def empty_lines(filter: str) -> list[Line]:
    """Say that there is no act, and what one does about it."""
    if filter:
        return [
            ((f"Nobody did any of “{safe_text(filter, limit=60)}”. ", "plain"), (hint("{back} shows all."), "quiet"))
        ]
    return [
        (("Nobody did anything yet.", "plain"),),
        (("Here stands who changed what, when and why, from here or elsewhere.", "quiet"),),
    ]


def _row(act: ActLine, now: datetime, who: int, what: int, whose: int) -> Line:
    outcome = safe_text(act.outcome, limit=300)
    reason: Line = ((f"“{safe_text(act.reason, limit=200)}” ", "plain"),) if act.reason else ()
    return (
        (f"{when(act.at, now):<12} ", "quiet"),
        (fit(person(act.actor), who), "bold"),
        (f" {fit(kind_words(act.kind), what)} ", _STYLES.get(act.kind, "key")),
        (fit(_whose(act), whose), "plain" if act.process_id else "quiet"),
        (" ", "plain"),
        *reason,
        (outcome, "quiet"),
    )


def _whose(act: ActLine) -> str:
    if act.short_id is None:
        return "all"
    return f"{safe_text(act.short_id, limit=8)} {safe_text(act.code or '', limit=60)}".rstrip()


def _widths(acts: Sequence[ActLine], width: int) -> tuple[int, int, int]:
    """Give who and what their room, and the reason at least a third of the line."""
    left = max(width - 13 - 3, 30)
    who = widest([person(act.actor) for act in acts], 3, max(left // 4, 8))
    what = widest([kind_words(act.kind) for act in acts], 4, 16)
    whose = widest([_whose(act) for act in acts], 7, max(left * 2 // 3 - who - what, 8))
    return who, what, whose
