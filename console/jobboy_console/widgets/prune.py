"""Asks which ended processes are to be removed, counts them, and lets their number be typed."""

from __future__ import annotations

from collections import Counter
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from jobboy_console.asking.wording import prune_command, shortened
from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.orders import PruneOrder, PrunePlan
from jobboy_console.gateway import Gateway
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import safe_text
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.progress import Progress
from jobboy_console.widgets.steady_input import SteadyInput

_MOST_CODES = 4
_HINT = "With both empty: those whose retention is over. Enter counts; nothing is removed before."


class Prune(Dialog[PrunePlan | None]):
    """Answers with what was counted and is to be removed, or None.

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
        """Return the two fields, what was counted, the number and the buttons."""
        with Vertical(classes="dialog", id="prune") as box:
            box.border_title = Content("Remove ended processes")
            box.border_subtitle = Content(hint("{confirm.copy} copy the command"))
            yield from _field("older than", "90d, 12h ...; empty: any age", "prune-age")
            yield from _field("only", "a filter such as failed code:demo-*; empty: any", "prune-filter", self._filter)
            yield LineBar(id="prune-found")
            yield SteadyInput(compact=True, id="prune-word", max_length=20)
            yield LineBar(id="prune-problem")
            yield LineBar(id="prune-command")
            with Horizontal(classes="buttons"):
                yield Button(Content("Cancel"), id="prune-no", compact=True)
                yield Button(Content(hint("Remove ({confirm.yes})")), id="prune-yes", compact=True, variant="error")

    def on_mount(self) -> None:
        """Begin with the age: nothing is known yet, so nothing can be removed."""
        self._show(None)
        self.query_one("#prune-age", SteadyInput).focus()

    # --- keys ---

    def action_yes(self) -> None:
        """Answer, when what is typed was counted, is permitted, and its number was typed."""
        problem, field = self._lacking()
        if problem:
            self._tell(problem)
            self.query_one(field, SteadyInput).focus()
        else:
            self.dismiss(self._plan)

    def action_no(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    def action_list(self) -> None:
        """Say where they are listed: there may be too many for a dialog."""
        self.notify(hint("The list shows them: {list.filter} with the same filter."), markup=False)

    def action_copy(self) -> None:
        """Copy the whole command."""
        if self._plan is not None:
            self.app.copy_to_clipboard(prune_command(self._plan))
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

    @on(Input.Submitted, "#prune-word")
    def _number_given(self) -> None:
        """Enter never removes anything: it goes to Cancel, from where ``y`` does."""
        self.query_one("#prune-no", Button).focus()

    # --- what comes back ---

    def _counted(self, progress: Progress[PrunePlan], result: object) -> None:
        if isinstance(result, PrunePlan) and not progress.watched.stopped:
            self._show(result)
        else:
            self._show(None)
            self._tell("Stopped while counting." if progress.watched.stopped else str(result))

    def _show(self, plan: PrunePlan | None) -> None:
        self._plan = plan
        word = self.query_one("#prune-word", SteadyInput)
        can_be = plan is not None and plan.number > 0 and not plan.refused
        word.display = can_be
        word.value = ""
        self._tell("")
        if plan is None:
            self.query_one("#prune-found", LineBar).show(wrap(((_HINT, "quiet"),), self._width))
            self.query_one("#prune-command", LineBar).show([])
            return
        self.query_one("#prune-found", LineBar).show(found_lines(plan, self._width))
        command = shortened(prune_command(plan), safe_text(plan.database), self._width)
        self.query_one("#prune-command", LineBar).show(command)
        word.placeholder = f"type {plan.number} to confirm"
        if can_be:
            word.focus()

    def _lacking(self) -> tuple[str, str]:
        """Return what is still to be done and in which field; nothing and any when it is ready."""
        plan = self._plan
        if plan is None or plan.order != self._order:
            return "Press enter first: it counts them.", "#prune-age"
        if plan.refused or not plan.number:
            return plan.refused or "There is nothing to remove.", "#prune-age"
        typed = self.query_one("#prune-word", SteadyInput).value.strip().replace(",", "")
        return ("" if typed == str(plan.number) else f"Type {plan.number} first."), "#prune-word"

    def _tell(self, problem: str) -> None:
        lines = wrap(((safe_text(problem), "error"),), self._width)[:3] if problem else []
        self.query_one("#prune-problem", LineBar).show(lines)

    @property
    def _order(self) -> PruneOrder:
        return PruneOrder(
            older_than=self.query_one("#prune-age", SteadyInput).value.strip(),
            filter=self.query_one("#prune-filter", SteadyInput).value.strip(),
        )

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
