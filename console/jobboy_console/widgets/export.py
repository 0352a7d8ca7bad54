"""Asks what is written to a file, in which format and where; then writes it under a bar that can be stopped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Checkbox, Input

from jobboy_console.asking.wording import export_command, shortened
from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.orders import Exported, ExportOrder
from jobboy_console.facts.rows import Selection
from jobboy_console.gateway import Gateway, Stopped
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import plural, safe_text
from jobboy_console.widgets.choice_field import ChoiceField
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.progress import Progress
from jobboy_console.widgets.steady_input import SteadyInput
from jobboy_console.widgets.tick import Tick

_ENDINGS = {"csv": "csv", "jsonl": "jsonl", "bundle": "zip"}
_TOLD = {
    "csv": "csv: a table for a spreadsheet, documents only where columns name them.",
    "jsonl": "jsonl: everything of each process, one JSON object a line. Secrets in it stay in it.",
    "bundle": "bundle: fields, steps, history, versions and logs in one zip file to send to somebody. "
    "What stands under names such as password or token is left out.",
}


class Export(Dialog[Exported | None]):
    """Answers with what was written, or None; what is refused stays to be mended.

    Args:
        gateway: writes.
        whom: the processes.
        head: what they are, not safe.
        name: what the file is named after, not safe.
        forms: the formats there can be, the proposed one first.
    """

    BINDINGS = bindings("export")

    def __init__(self, gateway: Gateway, whom: Selection, *, head: str, name: str, forms: Sequence[str]) -> None:
        super().__init__()
        self._gateway, self._whom, self._head = gateway, whom, head
        self._forms = [form for form in forms if form != "bundle" or len(whom.ids) == 1]
        self._stem = re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-").lower() or "processes"
        self._proposed = ""

    def compose(self) -> ComposeResult:
        """Return what is written, the choices, the command and the buttons."""
        with Vertical(classes="dialog", id="export") as box:
            box.border_title = Content(safe_text(self._head, limit=64))
            box.border_subtitle = Content(hint("{export.write} write · {export.copy} copy the command"))
            with Horizontal(classes="field"):
                yield _label("format")
                yield ChoiceField(self._forms, self._forms[0], id="export-form")
            yield LineBar(id="export-told", wraps=True)
            with Horizontal(classes="field"):
                yield _label("file")
                yield SteadyInput(compact=True, id="export-file", max_length=1000, select_on_focus=False)
            with Horizontal(classes="field", id="export-columns-field"):
                yield _label("columns")
                usual = "id,error,store.rows ...; empty: the usual"
                yield SteadyInput(placeholder=usual, compact=True, id="export-columns", max_length=2000)
            yield Tick(Content("replace a file that is there"), id="export-overwrite", compact=True)
            yield LineBar(id="export-problem", wraps=True)
            yield LineBar(id="export-command")
            with Horizontal(classes="buttons"):
                yield Button(Content("Cancel"), id="export-no", compact=True)
                label = Content(f"Write {hint('({export.write})')}")
                yield Button(label, id="export-yes", compact=True, variant="primary")

    def on_mount(self) -> None:
        """Begin with the name of the file, which is proposed."""
        self._form_chosen()
        self.query_one("#export-file", SteadyInput).focus()

    @property
    def order(self) -> ExportOrder:
        """What would be written now."""
        form = str(self.query_one(ChoiceField).value)
        columns = self.query_one("#export-columns", SteadyInput).value.strip()
        return ExportOrder(
            ids=self._whom.ids,
            filter=self._whom.filter,
            form=form,
            columns="" if form == "bundle" else columns,
            file=self.query_one("#export-file", SteadyInput).value.strip(),
            overwrite=self.query_one("#export-overwrite", Checkbox).value,
        )

    # --- keys ---

    def action_yes(self) -> None:
        """Write it; enter in a field does too, for nothing that is there is replaced unless it was ticked."""
        self._tell("")
        progress = Progress(f"Writing {self._what}", partial(self._gateway.export, self.order))
        self.app.push_screen(progress, self._written)

    def action_no(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the whole command."""
        command = export_command(self.order, self._gateway.database)
        if command:
            self.app.copy_to_clipboard(command)
        told = "The command is copied." if command else "They are too many to be named in one command."
        self.notify(told, markup=False)

    @on(Button.Pressed, "#export-no")
    def _pressed_no(self) -> None:
        self.action_no()

    @on(Button.Pressed, "#export-yes")
    @on(Input.Submitted)
    def _pressed_yes(self) -> None:
        self.action_yes()

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def _typed(self) -> None:
        self._tell("")
        self._show_command()

    @on(ChoiceField.Changed)
    def _form_chosen(self) -> None:
        """Tell what the format is good for, and propose a name that ends like it."""
        order, field = self.order, self.query_one("#export-file", SteadyInput)
        if field.value == self._proposed:
            moment = self._gateway.now().strftime("%Y%m%d-%H%M%S")
            self._proposed = f"jobboy-{self._stem}-{moment}.{_ENDINGS[order.form]}"
            field.value = self._proposed
            field.cursor_position = len(self._proposed)
        self.query_one("#export-told", LineBar).show([((_TOLD[order.form], "quiet"),)])
        self.query_one("#export-columns-field").display = order.form != "bundle"
        self._show_command()

    # --- its parts ---

    def _written(self, result: object) -> None:
        if isinstance(result, Exported):
            self.dismiss(result)
        elif isinstance(result, Stopped):
            self._tell("Stopped: nothing was written.")
        else:
            self._tell(str(result))

    def _show_command(self) -> None:
        order, database = self.order, self._gateway.database
        command = export_command(order, database)
        lines: list[Line] = []
        if command:
            lines = shortened(command, safe_text(database), min(70, self.app.size.width - 8), copy="export.copy")
        self.query_one("#export-command", LineBar).show(lines)

    def _tell(self, problem: str) -> None:
        lines = wrap(((safe_text(problem), "error"),), min(70, self.app.size.width - 8))[:3] if problem else []
        self.query_one("#export-problem", LineBar).show(lines)

    @property
    def _what(self) -> str:
        if self._whom.filter is not None:
            return "all that match"
        return plural(len(self._whom.ids), "process", "processes")


def _label(name: str) -> LineBar:
    label = LineBar(classes="label")
    label.show([((name, "quiet"),)])
    return label
