"""All scenes by their names."""

from __future__ import annotations

from dataclasses import replace

from tests.console.pictures import (
    scenes_of_a_process,
    scenes_of_home,
    scenes_of_the_house,
    scenes_of_trouble,
    scenes_of_verbs,
)
from tests.console.pictures.stage import EVERY_THEME, SMALL, Scene

TABLES = (scenes_of_home, scenes_of_a_process, scenes_of_verbs, scenes_of_the_house, scenes_of_trouble)
_TOLD: dict[str, Scene] = {name: scene for table in TABLES for name, scene in table.SCENES.items()}
_ANSI = {
    f"{name}-ansi": replace(scene, themes=("ansi",), sizes=(SMALL,))
    for name, scene in _TOLD.items()
    if scene.themes == EVERY_THEME
}
SCENES: dict[str, Scene] = {**_TOLD, **_ANSI}
