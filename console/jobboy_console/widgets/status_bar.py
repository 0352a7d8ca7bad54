"""The head of every screen: which database, what may be done, who works, and how many there are of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rich.cells import cell_len
from textual.content import Content
from textual.dom import DOMNode

from jobboy_console.looks.lines import STYLES, Line, Part, width_of
from jobboy_console.looks.states import State
from jobboy_console.looks.text import amount, fit_end, safe_text
from jobboy_console.widgets.line_bar import LineBar

if TYPE_CHECKING:
    from jobboy_console.facts.snapshots import Home

_STATUSES = (State.STARTING, State.RUNNING, State.ENDING, State.FAILING, State.FAILED, State.COMPLETED)

_MARKS = [("H", "handled", "held"), ("H!", "stuck", "stuck"), ("‖", "paused", "paused"), ("◷", "waiting", "plain")]

_RESTARTED = ("↻", "restarted", "quiet")
"""Failed ones that need nobody any more: told only where there are any."""

_WORDS_GIVE_WAY = (
    *("completed", "restarted", "running", "starting", "ending", "handled", "waiting"),
    *("failing", "failed", "paused", "stuck"),
)
"""The usual gives way before what needs somebody."""


@dataclass(frozen=True)
class Situation:
    """What the head says besides the counts."""

    database: str
    read_only: bool
    worker: str
    """How the embedded worker is, in words."""
    lost: str | None = None
    """Why the database cannot be read now; None while it can."""
    lost_for_s: int = 0
    profile: str = ""
    """Name of the profile; empty for none."""
    protected: bool = False
    """Whether every verb is confirmed by typing what it is for."""


class StatusBar(LineBar):
    """Two lines: the situation and the counts; a third while the database is gone."""

    def show_state(self, home: Home | None, situation: Situation) -> None:
        """Show the figures of one moment; None before the first were read."""
        width = self.app.size.width - 2
        lines = [title_line(home, situation, width), counts_line(home, width)]
        if situation.lost is not None:
            lines.append(old_line(situation))
        self.show(lines)


def title_line(home: Home | None, situation: Situation, width: int) -> Line:
    """Return name, database, badge and worker, in one line that fits `width`."""
    left: list[Part] = [("jobboy ", "heading")]
    for badge, style in badges(situation):
        left += [(f" {badge} ", style), (" ", "plain")]
    right = _work(home, situation)
    room = width - width_of(tuple(left)) - width_of(tuple(right)) - 2
    name = _database(situation.database, max(room, 8))
    gap = max(room - width_of(((name, ""),)), 0) + 2
    return (*left, (name, "quiet"), (" " * gap, "plain"), *right)


def badges(situation: Situation) -> list[Part]:
    """Return where one is and what is held back there, each with its style."""
    found: list[Part] = []
    if situation.profile:
        found.append((safe_text(situation.profile, limit=16), "profile"))
    if situation.read_only:
        found.append(("READ-ONLY", "stuck"))
    elif situation.protected:
        found.append(("PROTECTED", "held"))
    return found


@runtime_checkable
class HasSituation(Protocol):
    """An app that knows where it is."""

    @property
    def situation(self) -> Situation:
        """What every head says."""


def badges_of(node: DOMNode) -> Content:
    """Return the badges of the place that is operated, for a border; each with a blank after it."""
    found = badges(node.app.situation) if isinstance(node.app, HasSituation) else []
    return Content.assemble(*(part for badge, style in found for part in ((f" {badge} ", STYLES[style]), " ")))


def counts_line(home: Home | None, width: int) -> Line:
    """Return the counts of all statuses and marks; on a narrow screen zeros give way first, then the words."""
    if home is None:
        return (("reading…", "quiet"),)
    looks = [(state.value.glyph, state.value.word, state.value.style) for state in _STATUSES] + _MARKS
    looks += [_RESTARTED] if home.counts.get("restarted") else []
    counted = [(glyph, home.counts.get(word, 0), word, style) for glyph, word, style in looks]
    whole = tuple(part for count in counted for part in _count(*count))
    if width_of(whole) <= width:
        return whole
    if not any(number for _, number, _, _ in counted):
        return (("no process yet", "quiet"),)
    some = [count for count in counted if count[1]]
    lines = [_without_words(some, _WORDS_GIVE_WAY[:silent]) for silent in range(len(_WORDS_GIVE_WAY) + 1)]
    return next((line for line in lines if width_of(line) <= width), lines[-1])


def _without_words(counted: list[tuple[str, int, str, str]], silent: tuple[str, ...]) -> Line:
    named = [(glyph, number, "" if word in silent else word, style) for glyph, number, word, style in counted]
    return tuple(part for count in named for part in _count(*count))


def _database(url: str, room: int) -> str:
    """Return the URL, or where there is no room for it its end, which tells databases apart."""
    shown = safe_text(url, limit=None)
    return shown if cell_len(shown) <= room else fit_end(shown.removeprefix("sqlite:///"), room)


def old_line(situation: Situation) -> Line:
    """Say that what is shown is old, where the list says why and what to do."""
    return (
        (f" STALE {situation.lost_for_s}s ", "stuck"),
        (" figures and rows are old · trying again by itself", "error"),
    )


def lost_line(situation: Situation) -> Line:
    """Say that what is shown is old, why, and that it goes on by itself."""
    why = safe_text(situation.lost or "", limit=160)
    return ((f" STALE {situation.lost_for_s}s ", "stuck"), (f" {why} · trying again by itself", "error"))


def _work(home: Home | None, situation: Situation) -> list[Part]:
    parts: list[Part] = []
    if home is not None and home.work.paused_by is not None:
        parts.append((f" WORK PAUSED by {safe_text(home.work.paused_by, limit=30)} ", "stuck"))
        parts.append((" ", "plain"))
    ended = situation.worker.startswith("ENDED")
    parts.append((f"worker: {safe_text(situation.worker, limit=60)}", "error" if ended else "quiet"))
    if home is not None:
        alive = home.work.workers_alive
        parts.append((f" · {alive} alive", "done" if alive else "warning"))
    return parts


def _count(glyph: str, number: int, word: str, style: str) -> list[Part]:
    if not number:
        return [(f"{glyph} 0 {word}  ", "quiet")]
    named = (f"{word} ", "quiet") if word else ("", "quiet")
    return [(glyph, style), (f" {amount(number)} ", "bold"), named, (" ", "plain")]
