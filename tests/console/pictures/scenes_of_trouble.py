"""Scenes of a console that has nothing to show, cannot read its database, or has too little room."""

from __future__ import annotations

from functools import partial

from jobboy.errors import (
    DatabaseReplaced,
    ForeignDatabase,
    NewerSchema,
    StorageBusy,
    StorageError,
    StorageForbidden,
    StorageFull,
)
from jobboy_console.app import Ground
from jobboy_console.screens.help import Help
from jobboy_console.screens.process import ProcessScreen
from jobboy_console.screens.processes import Processes
from jobboy_console.screens.workers import Workers
from jobboy_console.widgets.confirm import Confirm
from jobboy_console.widgets.process_list import ProcessList
from tests.console.fake_operations import FakeOperations
from tests.console.pictures.long_history import a_process_world
from tests.console.pictures.stage import EVERY_THEME, OVER, Scene, Stage
from tests.console.pictures.worlds import OwnWorker, a_house, a_world

PATH = "/var/lib/jobs/nightly.db"
GONE = DatabaseReplaced(PATH)


def a_quiet_world() -> FakeOperations:
    operations = FakeOperations()
    for status in ("completed", "running", "completed"):
        operations.add("nightly-import", status)
    return operations


class SlowOperations(FakeOperations):
    """Operations that do not answer before the scene is over, once they are slow."""

    is_slow = False

    def _check(self) -> None:
        if self.is_slow:
            OVER.wait()
        super()._check()


def a_slow_world() -> FakeOperations:
    operations = SlowOperations()
    operations.is_slow = True
    return operations


def a_world_that_tires() -> FakeOperations:
    operations = SlowOperations()
    for status in ("failed", "running", "failed"):
        operations.add("nightly-import", status, step="fetch", error="TimeoutError: step 'fetch' was ended")
    return operations


async def grow_slow(stage: Stage) -> None:
    assert isinstance(stage.operations, SlowOperations)
    stage.operations.is_slow = True


async def wait_for_an_hour(stage: Stage) -> None:
    """Let the call under way be as old as what the console says that it waits for."""
    await grow_slow(stage)
    home = stage.app.screen
    assert isinstance(home, Processes)
    home.changed()
    home._figures._reads._busy_since -= 4_000
    stage.app._tell_situation()


def _ground(stage: Stage) -> Ground:
    assert stage.app._ground is not None
    return stage.app._ground


async def lose(stage: Stage, error: Exception) -> None:
    """Let the next look at the database go so, and tell the screens as the feed does."""
    _ground(stage).gateway._outlook.not_seen(error)
    stage.app._lost, stage.app._lost_s = str(error), 12
    for home in stage.app.screen.query(ProcessList):
        home.mark_stale(True)
    stage.app._tell_situation()


async def replace_database(stage: Stage) -> None:
    _ground(stage).gateway._outlook.replaced()
    stage.app._tell_situation()


def lost(error: Exception, **given: object) -> Scene:
    return Scene(shows=Processes, world=a_world, steps=(partial(lose, error=error),), **given)  # type: ignore[arg-type]


TOO_SMALL = ((60, 15), (40, 10), (24, 6))
SCENES: dict[str, Scene] = {
    "empty": Scene(shows=Processes, world=FakeOperations),
    "empty-all": Scene(shows=Processes, world=FakeOperations, steps=("6",)),
    "empty-read-only": Scene(shows=Processes, world=FakeOperations, read_only=True),
    "nothing-needs-anybody": Scene(shows=Processes, world=a_quiet_world),
    "filtered-empty": Scene(shows=Processes, world=a_world, options={"filter": "code:nothing-*"}),
    "gone": lost(GONE, themes=EVERY_THEME),
    "locked": lost(StorageBusy(f"{PATH} is being written by another program (pid 812)")),
    "newer": lost(NewerSchema(9, 4)),
    "foreign": lost(ForeignDatabase(PATH, "it has other tables")),
    "forbidden": lost(StorageForbidden(f"{PATH} cannot be opened: check its rights")),
    "full": lost(StorageFull(f"the disk or quota of {PATH} is full: free some space")),
    "unreadable": lost(StorageError(f"{PATH}: the database refused: malformed")),
    "reading": Scene(shows=Processes, world=a_slow_world, is_busy=True, until="reading…"),
    "process-reading": Scene(
        shows=ProcessScreen, world=a_world_that_tires, is_busy=True, steps=(grow_slow, "enter"), until="reading…"
    ),
    "answers-slowly": Scene(
        shows=Processes, world=a_world_that_tires, is_busy=True, steps=(wait_for_an_hour,), until="slowly"
    ),
    "replaced": Scene(shows=Processes, world=a_world, steps=(replace_database,)),
    "process-gone": Scene(
        shows=ProcessScreen, world=a_process_world, steps=("5", "enter", partial(lose, error=GONE))
    ),
    "workers-gone": Scene(shows=Workers, world=a_house, worker=OwnWorker, steps=("f2", partial(lose, error=GONE))),
    "small-home": Scene(shows=Processes, world=a_world, sizes=TOO_SMALL, themes=("dark",)),
    "small-process": Scene(
        shows=ProcessScreen, world=a_process_world, steps=("5", "enter"), sizes=TOO_SMALL, themes=("dark",)
    ),
    "small-question": Scene(shows=Confirm, world=a_world, steps=("F",), sizes=TOO_SMALL, themes=("dark",)),
    "small-help": Scene(shows=Help, world=a_world, steps=("question_mark",), sizes=TOO_SMALL, themes=("dark",)),
}
