"""Chooses the code of a new process."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.orders import Startable
from jobboy_console.gateway import Gateway
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import safe_text
from jobboy_console.running.background import Landed, Lane, is_in_use
from jobboy_console.widgets.cursor_view import CursorView, PickRow
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar

_NONE: Line = (("No code is known: a worker or --app MODULE:OBJECT brings them.", "plain"),)


class ChooseCode(Dialog[str | None]):
    """Lists the codes that are registered or known in the database; answers with one, or None.

    Args:
        gateway: knows them.
        code: where the cursor begins; None for the first.
    """

    BINDINGS = bindings("choose")

    def __init__(self, gateway: Gateway, code: str | None) -> None:
        super().__init__()
        self._gateway, self._code = gateway, code
        self._known: list[Startable] = []
        self._lane: Lane[list[Startable]] = Lane(self, "codes", deliver=self._show, trouble=self._failed)

    def compose(self) -> ComposeResult:
        """Return the list."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Start a new process")
            yield LineBar(id="choose-head")
            yield CursorView(id="choose-steps")
            yield LineBar(id="choose-hint")

    def on_mount(self) -> None:
        """Ask which there are."""
        self.query_one("#choose-head", LineBar).show([(("Of which code?", "plain"),)])
        self.query_one("#choose-hint", LineBar).show(
            [((hint("{rows.pick} goes on to its parameters · {choose.cancel} does nothing"), "quiet"),)]
        )
        self.query_one(CursorView).focus()
        self._lane.ask(self._gateway.ordering.startable)

    def on_landed(self, event: Landed) -> None:
        """Hand an answer to the lane."""
        event.stop()
        if is_in_use(self):
            event.lane.land(event.result)

    def action_cancel(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    def _show(self, known: list[Startable]) -> None:
        self._known = known
        if not known:
            self.query_one("#choose-head", LineBar).show([_NONE])
            self.query_one("#choose-hint", LineBar).show([((hint("{choose.cancel} closes"), "quiet"),)])
        rows = [PickRow(at, code_line(one)) for at, one in enumerate(known)]
        begin = next((at for at, one in enumerate(known) if one.code == self._code), 0)
        view = self.query_one(CursorView)
        view.styles.height = min(max(len(rows), 1), 12)
        view.show_rows(rows, cursor=begin)

    def _failed(self, error: Exception) -> None:
        self.notify(safe_text(error), title="That did not work", severity="error", markup=False)
        self.dismiss(None)

    @on(CursorView.Picked)
    def _picked(self, event: CursorView.Picked) -> None:
        found = self._known[int(str(event.key))]
        if found.why_not is None:
            self.dismiss(found.code)
        else:
            self.notify(f"Not this one: {safe_text(found.why_not, limit=200)}.", severity="warning", markup=False)


def code_line(one: Startable) -> Line:
    """Return the row of a code, with why it cannot be started."""
    name = safe_text(one.code, limit=60)
    if one.why_not is None:
        return ((f"   {name}", "bold"),)
    return ((f"   {name:<24}", "quiet"), (f"  {safe_text(one.why_not)}", "quiet"))
