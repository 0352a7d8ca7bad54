"""Answers a paused process: a form or JSON, what it changes and breaks beside it, and one more question."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Vertical
from textual.content import Content

from jobboy_console.asking.answers import (
    begun,
    divergence_lines,
    divergences,
    has_moved,
    is_same,
    kept_over,
    moved_words,
    sent,
)
from jobboy_console.asking.editing import edit_text
from jobboy_console.asking.forms import form_fields
from jobboy_console.commands import bindings, named, of_scope
from jobboy_console.commands.keymap import keymap_of
from jobboy_console.facts.decisions import Decision, Outcome, Pause, Plan, Problem
from jobboy_console.gateway import Gateway, Unreadable
from jobboy_console.looks.text import safe_text
from jobboy_console.running.background import Landed, Lane, is_in_use
from jobboy_console.screens.verdicts import Verdict, verdict_line
from jobboy_console.widgets.answer_panes import AnswerPanes
from jobboy_console.widgets.confirm import Confirm
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.dialogs import Question
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.moved import Choice, Moved

Checked = tuple[dict[str, Any], list[Problem]]
"""An answer and what it breaks."""


class Proceed(Dialog[list[Outcome] | None]):
    """Writes and sends the answer to a pause; ends with what became of it, or None when it was left paused.

    Only what was changed or added is sent, and merged over the output; a key cannot be taken away. Nothing that was
    typed is lost but by saying so: not when the database is gone, the answer is refused, or the pause moves.

    Args:
        gateway: reads the pause, sends the answer.
        plan: of the one process.
    """

    BINDINGS = bindings("proceed")

    def __init__(self, gateway: Gateway, plan: Plan) -> None:
        super().__init__()
        self._gateway = gateway
        self._plan = plan
        self._row = plan.items[0].row
        self._base: Pause | None = None
        """What is answered; None until it is read."""
        self._now: Pause | None = None
        """What is there now, as far as is known."""
        self._lost = ""
        """Why the database could not be read the last time."""
        self._verdict = Verdict()
        self._looks: Lane[Pause] = Lane(self, "look", deliver=self._looked, trouble=self._not_reached)
        self._checks: Lane[Checked] = Lane(self, "check", deliver=self._checked, trouble=self._not_checked)
        self._reviews: Lane[tuple[Pause, Checked]] = Lane(
            self, "review", deliver=self._reviewed, trouble=self._not_reached
        )
        self._sending: Lane[list[Outcome]] = Lane(self, "send", deliver=self._was_sent, trouble=self._not_reached)

    def compose(self) -> ComposeResult:
        """Return the panes and the line that says whether the answer can be sent."""
        with Vertical(id="proceed") as box:
            name = f"{safe_text(self._row.short_id, limit=8)} · {safe_text(self._row.code, limit=40)}"
            step = f" · next: {safe_text(self._row.step, limit=30)}" if self._row.step else " · nothing left to do"
            box.border_title = Content(f"Proceed {name}{step}")
            yield AnswerPanes(id="proceed-panes")
            yield LineBar(id="proceed-verdict")
        yield FooterBar(of_scope("proceed"))

    def on_mount(self) -> None:
        """Read the pause."""
        self.look()

    def look(self) -> None:
        """Read what is there now; called on every change of the database."""
        self._looks.ask(partial(self._gateway.pause, self._row.id))

    def on_landed(self, event: Landed) -> None:
        """Hand an answer to its lane."""
        event.stop()
        if is_in_use(self):
            event.lane.land(event.result)

    def answer(self) -> dict[str, Any]:
        """Return what would be sent.

        Raises:
            ValueError: what is written cannot be sent.
        """
        return sent({} if self._base is None else self._base.output, self._panes.document)

    # --- keys ---

    def action_form(self) -> None:
        """Go from the form to JSON or back; what cannot be read stays where it is."""
        panes = self._panes
        if not panes.has_form:
            self.notify("Its step declares no schema that a form could be made of.", markup=False)
            return
        try:
            panes.show(panes.document, as_form=not panes.as_form)
        except Unreadable as error:
            panes.go_to(error.place)
            self.notify(f"First make it readable: {safe_text(error)}", severity="warning", markup=False)

    def action_editor(self) -> None:
        """Write it in the operator's own editor, with the screen put away meanwhile."""
        if self._base is None:
            return
        text, trouble = self._panes.text, ""
        changed = text
        try:
            with self.app.suspend():
                try:
                    changed = edit_text(text)
                except ValueError as error:  # the screen comes back only when nothing is raised in here
                    trouble = safe_text(error)
        except SuspendNotSupported:
            trouble = "there is no terminal here that an editor could use"
        if trouble:
            self.notify(trouble, title="Not edited", severity="error", timeout=10, markup=False)
        elif changed != text:
            self._panes.take(changed)

    def action_review(self) -> None:
        """Look once more at what is there, then ask; what cannot be sent is shown where it is wrong."""
        if self._base is None or self._sending.busy:
            return
        try:
            answer = self.answer()
        except ValueError as error:
            self._panes.go_to(getattr(error, "place", None))
            self.notify(safe_text(error), severity="error", markup=False)
            return
        self._reviews.ask(partial(_looked_at, self._gateway, self._base, answer))

    def action_back(self) -> None:
        """Leave it paused; asks when something was typed."""
        if self._is_touched:
            question = Question("Leave it paused?", ["What you typed is lost."], no="Stay", yes="Leave")
            self.app.push_screen(question, self._leave)
        else:
            self.dismiss(None)

    def _leave(self, yes: bool | None) -> None:
        if yes:
            self.dismiss(None)

    # --- judging ---

    @on(AnswerPanes.Changed)
    def _judge(self) -> None:
        """Show what would change; what is wrong with it is found out meanwhile."""
        if self._base is None:
            return
        try:
            answer = self.answer()
        except ValueError as error:
            self._panes.show_unreadable()
            self._tell(Verdict(unreadable=safe_text(error)))
            return
        if self._base.schema is None:
            self._checked((answer, []))
        else:
            self._checks.ask(partial(_check, self._gateway, self._base, answer))

    def _checked(self, checked: Checked) -> None:
        """Show what an answer breaks, unless another one is written by now."""
        answer, problems = checked
        if self._base is None or not self._says(answer):
            return
        self._panes.show_answer(answer, problems)
        self._tell(Verdict(problems=len(problems)))

    def _not_checked(self, error: Exception) -> None:
        self._tell(Verdict(unreadable=f"it cannot be checked: {safe_text(error)}"))

    def _tell(self, verdict: Verdict) -> None:
        base, now = self._base, self._now
        moved = moved_words(now) if base is not None and now is not None and has_moved(base, now) else ""
        review = keymap_of(self).label(*named("proceed.review"))
        self._verdict = replace(verdict, lost=self._lost, moved=moved)
        self.query_one("#proceed-verdict", LineBar).show([verdict_line(self._verdict, review)])

    # --- what comes back ---

    def _looked(self, now: Pause) -> None:
        self._lost, self._now = "", now
        base = self._base
        if base is None and not now.paused:
            self._not_reached(ValueError(f"{moved_words(now)}; look again"))
        elif base is None:
            self._begin(now, begun(now), as_form=True)
        elif now.paused and has_moved(base, now) and not self._is_touched and self.app.screen is self:
            self.notify("It was paused anew meanwhile: this is its data now.", markup=False)
            self._begin(now, begun(now), as_form=self._panes.as_form)
        else:
            self._tell(self._verdict)

    def _begin(self, pause: Pause, document: dict[str, Any], *, as_form: bool) -> None:
        """Answer this pause from now on."""
        self._base = self._now = pause
        self._panes.begin(form_fields(pause.schema), pause.output, document, as_form=as_form)

    def _reviewed(self, found: tuple[Pause, Checked]) -> None:
        now, (answer, problems) = found
        self._lost, self._now = "", now
        base = self._base
        if base is None or self.app.screen is not self:
            return
        self._tell(self._verdict)
        if not self._says(answer):
            self.action_review()
            return
        if has_moved(base, now):
            self._ask_what_then(base, now)
        elif problems:
            self._panes.go_to_problem(problems[0])
            self._tell(Verdict(problems=len(problems), first=safe_text(problems[0].sentence)))
        else:
            self.app.push_screen(Confirm(self._plan_of(base), data=answer), partial(self._decided, base))

    def _ask_what_then(self, base: Pause, now: Pause) -> None:
        lines = divergence_lines(divergences(base, now, self._panes.document))
        dialog = Moved(moved_words(now), lines, can_answer=now.paused)
        self.app.push_screen(dialog, partial(self._chosen, base, now))

    def _chosen(self, base: Pause, now: Pause, choice: Choice | None) -> None:
        panes = self._panes
        if choice == "leave":
            self.dismiss(None)
        elif choice == "theirs":
            self._begin(now, begun(now), as_form=panes.as_form)
        elif choice == "mine":
            self._begin(now, kept_over(base, now, panes.document), as_form=panes.as_form)

    def _decided(self, base: Pause, decision: Decision | None) -> None:
        """Send what was confirmed, for the pause for which it was: it may be another by now."""
        if decision is not None:
            self._sending.ask(partial(self._gateway.verbs.carry_out, self._plan_of(base), decision))

    def _was_sent(self, outcomes: list[Outcome]) -> None:
        if all(outcome.ok for outcome in outcomes):
            self.dismiss(outcomes)
            return
        self.notify(safe_text(outcomes[0].text, limit=300), title="Not sent", severity="error", markup=False)
        self.look()

    def _not_reached(self, error: Exception) -> None:
        """Say what went wrong; what was typed stays."""
        self._lost = safe_text(str(error) or type(error).__name__)
        if self._base is None:
            self.notify(self._lost, severity="error", markup=False)
            self.dismiss(None)
        else:
            self._tell(self._verdict)

    # --- its parts ---

    @property
    def _panes(self) -> AnswerPanes:
        return self.query_one(AnswerPanes)

    @property
    def _is_touched(self) -> bool:
        if self._base is None:
            return False
        try:
            return not is_same(self._panes.document, begun(self._base))
        except Unreadable:
            return True

    def _says(self, answer: dict[str, Any]) -> bool:
        """Say whether this is what is written now: one may have typed on while it was looked at."""
        try:
            return is_same(self.answer(), answer)
        except ValueError:
            return False

    def _plan_of(self, base: Pause) -> Plan:
        """Return the plan for the pause that is answered: its token decides whether the answer is still welcome."""
        return replace(self._plan, items=(replace(self._plan.items[0], row=base.row),))


def _check(gateway: Gateway, pause: Pause, answer: dict[str, Any]) -> Checked:
    return answer, gateway.problems(pause, answer)


def _looked_at(gateway: Gateway, pause: Pause, answer: dict[str, Any]) -> tuple[Pause, Checked]:
    return gateway.pause(pause.row.id), _check(gateway, pause, answer)
