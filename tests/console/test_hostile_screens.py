"""Every screen there is, as its scene brings it, over a world that is hostile in every field."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from textual.screen import Screen

import jobboy_console.screens
import jobboy_console.widgets
from tests.console.pictures.poison import poisoned_world
from tests.console.pictures.stage import OVER, Scene, Stage
from tests.console.pictures.tables import SCENES
from tests.console.test_hostile_text import check

ABSTRACT = {"BaseScreen", "OneProcess", "PlaceScreen", "TextPlace", "Viewing", "Listing", "Dialog"}
"""What other screens are made of."""
FIRST_OF_EACH = {scene.shows: name for name, scene in reversed(SCENES.items())}
MORE = (
    *("process-reports", "process-output", "process-steps", "process-timeline", "process-tail", "process-stuck"),
    *("versions-differ", "explained-stuck", "schedules-details", "audit-whole", "proceed-review", "gone"),
    *("home-work-paused", "home-worker-dead", "filter-offers", "filter-values-of-store", "refused"),
)
TRIED = (*FIRST_OF_EACH.values(), *MORE)


def all_screens() -> set[str]:
    """Return the names of all screens of the console."""
    names = set()
    for package in (jobboy_console.screens, jobboy_console.widgets):
        for module in pkgutil.iter_modules(package.__path__):
            found = importlib.import_module(f"{package.__name__}.{module.name}")
            kinds = [kind for kind in vars(found).values() if isinstance(kind, type) and issubclass(kind, Screen)]
            names |= {kind.__name__ for kind in kinds if kind.__module__ == found.__name__}
    return names


def test_every_screen_has_a_scene_in_which_it_is_drawn_and_tried_with_hostile_text() -> None:
    assert all_screens() - ABSTRACT == {kind.__name__ for kind in FIRST_OF_EACH}


@pytest.mark.usefixtures("of_no_machine")
@pytest.mark.parametrize("name", TRIED)
async def test_every_screen_shows_hostile_text_harmlessly(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scene: Scene = SCENES[name]
    operations = poisoned_world(scene.world, monkeypatch)
    OVER.clear()
    async with scene.app(operations).run_test(size=(80, 24), notifications=True) as pilot:
        stage = Stage(scene, pilot.app, pilot, operations)  # type: ignore[arg-type]  # the app of the scene
        try:
            await stage.play()
            check(stage)
            await pilot.resize_terminal(120, 36)
            await stage.settle()
            check(stage)
        finally:
            OVER.set()
