"""Chooses the step at which the restart of an ended process begins."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from jobboy_console.asking.wording import title
from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.decisions import Plan, StartingPoint
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import safe_text
from jobboy_console.widgets.cursor_view import CursorView, PickRow
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar

_BEGINNING = -1


@dataclass(frozen=True)
class Choice:
    """Where a restart begins."""

    step: str | None
    """None for the beginning."""


class ChooseStep(Dialog[Choice | None]):
    """Lists the beginning and the steps; answers with the one that was picked, or None.

    Args:
        plan: the restart of one process, with its steps.
    """

    BINDINGS = bindings("choose")

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan

    def compose(self) -> ComposeResult:
        """Return the list."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(title(self._plan))
            yield LineBar(id="choose-head")
            yield CursorView(id="choose-steps")
            yield LineBar(id="choose-hint")

    def on_mount(self) -> None:
        """Begin at the step where it ended, when that can be."""
        points = self._plan.starting_points
        self.query_one("#choose-head", LineBar).show([(("Where does the new process begin?", "plain"),)])
        keys = hint("{rows.pick} goes on to the question · {choose.cancel} does nothing")
        self.query_one("#choose-hint", LineBar).show([((keys, "quiet"),)])
        rows = [PickRow(_BEGINNING, (("   ", "plain"), ("from the beginning", "bold")))]
        rows += [PickRow(place, point_line(point)) for place, point in enumerate(points)]
        ended = next(
            (at for at, point in enumerate(points) if point.ended_here and point.why_not is None), _BEGINNING
        )
        view = self.query_one(CursorView)
        view.styles.height = min(len(rows), 12)
        view.show_rows(rows, cursor=ended)
        view.focus()

    def action_cancel(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    @on(CursorView.Picked)
    def _picked(self, event: CursorView.Picked) -> None:
        if event.key == _BEGINNING:
            self.dismiss(Choice(None))
            return
        point = self._plan.starting_points[int(str(event.key))]
        if point.why_not is None:
            self.dismiss(Choice(point.step))
        else:
            self.notify(f"Not here: {safe_text(point.why_not, limit=200)}.", severity="warning", markup=False)


def point_line(point: StartingPoint) -> Line:
    """Return the row of a step: what is known of it, or why a restart cannot begin there."""
    name = safe_text(point.step, limit=40)
    if point.why_not is not None:
        return (("   ", "plain"), (f"{name:<20}", "quiet"), (f"  {safe_text(point.why_not)}", "quiet"))
    here: Line = (("  it ended here", "warning"),) if point.ended_here else ()
    return (("   ", "plain"), (f"{name:<20}", "bold"), *here)
