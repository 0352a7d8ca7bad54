"""Schedules as lines: when each is due next, what it started last, and what changing it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.changes import short_json
from jobboy_console.facts.house_snapshots import ScheduleLine, SchedulePlanned
from jobboy_console.looks.lines import Line, width_of, wrap
from jobboy_console.looks.text import ago, fit, safe_text, span
from jobboy_console.places.rows import PlaceRow, widest


def until(moment: datetime, now: datetime) -> str:
    """Write how long a moment is away: ``in 5m``, ``now``."""
    left = moment - now
    return f"in {span(left)}" if left >= timedelta(seconds=1) else "now"


def schedules_header(lines: Sequence[ScheduleLine], now: datetime, width: int) -> Line:
    """Return the names of the columns."""
    name, when, code = _widths(lines, now, width)
    return (
        (f"{'STATE':<10}{fit('NAME', name)} {'NEXT':<8}{fit('WHEN', when)} {fit('CODE', code)} LAST START", "quiet"),
    )


def schedules_rows(lines: Sequence[ScheduleLine], now: datetime, width: int) -> list[PlaceRow]:
    """Return a row for each schedule; keys are names."""
    widths = _widths(lines, now, width)
    return [PlaceRow(line.name, _row(line, now, *widths)) for line in lines]


def times_line(line: ScheduleLine, now: datetime, width: int) -> Line:
    """Return the next times of a schedule, in UTC; how far they are away where there is room for that."""
    if not line.upcoming:
        return (("next times  ", "quiet"), ("this machine cannot follow it: it does not know its time zone", "error"))
    paused = "  if it were not paused" if line.paused else ""
    told = _times(line.upcoming, now, width - len("next, UTC   ") - len(paused))
    return (("next, UTC   ", "quiet"), (told, "plain"), (paused, "warning"))


def _times(times: Sequence[datetime], now: datetime, width: int) -> str:
    """Write moments to come, all with how far they are away, or only the first where that is too long."""
    away = [f" ({until(time, now)})" for time in times]
    whole = _joined(times, away, now)
    return whole if len(whole) <= width else _joined(times, [away[0], *[""] * (len(times) - 1)], now)


def _joined(times: Sequence[datetime], away: Sequence[str], now: datetime) -> str:
    return " · ".join(f"{moment(time, now)}{words}" for time, words in zip(times, away, strict=True))


def moment(time: datetime, now: datetime) -> str:
    """Write a moment to come: the clock alone today, with its day within a year, else with its year."""
    if time.date() == now.date():
        return time.strftime("%H:%M:%S")
    return time.strftime("%a %d %b %H:%M" if abs(time - now) < timedelta(days=300) else "%d %b %Y %H:%M")


def planned_lines(planned: SchedulePlanned | None, now: datetime, width: int) -> list[Line]:
    """Say when a schedule that is being typed would be due, or what is wrong with it."""
    if planned is None:
        return [(("…", "quiet"),)]
    lines: list[Line] = []
    if planned.problem is not None:
        lines += wrap((("✗ ", "error"), (safe_text(planned.problem, limit=300), "error")), width, indent=2)
    if planned.upcoming:
        told = _times(planned.upcoming, now, width - 10)
        lines += wrap(
            (("✓ " if planned.problem is None else "  ", "done"), (f"due {told} UTC", "plain")), width, indent=2
        )
    return lines


def details_lines(line: ScheduleLine, now: datetime, width: int) -> list[Line]:
    """Return everything about a schedule."""
    facts = [
        ("name", line.name),
        ("state", _state(line)[1]),
        ("code", line.code),
        ("when", f"{line.timetable} {line.timezone}"),
        ("missed", _MISSED.get(line.missed, line.missed)),
        (
            "made",
            "by an app, which brings it up to its definition at every start" if line.by_app else "by an operator",
        ),
        (
            "last due",
            "never yet"
            if line.last_at is None
            else f"{moment(line.last_at, now)} UTC ({ago(line.last_at, now)} ago)",
        ),
        ("started", "·" if line.last is None else f"{line.last.id} · {line.last.state.value.word}"),
        ("parameters", short_json(line.parameters, limit=2_000)),
    ]
    told = [
        part
        for name, fact in facts
        for part in wrap(((f"{name:<12}", "quiet"), (safe_text(fact, limit=2_000), "plain")), width, indent=12)
    ]
    if not line.upcoming:
        return [*told, *wrap(times_line(line, now, width), width, indent=12)]
    labels = ["next, UTC", *[""] * (len(line.upcoming) - 1)]
    return told + [
        ((f"{label:<12}", "quiet"), (f"{moment(time, now)} ({until(time, now)})", "plain"))
        for label, time in zip(labels, line.upcoming, strict=True)
    ]


def change_lines(line: ScheduleLine, verb: str, now: datetime) -> list[Line]:
    """Say what changing a schedule does: what is, what will be."""
    state = _state(line)[1]
    due = moment(line.upcoming[0], now) if line.upcoming else "never"
    after = {
        "Pause": "nothing is due; what comes meanwhile is left out",
        "Resume": f"due next {due} UTC",
        "Start": f"a process of {safe_text(line.code, limit=40)} starts now; its due times stay as they are",
        "Remove": "it is gone; what it started stays"
        + ("; it comes back with the next worker of its app" if line.by_app else ""),
    }[verb]
    return [
        (("before  ", "quiet"), (f"{state}, due next {due} UTC", "plain")),
        (("after   ", "quiet"), (after, "bold")),
    ]


def empty_lines(read_only: bool) -> list[Line]:
    """Say that there is no schedule, and what one does about it."""
    how = (
        "jobboy schedules add, or jobs.schedule(...) in an app"
        if read_only
        else hint("{schedules.add} makes one; an app does with jobs.schedule(...)")
    )
    return [(("There is no schedule: nothing starts by itself.", "plain"),), ((how, "quiet"),)]


_MISSED = {
    "one": "one: after times nobody was there one process is started, for the newest",
    "skip": "skip: times at which nobody was there are left out",
    "all": "all: one process for each time at which nobody was there, at most 100",
}


def _state(line: ScheduleLine) -> tuple[str, str, str]:
    """Return glyph, word and style."""
    if line.paused:
        return "‖", "paused", "paused"
    if line.overdue is None:
        return "✗", "unknown", "error"
    return ("!", "overdue", "error") if line.overdue else ("●", "on", "running")


def _row(line: ScheduleLine, now: datetime, name: int, when: int, code: int) -> Line:
    glyph, word, style = _state(line)
    due = "·" if line.paused or not line.upcoming else until(line.upcoming[0], now)
    return (
        (f"{glyph} {word:<8}", style),
        (fit(safe_text(line.name, limit=80), name), "bold"),
        (f" {due:<8}", "plain"),
        (fit(_when(line), when), "plain"),
        (f" {fit(safe_text(line.code, limit=80), code)} ", "quiet"),
        *_last(line, now),
    )


def _when(line: ScheduleLine) -> str:
    zone = "" if line.timetable.startswith("every") or line.timezone == "UTC" else f" {line.timezone}"
    return safe_text(f"{line.timetable}{zone}", limit=80)


def _last(line: ScheduleLine, now: datetime) -> Line:
    if line.last is None:
        told = "never yet" if line.last_at is None else f"{ago(line.last_at, now)} ago, removed"
        return ((told, "quiet"),)
    look = line.last.state.value
    when = "" if line.last_at is None else f"{ago(line.last_at, now)} ago "
    return ((when, "quiet"), (f"{look.glyph} {look.word}", look.style))


def _widths(lines: Sequence[ScheduleLine], now: datetime, width: int) -> tuple[int, int, int]:
    """Share a line: each column has what it needs; where that is too much, when gives way first, the name last."""
    name = widest([safe_text(line.name, limit=80) for line in lines], 4, 80)
    when = widest([_when(line) for line in lines], 4, 80)
    code = widest([safe_text(line.code, limit=80) for line in lines], 4, 80)
    last = max([len("LAST START"), *(width_of(_last(line, now)) for line in lines)])
    over = name + when + code - (width - 10 - 9 - 1 - 1 - last)
    when, over = _shortened(when, over, least=12)
    code, over = _shortened(code, over, least=12)
    name, over = _shortened(name, over, least=12)
    return name, _shortened(when, over, least=6)[0], code


def _shortened(cells: int, over: int, *, least: int) -> tuple[int, int]:
    """Take from a column what a line has too much, and return what it then has, and what is still too much."""
    given = min(max(over, 0), max(cells - least, 0))
    return cells - given, over - given
