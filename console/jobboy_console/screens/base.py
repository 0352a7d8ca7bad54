"""What every screen of the console has: the gateway, the head, and verbs with their questions and answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from textual.notifications import SeverityLevel
from textual.screen import Screen

from jobboy_console.asking.wording import TITLES, title, what_applies
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.acts import Act
from jobboy_console.facts.rows import Row, Selection
from jobboy_console.gateway import Gateway
from jobboy_console.looks.text import plural, safe_text
from jobboy_console.machine.watching import Watch
from jobboy_console.running.background import Landed, Lane, is_in_use
from jobboy_console.widgets.footer_bar import FooterBar

if TYPE_CHECKING:
    from jobboy_console.facts.decisions import Decision, Outcome, Plan, PlanItem
    from jobboy_console.facts.orders import Exported, PrunePlan, Removal
    from jobboy_console.widgets.choose_step import Choice
    from jobboy_console.widgets.status_bar import Situation


Answer = TypeVar("Answer")
WATCHED = 20
"""More processes than these are counted and carried out under a bar that can be stopped."""


class BaseScreen(Screen[None]):
    """A screen on which verbs can be used.

    Args:
        gateway: the way to the database.
    """

    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self.gateway = gateway
        self._was_left = False
        self._plans: Lane[Plan] = Lane(self, "plan", deliver=self._planned, trouble=self.report_trouble)
        self._actions: Lane[list[Outcome]] = Lane(
            self, "action", deliver=self._carried_out, trouble=self.report_trouble
        )
        self._work: Lane[str] = Lane(self, "work", deliver=self._work_changed, trouble=self.report_trouble)

    # --- for the screens ---

    def rows(self) -> list[Row]:
        """Return the processes a verb is meant for, as they are shown."""
        raise NotImplementedError

    @property
    def selection(self) -> Selection:
        """The processes a verb is meant for; by their filter when all that match are."""
        ids = tuple(row.id for row in self.rows())
        return Selection(ids, None, len(ids))

    def reload(self) -> None:
        """Read again what is shown."""
        raise NotImplementedError

    def changed(self) -> None:
        """Show what has changed; called on every change of the database."""
        self.reload()

    def done_with(self, outcomes: list[Outcome]) -> None:
        """Take note of what became of the processes of a plan."""

    def tick(self, situation: Situation) -> None:
        """Show what changes by itself: ages, and the situation."""

    # --- messages ---

    def on_screen_suspend(self) -> None:
        """Remember that changes go to another screen now."""
        self._was_left = True

    def on_screen_resume(self) -> None:
        """Read what changed meanwhile."""
        if self._was_left:
            self._was_left = False
            self.reload()

    def on_landed(self, event: Landed) -> None:
        """Hand an answer to the lane it belongs to."""
        event.stop()
        if is_in_use(self):
            event.lane.land(event.result)

    def report_trouble(self, error: Exception) -> None:
        """Say what went wrong; what is shown stays."""
        text = str(error) or type(error).__name__
        self.notify(safe_text(text), title="That did not work", severity="error", timeout=10, markup=False)

    # --- verbs ---

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let no key act on what is behind a dialog that is on its way: it was typed for the dialog."""
        return not self._plans.busy or not hasattr(self, f"action_{action}")

    def show_verbs(self) -> None:
        """Dim the verbs that would be refused, as far as is known without asking."""
        rows = self.rows()
        acts = frozenset(act for row in rows for act in row.acts if self.gateway.permits(act, row.code))
        self.query_one(FooterBar).show_verbs(acts - {Act.PROCEED} if len(rows) > 1 else acts)

    def action_verb(self, name: str) -> None:
        """Begin a verb: judge it for its processes, then ask."""
        selection = self.selection
        act = Act(name)
        if not selection.ids and selection.filter is None:
            self.notify("There is no process under the cursor.", severity="warning", markup=False)
        elif act is Act.PROCEED and (len(selection.ids) > 1 or selection.filter is not None):
            self.notify(
                hint("Each paused process needs its own answer: {list.unmark} unmarks them."),
                severity="warning",
                markup=False,
            )
        elif selection.filter is not None:
            self._watch(
                f"{TITLES[act]}: counting", partial(self.gateway.verbs.census, act, selection.filter), self._counted
            )
        else:
            self._plans.ask(partial(self.gateway.verbs.plan, act, selection.ids))

    def _watch(self, head: str, call: Callable[[Watch], Answer], deliver: Callable[[Answer, Watch], object]) -> None:
        """Make a long call under a bar that can be stopped."""
        from jobboy_console.widgets.progress import Progress

        progress = Progress(head, call)

        def answered(result: object) -> None:
            if isinstance(result, Exception):
                self.report_trouble(result)
            elif result is not None:
                deliver(cast(Answer, result), progress.watched)

        self.app.push_screen(progress, answered)

    def _counted(self, plan: Plan, watch: Watch) -> None:
        if watch.stopped:
            self.notify("Stopped while counting: nothing was done.", markup=False)
        else:
            self._planned(plan)

    def action_start_new(self) -> None:
        """Choose a code, write the parameters, ask, and start a process."""
        from jobboy_console.widgets.choose_code import ChooseCode

        if self._is_read_only():
            return
        rows = self.rows()
        row = rows[0] if len(rows) == 1 else None
        dialog = ChooseCode(self.gateway, None if row is None else row.code)
        self.app.push_screen(dialog, partial(self._code_chosen, None if row is None else row.id))

    def _code_chosen(self, process_id: str | None, code: str | None) -> None:
        from jobboy_console.widgets.start_new import StartNew

        if code is not None:
            self.app.push_screen(StartNew(self.gateway, code, process_id), self._started)

    def _started(self, process_id: str | None) -> None:
        if process_id is not None:
            self.notify(f"Started {safe_text(process_id, limit=60)}.", markup=False)
            self.reload()

    def action_prune(self) -> None:
        """Ask which ended processes are to be removed, count them, and remove them under a bar."""
        from jobboy_console.widgets.prune import Prune

        if not self._is_read_only():
            self.app.push_screen(Prune(self.gateway, self.selection.filter or ""), self._pruned)

    def _pruned(self, removal: Removal | None) -> None:
        if removal is not None:
            call = partial(self.gateway.ordering.prune, removal)
            self._watch(f"Removing {removal.plan.number:,} processes", call, partial(self._removed, removal.plan))

    def _removed(self, plan: PrunePlan, number: int, watch: Watch) -> None:
        stopped = f"Stopped: {plan.number - number:,} are left. " if watch.stopped else ""
        self.notify(f"{stopped}{number:,} removed, {plan.ended - number:,} ended processes are kept.", markup=False)
        self.reload()

    def ask_export(self, head: str, name: str, forms: Sequence[str], *, filter: str | None = None) -> None:
        """Ask how processes are written to a file, and write it.

        Args:
            head: what they are, not safe.
            name: what the file is named after, not safe.
            forms: the formats there can be, the proposed one first.
            filter: all that match it; None for those a verb would be meant for.
        """
        chosen = self.selection
        whom = Selection((), filter) if filter is not None else chosen
        if not whom.ids and whom.filter is None:
            self.notify("There is no process under the cursor.", severity="warning", markup=False)
            return
        from jobboy_console.widgets.export import Export

        self.app.push_screen(Export(self.gateway, whom, head=head, name=name, forms=forms), self._exported)

    def _exported(self, written: Exported | None) -> None:
        if written is None:
            return
        what = plural(written.processes, "process", "processes")
        left_out = (
            f"; {plural(written.secrets, 'secret')} left out, look before you send it" if written.secrets else ""
        )
        self.notify(f"{what} written to {safe_text(written.file, limit=200)}{left_out}.", timeout=8, markup=False)

    def _is_read_only(self) -> bool:
        if self.gateway.read_only:
            self.notify("This console is read-only.", severity="warning", markup=False)
        return self.gateway.read_only

    def action_pause_work(self) -> None:
        """Ask whether all work of the database is to be paused, or resumed."""
        from jobboy_console.widgets.dialogs import AskWork

        paused = self.work_is_paused()
        verb = "resume" if paused else "pause"
        refused = self.gateway.pausing.why_not(verb)
        if refused:
            text = f"Cannot {verb} work: {safe_text(refused, limit=200)}."
            self.notify(text, severity="warning", timeout=8, markup=False)
            return
        dialog = AskWork(paused=paused, database=self.gateway.database, asks=self.gateway.pausing.why_confirm(verb))
        self.app.push_screen(dialog, partial(self._change_work, paused, bool(dialog.asks)))

    def work_is_paused(self) -> bool:
        """Say whether all work is paused, as far as this screen knows."""
        return False

    def _change_work(self, paused: bool, confirmed: bool, reason: str | None) -> None:
        if reason is not None:
            self._work.ask(partial(_change_work, self.gateway, paused, confirmed, reason or None))

    def _work_changed(self, text: str) -> None:
        self.notify(text, markup=False)
        self.reload()

    def _planned(self, plan: Plan) -> None:
        from jobboy_console.screens.proceed import Proceed
        from jobboy_console.widgets.choose_step import ChooseStep
        from jobboy_console.widgets.confirm import Confirm

        if not plan.items:
            self.notify("It is not there any more.", severity="warning", markup=False)
            self.reload()
        elif not plan.eligible(force=True):
            self._refuse(plan.act, plan.items)
        elif plan.act is Act.PROCEED:
            self.app.push_screen(Proceed(self.gateway, plan), self._pause_answered)
        elif plan.starting_points:
            self.app.push_screen(ChooseStep(plan), partial(self._beginning_chosen, plan))
        else:
            self.app.push_screen(Confirm(plan), partial(self._decided, plan))

    def _beginning_chosen(self, plan: Plan, choice: Choice | None) -> None:
        from jobboy_console.widgets.confirm import Confirm

        if choice is not None:
            self.app.push_screen(Confirm(plan, from_step=choice.step), partial(self._decided, plan))

    def _refuse(self, act: Act, items: tuple[PlanItem, ...]) -> None:
        first = items[0]
        name = safe_text(first.row.short_id, limit=8) if len(items) == 1 else f"any of the {len(items)}"
        why = safe_text(first.why_not or "", limit=200)
        permitted = [one for one in first.row.acts if self.gateway.permits(one, first.row.code)]
        help = what_applies(permitted) if len(items) == 1 else ""
        text = f"Cannot {act.value} {name}: {why}. {help}".rstrip()
        self.notify(text, title=TITLES[act], severity="warning", timeout=8, markup=False)
        self.reload()

    def _pause_answered(self, outcomes: list[Outcome] | None) -> None:
        if outcomes is not None:
            self._carried_out(outcomes)

    def _decided(self, plan: Plan, decision: Decision | None) -> None:
        if decision is None:
            return
        call = partial(self.gateway.verbs.carry_out, plan, decision)
        if len(plan.eligible(force=decision.force)) > WATCHED:
            self._watch(title(plan), call, lambda outcomes, _: self._carried_out(outcomes))
        else:
            self._actions.ask(call)

    def _carried_out(self, outcomes: list[Outcome]) -> None:
        from jobboy_console.widgets.results import Results, told

        refused = [outcome for outcome in outcomes if not outcome.ok]
        self.done_with(outcomes)
        if len(outcomes) == 1:
            only = outcomes[0]
            severity: SeverityLevel = "information" if only.ok else "error"
            text = f"{safe_text(only.row.short_id, limit=8)}: {safe_text(only.text, limit=300)}"
            self.notify(text, severity=severity, timeout=5 if only.ok else 12, markup=False)
        elif refused:
            self.app.push_screen(Results(told(outcomes), outcomes))
        else:
            self.notify(f"All {len(outcomes):,} done.", markup=False)
        self.reload()


def _change_work(gateway: Gateway, paused: bool, confirmed: bool, reason: str | None) -> str:
    if paused:
        gateway.pausing.resume(reason, confirmed=confirmed)
        return "Work goes on."
    gateway.pausing.pause(reason, confirmed=confirmed)
    return "All work is paused: turns in progress are finished, nothing is begun."
