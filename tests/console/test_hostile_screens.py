"""Every screen there is, reached by its keys over a world that is hostile in every field."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest
from textual.screen import Screen

import jobboy_console.screens
import jobboy_console.widgets
from tests.console.conftest import opened
from tests.console.fake_operations import FakeOperations
from tests.console.hostile import HOSTILE
from tests.console.test_hostile_text import a_hostile_one, check

STUCK: dict[str, Any] = {"stuck": True, "handled": True}
REACHED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "Processes": (STUCK, ()),
    "ProcessScreen": (STUCK, ("enter",)),
    "Versions": (STUCK, ("enter", "t")),
    "Whole": (STUCK, ("enter", "g", "v")),
    "AskFile": (STUCK, ("l", "o")),
    "Help": (STUCK, ("question_mark",)),
    "CommandLine": (STUCK, ("colon",)),
    "Confirm": (STUCK, ("R",)),
    "AskWork": (STUCK, ("W",)),
    "Statuses": (STUCK, ("s",)),
    "PickOrder": (STUCK, ("o",)),
    "PickColumns": (STUCK, ("c",)),
    "ChooseStep": ({"status": "failed"}, ("T",)),
    "Proceed": ({"paused": True}, ("P",)),
    "Palette": (STUCK, ("ctrl+p",)),
    "Judged": (STUCK, ("R", "d")),
    "ChooseCode": (STUCK, ("S",)),
    "Prune": (STUCK, ("D",)),
}
ELSEWHERE = {
    **dict.fromkeys(("Workers", "Schedules", "Audit", "NewSchedule", "AskReason"), "test_house_screens"),
    **dict.fromkeys(("Information", "ConsoleLog", "TurnLogs"), "test_house_places"),
    **dict.fromkeys(("BaseScreen", "OneProcess", "PlaceScreen", "TextPlace", "Viewing"), "what others are made of"),
    "Listing": "what Judged and Results are made of",
    "Results": "test_hostile_text, after a verb was refused",
    "StartNew": "shows a code that was chosen in ChooseCode and what was typed: test_ordering",
    "Progress": "shows counts only: test_many",
    "Moved": "test_answering",
    "Opening": "shows the name of the database only: test_real_terminal",
    "Question": "asks about counts only: test_feed_and_quit",
}


def all_screens() -> set[str]:
    """Return the names of all screens of the console."""
    names = set()
    for package in (jobboy_console.screens, jobboy_console.widgets):
        for module in pkgutil.iter_modules(package.__path__):
            found = importlib.import_module(f"{package.__name__}.{module.name}")
            kinds = [kind for kind in vars(found).values() if isinstance(kind, type) and issubclass(kind, Screen)]
            names |= {kind.__name__ for kind in kinds if kind.__module__ == found.__name__}
    return names


def test_every_screen_is_reached_here_or_said_to_be_tried_elsewhere() -> None:
    assert all_screens() == {*REACHED, *ELSEWHERE}


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", REACHED)
async def test_every_screen_shows_hostile_text_harmlessly(
    operations: FakeOperations, name: str, size: tuple[int, int]
) -> None:
    fields, keys = REACHED[name]
    a_hostile_one(operations, **fields)
    operations.url = f"sqlite:///{HOSTILE}"
    async with opened(operations, size=size) as console:
        await console.press(*keys)
        assert type(console.app.screen).__name__ == name
        check(console)
