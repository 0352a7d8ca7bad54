"""Scenes of one process: its tabs, its versions, the tail, and what explains it."""

from __future__ import annotations

from functools import partial

from jobboy_console.screens.process import ProcessScreen
from jobboy_console.screens.versions import Versions
from jobboy_console.widgets.ask_file import AskFile
from jobboy_console.widgets.choose_step import ChooseStep
from jobboy_console.widgets.whole import Whole
from tests.console.pictures.long_history import a_process_world
from tests.console.pictures.stage import EVERY_THEME, Paste, Scene
from tests.console.pictures.worlds import a_new_one, a_world

OPEN = ("5", "enter")
NEW = ("6", "enter")
failed = partial(Scene, shows=ProcessScreen, world=a_process_world)
new = partial(Scene, shows=ProcessScreen, world=a_new_one)
SCENES: dict[str, Scene] = {
    "process-store": failed(steps=(*OPEN, "1")),
    "process-parameters": failed(steps=(*OPEN, "2")),
    "process-reports": failed(steps=(*OPEN, "3"), themes=EVERY_THEME),
    "process-output": failed(steps=(*OPEN, "4")),
    "process-steps": failed(steps=(*OPEN, "5")),
    "process-timeline": failed(steps=(*OPEN, "6")),
    "process-timeline-kept": failed(steps=(*OPEN, "6", "ampersand", Paste("cursor"), "enter")),
    "process-tail": failed(steps=(*OPEN, "7")),
    "process-tail-searched": failed(steps=(*OPEN, "7", "m", "slash", Paste("net"), "enter")),
    "process-stuck": failed(world=a_world, steps=("enter",)),
    "process-paused": failed(world=a_world, steps=("4", "enter", "4")),
    "process-read-only": failed(steps=OPEN, read_only=True),
    "process-without-store": new(steps=NEW),
    "process-without-parameters": new(steps=(*NEW, "2")),
    "process-without-reports": new(steps=(*NEW, "3")),
    "process-without-output": new(steps=(*NEW, "4")),
    "process-without-steps": new(steps=(*NEW, "5")),
    "process-with-one-event": new(steps=(*NEW, "6")),
    "process-tail-of-nothing": new(steps=(*NEW, "7")),
    "value-in-full": failed(shows=Whole, steps=(*OPEN, "1", *["down"] * 5, "v")),
    "explained": failed(shows=Whole, steps=(*OPEN, "x")),
    "explained-stuck": failed(shows=Whole, world=a_world, steps=("enter", "x")),
    "save-tail": failed(shows=AskFile, steps=(*OPEN, "7", "o")),
    "versions": failed(shows=Versions, steps=(*OPEN, "1", "comma", "comma")),
    "versions-differ": failed(
        shows=Versions, steps=(*OPEN, "1", "d", "down", "down", "down", "space", "up", "up", "up"), themes=EVERY_THEME
    ),
    "versions-of-nothing": new(shows=Versions, steps=(*NEW, "t", "2")),
    "restart-from": failed(shows=ChooseStep, steps=(*OPEN, "T")),
}
