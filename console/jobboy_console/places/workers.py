"""Workers as lines: this console's own, all others, and what each has in its hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.house_snapshots import HeldLine, WorkerLine, Workforce
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import ago, fit, lasting, plural, safe_text
from jobboy_console.places.rows import PlaceRow, widest

_LOOKS = {"alive": ("●", "running"), "died": ("✗", "error"), "ended": ("✓", "quiet")}


@dataclass(frozen=True, kw_only=True)
class OwnWorker:
    """The worker of this console."""

    kind: str
    """``process``, ``thread`` or ``none``."""
    state: str
    pid: int | None
    """None while it does not run."""
    paused: bool
    log: str | None

    @property
    def ended_by_itself(self) -> bool:
        """Whether it ended and nobody asked it to."""
        return self.state.startswith("ENDED")


def own_lines(own: OwnWorker, force: Workforce | None, width: int, *, read_only: bool = False) -> list[Line]:
    """Return how this console's worker is, where its log is, and whether all work is paused.

    The keys that change it stand beside it, but not in a console that is read-only.
    """

    def offer(words: str) -> str:
        return "" if read_only else hint(f" · {words}")

    lines: list[Line] = wrap((("this console  ", "quiet"), *_own(own, offer)), width, indent=14)
    if own.log is not None:
        lines += wrap((("its log       ", "quiet"), (safe_text(own.log), "plain")), width, indent=14)
    paused_by = None if force is None else force.paused_by
    if paused_by is None:
        pauses = offer("{change.work} pauses it for every worker")
        lines.append((("all work      ", "quiet"), ("goes on", "plain"), (pauses, "quiet")))
    else:
        who = safe_text(paused_by, limit=200)
        told: Line = ((" PAUSED ", "stuck"), (f" by {who}{offer('{change.work} lets it go on')}", "warning"))
        lines += wrap((("all work      ", "quiet"), *told), width, indent=14)
    return lines


def _own(own: OwnWorker, offer: Callable[[str], str]) -> Line:
    if own.kind == "none":
        return (("has no worker: no app was given, or --worker none", "quiet"),)
    if own.pid is None:
        style = "error" if own.ended_by_itself else "warning"
        return ((safe_text(own.state, limit=200), style), (offer("{workers.start} starts it"), "quiet"))
    held: Line = (("paused", "warning"), (offer("{workers.hold} lets it go on"), "quiet"))
    paused: Line = held if own.paused else (("works", "running"),)
    return (*paused, (f" · {own.kind} {own.pid}", "plain"))


def workers_header(force: Workforce, width: int) -> Line:
    """Return the names of the columns."""
    name = _name_width(force, width)
    return ((f"{'STATE':<9}{fit('WORKER', name)} {'VERSION':<8} {'BUSY':<8} SINCE CODES", "quiet"),)


def workers_rows(force: Workforce, now: datetime, width: int, own_pid: int | None) -> list[PlaceRow]:
    """Return a row for each worker, and below it one for each process it holds; keys are ids."""
    name = _name_width(force, width)
    return [row for worker in force.workers for row in _rows(worker, now, name, worker.pid == own_pid)]


def empty_lines() -> list[Line]:
    """Say that there is no worker, and what one does about it."""
    return [
        (("No worker lived in the last day: nothing is worked on.", "plain"),),
        (("Start one with  jobboy --app MODULE:OBJECT work", "quiet"),),
    ]


def end_lines(force: Workforce | None, pid: int | None, grace_s: float) -> list[str]:
    """Say what ending this console's worker does to what it holds; safe."""
    holds = [held for worker in _of(force, pid) for held in worker.holds]
    if not holds:
        return ["It has nothing in its hands. Processes wait until a worker is started again."]
    listed = [f"{held.row.short_id} {safe_text(held.row.code, limit=30)}{_step(held)}" for held in holds[:4]]
    if len(holds) > len(listed):
        listed.append(f"… and {len(holds) - len(listed)} more")
    turns = "Its turn has" if len(holds) == 1 else "Their turns have"
    return [
        f"It has {plural(len(holds), 'process', 'processes')} in its hands:",
        *(f"  {line}" for line in listed),
        f"{turns} {grace_s:g} s to end; what is not done then is taken up again by the next worker.",
    ]


def _of(force: Workforce | None, pid: int | None) -> Iterator[WorkerLine]:
    if force is not None and pid is not None:
        yield from (worker for worker in force.workers if worker.alive and worker.pid == pid)


def _step(held: HeldLine) -> str:
    return f" at {safe_text(held.row.step, limit=30)}" if held.row.step else ""


def _name_width(force: Workforce, width: int) -> int:
    return widest([_name(worker) for worker in force.workers], 12, max(width - 48, 12))


def _name(worker: WorkerLine) -> str:
    return f"{safe_text(worker.host, limit=60)}:{worker.pid}"


def _rows(worker: WorkerLine, now: datetime, name: int, is_own: bool) -> Iterator[PlaceRow]:
    glyph, style = _LOOKS[worker.state]
    codes = ", ".join(safe_text(code, limit=40) for code in worker.codes) or "any code"
    line: Line = (
        (f"{glyph} {worker.state:<6} ", style),
        (fit(_name(worker), name), "bold" if worker.alive else "plain"),
        (f" {fit(safe_text(worker.version or '·', limit=20), 8)}", "quiet"),
        (f" {f'{len(worker.holds)} of {worker.slots}':<8}", "plain" if worker.holds else "quiet"),
        (f" {ago(worker.started_at, now):>5} ", "quiet"),
        (codes, "quiet"),
    )
    yield PlaceRow(("worker", worker.id), line, (("this console", "accent"),) if is_own and worker.alive else ())
    for held in worker.holds:
        yield PlaceRow(("process", held.row.id), _held(held, now))


def _held(held: HeldLine, now: datetime) -> Line:
    row = held.row
    look = row.state.value
    since = "" if held.since is None else f"  held for {lasting(now - held.since)}"
    attempt = f"  try {row.attempt}" if row.attempt > 1 else ""
    return (
        ("  └ ", "quiet"),
        (look.glyph, look.style),
        (" " * (3 - cell_len(look.glyph)), "plain"),
        (f"{safe_text(row.short_id, limit=8)} ", "plain"),
        (safe_text(row.code, limit=40), "bold"),
        (f"  {safe_text(row.step or '·', limit=40)}", "plain"),
        (attempt, "warning"),
        (since, "quiet"),
        ("  its holder is dead" if row.state.value.word == "stuck" else "", "error"),
    )
