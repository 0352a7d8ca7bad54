"""Trees, tail, versions, explanation and restart on the screen of a process, by its keys."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jobboy.model.documents import Parameters, ProcessStore
from jobboy.model.events import EventKind
from jobboy.model.process import Process
from jobboy.model.steps import StepRecord, StepStatus
from jobboy_console.screens.process import ProcessScreen
from jobboy_console.screens.versions import Versions
from jobboy_console.widgets.tail_view import TailView
from jobboy_console.widgets.tree_view import TreeView
from tests.console.conftest import Console, opened
from tests.console.fake_operations import NOW, FakeOperations

LONG = "word " * 100 + "THE END"


def counted(operations: FakeOperations, last: int = 40, **fields: Any) -> Process:
    """A process whose store has been counted up, an event for each."""
    process = operations.stuck(store={"cursor": 0}, **fields)
    for number in range(1, last + 1):
        process = operations.replace(process.id, store=ProcessStore({"cursor": number}))
    return process


async def refresh(console: Console) -> None:
    console.app.screen.reload()  # type: ignore[attr-defined]  # what the feed asks for
    await console.settle()


def tree(console: Console) -> TreeView:
    return next(view for view in console.app.screen.query(TreeView) if view.has_focus)


async def test_a_tree_is_walked_folded_and_its_values_shown_in_full(operations: FakeOperations) -> None:
    operations.stuck(store={"few": {"x": 1}, "text": LONG, "many": list(range(300))})
    async with opened(operations) as console:
        await console.press("enter")
        assert "▾ few   {1}" in console.text
        await console.press("enter")
        assert "▸ few   {1}  x" in console.text
        await console.press("j", "enter")
        assert "THE END" in console.text
        await console.press("y")
        assert console.app.clipboard == LONG
        await console.press("escape", "j", "enter", "G", "enter")
        assert "▾ many" not in console.text
        await console.press("G")
        assert "299  299" in console.text


async def test_a_refresh_keeps_the_cursor_on_its_value_and_at_its_place(operations: FakeOperations) -> None:
    store = {f"key{number:02}": number for number in range(60)}
    process = operations.stuck(store=store)
    async with opened(operations) as console:
        await console.press("enter", "pagedown", "pagedown", "up", "up")
        at, top, key = tree(console).cursor, tree(console).scroll_offset.y, tree(console).cursor_key
        operations.replace(process.id, store=ProcessStore({"first": 1, "second": {"x": 1}, **store, "key05": 99}))
        await refresh(console)
        assert tree(console).cursor_key == key
        assert (tree(console).cursor - at, tree(console).scroll_offset.y - top) == (3, 3)
        await console.press("g")
        assert "+  first" in console.text


async def test_a_search_opens_what_is_folded_and_goes_round(operations: FakeOperations) -> None:
    operations.stuck(store={"a": 1, "rows": [{"name": f"row {number}"} for number in range(300)]})
    async with opened(operations) as console:
        await console.press("enter", "slash", *"29", "enter")
        assert "“29” 1 of 13" in console.text
        await console.press("N")
        assert "“29” 13 of 13" in console.text
        assert 'name  "row 299"' in console.text
        await console.press("slash", "z", "enter")
        assert "“z” not found" in console.text
        await console.press("slash", "escape")
        assert "“z” not found" in console.text


async def test_the_tail_is_searched_narrowed_marked_and_saved(
    operations: FakeOperations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    process = counted(operations)
    async with opened(operations) as console:
        await console.press("l", "slash", *"17", "enter")
        assert "store.cursor  16 → 17" in console.text
        assert "“17” 1 of 2" in console.text
        operations.replace(process.id, store=ProcessStore({"cursor": 99}))
        await refresh(console)
        assert "▼ 2 new · f follows" in console.text
        await console.press("ampersand", *"cur", "enter", "G", "m")
        assert "keeps “cur” · 41 of 83 lines" in console.text
        assert "iterated" not in console.text
        await console.press("ampersand", "enter")
        assert "mark 1 · 12:30:00" in console.text
        await console.press("h")
        assert "12:30:00  iterated" not in console.text
        await console.press("o", "enter")
        (saved,) = tmp_path.iterdir()
        assert saved.read_text().count("store.cursor") == 41
        assert f"Written: {saved}" in console.said


async def test_a_tail_that_missed_events_says_so(operations: FakeOperations) -> None:
    process = counted(operations, 2)
    async with opened(operations) as console:
        await console.press("l")
        for number in range(3, 600):
            operations.replace(process.id, store=ProcessStore({"cursor": number}))
        await refresh(console)
        tail = console.app.screen.query_one(TailView)
        texts = ["".join(text for text, _ in line) for line in tail.lines]
        assert "… more between these: jobboy history has all" in texts
        assert "store.cursor  598 → 599" in console.text


async def test_broken_lines_are_followed_and_found_too(operations: FakeOperations) -> None:
    process = operations.stuck(store={"text": ""})
    for number in range(30):
        operations.replace(process.id, store=ProcessStore({"text": f"{number} " + "x" * 150}))
    async with opened(operations) as console:
        await console.press("l", "w")
        assert any(line.startswith("│" + " " * 15 + "x") for line in console.text.splitlines()), "under its beginning"
        operations.replace(process.id, store=ProcessStore({"text": "the very last"}))
        await refresh(console)
        assert "the very last" in console.text
        await console.press("slash", *"17 ", "enter")
        assert '"16' in console.text
        await console.press("w")
        assert '"16' in console.text


async def test_the_versions_are_walked_and_any_two_compared(operations: FakeOperations) -> None:
    process = counted(operations, 5)
    async with opened(operations) as console:
        await console.press("enter", "comma")
        assert isinstance(console.app.screen, Versions)
        assert "Version 5 of 5" in console.text
        assert "cursor  4 → 5" in console.text
        await console.press("comma", "comma")
        assert "Version 3 of 5" in console.text
        await console.press("space", "full_stop", "full_stop", "d")
        assert "Compared with version 3 (A): 1 value differs" in console.text
        assert "Δ cursor  3 → 5" in console.text
        operations.replace(process.id, store=ProcessStore({"cursor": 6}))
        await console.press("ctrl+r")
        assert "Version 5 of 6" in console.text
        await console.press("space", "space", "G")
        assert "Version 0 of 6" in console.text
        assert "Compared with itself" in console.text
        await console.press("right_square_bracket")
        assert "The output was empty." in console.text or "There is no difference." in console.text
        await console.press("escape")
        assert isinstance(console.app.screen, ProcessScreen)
        assert "cursor  5 → 6" in console.text


async def test_a_value_that_history_left_out_is_shown_as_such(operations: FakeOperations) -> None:
    process = operations.stuck(store={})
    for value in ("x" * 20_000, 1):
        operations.replace(process.id, store=ProcessStore({"big": value}))
    async with opened(operations) as console:
        await console.press("enter", "t", "comma")
        assert "(20,002 characters, too long for the history)" in console.text
        await console.press("tab", "enter")
        assert "too long for the history" in console.text


async def test_x_explains_the_process_in_words(operations: FakeOperations) -> None:
    operations.stuck(step="load", attempt=2, stuck_cause={"signal": "SIGKILL", "step": "load", "pid": 77})
    async with opened(operations) as console:
        await console.press("enter", "x")
        for words in (
            "It is stuck: running, and the worker that holds it is dead.",
            "killed by SIGKILL, step load, pid 77",
            "What happens next",
            "R recover  Takes it from its dead holder",
        ):
            assert words in console.text
        await console.press("escape")
        assert isinstance(console.app.screen, ProcessScreen)


async def test_a_wide_terminal_explains_beside_the_tabs(operations: FakeOperations) -> None:
    operations.add(paused=True, step="load")
    async with opened(operations, size=(120, 36)) as console:
        await console.press("3", "4", "enter")
        assert "It is paused: it needs somebody's" in console.text
        assert "Newest events" in console.text
        await console.press("tab")
        assert console.app.focused is console.app.screen.query_one("#side")
        await console.press("tab")
        assert isinstance(console.app.focused, TreeView)


def a_failed_pipeline(operations: FakeOperations) -> Process:
    process = operations.add("nightly-import", "failed", step="load", attempt=3)
    operations.recorded_steps[process.id] = [
        StepRecord(position=0, name="fetch", status=StepStatus.COMPLETED, output=Parameters({})),
        StepRecord(position=1, name="load", status=StepStatus.FAILED, attempts=3),
        StepRecord(position=2, name="report", status=StepStatus.PENDING),
    ]
    return process


async def test_a_restart_begins_at_the_step_that_is_chosen_from_the_list(operations: FakeOperations) -> None:
    process = a_failed_pipeline(operations)
    async with opened(operations) as console:
        await console.press("enter", "T")
        assert "load                  it ended here" in console.text
        await console.press("down", "enter")
        assert "Not here: the step before 'report' has no output" in console.said
        await console.press("up", "enter")
        assert "starts at load, with the" in console.text
        assert "--from load" in console.text
        await console.press("y", *"again", "enter", "y")
        assert operations.calls == [("restart", process.id, {"reason": "again", "from_step": "load", "token": 0})]


async def test_a_restart_can_begin_at_the_beginning_or_not_at_all(operations: FakeOperations) -> None:
    process = a_failed_pipeline(operations)
    async with opened(operations) as console:
        await console.press("T", "escape")
        assert operations.calls == []
        await console.press("T", "g", "enter")
        assert "starts from the" in console.text
        await console.press("y", *"again", "enter", "y")
        assert operations.calls[0][:2] == ("restart", process.id)
        assert operations.calls[0][2]["from_step"] is None


async def test_steps_show_attempts_and_bars(operations: FakeOperations) -> None:
    process = operations.stuck(step="load", attempt=2)
    operations.record(process, EventKind.STEP_FAILED, attempt=1)
    operations.recorded_steps[process.id] = [
        StepRecord(
            position=0,
            name="fetch",
            status=StepStatus.COMPLETED,
            attempts=1,
            started_at=NOW - timedelta(minutes=4),
            ended_at=NOW - timedelta(minutes=2),
        ),
        StepRecord(
            position=1, name="load", status=StepStatus.RUNNING, attempts=2, started_at=NOW - timedelta(minutes=2)
        ),
    ]
    async with opened(operations) as console:
        await console.press("enter", "5")
        assert "██████" in console.text
        assert "·······█" in console.text
        assert "1x 12:30:00  step failed" in console.text
        assert "1 of 2 done" in console.text
