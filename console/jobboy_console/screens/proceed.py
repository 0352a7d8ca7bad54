"""Answers a paused process: its data in an editor, what would change beside it, and one more question."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import TextArea

from jobboy_console.background import Landed, Lane, is_in_use
from jobboy_console.changes import value_changes
from jobboy_console.commands import bindings, of_scope
from jobboy_console.gateway import Gateway, read_object
from jobboy_console.histories import change_lines
from jobboy_console.lines import Line
from jobboy_console.snapshots import Decision, Plan, ProcessSnapshot
from jobboy_console.text import safe_json, safe_text
from jobboy_console.widgets.confirm import Confirm
from jobboy_console.widgets.dialogs import Question
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.text_view import TextView


class Proceed(ModalScreen[Decision | None]):
    """Edits the output of the paused step; answers with the decision, or None.

    Only what was changed or added is sent, and merged over the output; a key cannot be taken away.

    Args:
        gateway: reads the data.
        plan: of the one process.
    """

    BINDINGS = bindings("proceed")

    def __init__(self, gateway: Gateway, plan: Plan) -> None:
        super().__init__()
        self._gateway = gateway
        self._plan = plan
        self._row = plan.items[0].row
        self._output: dict[str, Any] = {}
        self._original = ""
        self._lane: Lane[ProcessSnapshot] = Lane(self, "proceed", deliver=self._fill, trouble=self._failed)

    def compose(self) -> ComposeResult:
        """Return the editor, the changes and the line that says whether the data can be sent."""
        with Vertical(id="proceed") as box:
            name = f"{safe_text(self._row.short_id, limit=8)} · {safe_text(self._row.code, limit=40)}"
            step = f" · next: {safe_text(self._row.step, limit=30)}" if self._row.step else " · nothing left to do"
            box.border_title = Content(f"Proceed {name}{step}")
            with Container(id="proceed-panes"):
                editor = TextArea(
                    "",
                    id="proceed-editor",
                    show_line_numbers=True,
                    tab_behavior="focus",
                    compact=True,
                    soft_wrap=True,
                )
                editor.cursor_blink = False
                editor.border_title = Content("data (JSON)")
                yield editor
                changes = TextView(id="proceed-changes", wraps=True)
                changes.border_title = Content("what you change")
                yield changes
            yield LineBar(id="proceed-verdict")
        yield FooterBar(of_scope("proceed"))

    def on_mount(self) -> None:
        """Read the data."""
        self._lane.ask(partial(self._gateway.process, self._row.id))

    def on_landed(self, event: Landed) -> None:
        """Hand an answer to its lane."""
        event.stop()
        if is_in_use(self):
            event.lane.land(event.result)

    def answer(self) -> dict[str, Any]:
        """Return what would be sent: the keys that are new or other than in the output.

        Raises:
            ValueError: what stands in the editor cannot be sent.
        """
        data = read_object(self.query_one(TextArea).text)
        missing = sorted(self._output.keys() - data.keys())
        if missing:
            raise ValueError(f"data: the key {missing[0]!r} cannot be removed; set it to null")
        return {key: value for key, value in data.items() if key not in self._output or self._output[key] != value}

    def action_review(self) -> None:
        """Ask once more, when the data can be sent."""
        try:
            answer = self.answer()
        except ValueError as error:
            self.notify(safe_text(error), severity="error", markup=False)
            return
        self.app.push_screen(Confirm(self._plan, data=answer), self._decided)

    def action_back(self) -> None:
        """Leave it paused; asks when something was typed."""
        if self.query_one(TextArea).text == self._original:
            self.dismiss(None)
        else:
            question = Question("Leave it paused?", ["What you typed is lost."], no="Stay", yes="Leave")
            self.app.push_screen(question, self._leave)

    def _leave(self, yes: bool | None) -> None:
        if yes:
            self.dismiss(None)

    @on(TextArea.Changed)
    def _check(self) -> None:
        verdict = self.query_one("#proceed-verdict", LineBar)
        try:
            answer = self.answer()
        except ValueError as error:
            verdict.show([(("✗ ", "error"), (safe_text(error), "error"))])
            return
        before = {key: self._output[key] for key in answer if key in self._output}
        lines = change_lines(value_changes(before, answer)) or _UNCHANGED
        self.query_one(TextView).show(lines)
        verdict.show([(("✓ ", "done"), ("JSON object · ctrl+s reviews it before it is sent", "quiet"))])

    def _fill(self, snapshot: ProcessSnapshot) -> None:
        if snapshot.row.token != self._row.token:
            self._failed(ValueError("somebody else changed it meanwhile; look again"))
            return
        self._output = snapshot.output or {}
        editor = self.query_one(TextArea)
        self._original = safe_json(json.dumps(self._output, indent=2, ensure_ascii=False))
        editor.load_text(self._original)
        editor.focus()
        self._check()

    def _failed(self, error: Exception) -> None:
        self.notify(safe_text(error), severity="error", markup=False)
        self.dismiss(None)

    def _decided(self, decision: Decision | None) -> None:
        if decision is not None:
            self.dismiss(decision)


_UNCHANGED: list[Line] = [(("Nothing: it goes on with its output as it is.", "quiet"),)]
