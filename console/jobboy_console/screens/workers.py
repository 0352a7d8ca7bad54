"""Workers: this console's own, which is started, paused and ended here, and all others of the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from jobboy_console.commands import bindings, named, of_scope
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.house_snapshots import HeldLine, Workforce
from jobboy_console.facts.rows import Row
from jobboy_console.looks.text import plural
from jobboy_console.places.workers import OwnWorker, empty_lines, end_lines, own_lines, workers_header, workers_rows
from jobboy_console.running.background import Lane
from jobboy_console.running.embedded import GRACE_S
from jobboy_console.screens.place import PlaceScreen, Surroundings
from jobboy_console.widgets.cursor_view import CursorView
from jobboy_console.widgets.dialogs import Question
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar


class Workers(PlaceScreen):
    """All workers with what they hold; verbs apply to the held process under the cursor.

    Args:
        surroundings: of the console at this moment.
    """

    PLACE = "workers"
    BINDINGS = bindings("workers", "change", "everywhere")

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self._force: Workforce | None = None
        self._reads: Lane[Workforce] = Lane(self, "workforce", deliver=self._read, trouble=self.not_read)
        self._orders: Lane[str] = Lane(self, "own-worker", deliver=self._done, trouble=self.report_trouble)

    def compose(self) -> ComposeResult:
        """Return the head, this console's worker, the list and the footer."""
        yield LineBar(id="place-head")
        with Vertical(id="place-pane"):
            yield LineBar(id="own-worker")
            yield LineBar(id="place-columns")
            yield LineBar(id="place-empty", wraps=True)
            yield CursorView(id="place-list")
        yield FooterBar(of_scope("workers", "change", "everywhere", "application"))

    def on_mount(self) -> None:
        """Read all workers."""
        change = [command for command in of_scope("change") if command.footer]
        self.query_one(FooterBar).show_commands([*of_scope("workers"), *named("rows.pick"), *change, *named("help")])
        self.query_one(CursorView).focus()
        self.show_head()
        self.show_all()
        self.reload()

    # --- what is asked for ---

    def rows(self) -> list[Row]:
        """Return the held process under the cursor."""
        held = self._held()
        return [] if held is None else [held.row]

    def reload(self) -> None:
        """Read all workers again."""
        self._reads.ask(self.gateway.house.workforce)

    def work_is_paused(self) -> bool:
        """Say what was read last."""
        return self._force is not None and self._force.paused_by is not None

    def show_all(self) -> None:
        """Draw this console's worker and the list."""
        width = max(self.query_one("#place-pane").content_size.width, 20)
        force = self._force
        own = own_lines(self._own(), force, width, read_only=self.gateway.read_only)
        self.query_one("#own-worker", LineBar).show([*own, ()])
        if force is None:
            self.show_border("Workers")
            self._show_keys()
            return
        alive = sum(worker.alive for worker in force.workers)
        holds = sum(len(worker.holds) for worker in force.workers)
        self.show_border(f"Workers · {alive} alive", [f"{plural(holds, 'process', 'processes')} in hand"])
        self.query_one("#place-columns", LineBar).show([workers_header(force, width)] if force.workers else [])
        self.query_one("#place-empty", LineBar).show([] if force.workers else empty_lines())
        self.query_one(CursorView).show_rows(workers_rows(force, self.gateway.now(), width - 1, self.embedded.pid()))
        self._show_keys()

    # --- keys ---

    def action_start_worker(self) -> None:
        """Ask whether this console's worker is to be started."""
        if self._cannot_be_changed():
            return
        if self.embedded.pid() is not None:
            self.notify("It runs already.", severity="warning", markup=False)
            return
        lines = ["It begins with whatever is ready, the stuck ones first; it ends with this console."]
        question = Question("Start this console's worker?", lines, no="Cancel", yes="Start")
        self._ask(question, self.embedded.start, "The worker is started.")

    def action_end_worker(self) -> None:
        """Ask whether this console's worker is to end, saying what it holds and how long that has."""
        if self._cannot_be_changed() or self._does_not_run():
            return
        lines = end_lines(self._force, self.embedded.pid(), GRACE_S)
        question = Question("End this console's worker?", lines, no="Cancel", yes="End")
        self._ask(question, self.embedded.stop, "The worker has ended.")

    def action_hold_worker(self) -> None:
        """Ask whether this console's worker is to take nothing more in hand, or to go on."""
        if self._cannot_be_changed() or self._does_not_run():
            return
        if self.embedded.paused:
            question = Question(
                "Resume this console's worker?", ["It takes processes in hand again."], no="Cancel", yes="Resume"
            )
            self._ask(question, self.embedded.resume, "The worker goes on.")
        else:
            lines = ["Turns in progress are finished, nothing is begun. Other workers go on."]
            question = Question("Pause this console's worker?", lines, no="Cancel", yes="Pause")
            self._ask(question, self.embedded.pause, "The worker is paused.")

    @on(CursorView.Picked)
    def _picked(self, event: CursorView.Picked) -> None:
        held = self._held()
        if held is not None:
            self.open_process(held.row.id)
        else:
            self.notify(hint("{rows.pick} opens a process that a worker holds."), timeout=3, markup=False)

    @on(CursorView.Moved)
    def _moved(self) -> None:
        self._show_keys()

    # --- its parts ---

    def _show_keys(self) -> None:
        """Dim what would be refused: a worker that does not run cannot end, one that runs cannot begin."""
        self.show_verbs()
        if self.embedded.kind == "none":
            refused = {command.id for command in of_scope("workers")}
        elif self.embedded.pid() is None:
            refused = {"workers.end", "workers.hold"}
        else:
            refused = {"workers.start"}
        if self._held() is None:
            refused.add("rows.pick")
        self.query_one(FooterBar).show_refused(frozenset(refused))

    def _own(self) -> OwnWorker:
        worker = self.embedded
        return OwnWorker(
            kind=worker.kind,
            state=worker.state(),
            pid=worker.pid(),
            paused=worker.paused,
            log=None if worker.log is None else str(worker.log),
        )

    def _held(self) -> HeldLine | None:
        key = self.query_one(CursorView).cursor_key
        if self._force is None or not isinstance(key, tuple):
            return None
        holds = (held for worker in self._force.workers for held in worker.holds)
        return next((held for held in holds if ("process", held.row.id) == key), None)

    def _cannot_be_changed(self) -> bool:
        if self.refuse_to_change():
            return True
        if self.embedded.kind == "none":
            self.notify(
                "This console has no worker: open it with --app MODULE:OBJECT.", severity="warning", markup=False
            )
            return True
        return False

    def _does_not_run(self) -> bool:
        if self.embedded.pid() is None:
            self.notify(hint("It does not run: {workers.start} starts it."), severity="warning", markup=False)
            return True
        return False

    def _ask(self, question: Question, order: Callable[[], None], done: str) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self._orders.ask(partial(_carried_out, order, done))

        self.app.push_screen(question, answered)

    def _read(self, force: Workforce) -> None:
        self._force = force
        self.show_all()

    def _done(self, text: str) -> None:
        self.notify(text, markup=False)
        self.situation = replace(self.situation, worker=self.embedded.state())
        self.show_head()
        self.show_all()
        self.reload()


def _carried_out(order: Callable[[], None], done: str) -> str:
    order()
    return done
