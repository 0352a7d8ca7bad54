from __future__ import annotations

from datetime import timedelta

import pytest
from textual.geometry import Offset

from jobboy_console.running.feed import Changed
from jobboy_console.screens.help import Help
from jobboy_console.screens.process import ProcessScreen
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.process_list import ProcessList
from tests.console.conftest import Console, opened
from tests.console.fake_operations import NOW, FakeOperations

SIZES = [(80, 24), (120, 36)]


def populate(operations: FakeOperations) -> None:
    for number in range(40):
        operations.add(["import", "export"][number % 2], ["running", "completed", "failed", "starting"][number % 4])
    operations.stuck(step="load", attempt=2)
    operations.add(paused=True, step="review", output={"rows": 3})


def cursor_id(console: Console) -> str:
    row = console.app.screen.query_one(ProcessList).cursor
    assert row is not None
    return row.id


@pytest.mark.parametrize("size", SIZES)
async def test_home_begins_with_what_needs_attention(operations: FakeOperations, size: tuple[int, int]) -> None:
    populate(operations)
    async with opened(operations, size=size) as console:
        lines = console.text.splitlines()
        assert "Attention 12" in console.text
        first = next(index for index, line in enumerate(lines) if "STATE" in line)
        assert "H! stuck" in lines[first + 1]
        assert "‖  paused" in lines[first + 2]
        assert "✗  failed" in lines[first + 3]
        assert all(len(line) <= size[0] for line in lines)


async def test_the_head_counts_every_kind(operations: FakeOperations) -> None:
    populate(operations)
    async with opened(operations, size=(120, 36)) as console:
        for figure in ("◦ 10 starting", "● 12 running", "✗ 10 failed", "✓ 10 completed", "H! 1 stuck", "‖ 1 paused"):
            assert figure in console.text


async def test_number_keys_change_the_view(operations: FakeOperations) -> None:
    populate(operations)
    async with opened(operations) as console:
        for key, title in (
            ("2", "Active 22"),
            ("3", "Handled 1"),
            ("4", "Paused 1"),
            ("5", "Failed 10"),
            ("6", "All 42"),
        ):
            await console.press(key)
            assert title in console.text


async def test_a_view_can_be_clicked(operations: FakeOperations) -> None:
    populate(operations)
    async with opened(operations) as console:
        await console.pilot.click("#views", offset=Offset(16, 0))
        await console.settle()
        assert "Active 22" in console.text


async def test_a_filter_narrows_while_it_is_typed_and_escape_drops_it(operations: FakeOperations) -> None:
    populate(operations)
    async with opened(operations) as console:
        await console.press("6", "slash")
        await console.type("completed code:export")
        await console.press("enter")
        assert "All 10 · completed code:export" in console.text
        await console.press("escape")
        assert "All 42" in console.text


async def test_a_filter_error_stands_at_its_place_while_the_last_result_stays(operations: FakeOperations) -> None:
    populate(operations)
    async with opened(operations) as console:
        await console.press("6", "slash")
        await console.type("completed (x")
        lines = console.text.splitlines()
        field = next(index for index, line in enumerate(lines) if "completed (x" in line)
        assert lines[field + 1].index("^") == lines[field].index("x", lines[field].index("("))
        assert "a text to look for needs" in lines[field + 2]
        assert "All 10 · completed" in console.text


async def test_handled_and_statuses_are_toggled(operations: FakeOperations) -> None:
    populate(operations)
    async with opened(operations) as console:
        await console.press("6", "h")
        assert "All 1 · handled" in console.text
        await console.press("h")
        assert "All 41 · unhandled" in console.text
        await console.press("h", "s", "space", "y")
        assert "All 10 · starting" in console.text


async def test_the_cursor_stays_on_its_process_while_the_list_moves(operations: FakeOperations) -> None:
    populate(operations)
    async with opened(operations) as console:
        await console.press("6", "down", "down", "down")
        before = cursor_id(console)
        for _ in range(5):
            operations.add()
        await console.press("ctrl+r")
        assert "All 47" in console.text
        assert cursor_id(console) == before
        line = next(line for line in console.text.splitlines() if before[-8:] in line)
        assert line


async def test_a_long_list_is_walked_to_its_end_and_back(operations: FakeOperations) -> None:
    oldest = operations.add()
    for _ in range(700):
        operations.add()
    newest = operations.add()
    async with opened(operations) as console:
        await console.press("6", "G")
        assert cursor_id(console) == oldest.id
        await console.press("g")
        assert cursor_id(console) == newest.id
        for _ in range(45):
            await console.pilot.press("pagedown")
            await console.settle()
        assert cursor_id(console) == oldest.id


async def test_rows_that_came_above_are_counted_while_one_reads_further_down(operations: FakeOperations) -> None:
    for _ in range(60):
        operations.add()
    async with opened(operations) as console:
        await console.press("6", "pagedown", "pagedown")
        before = cursor_id(console)
        line = console.text.splitlines().index(
            next(line for line in console.text.splitlines() if before[-8:] in line)
        )
        for _ in range(7):
            operations.add()
        await console.press("ctrl+r")
        assert before[-8:] in console.text.splitlines()[line], "the row stays where one looks"
        assert "7 newer · g shows them" in console.text


async def test_only_the_visible_rows_and_a_margin_are_read(operations: FakeOperations) -> None:
    for _ in range(2000):
        operations.add()
    async with opened(operations) as console:
        await console.press("6")
        window = console.app.screen.query_one(ProcessList).window
        assert window.total == 2000
        assert len(window.rows) < 200


async def test_marks_stay_on_their_processes(operations: FakeOperations) -> None:
    populate(operations)
    async with opened(operations) as console:
        await console.press("6", "space", "space")
        assert "2 marked" in console.text
        operations.add()
        await console.press("ctrl+r")
        assert len(console.app.screen.query_one(ProcessList).marks) == 2
        await console.press("escape")
        assert "marked" not in console.text


async def test_an_empty_database_says_how_to_begin(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        assert "no process yet. Start one: jobboy start CODE" in console.text
        await console.press("6")
        assert "no process yet. Start one: jobboy start CODE" in console.text


async def test_a_name_that_was_typed_in_part_is_told_how_it_is_a_beginning(
    operations: FakeOperations,
) -> None:
    operations.add("import-orders")
    async with opened(operations, filter="running code:import") as console:
        assert "code:import* is what begins so." in console.text
    async with opened(operations, filter="code:import* failed") as console:
        assert "esc shows all of it" in console.text
        assert "begins so" not in console.text


async def test_a_filtered_empty_list_says_what_hides_the_rest(operations: FakeOperations) -> None:
    populate(operations)
    async with opened(operations, filter="code:nothing") as console:
        assert "Nothing in All is “code:nothing”" in console.text
        assert "esc shows all of it" in console.text


async def test_a_wide_terminal_shows_the_process_beside_the_list(operations: FakeOperations) -> None:
    operations.stuck(store={"cursor": "orders:18200"})
    async with opened(operations, size=(120, 36)) as console:
        await console.until_shown("orders:18200")
        assert "Last events" in console.text


async def test_a_narrow_terminal_shows_only_the_list(operations: FakeOperations) -> None:
    operations.stuck(store={"cursor": "orders:18200"})
    async with opened(operations) as console:
        assert console.app.screen.query_one("#preview-pane").display is False


async def test_enter_opens_a_process_and_q_comes_back(operations: FakeOperations) -> None:
    populate(operations)
    async with opened(operations) as console:
        await console.press("enter")
        assert isinstance(console.app.screen, ProcessScreen)
        await console.press("q")
        assert isinstance(console.app.screen, Processes)


async def test_help_lists_every_key_and_can_be_searched(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await console.press("question_mark")
        assert isinstance(console.app.screen, Help)
        await console.type("recover")
        assert "Release a stuck process" in console.text
        assert "Half a page" not in console.text
        await console.press("escape")
        assert isinstance(console.app.screen, Processes)


async def test_read_only_is_shown_and_refuses_with_the_reason(operations: FakeOperations) -> None:
    operations.stuck()
    async with opened(operations, read_only=True) as console:
        assert "READ-ONLY" in console.text
        await console.press("R")
        assert "read-only" in console.said
        assert operations.calls == []


async def test_pausing_all_work_is_asked_and_shown(operations: FakeOperations) -> None:
    async with opened(operations, size=(120, 36)) as console:
        await console.press("W")
        assert "Pause all work" in console.text
        await console.press("y")
        assert operations.calls == [("pause", "", {"reason": None})]
        assert "WORK PAUSED by operator:ada@host" in console.text
        await console.press("W", "y")
        assert operations.calls[-1][0] == "resume"


async def test_the_id_is_copied(operations: FakeOperations) -> None:
    process = operations.stuck()
    async with opened(operations) as console:
        await console.press("y")
        assert console.app.clipboard == process.id


async def test_a_list_whose_first_read_failed_is_read_with_the_next_change(operations: FakeOperations) -> None:
    process = operations.stuck()
    operations.broken = "the disk is gone"
    async with opened(operations) as console:
        assert process.short_id not in console.text
        operations.broken = None
        console.app.post_message(Changed())
        await console.until_shown(process.short_id)


async def test_rows_stay_dimmed_when_the_database_cannot_be_read(operations: FakeOperations) -> None:
    process = operations.stuck()
    async with opened(operations) as console:
        operations.broken = "the disk is gone"
        await console.press("ctrl+r")
        assert process.short_id in console.text
        assert console.app.screen.query_one(ProcessList).stale
        operations.broken = None
        await console.press("ctrl+r")
        assert not console.app.screen.query_one(ProcessList).stale


@pytest.mark.parametrize("key", ["ctrl+d", "ctrl+k", "backspace", "delete"])
async def test_keys_of_other_programs_never_change_anything(operations: FakeOperations, key: str) -> None:
    operations.stuck()
    async with opened(operations) as console:
        await console.press(key)
        assert isinstance(console.app.screen, Processes)
        assert operations.calls == []


async def test_a_list_that_shows_something_does_not_say_that_there_is_nothing(operations: FakeOperations) -> None:
    operations.stuck()
    async with opened(operations, filter="stuck") as console:
        assert "All 1 · stuck" in console.text
        assert "Nothing" not in console.text


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_crash_is_told_whole_in_the_list(operations: FakeOperations, size: tuple[int, int]) -> None:
    cause = {"kind": "signal", "signal": "SIGSEGV", "step": "parse", "attempt": 3, "pid": 7}
    error = "StepCrashed: step 'parse' died: killed by SIGSEGV"
    operations.add("reconcile-bytecode", "failed", step="parse", error=error, stuck_cause=cause)
    operations.add("reconcile-bytecode", paused=True, step="parse")
    async with opened(operations, size=size) as console:
        assert "SIGSEGV in parse" in console.text
        assert "awaiting proceed" in console.text
        assert "StepCrashed" not in "".join(line[:70] for line in console.text.splitlines())


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_holder_past_its_deadline_is_stalled_wherever_it_is_shown(
    operations: FakeOperations, size: tuple[int, int]
) -> None:
    operations.add(handled=True, handled_by="w2:77:ab", handled_at=NOW, deadline_at=NOW - timedelta(seconds=1))
    async with opened(operations, size=size) as console:
        await console.press("3")
        assert "H~ stalled" in console.text
        await console.press("R", "shift+tab", "space")
        assert "before  running, stalled, held by w2:77:ab" in console.text
        await console.press("escape", "enter")
        assert "H~ stalled" in console.text


async def test_a_state_keeps_its_colour_under_the_cursor(operations: FakeOperations) -> None:
    operations.stuck()
    operations.stuck()
    async with opened(operations) as console:
        rows = console.app.screen.query_one(ProcessList)
        chosen, other = (
            [segment.style for segment in rows.render_line(y) if segment.text.strip() in ("H!", "stuck")]
            for y in (0, 1)
        )
        assert len(chosen) == len(other) == 2
        for under_cursor, elsewhere in zip(chosen, other, strict=True):
            assert under_cursor is not None
            assert elsewhere is not None
            assert (under_cursor.color, under_cursor.bold) == (elsewhere.color, True)
