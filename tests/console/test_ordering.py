"""Starting new processes and removing ended ones from the console."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobboy.model.process import CrashPolicy
from jobboy.operations import Guardrail, GuardrailAction
from jobboy.ports import DefinitionRecord
from jobboy_console.asking.wording import prune_command
from jobboy_console.facts.orders import NewProcess, PruneOrder, Removal
from jobboy_console.gateway import Gateway
from jobboy_console.machine.watching import Watch
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.choose_code import ChooseCode
from jobboy_console.widgets.prune import Prune
from jobboy_console.widgets.start_new import StartNew
from tests.console.conftest import opened
from tests.console.fake_operations import FakeOperations


def know(operations: FakeOperations, *codes: str) -> None:
    for code in codes:
        steps = ("fetch", "load")
        operations.known[code] = DefinitionRecord(
            code=code, steps=steps, on_crash=CrashPolicy.RECOVER, retention=timedelta(days=90)
        )


def gateway(operations: FakeOperations, *, read_only: bool = False) -> Gateway:
    return Gateway(operations, read_only=read_only)  # type: ignore[arg-type]  # same methods


def deny(*verbs: str) -> Guardrail:
    return Guardrail(action=GuardrailAction.DENY, verbs=verbs, reason="month's end")


# --- starting ---


def test_codes_that_can_be_started_come_first_and_the_others_say_why(operations: FakeOperations) -> None:
    know(operations, "import-orders")
    found = gateway(operations).ordering.startable()
    assert [one.code for one in found] == ["import-orders", "billing-run", "nightly-import"]
    assert found[0].why_not is None
    assert "no worker here ever served it" in (found[1].why_not or "")
    operations.guardrails = (deny("start"),)
    assert "month's end" in (gateway(operations).ordering.startable()[0].why_not or "")


def test_the_parameters_begin_as_those_of_the_process_or_of_the_newest_one(operations: FakeOperations) -> None:
    first = operations.add(parameters={"url": "a"})
    operations.add(parameters={"url": "b"})
    other = operations.add("billing-run")
    ordering = gateway(operations).ordering
    assert ordering.form("import-orders", first.id).text == '{\n  "url": "a"\n}'
    assert ordering.form("import-orders", other.id).text == '{\n  "url": "b"\n}'
    assert ordering.form("nightly-import", first.id).text == "{}"


def test_a_read_only_console_starts_and_removes_nothing(operations: FakeOperations) -> None:
    ordering = gateway(operations, read_only=True).ordering
    plan = ordering.prunable(PruneOrder(filter="failed"), Watch())
    assert "read-only" in plan.refused
    with pytest.raises(Exception, match="read-only"):
        ordering.start(NewProcess(code="a", parameters={}, confirmed=False))
    with pytest.raises(Exception, match="read-only"):
        ordering.prune(Removal(plan=plan, reason="tidy"), Watch())
    assert operations.calls == []


async def test_a_process_is_started_with_parameters_that_are_written_and_confirmed(
    operations: FakeOperations,
) -> None:
    know(operations, "import-orders")
    operations.stuck(parameters={"rows": 3})
    async with opened(operations) as console:
        await console.press("S")
        assert isinstance(console.app.screen, ChooseCode)
        await console.press("enter")
        assert isinstance(console.app.screen, StartNew)
        assert '"rows": 3' in console.text
        assert "fetch → load" in console.text
        await console.press("ctrl+s", "c")
        assert console.app.clipboard.endswith("""start import-orders -p '{"rows": 3}'""")
        assert operations.calls == []
        await console.press("y")
        assert operations.calls == [("start", "import-orders", {"parameters": {"rows": 3}})]
        assert "Started 01900000" in console.said


async def test_what_is_no_json_is_told_with_its_line_and_is_not_started(operations: FakeOperations) -> None:
    know(operations, "import-orders")
    operations.stuck()
    async with opened(operations) as console:
        await console.press("S", "enter", "ctrl+end", *"x", "ctrl+s", "y")
        assert isinstance(console.app.screen, StartNew)
        assert "line 1" in console.text
        assert operations.calls == []
        await console.press("escape")
        assert isinstance(console.app.screen, Processes)


async def test_a_start_that_is_to_be_confirmed_asks_for_the_code(operations: FakeOperations) -> None:
    know(operations, "import-orders")
    operations.guardrails = (Guardrail(action=GuardrailAction.CONFIRM, verbs=("start",), reason="it costs"),)
    operations.stuck()
    async with opened(operations) as console:
        await console.press("S", "enter")
        assert "A guardrail asks for more: it costs" in console.text
        await console.press("ctrl+s", "enter", "y")
        assert "Type import-orders first." in console.text
        await console.press(*"import-orders", "enter", "y")
        assert operations.mandates[-1].confirmed
        assert len(operations.calls) == 1


# --- removing ---


def ended(operations: FakeOperations, number: int, **fields: object) -> None:
    for _ in range(number):
        operations.add(status="failed", **fields)  # type: ignore[arg-type]  # passed on


@pytest.mark.parametrize(
    ("order", "rule"),
    [
        (PruneOrder(older_than="90"), "older than: must be a duration"),
        (PruneOrder(filter="faild"), "only: .*at character 1"),
    ],
)
def test_an_age_or_a_filter_that_cannot_be_read_is_told(
    operations: FakeOperations, order: PruneOrder, rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        gateway(operations).ordering.prunable(order, Watch())


def test_the_command_that_removes_the_same_is_told(operations: FakeOperations) -> None:
    order = PruneOrder(older_than="7d", filter="failed code:demo")
    command = prune_command(gateway(operations).ordering.prunable(order, Watch()))
    assert command.endswith("prune --older-than 7d --filter 'failed code:demo'")


def test_guardrails_are_asked_for_each_code_that_would_be_removed(operations: FakeOperations) -> None:
    ended(operations, 2)
    operations.guardrails = (deny("prune"),)
    assert "month's end" in gateway(operations).ordering.prunable(PruneOrder(filter="failed"), Watch()).refused


async def test_ended_processes_are_counted_typed_and_removed(operations: FakeOperations) -> None:
    ended(operations, 3, code="demo")
    ended(operations, 1, code="kept")
    operations.add()
    async with opened(operations) as console:
        await console.press("D")
        assert isinstance(console.app.screen, Prune)
        await console.press("tab", *"failed", "space", *"code:demo", "enter")
        await console.until_shown("3 that match are gone, 1 are kept")
        assert "same as: jobboy --database" in console.text
        await console.press(*"tidy", "enter", "2", "enter")
        assert "Type 3 first." in console.text
        await console.press("backspace", "3", "enter", "y")
        await console.until(lambda: "3 removed" in console.said)
        assert sorted({process.code for process in operations.processes.values()}) == ["import-orders", "kept"]


async def test_nothing_is_removed_before_it_is_said_why_and_the_reason_is_recorded(
    operations: FakeOperations,
) -> None:
    ended(operations, 2)
    async with opened(operations) as console:
        await console.press("D", "tab", *"failed", "enter")
        await console.until_shown("2 that match are gone")
        assert "reason (required, kept in the history)" in console.text
        await console.press("tab", "2", "tab", "y")
        assert "Say why first: it is kept in the history." in console.text
        await console.type("month's end")
        assert "Say why first" not in console.text
        assert """--reason 'month'"'"'s end'""" in " ".join(console.text.split())
        await console.press("enter", "c")
        assert console.app.clipboard.endswith("""prune --filter failed --reason 'month'"'"'s end'""")
        await console.press("y")
        await console.until(lambda: "2 removed" in console.said)
        assert operations.calls == [("prune", "", {"reason": "month's end"})]


def test_the_removal_of_what_is_over_is_recorded_with_its_reason_too(operations: FakeOperations) -> None:
    operations.over = 3
    ordering = gateway(operations).ordering
    assert ordering.prune(Removal(plan=ordering.prunable(PruneOrder(), Watch()), reason="tidy"), Watch()) == 3
    assert operations.calls == [("prune", "", {"reason": "tidy"})]


async def test_what_was_counted_for_something_else_is_not_removed(operations: FakeOperations) -> None:
    ended(operations, 2)
    async with opened(operations) as console:
        await console.press("D", *"1s", "enter")
        await console.until_shown("2 that match are gone")
        await console.press(*"tidy", "tab", "2", "shift+tab", "shift+tab", *"completed", "tab", "y")
        assert "Press enter first" in console.text
        await console.press("escape")
        assert len(operations.processes) == 2
