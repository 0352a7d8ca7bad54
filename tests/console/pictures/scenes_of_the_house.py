"""Scenes of workers, schedules, audit, logs and information, with much in them, with nothing, and while one acts."""

from __future__ import annotations

from functools import partial

from jobboy_console.screens.audit import Audit
from jobboy_console.screens.console_log import ConsoleLog
from jobboy_console.screens.information import Information
from jobboy_console.screens.new_schedule import NewSchedule
from jobboy_console.screens.schedules import Schedules
from jobboy_console.screens.turn_logs import TurnLogs
from jobboy_console.screens.workers import Workers
from jobboy_console.widgets.ask_reason import AskReason
from jobboy_console.widgets.dialogs import Question
from jobboy_console.widgets.whole import Whole
from tests.console.fake_operations import FakeOperations
from tests.console.pictures.stage import EVERY_THEME, Paste, Scene
from tests.console.pictures.worlds import DeadWorker, OwnWorker, a_house, a_house_that_speaks

house = partial(Scene, world=a_house_that_speaks, worker=OwnWorker)
empty = partial(Scene, world=FakeOperations)
SCENES: dict[str, Scene] = {
    "workers": house(shows=Workers, steps=("f2",), themes=EVERY_THEME),
    "workers-none": empty(shows=Workers, steps=("f2",)),
    "workers-own-one-dead": house(shows=Workers, worker=DeadWorker, steps=("f2",)),
    "workers-end": house(shows=Question, steps=("f2", "E")),
    "schedules": house(shows=Schedules, steps=("f3",)),
    "schedules-none": empty(shows=Schedules, steps=("f3",)),
    "schedules-details": house(shows=Whole, steps=("f3", "v")),
    "schedules-pause": house(shows=AskReason, steps=("f3", "P")),
    "schedules-new": house(shows=NewSchedule, steps=("f3", "A", Paste("poll"), "tab", Paste("billing-run"))),
    "schedules-new-wrong": house(
        shows=NewSchedule, steps=("f3", "A", Paste("x"), "tab", Paste("billing-run"), "tab", Paste("0 * * * frid"))
    ),
    "schedules-new-due": house(
        shows=NewSchedule, steps=("f3", "A", Paste("x"), "tab", Paste("billing-run"), "tab", Paste("0 3 * * 1-5"))
    ),
    "audit": house(shows=Audit, steps=("f4",)),
    "audit-none": empty(shows=Audit, steps=("f4",)),
    "audit-narrowed": house(shows=Audit, steps=("f4", "slash", Paste("verb:kill"), "enter")),
    "audit-narrowed-to-nothing": house(shows=Audit, steps=("f4", "slash", Paste("nobody"))),
    "audit-wrong": house(shows=Audit, steps=("f4", "slash", Paste("verb:frob"))),
    "audit-whole": house(shows=Whole, steps=("f4", "v")),
    "log": house(shows=ConsoleLog, steps=("f5",)),
    "log-of-nothing": house(shows=ConsoleLog, steps=("f5", "tab")),
    "turn-logs": house(shows=TurnLogs, steps=("f2", "j", "f7")),
    "turn-logs-searched": house(shows=TurnLogs, steps=("f2", "j", "f7", "slash", Paste("price"), "enter")),
    "turn-logs-none": house(shows=TurnLogs, world=a_house, steps=("f2", "j", "f7")),
    "information": house(shows=Information, steps=("i",)),
    "information-examined": house(shows=Information, steps=("i", "c")),
}
