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
from tests.console.pictures.stage import EVERY_THEME, Scene, Stage
from tests.console.pictures.worlds import OwnWorker, a_house, a_world

PATH = "/var/lib/jobs/nightly.db"
GONE = DatabaseReplaced(PATH)


def a_quiet_world() -> FakeOperations:
    operations = FakeOperations()
    for status in ("completed", "running", "completed"):
        operations.add("nightly-import", status)
    return operations


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
