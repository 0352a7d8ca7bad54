"""Every screen, dialog and state in its sizes and themes, compared sign by sign and colour by colour.

Draw them anew with ``pytest tests/console/test_pictures.py --snapshot-update``; look at them with
``python -m tests.console.pictures.look FOLDER``.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tests.console.pictures.stage import OVER, Scene, Stage
from tests.console.pictures.tables import SCENES

DRAWN = Path(__file__).parent / "pictures" / "drawn"


@pytest.mark.usefixtures("of_no_machine")
@pytest.mark.parametrize("name", SCENES)
async def test_every_scene_looks_as_it_did(name: str, request: pytest.FixtureRequest) -> None:
    file = DRAWN / f"{name}.txt"
    kept = file.read_text() if file.exists() and not request.config.option.update_snapshots else None
    now = await drawn(SCENES[name], kept)
    if request.config.option.update_snapshots:
        file.parent.mkdir(exist_ok=True)
        file.write_text(now)
    assert kept is None or now == kept, "\n".join(difflib.unified_diff(kept.splitlines(), now.splitlines(), n=1))
    assert file.exists(), "it was never drawn: see the head of this file"


async def drawn(scene: Scene, kept: str | None) -> str:
    operations = scene.world()
    app = scene.app(operations)
    OVER.clear()
    async with app.run_test(size=scene.sizes[0], notifications=True) as pilot:
        stage = Stage(scene, app, pilot, operations)
        try:
            await stage.play()
            stage.leave_only_the_dialog()
            return await stage.draw(kept)
        finally:
            OVER.set()


def test_every_drawing_that_is_kept_is_of_a_scene() -> None:
    assert {file.stem for file in DRAWN.iterdir()} == set(SCENES)
