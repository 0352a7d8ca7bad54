"""The question before every change: what is, what will be, what happens next, and why it is done."""

from __future__ import annotations

from dataclasses import replace

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Checkbox, Input

from jobboy_console.asking.census import census
from jobboy_console.asking.levels import Level, level_of, missing, why_typed, word_of
from jobboy_console.asking.wording import (
    REASON,
    REASON_REQUIRED,
    TITLES,
    command_line,
    command_lines,
    effect,
    title,
)
from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.acts import Act
from jobboy_console.facts.changes import short_json
from jobboy_console.facts.decisions import Decision, Plan
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import safe_text
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.results import Judged
from jobboy_console.widgets.steady_input import SteadyInput
from jobboy_console.widgets.tick import Tick

_SHOWN_ROWS = 4
_WIDTH = 70


class Confirm(Dialog[Decision | None]):
    """Asks once, with the focus on Cancel; answers with the decision, or None.

    Args:
        plan: the verb and its processes as they are now.
        data: for proceed, what is sent; it cannot be changed here any more.
        from_step: for restart, where it begins; None for the beginning.
    """

    BINDINGS = bindings("confirm")

    def __init__(self, plan: Plan, *, data: dict[str, object] | None = None, from_step: str | None = None) -> None:
        super().__init__()
        self._plan = plan
        self._data = data or {}
        self._from_step = from_step

    def compose(self) -> ComposeResult:
        """Return the facts, what is to be given, the choices and the two buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(title(self._plan))
            box.border_subtitle = Content(hint("{confirm.list} list · {confirm.copy} copy the command"))
            yield LineBar(id="confirm-facts")
            yield SteadyInput(id="confirm-reason", compact=True, max_length=1000)
            yield SteadyInput(id="confirm-word", compact=True, max_length=100)
            yield LineBar(id="confirm-problem")
            with Vertical(id="confirm-choices"):
                if self._plan.act is Act.FAIL:
                    yield Tick(Content("at once, without teardown"), id="confirm-now", compact=True)
                if self._plan.can_be_forced:
                    yield Tick(Content("force: take it from a living holder"), id="confirm-force", compact=True)
            yield LineBar(id="confirm-command")
            with Horizontal(classes="buttons"):
                yield Button(Content("Cancel"), id="confirm-no", compact=True)
                yield Button(Content("…"), id="confirm-yes", compact=True, variant="error")

    def on_mount(self) -> None:
        """Begin on Cancel, so that a stray key does nothing."""
        self.query_one("#confirm-no", Button).focus()
        self._describe()

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines for the new width."""
        self._describe()

    @property
    def decision(self) -> Decision:
        """What would be done now."""
        decision = Decision(
            reason=self.query_one("#confirm-reason", SteadyInput).value.strip() or None,
            force=self._checked("#confirm-force"),
            now=self._checked("#confirm-now"),
            data=self._data,
            from_step=self._from_step,
        )
        return replace(decision, confirmed=level_of(self._plan, decision) is Level.TYPED)

    def action_yes(self) -> None:
        """Answer with the decision, unless something is still to be given or nobody is eligible."""
        decision = self.decision
        if not self._plan.eligible(force=decision.force):
            self._complain("Nothing here is eligible: see above why.")
            return
        lacking = missing(self._plan, decision, self.query_one("#confirm-word", SteadyInput).value)
        if lacking is None:
            self.dismiss(decision)
        else:
            self._complain(lacking[1])
            self.query_one(f"#confirm-{lacking[0]}", SteadyInput).focus()

    def action_list(self) -> None:
        """Show every process it is for, and why some are skipped."""
        force = self._checked("#confirm-force")
        self.app.push_screen(Judged(self._plan, force=force))

    def action_copy(self) -> None:
        """Copy the whole command."""
        self.app.copy_to_clipboard(command_line(self._plan, self.decision))
        self.notify("The command is copied.", markup=False)

    def action_no(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    @on(Button.Pressed, "#confirm-no")
    def _pressed_no(self) -> None:
        self.action_no()

    @on(Button.Pressed, "#confirm-yes")
    def _pressed_yes(self) -> None:
        self.action_yes()

    @on(Checkbox.Changed)
    def _choice(self) -> None:
        self._typed()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#confirm-problem", LineBar).show([])
        self._describe()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Enter in what is typed never confirms: it goes on to what is missing, then to Cancel, where ``y`` does."""
        lacking = missing(self._plan, self.decision, self.query_one("#confirm-word", SteadyInput).value)
        if lacking is None:
            self.query_one("#confirm-no", Button).focus()
        elif event.input.id == f"confirm-{lacking[0]}":
            self._complain(lacking[1])
        else:
            self.query_one(f"#confirm-{lacking[0]}", SteadyInput).focus()

    def _checked(self, selector: str) -> bool:
        return any(box.value for box in self.query(selector).results(Checkbox))

    def _complain(self, text: str) -> None:
        self.query_one("#confirm-problem", LineBar).show([((safe_text(text), "error"),)])

    def _describe(self) -> None:
        decision = self.decision
        count = len(self._plan.eligible(force=decision.force))
        verb = TITLES[self._plan.act]
        label = verb if len(self._plan.items) == 1 else f"{verb} {count:,}"
        self.query_one("#confirm-yes", Button).label = Content(f"{label} {hint('({confirm.yes})')}")
        self.query_one("#confirm-facts", LineBar).show(
            facts(self._plan, decision, self._width) + asked(self._plan, decision, self._width)
        )
        self.query_one("#confirm-command", LineBar).show(command_lines(self._plan, decision, self._width))
        self._show_inputs(decision)

    def _show_inputs(self, decision: Decision) -> None:
        level = level_of(self._plan, decision)
        reason, word = self.query_one("#confirm-reason", SteadyInput), self.query_one("#confirm-word", SteadyInput)
        reason.placeholder = REASON_REQUIRED if level >= Level.REASON else REASON
        word.placeholder = f"type {safe_text(word_of(self._plan, decision), limit=40)} to confirm"
        word.display = level is Level.TYPED

    @property
    def _width(self) -> int:
        return min(_WIDTH, self.app.size.width - 8)


def facts(plan: Plan, decision: Decision, width: int) -> list[Line]:
    """Return what a dialog says: for one process before, after and next; for several the census and examples."""
    eligible = plan.eligible(force=decision.force)
    if len(plan.items) == 1 and not eligible:
        item = plan.items[0]
        return wrap(((f"Not possible: {safe_text(item.why_not or '')}", "warning"),), width)
    if len(plan.items) == 1:
        found = effect(plan.act, eligible[0].row, decision)
        lines = _labelled("before", found.before, "plain", width) + _labelled("after", found.after, "bold", width)
        lines += _labelled("next", found.next, "plain", width)
        return lines + _labelled("sends", short_json(decision.data), "bold", width) if decision.data else lines
    lines = wrap(((census(plan, force=decision.force), "bold"),), width)
    for item in eligible[:_SHOWN_ROWS]:
        found = effect(plan.act, item.row, decision)
        head = f"{safe_text(item.row.short_id, limit=8)} {safe_text(item.row.code, limit=24)}"
        lines.append(((head, "key"), (f"  {found.before} → {found.after}", "plain")))
    if len(eligible) > _SHOWN_ROWS:
        lines.append(((f"… and {len(eligible) - _SHOWN_ROWS} more", "quiet"),))
    return lines


def asked(plan: Plan, decision: Decision, width: int) -> list[Line]:
    """Return why more is asked than a reason; nothing when it is not."""
    why = why_typed(plan, decision)
    return wrap(((safe_text(why), "warning"),), width) if why else []


def _labelled(label: str, text: str, style: str, width: int) -> list[Line]:
    return wrap(((f"{label:<8}", "quiet"), (text, style)), width, indent=8)
