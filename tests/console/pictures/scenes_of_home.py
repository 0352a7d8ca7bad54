"""Scenes of the list of processes and of what belongs to it: views, filter, marks, pickers, commands and help."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from jobboy.errors import StorageBusy
from jobboy.operations import Guardrail, GuardrailAction
from jobboy_console.app import Ground
from jobboy_console.config import Config, Profile, SavedView
from jobboy_console.running.feed import Changed
from jobboy_console.screens.command_line import CommandLine
from jobboy_console.screens.help import Help
from jobboy_console.screens.opening import Opening
from jobboy_console.screens.palette import Palette
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.dialogs import Question, Statuses
from jobboy_console.widgets.pickers import PickColumns, PickOrder
from jobboy_console.widgets.whole import Whole
from tests.console.fake_operations import FakeOperations
from tests.console.pictures.stage import BROAD, EVERY_THEME, OVER, SMALL, WIDE, Paste, Scene, Stage
from tests.console.pictures.worlds import W1, DeadWorker, OwnWorker, a_house, a_world

PATH = "/var/lib/jobs/nightly.db"
PROD = Profile(name="prod", accent="red", protected=True)
LEDGERS = SavedView(name="Ledgers", filter="code:export-*", columns=("state", "id", "store.batch", "store.file"))
FORBIDS = Guardrail(
    action=GuardrailAction.DENY, verbs=("recover",), codes=("export-*",), reason="the books are closed"
)


def opened_too_late() -> Ground:
    OVER.wait()
    raise StorageBusy("the scene is over")


async def newer_ones_come(stage: Stage) -> None:
    for _ in range(3):
        stage.operations.add("billing-run", "starting", age=timedelta(seconds=2))
    stage.app.post_message(Changed())


def a_busy_house() -> FakeOperations:
    operations = a_house()
    operations.living = [replace(W1, holds=tuple(operations.processes)[:2])]
    return operations


def a_guarded_world() -> FakeOperations:
    operations = a_world()
    operations.guardrails = (FORBIDS,)
    return operations


def a_paused_world() -> FakeOperations:
    operations = a_world()
    operations.pause(reason="the disk is exchanged")
    return operations


home = partial(Scene, shows=Processes, world=a_world)
SCENES: dict[str, Scene] = {
    "opening": Scene(
        shows=Opening,
        world=a_world,
        is_busy=True,
        until="opening",
        options={"gateway": None, "opening": opened_too_late, "shown_as": PATH},
    ),
    "home": home(sizes=(SMALL, WIDE, BROAD), themes=EVERY_THEME),
    "home-all": home(steps=("6",)),
    "home-marked": home(steps=("space", "space")),
    "home-range": home(steps=("6", "v", "j", "j")),
    "home-sorted": home(steps=("6", "o", "j", "enter")),
    "home-own-view": home(steps=("7",), options={"config": Config(views=(LEDGERS,))}),
    "home-newer-ones": home(steps=("6", "G", newer_ones_come)),
    "home-changes-paused": home(steps=("6", "p", newer_ones_come)),
    "home-read-only": home(read_only=True),
    "home-protected": home(profile=PROD),
    "home-work-paused": home(world=a_paused_world),
    "home-worker-dead": home(worker=DeadWorker),
    "filter-offers": home(steps=("6", "slash", Paste("code:"), "down")),
    "filter-values-of-store": home(steps=("6", "slash", Paste("store."), "down")),
    "filter-error": home(steps=("6", "slash", Paste("failed,faild"))),
    "refused": home(steps=("P",)),
    "refused-read-only": home(steps=("R",), read_only=True),
    "refused-by-guardrail": home(world=a_guarded_world, steps=("R",)),
    "statuses": home(shows=Statuses, steps=("s",)),
    "order": home(shows=PickOrder, steps=("o", "j")),
    "columns": home(shows=PickColumns, steps=("c",)),
    "quit-while-it-works": Scene(shows=Question, world=a_busy_house, worker=OwnWorker, steps=("ctrl+q",)),
    "help": home(shows=Help, steps=("question_mark",), themes=EVERY_THEME),
    "help-searched": home(shows=Help, steps=("question_mark", Paste("marks"))),
    "help-found-nothing": home(shows=Help, steps=("question_mark", Paste("frobnicate"))),
    "command-line": home(shows=CommandLine, steps=("colon", Paste("vie")), themes=EVERY_THEME),
    "command-error": home(shows=CommandLine, steps=("colon", Paste("versions"), "enter")),
    "command-unknown": home(shows=CommandLine, steps=("colon", Paste("frobnicate"), "enter")),
    "palette": home(shows=Palette, steps=("ctrl+p", Paste("forget")), until="Forget all marks", themes=EVERY_THEME),
    "palette-found-nothing": home(shows=Palette, steps=("ctrl+p", Paste("frobnicate")), until="No matches"),
    "keys": home(shows=Help, steps=("colon", Paste("keys"), "enter")),
    "config": home(shows=Whole, steps=("colon", Paste("config"), "enter")),
}
