"""Asks which ended processes are to be removed, counts them, and lets the reason and their number be typed."""

from __future__ import annotations

from collections import Counter
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from jobboy_console.asking.levels import SAY_WHY
from jobboy_console.asking.wording import REASON_REQUIRED, prune_command, shortened
from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.orders import PruneOrder, PrunePlan, Removal
from jobboy_console.gateway import Gateway
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import safe_text
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.progress import Progress
from jobboy_console.widgets.steady_input import SteadyInput

_MOST_CODES = 4
_HINT = "With both empty: those whose retention is over. Enter counts; nothing is removed before."


class Prune(Dialog[Removal | None]):
    """Answers with what was counted and is to be removed, and why, or None.

    Args:
        gateway: counts.
        filter: with which it begins, such as the one of the list.
    """

    BINDINGS = bindings("confirm")

    def __init__(self, gateway: Gateway, filter: str = "") -> None:
        super().__init__()
        self._gateway, self._filter = gateway, filter
        self._plan: PrunePlan | None = None

    def compose(self) -> ComposeResult:
        """Return the two fields, what was counted, reason, number and the buttons."""
        with Vertical(classes="dialog", id="prune") as box:
            box.border_title = Content("Remove ended processes")
            box.border_subtitle = Content(hint("{confirm.copy} copy the command"))
            yield from _field("older than", "90d, 12h ...; empty: any age", "prune-age")
            yield from _field("only", "a filter such as failed code:demo-*; empty: any", "prune-filter", self._filter)
            yield LineBar(id="prune-found")
            yield SteadyInput(placeholder=REASON_REQUIRED, compact=True, id="prune-reason", max_length=1000)
            yield SteadyInput(compact=True, id="prune-word", max_length=20)
            yield LineBar(id="prune-problem")
            yield LineBar(id="prune-command")
            with Horizontal(classes="buttons"):
                yield Button(Content("Cancel"), id="prune-no", compact=True)
                yield Button(Content(hint("Remove ({confirm.yes})")), id="prune-yes", compact=True, variant="error")

    def on_mount(self) -> None:
        """Begin with the age: nothing is known yet, so nothing can be removed."""
        self._show(None)
        self._input("age").focus()

    # --- keys ---

    def action_yes(self) -> None:
        """Answer, when what is typed was counted and is permitted, and the reason and its number were typed."""
        problem, field = self._lacking()
        if problem:
            self._tell(problem)
            self._input(field).focus()
        elif self._plan is not None:
            self.dismiss(Removal(plan=self._plan, reason=self._reason))

    def action_no(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    def action_list(self) -> None:
        """Say where they are listed: there may be too many for a dialog."""
        self.notify(hint("The list shows them: {list.filter} with the same filter."), markup=False)

    def action_copy(self) -> None:
        """Copy the whole command."""
        if self._plan is not None:
            self.app.copy_to_clipboard(prune_command(self._plan, self._reason))
            self.notify("The command is copied.", markup=False)

    @on(Button.Pressed, "#prune-no")
    def _pressed_no(self) -> None:
        self.action_no()

    @on(Button.Pressed, "#prune-yes")
    def _pressed_yes(self) -> None:
        self.action_yes()

    @on(Input.Changed, "#prune-age, #prune-filter")
    def _changed(self) -> None:
        """Forget what was counted for something else."""
        if self._plan is not None and self._plan.order != self._order:
            self._show(None)

    @on(Input.Submitted, "#prune-age, #prune-filter")
    def _count(self) -> None:
        progress = Progress("Counting", partial(self._gateway.ordering.prunable, self._order))
        self.app.push_screen(progress, partial(self._counted, progress))

    @on(Input.Changed, "#prune-reason, #prune-word")
    def _given(self) -> None:
        """Show the command with the reason; what was lacking may be there now."""
        self._tell("")
        self._show_command()

    @on(Input.Submitted, "#prune-reason, #prune-word")
    def _submitted(self, event: Input.Submitted) -> None:
        """Enter never removes anything: it goes on to what is lacking, then to Cancel, from where ``y`` does."""
        problem, field = self._lacking()
        if not problem:
            self.query_one("#prune-no", Button).focus()
        elif event.input is self._input(field):
            self._tell(problem)
        else:
            self._input(field).focus()

    # --- what comes back ---

    def _counted(self, progress: Progress[PrunePlan], result: object) -> None:
        if isinstance(result, PrunePlan) and not progress.watched.stopped:
            self._show(result)
        else:
            self._show(None)
            self._tell("Stopped while counting." if progress.watched.stopped else str(result))

    def _show(self, plan: PrunePlan | None) -> None:
        self._plan = plan
        can_be = plan is not None and plan.number > 0 and not plan.refused
        reason, word = self._input("reason"), self._input("word")
        reason.display = word.display = can_be
        word.value = ""
        word.placeholder = f"type {plan.number} to confirm" if plan is not None else ""
        told = wrap(((_HINT, "quiet"),), self._width) if plan is None else found_lines(plan, self._width)
        self.query_one("#prune-found", LineBar).show(told)
        self._tell("")
        self._show_command()
        if can_be:
            reason.focus()

    def _show_command(self) -> None:
        """Show the command that removes the same; nothing before something was counted."""
        plan = self._plan
        command = "" if plan is None else prune_command(plan, self._reason)
        lines = [] if plan is None else shortened(command, safe_text(plan.database), self._width)
        self.query_one("#prune-command", LineBar).show(lines)

    def _lacking(self) -> tuple[str, str]:
        """Return what is still to be done and in which field; nothing and any when it is ready."""
        plan = self._plan
        if plan is None or plan.order != self._order:
            return "Press enter first: it counts them.", "age"
        if plan.refused or not plan.number:
            return plan.refused or "There is nothing to remove.", "age"
        if not self._reason:
            return SAY_WHY, "reason"
        typed = self._input("word").value.strip().replace(",", "")
        return ("" if typed == str(plan.number) else f"Type {plan.number} first."), "word"

    def _tell(self, problem: str) -> None:
        lines = wrap(((safe_text(problem), "error"),), self._width)[:3] if problem else []
        self.query_one("#prune-problem", LineBar).show(lines)

    @property
    def _order(self) -> PruneOrder:
        return PruneOrder(older_than=self._input("age").value.strip(), filter=self._input("filter").value.strip())

    @property
    def _reason(self) -> str:
        return self._input("reason").value.strip()

    def _input(self, field: str) -> SteadyInput:
        return self.query_one(f"#prune-{field}", SteadyInput)

    @property
    def _width(self) -> int:
        return min(70, self.app.size.width - 8)


def _field(name: str, hint: str, id: str, value: str = "") -> ComposeResult:
    with Horizontal(classes="field"):
        label = LineBar(classes="label")
        label.show([((name, "quiet"),)])
        yield label
        yield SteadyInput(value, placeholder=hint, compact=True, id=id, max_length=1000)


def found_lines(plan: PrunePlan, width: int) -> list[Line]:
    """Return what would be removed and what is kept."""
    what = "whose retention is over" if plan.numbers is None else "that match"
    lines: list[Line] = [
        (("before  ", "quiet"), (f"{plan.ended:,} ended processes", "plain")),
        (("after   ", "quiet"), (f"{plan.number:,} {what} are gone, {plan.ended - plan.number:,} are kept", "bold")),
    ]
    told = "Their steps and history are gone with them; nothing brings them back."
    lines += wrap((("next    ", "quiet"), (told, "plain")), width, indent=8)
    if plan.codes:
        most = Counter(plan.codes).most_common()
        named = ", ".join(f"{number:,} {safe_text(code, limit=30)}" for code, number in most[:_MOST_CODES])
        rest = f", and {len(most) - _MOST_CODES} more codes" if len(most) > _MOST_CODES else ""
        lines += wrap((("of      ", "quiet"), (named + rest, "plain")), width, indent=8)
    if plan.refused:
        lines += wrap(((f"Not possible: {safe_text(plan.refused)}", "warning"),), width)
    return lines
