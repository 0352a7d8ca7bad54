from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jobboy.model.documents import ProcessStore
from jobboy.model.events import EventKind
from jobboy.model.process import Process
from jobboy.model.steps import StepRecord, StepStatus
from tests.console.conftest import Console, opened
from tests.console.fake_operations import NOW, FakeOperations
from tests.console.hostile import HOSTILE, PAYLOADS


def a_hostile_one(operations: FakeOperations, **fields: Any) -> Process:
    process = operations.add(
        code=f"c{HOSTILE}",
        id=f"0190{HOSTILE}",
        step=f"s{HOSTILE}",
        error=f"e{HOSTILE}",
        handled_by=f"h{HOSTILE}",
        store={f"k{HOSTILE}": HOSTILE, "list": [HOSTILE], "deep": {HOSTILE: [HOSTILE]}},
        parameters={HOSTILE: HOSTILE},
        reports={"reason": {"type": HOSTILE, "message": HOSTILE, "traceback": f"a\n{HOSTILE}\n"}, HOSTILE: HOSTILE},
        output={HOSTILE: HOSTILE},
        stuck_cause={"kind": HOSTILE, "last_lines": [HOSTILE], "host": HOSTILE},
        key=HOSTILE,
        **fields,
    )
    operations.recorded_steps[process.id] = [
        StepRecord(position=0, name=HOSTILE, status=StepStatus.FAILED, attempts=1, error=HOSTILE, started_at=NOW)
    ]
    after = process.changed(store=ProcessStore({HOSTILE: "new"}))
    operations.record(after, EventKind.FAILED, before=process, actor=HOSTILE, reason=HOSTILE, step=HOSTILE)
    return process


def check(console: Console) -> None:
    """Nothing that acts is in the cells of the screen, and nothing was taken for markup."""
    assert not any(payload in console.text for payload in PAYLOADS)
    assert all(character.isprintable() or character == "\n" for character in console.text)
    lines = console.app.screen._compositor.render_strips()
    actions = [segment.style.meta for line in lines for segment in line if segment.style and segment.style.meta]
    assert not any("quit" in str(meta) for meta in actions)
    assert all(len(line) > 0 for line in lines)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_list_and_the_preview_show_it_harmlessly(operations: FakeOperations, size: tuple[int, int]) -> None:
    a_hostile_one(operations, stuck=True, handled=True)
    operations.url = f"sqlite:///{HOSTILE}"
    async with opened(operations, size=size) as console:
        await console.until_shown("H! stuck")
        if size[0] >= 120:
            await console.until_shown("Last events")
        check(console)


async def test_every_tab_of_a_process_shows_it_harmlessly(operations: FakeOperations) -> None:
    a_hostile_one(operations, stuck=True, handled=True)
    async with opened(operations, size=(120, 36)) as console:
        await console.press("enter")
        for key in "1234567":
            await console.press(key)
            check(console)
            assert "[/x]" in console.text
        await console.press("e", "1")
        check(console)
        await console.press("y")
        assert console.app.clipboard.isprintable()


async def test_everything_that_looks_deeper_shows_it_harmlessly(operations: FakeOperations) -> None:
    a_hostile_one(operations, stuck=True, handled=True)
    async with opened(operations, size=(120, 36)) as console:
        await console.press("enter", "x")
        check(console)
        assert "[/x]" in console.text
        await console.press("escape", "g", "v")
        check(console)
        await console.press("y", "escape")
        assert not any(payload in console.app.clipboard for payload in PAYLOADS)
        await console.press("t")
        check(console)
        await console.press("d")
        check(console)
        assert "[/x]" in console.text


async def test_what_is_searched_kept_and_saved_of_it_is_harmless(
    operations: FakeOperations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    a_hostile_one(operations, stuck=True, handled=True)
    async with opened(operations) as console:
        await console.press("l", "slash", "[", "slash", "x", "enter")
        check(console)
        await console.press("ampersand", "[", "enter", "o")
        check(console)
        await console.press("enter")
        check(console)
        (saved,) = tmp_path.iterdir()
        assert not any(payload in saved.read_text() for payload in PAYLOADS)


async def test_the_choice_of_a_step_shows_it_harmlessly(operations: FakeOperations) -> None:
    a_hostile_one(operations, status="failed")
    async with opened(operations) as console:
        await console.press("T")
        check(console)
        await console.press("g", "enter")
        check(console)


@pytest.mark.parametrize("key", ["R", "F", "K"])
async def test_every_dialog_shows_it_harmlessly(operations: FakeOperations, key: str) -> None:
    a_hostile_one(operations, stuck=True, handled=True)
    async with opened(operations) as console:
        await console.press(key)
        check(console)


async def test_the_proceed_editor_shows_it_harmlessly_and_keeps_it(operations: FakeOperations) -> None:
    process = a_hostile_one(operations, paused=True)
    async with opened(operations, size=(120, 36)) as console:
        await console.press("P")
        check(console)
        await console.press("ctrl+s")
        check(console)
        await console.press("y")
        assert operations.calls[0][2]["data"] == {}
        assert dict(operations.processes[process.id].output or {}) == {HOSTILE: HOSTILE}


async def test_toasts_results_and_pauses_show_it_harmlessly(operations: FakeOperations) -> None:
    process = a_hostile_one(operations, stuck=True, handled=True)
    operations.stuck()
    async with opened(operations) as console:
        await console.press("P")
        check(console)
        await console.press("space", "space", "R")
        operations.replace(process.id, token=9)
        await console.press("y")
        check(console)
        await console.press("escape", "W")
        await console.press("tab")
        operations.pause(reason=HOSTILE)
        await console.press("escape", "ctrl+r")
        check(console)
        operations.broken = HOSTILE
        await console.press("ctrl+r", "R")
        check(console)


async def test_a_hostile_filter_is_only_text(operations: FakeOperations) -> None:
    async with opened(operations, filter="code:[/x][@click=app.quit]x[/]") as console:
        check(console)
        assert "[@click=app.quit]" in console.text
