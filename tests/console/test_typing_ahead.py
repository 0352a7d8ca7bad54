"""Keys that come in one piece, as over a slow line: each goes where the one before has led, none answers unseen."""

from __future__ import annotations

import pytest
from textual import events
from textual.keys import _character_to_key  # as the terminal's own parser names a character

from jobboy_console.screens.command_line import CommandLine
from jobboy_console.screens.process import ProcessScreen
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.dialog import Dialog
from tests.console.conftest import Console, opened
from tests.console.fake_operations import FakeOperations


def key_of(name: str) -> events.Key:
    if len(name) == 1:
        return events.Key(_character_to_key(name), name)
    return events.Key(name, "\r" if name == "enter" else None)


async def burst(console: Console, *names: str) -> None:
    """Send keys as the terminal does when all are there at once: nothing is worked between them."""
    driver = console.app._driver
    assert driver is not None
    for key in [key_of(name) for name in names]:
        key.set_sender(console.app)
        driver.send_message(key)
    await console.settle()


async def test_a_filter_typed_at_once_is_the_filter(operations: FakeOperations) -> None:
    operations.add(code="import-Rates")
    operations.add(code="other")
    async with opened(operations) as console:
        await burst(console, "6", "/", *"Rates", "enter")
        await console.until_shown("All 1 · Rates")
        assert isinstance(console.app.screen, Processes)
        assert operations.calls == []


async def test_keys_for_a_screen_wait_until_it_is_there(operations: FakeOperations) -> None:
    process = operations.add(code="import-rates")
    async with opened(operations) as console:
        await console.press("6")
        await burst(console, "enter", "7")
        await console.until(lambda: isinstance(console.app.screen, ProcessScreen))
        await console.until_shown("follow")
        assert process.short_id in console.text


async def test_keys_after_the_filter_are_not_typed_into_it(operations: FakeOperations) -> None:
    operations.add(code="import-rates")
    async with opened(operations) as console:
        await burst(console, "6", "/", *"import", "enter", "h")
        await console.until_shown("import handled")


async def test_a_command_typed_at_once_is_carried_out(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations) as console:
        await burst(console, ":", *"theme light", "enter")
        await console.until(lambda: not isinstance(console.app.screen, CommandLine))
        assert console.app.theme == "jobboy-light"


async def test_a_command_that_is_not_there_stays_in_its_line(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await burst(console, ":", *"nonsense", "enter")
        await console.until_shown("nonsense")
        assert isinstance(console.app.screen, CommandLine)


@pytest.mark.parametrize("verb", ["R", "F", "K", "T", "W", "S", "D", "P"])
@pytest.mark.parametrize("answer", ["y", "enter"])
async def test_what_was_typed_before_a_dialog_is_never_its_answer(
    verb: str, answer: str, operations: FakeOperations
) -> None:
    match verb:
        case "R":
            operations.stuck()
        case "T" | "D":
            operations.add(status="failed")
        case _:
            operations.add(paused=True)
    async with opened(operations) as console:
        await burst(console, verb, answer, answer)
        assert operations.calls == []
        assert len(console.app.screen_stack) <= 3


async def test_a_key_that_comes_back_from_a_list_is_no_answer_to_a_dialog_that_opened_meanwhile(
    operations: FakeOperations,
) -> None:
    async with opened(operations) as console:
        early = key_of("y")
        await console.press("W")
        assert isinstance(console.app.screen, Dialog)
        early._set_forwarded()  # the list had no use for it, and its way up was longer than the dialog's
        console.app.post_message(early)
        await console.settle()
        assert isinstance(console.app.screen, Dialog)
        assert operations.paused is None


async def test_a_key_that_was_dropped_is_told_and_counts_when_it_is_pressed_again(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await burst(console, "W", "y")
        assert isinstance(console.app.screen, Dialog)
        assert "y was typed before this was on the screen: nothing was answered." in console.said
        assert operations.paused is None
        await console.press("y")
        assert operations.paused is not None


@pytest.mark.parametrize(("place", "verb"), [("f2", "S"), ("f3", "A")])
async def test_in_the_house_too(place: str, verb: str, operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await burst(console, place, verb, "y", "enter")
        assert operations.calls == []


async def test_a_burst_of_moves_is_moved_one_by_one(operations: FakeOperations) -> None:
    processes = [operations.add() for _ in range(30)]
    async with opened(operations) as console:
        await console.press("6")
        await burst(console, *"jjjjjkkjjj", "y")
        await console.until(lambda: "Id copied." in console.said)
        assert console.app.clipboard == processes[-7].id


async def test_a_key_of_a_list_is_worked_without_going_through_what_it_stands_in(
    operations: FakeOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_up: list[str] = []

    async def note(self: Processes, event: events.Key) -> bool:
        handed_up.append(event.key)
        return False

    monkeypatch.setattr(Processes, "handle_key", note)
    operations.add()
    wanted = operations.add()
    async with opened(operations) as console:
        await console.press("6", "j", "y")
        assert console.app.clipboard != wanted.id, "the newest is first"
        await console.press("k", "y")
        assert console.app.clipboard == wanted.id
        assert handed_up == []
        await console.press("~")
        assert len(handed_up) == 1
