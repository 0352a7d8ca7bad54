"""Scenes of what is asked before something changes, and of what is told after it."""

from __future__ import annotations

from functools import partial

from textual.widgets import TextArea

from jobboy.model.documents import Parameters
from jobboy.operations import Guardrail, GuardrailAction
from jobboy_console.config import Profile
from jobboy_console.facts.decisions import Outcome
from jobboy_console.facts.rows import Row
from jobboy_console.machine.watching import Watch
from jobboy_console.screens.proceed import Proceed
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.choose_code import ChooseCode
from jobboy_console.widgets.confirm import Confirm
from jobboy_console.widgets.dialogs import AskWork
from jobboy_console.widgets.export import Export
from jobboy_console.widgets.moved import Moved
from jobboy_console.widgets.progress import Progress
from jobboy_console.widgets.prune import Prune
from jobboy_console.widgets.results import Judged, Results, told
from jobboy_console.widgets.start_new import StartNew
from tests.console.fake_operations import FakeOperations
from tests.console.pictures.long_history import a_process_world
from tests.console.pictures.stage import EVERY_THEME, OVER, Paste, Scene, Stage
from tests.console.pictures.worlds import OUTPUT, WRONG, a_world, a_world_that_knows_its_codes, an_invoice

PROD = Profile(name="prod", accent="red", protected=True)
ASKS = Guardrail(action=GuardrailAction.CONFIRM, codes=("export-*",), reason="the ledger is closed on the 1st")
ASKS_ALL = Guardrail(action=GuardrailAction.CONFIRM, reason="ask Ada first")
TWELVE = ("6", "g", *["space"] * 12)


def guarded(*guardrails: Guardrail) -> FakeOperations:
    operations = a_world_that_knows_its_codes()
    operations.guardrails = guardrails
    return operations


def without_codes() -> FakeOperations:
    operations = a_world()
    operations.codes = lambda: ()  # type: ignore[method-assign]  # for this scene
    return operations


def with_work_paused() -> FakeOperations:
    operations = a_world()
    operations.pause(reason="the disk is exchanged")
    return operations


async def write_nonsense(stage: Stage) -> None:
    stage.app.screen.query_one(TextArea).load_text(WRONG)


async def write_half_a_line(stage: Stage) -> None:
    stage.app.screen.query_one(TextArea).load_text('{\n  "rows": \n}')


async def somebody_else_answers(stage: Stage) -> None:
    (paused,) = stage.operations.processes
    theirs = Parameters({**OUTPUT, "amount": 99, "account": "office"})
    stage.operations.replace(paused, token=7, output=theirs)


async def somebody_else_ends_it(stage: Stage) -> None:
    (paused,) = stage.operations.processes
    stage.operations.replace(paused, token=7, paused=False)


async def show_results(stage: Stage) -> None:
    home = stage.app.screen
    assert isinstance(home, Processes)
    outcomes = [_outcome(row, at) for at, row in enumerate(home.rows() * 9)]
    stage.app.push_screen(Results(told(outcomes), outcomes))


def _outcome(row: Row, at: int) -> Outcome:
    if at == 2:
        return Outcome(row=row, ok=False, text="somebody else was first: it was changed meanwhile; look again")
    if at > 6:
        return Outcome(row=row, ok=False, text="not begun: it was stopped before", begun=False)
    return Outcome(row=row, ok=True, text="now running")


async def begin_something_long(stage: Stage, *, of: int | None, stops: bool = False) -> None:
    def call(watch: Watch) -> None:
        watch.done, watch.total = 4_210, of
        OVER.wait()

    progress = Progress("Kill: counting" if of is None else "KILL 12,000 processes", call)
    await stage.app.push_screen(progress)
    if stops:
        progress.watched.stop()


verb = partial(Scene, shows=Confirm, world=a_world_that_knows_its_codes)
answer = partial(Scene, shows=Proceed, world=an_invoice)
SCENES: dict[str, Scene] = {
    "recover": verb(steps=("R",), themes=EVERY_THEME),
    "fail": verb(steps=("F",)),
    "fail-without-a-reason": verb(steps=("F", "y")),
    "kill": verb(steps=("K",)),
    "restart": verb(world=a_process_world, steps=("5", "enter", "T", "enter")),
    "kill-several": verb(steps=("6", "g", "space", "space", "space", "K")),
    "kill-twelve": verb(steps=(*TWELVE, "K", "y", Paste("wrong file"), "enter")),
    "kill-a-whole-view": verb(steps=("2", "a", "K")),
    "recover-guarded": verb(world=partial(guarded, ASKS), steps=("R",)),
    "recover-protected": verb(profile=PROD, steps=("R", "y")),
    "judged": verb(shows=Judged, steps=(*TWELVE, "K", "d")),
    "results": verb(shows=Results, steps=(show_results,)),
    "progress-counting": verb(shows=Progress, is_busy=True, steps=(partial(begin_something_long, of=None),)),
    "progress-bar": verb(
        shows=Progress,
        is_busy=True,
        steps=(partial(begin_something_long, of=12_000, stops=True),),
        themes=EVERY_THEME,
    ),
    "start-code": verb(shows=ChooseCode, steps=("S",)),
    "start-no-code": verb(shows=ChooseCode, world=without_codes, steps=("S",)),
    "start-parameters": verb(shows=StartNew, steps=("S", "enter")),
    "start-wrong": verb(shows=StartNew, steps=("S", "enter", "ctrl+end", "x")),
    "start-guarded": verb(shows=StartNew, world=partial(guarded, ASKS), steps=("S", "enter", "ctrl+s", "y")),
    "export": verb(shows=Export, steps=("6", "ctrl+o")),
    "export-marked": verb(shows=Export, steps=("space", "space", "ctrl+o")),
    "prune": verb(shows=Prune, steps=("D",)),
    "prune-counted": verb(shows=Prune, steps=("D", "tab", Paste("failed"), "enter")),
    "prune-wrong": verb(shows=Prune, steps=("D", Paste("soon"), "enter")),
    "pause-work": verb(shows=AskWork, steps=("W",)),
    "pause-work-guarded": verb(shows=AskWork, world=partial(guarded, ASKS_ALL), steps=("W", "y")),
    "resume-work": verb(shows=AskWork, world=with_work_paused, steps=("W",)),
    "proceed": verb(shows=Proceed, world=a_world, steps=("j", "P"), themes=EVERY_THEME),
    "proceed-review": verb(world=a_world, steps=("j", "P", "ctrl+s")),
    "proceed-half-a-line": verb(shows=Proceed, world=a_world, steps=("j", "P", write_half_a_line)),
    "proceed-form": answer(steps=("P",)),
    "proceed-form-wrong": answer(steps=("P", "right", "tab", "0", "tab", "right", "tab", "x")),
    "proceed-json-wrong": answer(steps=("P", "ctrl+t", write_nonsense)),
    "proceed-moved": answer(shows=Moved, steps=("P", "right", "tab", "9", somebody_else_answers, "ctrl+s")),
    "proceed-gone": answer(shows=Moved, steps=("P", "right", somebody_else_ends_it, "ctrl+s")),
}
