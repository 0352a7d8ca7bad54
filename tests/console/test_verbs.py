from __future__ import annotations

from textual.content import Content
from textual.widgets import Button

from jobboy.operations import Guardrail, GuardrailAction
from jobboy_console.facts.acts import Act
from jobboy_console.screens.proceed import Proceed
from jobboy_console.screens.process import ProcessScreen
from jobboy_console.screens.processes import Processes
from jobboy_console.screens.turn_logs import TurnLogs
from jobboy_console.widgets.confirm import Confirm
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.live import LiveCommands
from jobboy_console.widgets.process_list import ProcessList
from jobboy_console.widgets.results import Results
from tests.console.conftest import Console, opened
from tests.console.fake_operations import FakeOperations


async def test_recover_shows_before_and_after_and_begins_on_cancel(operations: FakeOperations) -> None:
    process = operations.stuck(step="load")
    async with opened(operations) as console:
        await console.press("R")
        assert isinstance(console.app.screen, Confirm)
        assert "before  running, stuck, held by w2:77:ab" in console.text
        assert "after   running, free" in console.text
        assert "The next free worker goes on from load." in console.text
        assert process.id in console.text
        assert console.app.focused is console.app.screen.query_one("#confirm-no", Button)


async def test_enter_on_cancel_does_nothing(operations: FakeOperations) -> None:
    operations.stuck()
    async with opened(operations) as console:
        await console.press("R", "enter")
        assert isinstance(console.app.screen, Processes)
        assert operations.calls == []


async def test_y_confirms_with_the_token_that_was_seen(operations: FakeOperations) -> None:
    process = operations.stuck(token=41)
    async with opened(operations) as console:
        await console.press("R", "y")
        assert operations.calls == [("recover", process.id, {"reason": None, "force": False, "token": 41})]
        assert "now running" in console.said
        assert "Attention 0" in console.text


async def test_fail_asks_for_a_reason_before_it_does_anything(operations: FakeOperations) -> None:
    operations.add(paused=True)
    async with opened(operations) as console:
        await console.press("F", "y")
        assert isinstance(console.app.screen, Confirm)
        assert "Say why first" in console.text
        await console.type("bad data")
        await console.press("enter")
        assert operations.calls == []
        await console.press("y")
        assert operations.calls[0][2]["reason"] == "bad data"


async def test_fail_at_once_is_a_choice_that_is_told(operations: FakeOperations) -> None:
    operations.add(paused=True)
    async with opened(operations) as console:
        await console.press("F", "shift+tab", "space")
        assert "no teardown runs" in console.text
        await console.press("shift+tab")
        await console.type("x")
        await console.press("enter", "y")
        assert operations.calls[0][2]["now"] is True


async def test_kill_asks_for_a_reason(operations: FakeOperations) -> None:
    process = operations.add(paused=True)
    async with opened(operations) as console:
        await console.press("K", "y")
        await console.type("wrong file")
        await console.press("enter", "y")
        assert operations.calls == [("kill", process.id, {"reason": "wrong file", "token": 0})]


async def test_restart_tells_the_new_process(operations: FakeOperations) -> None:
    operations.add(status="failed")
    async with opened(operations) as console:
        await console.press("T", "y")
        await console.type("source is back")
        await console.press("enter", "y")
        assert "started anew as 00000002" in console.said


async def test_a_verb_that_does_not_apply_is_refused_with_the_reason(operations: FakeOperations) -> None:
    operations.add(status="failed")
    async with opened(operations) as console:
        await console.press("R")
        assert isinstance(console.app.screen, Processes)
        assert "Cannot recover 00000001: it is failed." in console.said


async def test_a_living_holder_is_taken_from_only_with_force(operations: FakeOperations) -> None:
    process = operations.add(handled=True, handled_by="w1:5:xy")
    async with opened(operations) as console:
        await console.press("3", "R")
        assert "Not possible: its holder is alive (w1:5:xy)" in console.text
        await console.press("y")
        assert "Nothing here is eligible" in console.text
        await console.press("shift+tab", "space")
        assert "The late write" in console.text
        await console.press("tab", "y")
        assert "Say why first" in console.text
        await console.type("it hangs")
        await console.press("enter")
        await console.type("import-order")
        await console.press("enter", "tab", "y")
        assert "It is taken from a living holder." in console.text
        assert operations.calls == []
        await console.press("enter", *"import-orders", "enter", "y")
        assert operations.calls == [("recover", process.id, {"reason": "it hangs", "force": True, "token": 0})]


async def test_a_conflict_is_told_and_the_row_is_read_again(operations: FakeOperations) -> None:
    process = operations.stuck()
    async with opened(operations) as console:
        await console.press("R")
        operations.replace(process.id, token=9, stuck=False, handled=False, handled_by=None)
        await console.press("y")
        assert "somebody else was first" in console.said
        assert "Attention 0" in console.text


async def test_marked_ones_are_counted_before_they_are_changed(operations: FakeOperations) -> None:
    operations.stuck()
    operations.stuck()
    operations.add(status="failed")
    async with opened(operations) as console:
        await console.press("space", "space", "space", "R")
        assert "3 marked → 2 eligible, 1 skipped: 1 has failed already" in console.text
        assert "Recover 2 (y)" in console.text
        await console.press("y", *"power", "enter", "y")
        assert len(operations.calls) == 2
        assert "All 2 done" in console.said
        assert len(console.app.screen.query_one(ProcessList).marks) == 1


async def test_results_are_told_row_by_row_when_one_was_refused(operations: FakeOperations) -> None:
    first, second = operations.stuck(), operations.stuck()
    async with opened(operations) as console:
        await console.press("space", "space", "R")
        operations.replace(first.id, token=5)
        await console.press("y", *"power", "enter", "y")
        assert isinstance(console.app.screen, Results)
        assert f"✗ {first.short_id}" in console.text
        assert f"✓ {second.short_id}" in console.text
        await console.press("enter")
        assert isinstance(console.app.screen, Processes)


async def test_a_verb_on_an_empty_list_says_so(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await console.press("R")
        assert "no process under the cursor" in console.said


async def test_keys_typed_before_the_dialog_is_there_do_nothing(operations: FakeOperations) -> None:
    operations.stuck()
    operations.add(paused=True)
    async with opened(operations) as console:
        await console.press("j")
        with operations.held():
            await console.pilot.press("P", *"UTF-8", "T", "R", "enter", "s")
            assert isinstance(console.app.screen, Processes)
        await console.settle()
        assert [type(screen) for screen in console.app.screen_stack[1:]] == [Processes, Proceed]
        assert operations.calls == []


async def test_verbs_that_do_not_apply_are_dim_and_still_say_why(operations: FakeOperations) -> None:
    operations.stuck()
    operations.add(paused=True)
    async with opened(operations, size=(120, 36)) as console:
        assert bright_verbs(console) == {"R", "F"}
        await console.press("P")
        assert "Cannot proceed" in console.said
        await console.press("j")
        assert bright_verbs(console) == {"F", "P"}
        await console.press("enter")
        assert bright_verbs(console) == {"F", "P"}


async def test_the_footer_of_a_console_that_is_read_only_offers_no_verb(operations: FakeOperations) -> None:
    operations.stuck()
    async with opened(operations, read_only=True) as console:
        assert verbs_offered(console) == []
        await console.press("enter")
        assert isinstance(console.app.screen, ProcessScreen)
        assert verbs_offered(console) == []


async def test_a_verb_that_applies_is_shown_before_one_that_does_not(operations: FakeOperations) -> None:
    operations.add(status="failed")
    async with opened(operations) as console:
        assert "T restart" in console.text.splitlines()[-1]
        assert "? help" in console.text.splitlines()[-1]


def verbs_offered(console: Console) -> list[str]:
    """Return the labels of verbs that stand in the footer, dim ones too."""
    return [word for word in console.text.splitlines()[-1].split() if word in {act.value for act in Act}]


def bright_verbs(console: Console) -> set[str]:
    """Return the keys of verbs in the footer that are drawn as keys are."""
    content = console.app.screen.query_one(FooterBar).content
    assert isinstance(content, Content)
    bright = {content.plain[span.start : span.end] for span in content.spans if span.style == "bold $primary"}
    return bright & set("RFPTK")


async def test_pausing_all_work_shows_the_command_that_does_the_same(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await console.press("W")
        assert "same as: jobboy --database sqlite:////var/lib/jobs/nightly.db pause" in console.text
        await console.press("shift+tab")
        await console.type("moving")
        assert "--reason moving" in " ".join(console.text.split())


async def test_what_a_guardrail_forbids_is_said_before_anything_is_asked(operations: FakeOperations) -> None:
    operations.guardrails = (
        Guardrail(action=GuardrailAction.DENY, verbs=("pause",), reason="the bank closes at noon"),
    )
    async with opened(operations) as console:
        await console.press("W")
        assert isinstance(console.app.screen, Processes)
        assert "Cannot pause work: a guardrail forbids it: the bank closes at noon." in console.said


async def test_a_read_only_console_offers_nothing_that_changes(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations, read_only=True) as console:
        offers = LiveCommands(console.app.screen).offers()
        changing = [offer for offer in offers if offer.command.changes and offer.command.id.startswith(("ch", "an"))]
        assert {offer.why_not for offer in changing} == {"this console is read-only"}


async def test_the_log_of_a_process_is_one_key_away_and_the_screen_says_which(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations) as console:
        await console.press("6", "enter", "7")
        assert "l shows its log" in console.text
        await console.press("l")
        assert isinstance(console.app.screen, TurnLogs)
        await console.press("escape")
        assert isinstance(console.app.screen, ProcessScreen)
