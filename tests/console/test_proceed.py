from __future__ import annotations

import pytest
from textual.widgets import TextArea

from jobboy.model.process import Process
from jobboy_console.screens.proceed import Proceed
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.confirm import Confirm
from tests.console.conftest import Console, opened
from tests.console.fake_operations import FakeOperations


def a_paused_one(operations: FakeOperations) -> Process:
    return operations.add(paused=True, step="load", output={"rows": 812, "rejected": 3}, token=5)


def edit(console: Console, text: str) -> None:
    console.app.screen.query_one(TextArea).load_text(text)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_editor_begins_with_the_paused_output(operations: FakeOperations, size: tuple[int, int]) -> None:
    a_paused_one(operations)
    async with opened(operations, size=size) as console:
        await console.press("P")
        assert isinstance(console.app.screen, Proceed)
        assert '"rejected": 3' in console.text
        assert "Nothing: its output stays as it is" in console.text


async def test_only_what_was_changed_is_sent_after_one_more_question(operations: FakeOperations) -> None:
    process = a_paused_one(operations)
    async with opened(operations) as console:
        await console.press("P")
        edit(console, '{"rows": 812, "rejected": 0, "approved": true}')
        await console.settle()
        assert "Δ rejected  3 → 0" in console.text
        assert "+ approved  true" in console.text
        await console.press("ctrl+s")
        assert isinstance(console.app.screen, Confirm)
        assert operations.calls == []
        await console.press("y")
        sent = {"data": {"rejected": 0, "approved": True}, "reason": None, "token": 5}
        assert operations.calls == [("proceed", process.id, sent)]
        assert isinstance(console.app.screen, Processes)


async def test_what_cannot_be_read_is_told_with_line_and_column_and_not_sent(operations: FakeOperations) -> None:
    a_paused_one(operations)
    async with opened(operations) as console:
        await console.press("P")
        edit(console, '{\n"rows": }')
        await console.settle()
        assert "line 2, column 9" in console.text
        await console.press("ctrl+s")
        assert isinstance(console.app.screen, Proceed)


async def test_a_key_cannot_be_taken_away(operations: FakeOperations) -> None:
    a_paused_one(operations)
    async with opened(operations) as console:
        await console.press("P")
        edit(console, '{"rows": 812}')
        await console.settle()
        assert "the key 'rejected' cannot be removed" in console.text


async def test_escape_leaves_it_paused(operations: FakeOperations) -> None:
    a_paused_one(operations)
    async with opened(operations) as console:
        await console.press("P", "escape")
        assert isinstance(console.app.screen, Processes)
        assert operations.calls == []


async def test_what_was_typed_is_not_lost_by_a_slip(operations: FakeOperations) -> None:
    a_paused_one(operations)
    async with opened(operations) as console:
        await console.press("P")
        edit(console, '{"rows": 1, "rejected": 3}')
        await console.press("escape")
        assert "What you typed is lost." in console.text
        await console.press("enter")
        assert isinstance(console.app.screen, Proceed)
        await console.press("escape", "y")
        assert isinstance(console.app.screen, Processes)


async def test_an_answer_that_comes_second_is_refused(operations: FakeOperations) -> None:
    process = a_paused_one(operations)
    async with opened(operations) as console:
        await console.press("P", "ctrl+s")
        operations.replace(process.id, token=6, paused=False)
        await console.press("y")
        assert "somebody else was first" in console.said


async def test_several_marked_ones_need_an_answer_each(operations: FakeOperations) -> None:
    a_paused_one(operations)
    a_paused_one(operations)
    async with opened(operations) as console:
        await console.press("space", "space", "P")
        assert isinstance(console.app.screen, Processes)
        assert "needs its own answer" in console.said
