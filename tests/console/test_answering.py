"""Answering a pause with a schema: form and JSON, what moves meanwhile, what is lost and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import Input, TextArea

from jobboy.model.documents import Parameters
from jobboy.model.process import Process
from jobboy_console.running.feed import Changed, Found, Lost
from jobboy_console.screens.proceed import Proceed
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.answer_form import AnswerForm
from jobboy_console.widgets.choice_field import ChoiceField
from jobboy_console.widgets.confirm import Confirm
from jobboy_console.widgets.moved import Moved
from tests.console.conftest import Console, opened
from tests.console.fake_operations import FakeOperations

REVIEW = {
    "type": "object",
    "properties": {
        "approved": {"type": "boolean", "title": "Approved", "description": "Pay this invoice?"},
        "amount": {"type": "number", "minimum": 1},
        "account": {"enum": ["travel", "office", "other"]},
        "note": {"type": ["string", "null"], "default": "none"},
    },
    "required": ["approved"],
    "additionalProperties": False,
}
OUTPUT = {"amount": 120, "account": "travel", "file": "/inbox/7.pdf"}


def an_invoice(operations: FakeOperations, **fields: Any) -> Process:
    wanted = {"paused": True, "step": "pay", "output": OUTPUT, "answer_schema": REVIEW, "token": 5, **fields}
    return operations.add("invoices", **wanted)


def write(console: Console, text: str) -> None:
    console.app.screen.query_one(TextArea).load_text(text)


async def change_notice(console: Console) -> None:
    """Let the console hear of a commit, as its feed would tell it."""
    console.app.post_message(Changed())
    await console.settle()


def is_form(console: Console) -> bool:
    return console.app.screen.query_one(AnswerForm).display


# --- the form ---


async def test_a_schema_is_a_form_with_what_is_missing_told_at_its_field(operations: FakeOperations) -> None:
    an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P")
        assert is_form(console)
        for words in ("Approved", "Pay this invoice?", "not answered", "✗ is required", "120", "travel", "1 problem"):
            assert words in console.text
        assert "+ note" in console.text
        assert '"file": "/inbox/7.pdf"' in console.text


async def test_a_form_is_filled_in_by_keys_and_only_what_changed_is_sent(operations: FakeOperations) -> None:
    process = an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P", "right", "tab")
        await console.type("99.5")
        await console.press("tab", "left")
        assert "can be sent" in console.text
        await console.press("ctrl+s")
        assert isinstance(console.app.screen, Confirm)
        assert "jobboy --database" in console.text
        assert operations.calls == []
        await console.press("y")
        data = {"approved": True, "amount": 99.5, "account": "other", "note": "none"}
        assert operations.calls == [("proceed", process.id, {"data": data, "reason": None, "token": 5})]
        assert isinstance(console.app.screen, Processes)


async def test_review_goes_to_the_field_that_is_wrong(operations: FakeOperations) -> None:
    an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P", "right", "tab", "0", "tab", "ctrl+s")
        assert isinstance(console.app.screen, Proceed)
        assert "✗ amount: must be at least 1" in console.text.splitlines()[-3], "below, where it covers nothing"
        assert console.said == ""
        assert isinstance(console.app.focused, Input)
        assert console.app.focused.value == "0"
        assert operations.calls == []


async def test_form_and_json_are_changed_both_ways_and_nothing_typed_is_lost(operations: FakeOperations) -> None:
    an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P", "right", "tab")
        await console.type("abc")
        await console.press("ctrl+t")
        assert not is_form(console)
        text = console.app.screen.query_one(TextArea).text
        assert '"amount": "abc"' in text
        assert '"approved": true' in text
        assert '"file": "/inbox/7.pdf"' in text
        write(console, text.replace('"abc"', "7").replace("travel", "elsewhere"))
        await console.press("ctrl+t")
        assert is_form(console)
        assert "elsewhere" in console.text
        assert "✗ must be" in console.text
        assert [field.value for field in console.app.screen.query(ChoiceField)] == [True, "elsewhere"]
        assert console.app.screen.query(Input).first().value == "7"


async def test_json_that_cannot_be_read_stays_json(operations: FakeOperations) -> None:
    an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P", "ctrl+t")
        write(console, '{\n  "amount": }')
        await console.press("ctrl+t")
        assert not is_form(console)
        assert "First make it readable" in console.said
        assert console.app.screen.query_one(TextArea).cursor_location == (1, 12)


async def test_json_shows_each_problem_with_its_line_and_review_goes_there(operations: FakeOperations) -> None:
    an_invoice(operations)
    async with opened(operations, size=(120, 36)) as console:
        await console.press("P", "ctrl+t")
        text = '{\n "approved": true,\n "account": "travel",\n "amount": 0,\n "file": "/tmp/x"\n}'
        write(console, text)
        await console.settle()
        assert "line 4 · amount: must be at least 1" in console.text
        assert "line 5 · file: is not asked for" in console.text
        assert "2 problems" in console.text
        await console.press("ctrl+s")
        assert console.app.screen.query_one(TextArea).cursor_location == (3, 1)
        assert operations.calls == []


async def test_without_a_schema_there_is_no_form(operations: FakeOperations) -> None:
    an_invoice(operations, answer_schema=None)
    async with opened(operations) as console:
        await console.press("P", "ctrl+t")
        assert not is_form(console)
        assert "no schema that a form could be made of" in console.said


async def test_what_a_schema_says_shows_harmlessly(operations: FakeOperations) -> None:
    hostile = "[red]x[/]\x1b[2J\u202e\x9b"
    rule = {"type": "string", "title": hostile, "description": hostile, "pattern": f"^{hostile[:7]}"}
    properties = {hostile: rule, "choice": {"enum": [hostile]}, "plain": {"type": "string"}}
    an_invoice(operations, answer_schema={"properties": properties, "required": [hostile]}, output={"plain": hostile})
    async with opened(operations, size=(120, 36)) as console:
        await console.press("P", "x", "tab", "right")
        assert "[red]x[/]␛[2J" in console.text
        await console.press("ctrl+t", "ctrl+s")
        for character in "\x1b\u202e\x9b":
            assert character not in console.text + console.said


# --- what moves meanwhile ---


async def test_an_untouched_answer_takes_over_what_was_paused_anew(operations: FakeOperations) -> None:
    process = an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P")
        operations.replace(process.id, token=7, output=Parameters({**OUTPUT, "amount": 55}))
        await change_notice(console)
        assert "paused anew meanwhile" in console.said
        assert "55" in console.text
        await console.press("right", "ctrl+s", "y")
        assert operations.calls[-1][2]["token"] == 7


@pytest.mark.parametrize(
    ("key", "data"),
    [("t", {"approved": True, "note": "none"}), ("m", {"approved": False, "amount": 99, "note": "none"})],
)
async def test_what_moved_under_a_touched_answer_is_told_and_compared_before_anything_is_sent(
    operations: FakeOperations, key: str, data: dict[str, Any]
) -> None:
    process = an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P", "right", "right", "tab")
        await console.type("99")
        operations.replace(process.id, token=7, output=Parameters({**OUTPUT, "amount": 55, "account": "office"}))
        await change_notice(console)
        assert "paused anew meanwhile by worker:w1:12:cd · ctrl+s compares" in console.text
        await console.press("ctrl+s")
        assert isinstance(console.app.screen, Moved)
        for words in ("amount  both changed it", "was     120", "theirs  55", "yours   99"):
            assert words in console.text
        await console.press(key)
        assert isinstance(console.app.screen, Proceed)
        if key == "t":
            await console.press("shift+tab", "right")
        await console.press("ctrl+s", "y")
        assert operations.calls == [("proceed", process.id, {"data": data, "reason": None, "token": 7})]
        assert dict(operations.processes[process.id].output or {})["account"] == "office"


async def test_what_somebody_else_has_answered_cannot_be_answered_and_stays_typed(operations: FakeOperations) -> None:
    process = an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P", "right")
        operations.proceed(process.id, {"approved": False})
        operations.calls.clear()
        await console.press("ctrl+s")
        assert isinstance(console.app.screen, Moved)
        assert "changed meanwhile by operator:ada@host" in " ".join(console.text.split())
        assert "Take theirs" not in console.text
        await console.press("m", "enter")
        assert isinstance(console.app.screen, Proceed)
        assert "yes" in console.text
        await console.press("ctrl+s", "l")
        assert isinstance(console.app.screen, Processes)
        assert operations.calls == []


async def test_an_answer_that_is_refused_at_the_last_moment_stays_typed(operations: FakeOperations) -> None:
    process = an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P", "right", "ctrl+s")
        operations.replace(process.id, token=7)
        await console.press("y")
        assert "somebody else was first" in console.said
        assert isinstance(console.app.screen, Proceed)
        assert "paused anew meanwhile" in console.text
        assert console.app.screen.query_one(AnswerForm).document["approved"] is True


async def test_an_answer_confirmed_for_one_pause_is_never_sent_to_the_next(operations: FakeOperations) -> None:
    process = an_invoice(operations, output={**OUTPUT, "approved": True, "note": None})
    async with opened(operations) as console:
        await console.press("P", "ctrl+s")
        assert isinstance(console.app.screen, Confirm)
        operations.replace(process.id, token=7)
        await change_notice(console)
        await console.press("y")
        assert "somebody else was first" in console.said
        assert operations.processes[process.id].paused


async def test_what_is_typed_while_an_answer_is_looked_at_is_what_is_asked_about(operations: FakeOperations) -> None:
    process = an_invoice(operations, answer_schema=None)
    async with opened(operations) as console:
        await console.press("P")
        with operations.held():
            await console.pilot.press("ctrl+s")
            write(console, console.app.screen.query_one(TextArea).text.replace("120", "99"))
            await console.pilot.pause()
        await console.settle()
        await console.press("y")
        assert operations.calls == [("proceed", process.id, {"data": {"amount": 99}, "reason": None, "token": 5})]


async def test_a_lost_database_takes_nothing_that_was_typed(operations: FakeOperations) -> None:
    process = an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P", "right", "ctrl+s")
        operations.broken = "the disk is gone"
        await console.press("y")
        assert isinstance(console.app.screen, Proceed)
        assert "the disk is gone" in console.text + console.said
        console.app.clear_notifications()
        console.app.post_message(Lost("the disk is gone", 1.0))
        await console.settle()
        assert "What you typed stays. the disk is gone" in console.text
        operations.broken = None
        console.app.post_message(Found())
        await console.settle()
        assert "can be sent" in console.text
        operations.calls.clear()
        await console.press("ctrl+s", "y")
        assert [call[:2] for call in operations.calls] == [("proceed", process.id)]
        assert isinstance(console.app.screen, Processes)


async def test_an_editor_needs_a_terminal_and_says_so(operations: FakeOperations) -> None:
    an_invoice(operations)
    async with opened(operations) as console:
        await console.press("P", "ctrl+e")
        assert "no terminal here that an editor could use" in console.said
        assert is_form(console)
