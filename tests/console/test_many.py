"""Verbs on many: how much is asked, how they are counted, stopped and told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.content import Content
from textual.widgets import Input

from jobboy.operations import Guardrail, GuardrailAction
from jobboy_console.asking.census import census
from jobboy_console.asking.levels import Level, level_of, missing, word_of
from jobboy_console.asking.wording import command_line, command_lines, what_applies
from jobboy_console.facts.acts import Act
from jobboy_console.facts.decisions import Decision, Outcome, Plan
from jobboy_console.facts.rows import Row, Selection
from jobboy_console.gateway import Gateway
from jobboy_console.gateway.many import one_by_one
from jobboy_console.machine.watching import Watch
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.confirm import Confirm
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.progress import Progress, bar
from jobboy_console.widgets.results import Judged, Results, told
from tests.console.conftest import opened
from tests.console.fake_operations import FakeOperations

SAID = Decision(reason="power cut")


def gateway(operations: FakeOperations, protected: str = "") -> Gateway:
    return Gateway(operations, protected=protected)  # type: ignore[arg-type]  # same methods


def a_plan(operations: FakeOperations, act: Act, *, protected: str = "") -> Plan:
    return gateway(operations, protected).verbs.plan(act, list(operations.processes))


def all_that_match(operations: FakeOperations, act: Act, filter: str) -> Plan:
    return gateway(operations).verbs.census(act, filter, Watch())


def mark_all(monkeypatch: pytest.MonkeyPatch, filter: str) -> None:
    """Let the list mean all that match a filter, as its key for that does."""
    monkeypatch.setattr(Processes, "selection", property(lambda _: Selection((), filter, 30)))


# --- how much is asked ---


@pytest.mark.parametrize(
    ("act", "level"),
    [(Act.RECOVER, Level.YES), (Act.FAIL, Level.REASON), (Act.KILL, Level.REASON), (Act.PROCEED, Level.YES)],
)
def test_one_process_asks_for_a_reason_only_when_work_is_ended(
    operations: FakeOperations, act: Act, level: Level
) -> None:
    operations.stuck() if act is Act.RECOVER else operations.add(paused=True)
    assert level_of(a_plan(operations, act), Decision(reason=None)) is level


def test_several_ask_for_a_reason_and_more_than_ten_for_their_number(operations: FakeOperations) -> None:
    for _ in range(10):
        operations.stuck()
    plan = a_plan(operations, Act.RECOVER)
    assert missing(plan, Decision(reason=None), "") == ("reason", "Say why first: it is kept in the history.")
    assert missing(plan, SAID, "") is None
    operations.stuck()
    plan = a_plan(operations, Act.RECOVER)
    assert missing(plan, SAID, "") == ("word", "Type 11 first.")
    assert missing(plan, SAID, " 11 ") is None


def test_the_number_that_is_typed_is_the_number_that_would_be_changed(operations: FakeOperations) -> None:
    for status in ("failed", *["running"] * 11):
        operations.add(status=status)
    assert word_of(a_plan(operations, Act.KILL), SAID) == "11"


def test_a_protected_profile_asks_for_the_code_of_a_single_process(operations: FakeOperations) -> None:
    operations.stuck(code="export-ledger")
    plan = a_plan(operations, Act.RECOVER, protected="prod")
    assert missing(plan, SAID, "") == ("word", "Type export-ledger first.")


def test_all_that_match_are_always_confirmed_by_their_number(operations: FakeOperations) -> None:
    operations.stuck()
    assert level_of(all_that_match(operations, Act.RECOVER, "stuck"), SAID) is Level.TYPED


def test_a_guardrail_asks_for_more_and_says_why(operations: FakeOperations) -> None:
    operations.guardrails = (Guardrail(action=GuardrailAction.CONFIRM, verbs=("recover",), reason="ask Ada"),)
    operations.stuck()
    plan = a_plan(operations, Act.RECOVER)
    assert (plan.asks, level_of(plan, SAID)) == ("ask Ada", Level.TYPED)
    assert command_line(plan, SAID).endswith("--yes")


def test_a_guardrail_against_so_many_leaves_nobody_eligible(operations: FakeOperations) -> None:
    operations.guardrails = (Guardrail(action=GuardrailAction.MAX_BULK, limit=2, reason="slowly"),)
    for _ in range(3):
        operations.stuck()
    plan = a_plan(operations, Act.RECOVER)
    assert plan.eligible(force=True) == []
    assert plan.items[0].why_not == "a guardrail forbids it: 3 at once are more than the 2 that are allowed (slowly)"


# --- words ---


def test_those_that_match_are_counted_with_why_some_are_skipped(operations: FakeOperations) -> None:
    for status in ("running", "failed", "running", "completed", "failed"):
        operations.add(status=status)
    plan = all_that_match(operations, Act.KILL, "code:import-orders")
    assert census(plan, force=False) == (
        "5 match → 2 eligible, 3 skipped: 2 have failed already; 1 is completed already"
    )


def test_the_command_for_all_that_match_names_the_filter_and_not_the_ids(operations: FakeOperations) -> None:
    operations.stuck()
    command = command_line(all_that_match(operations, Act.RECOVER, "stuck code:import-*"), SAID)
    assert command == (
        "jobboy --database sqlite:////var/lib/jobs/nightly.db recover --filter 'stuck code:import-*' "
        "--reason 'power cut'"
    )


def test_a_long_command_is_cut_with_a_sign_that_says_how_to_get_it_whole(operations: FakeOperations) -> None:
    for _ in range(9):
        operations.stuck()
    plan = a_plan(operations, Act.RECOVER)
    lines = command_lines(plan, SAID, 70)
    assert len(lines) == 2
    assert "".join(text for text, _ in lines[1]).endswith("…  c copies it whole")
    assert command_line(plan, SAID).count("01900000") == 9


async def test_a_verb_that_a_guardrail_forbids_is_not_named_as_one_that_applies(operations: FakeOperations) -> None:
    operations.guardrails = (Guardrail(action=GuardrailAction.DENY, verbs=("recover",), reason="closed"),)
    operations.stuck()
    async with opened(operations) as console:
        await console.press("R")
        assert "closed" in console.said
        assert "What applies: F fail, K kill." in console.said


def test_a_refused_verb_names_those_that_apply(operations: FakeOperations) -> None:
    operations.add(status="failed")
    assert what_applies(a_plan(operations, Act.KILL).items[0].row.acts) == "What applies: T restart."


def test_results_are_counted_by_what_became_of_them(operations: FakeOperations) -> None:
    operations.stuck()
    row = a_plan(operations, Act.RECOVER).items[0].row
    outcomes = [Outcome(row=row, ok=True, text=""), Outcome(row=row, ok=False, text="")]
    assert told([*outcomes, Outcome(row=row, ok=False, text="", begun=False)]) == "1 done, 1 refused, 1 not begun"


# --- one by one ---


def rows_of(operations: FakeOperations, number: int) -> Sequence[Row]:
    for _ in range(number):
        operations.stuck()
    return [item.row for item in a_plan(operations, Act.RECOVER).items]


def test_what_is_stopped_tells_what_was_done_and_what_was_not_begun(
    operations: FakeOperations, caplog: pytest.LogCaptureFixture
) -> None:
    watch = Watch()

    def act(row: Row) -> Outcome:
        if watch.done == 1:
            watch.stop()
        return Outcome(row=row, ok=True, text="now running")

    with caplog.at_level(logging.WARNING):
        outcomes = one_by_one("recover", rows_of(operations, 4), act, watch)
    assert [(one.ok, one.begun) for one in outcomes] == [(True, True), (True, True), (False, False), (False, False)]
    assert caplog.messages == ["recover was stopped: 2 done, 0 refused, 2 not begun"]
    assert "".join(text for text, _ in bar(watch)).endswith(" 2 of 4  stopping…")


def test_the_door_is_told_how_many_are_meant_and_that_it_was_confirmed(operations: FakeOperations) -> None:
    for code in ("a", "b", "a"):
        operations.stuck(code=code)
    plan = a_plan(operations, Act.RECOVER)
    gateway(operations).verbs.carry_out(plan, Decision(reason="x", confirmed=True))
    assert operations.mandates[-1].confirmed
    assert operations.mandates[-1].at_once == {"a": 2, "b": 1}


# --- on the screen ---


async def test_all_that_match_are_counted_confirmed_and_carried_out_as_they_were_seen(
    operations: FakeOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        operations.stuck(token=number)
    operations.add(status="failed")
    mark_all(monkeypatch, "stuck,failed")
    async with opened(operations) as console:
        await console.press("R")
        await console.until(lambda: isinstance(console.app.screen, Confirm))
        assert "31 match → 30 eligible, 1 skipped" in console.text
        assert "It is for all that match" in console.text
        assert "--filter stuck,failed" in console.text
        first = next(iter(operations.processes))
        operations.replace(first, token=99)
        await console.press("y", *"power", "enter", "3", "0", "enter", "y")
        await console.until(lambda: isinstance(console.app.screen, Results))
        await console.until_shown("29 done, 1 refused")
        assert console.text.index("✗") < console.text.index("✓")
        assert {call[2]["token"] for call in operations.calls} == set(range(30))


async def test_counting_can_be_stopped_and_then_nothing_is_asked(
    operations: FakeOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations.stuck()
    mark_all(monkeypatch, "stuck")
    async with opened(operations) as console:
        with operations.held():
            await console.pilot.press("R")
            await console.until(lambda: isinstance(console.app.screen, Progress))
            await console.pilot.press("escape")
            assert "stopping" in console.text
        await console.until(lambda: "nothing was done" in console.said)
        assert isinstance(console.app.screen, Processes)


async def test_a_filter_that_cannot_be_read_is_told(
    operations: FakeOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations.stuck()
    mark_all(monkeypatch, "faild")
    async with opened(operations) as console:
        await console.press("R")
        await console.until(lambda: "faild" in console.said)
        assert isinstance(console.app.screen, Processes)


async def test_the_dialog_lists_every_process_with_why_it_is_skipped(operations: FakeOperations) -> None:
    operations.stuck()
    operations.add(status="failed")
    async with opened(operations) as console:
        await console.press("space", "space", "R", "d")
        assert isinstance(console.app.screen, Judged)
        assert "00000002 import-orders         skipped: it is failed" in console.text
        assert "✓ 00000001" in console.text
        await console.press("escape")
        assert isinstance(console.app.screen, Confirm)


async def test_the_whole_command_is_copied_with_c(operations: FakeOperations) -> None:
    for _ in range(8):
        operations.stuck()
    async with opened(operations) as console:
        await console.press(*["space"] * 8, "R", "c")
        assert console.app.clipboard.count("01900000") == 8
        assert "copies it whole" in console.text


async def test_a_code_is_typed_where_a_guardrail_asks(operations: FakeOperations) -> None:
    operations.guardrails = (Guardrail(action=GuardrailAction.CONFIRM, reason="ask Ada"),)
    operations.stuck(code="ledger")
    async with opened(operations) as console:
        await console.press("R")
        assert "A guardrail asks for it: ask Ada" in console.text
        await console.press("y", *"why", "enter")
        assert console.app.focused is console.app.screen.query_one("#confirm-word", Input)
        await console.press(*"ledger", "enter", "y")
        assert operations.mandates[-1].confirmed
        assert len(operations.calls) == 1


async def test_a_denied_verb_is_dim_and_says_the_reason(operations: FakeOperations) -> None:
    operations.guardrails = (Guardrail(action=GuardrailAction.DENY, verbs=("fail",), reason="month's end"),)
    operations.stuck()
    async with opened(operations, size=(120, 36)) as console:
        content = console.app.screen.query_one(FooterBar).content
        assert isinstance(content, Content)
        dim = {content.plain[span.start : span.end] for span in content.spans if "35%" in str(span.style)}
        assert "F" in dim
        assert "R" not in dim
        await console.press("F")
        assert "a guardrail forbids it: month's end. What applies: R recover" in console.said


async def test_results_are_narrowed_and_saved(
    operations: FakeOperations, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, _ = operations.stuck(), operations.stuck()
    monkeypatch.chdir(tmp_path)
    async with opened(operations) as console:
        await console.press("space", "space", "R")
        operations.replace(first.id, token=5)
        await console.press("y", *"power", "enter", "y", "slash", *"first", "enter")
        assert "1 of 2 lines" in console.text
        await console.press("o", "enter")
        assert "somebody else was first" in (tmp_path / "results.txt").read_text()


async def test_what_is_carried_out_can_be_stopped_and_tells_what_was_not_begun(
    operations: FakeOperations, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(30):
        operations.stuck()
    mark_all(monkeypatch, "stuck")
    async with opened(operations) as console:
        await console.press("R")
        await console.until(lambda: isinstance(console.app.screen, Confirm))
        await console.press("y", *"power", "enter", "3", "0", "enter")
        with operations.held():
            await console.pilot.press("y")
            await console.until(lambda: isinstance(console.app.screen, Progress))
            progress = console.app.screen
            assert isinstance(progress, Progress)
            progress.watched.stop()
        await console.until_shown("not begun: it was stopped before")
    assert "recover was stopped" in caplog.text


async def test_all_that_the_list_has_are_meant_once_they_are_marked(operations: FakeOperations) -> None:
    for _ in range(12):
        operations.stuck(code="demo")
    operations.stuck(code="other")
    async with opened(operations, filter="stuck code:demo") as console:
        await console.press("a", "R")
        await console.until(lambda: isinstance(console.app.screen, Confirm))
        assert "12 marked → all eligible" in console.text
        await console.press("y", *"power", "enter", "1", "2", "enter", "y")
        await console.until(lambda: "All 12 done" in console.said)
        assert len(operations.calls) == 12


async def test_pausing_all_work_asks_for_the_word_where_a_guardrail_does(operations: FakeOperations) -> None:
    operations.guardrails = (Guardrail(action=GuardrailAction.CONFIRM, verbs=("pause",), reason="ask Ada"),)
    async with opened(operations) as console:
        await console.press("W", "y")
        assert "A guardrail asks for it: ask Ada" in console.text
        assert "Type pause first." in console.text
        assert operations.paused is None
        await console.press(*"pause", "enter", "y")
        assert operations.paused is not None
        assert operations.mandates[-1].confirmed
