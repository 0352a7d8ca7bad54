from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jobboy.model.documents import Parameters, ProcessStore, Reports
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.model.steps import StepRecord, StepStatus
from jobboy_console.gateway import Gateway
from jobboy_console.reading.preview import preview_lines
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.line_widget import LineWidget
from tests.console.conftest import Console, opened
from tests.console.fake_operations import NOW, FakeOperations

CAUSE = {"kind": "signal", "signal": "SIGKILL", "step": "load", "attempt": 2, "host": "web1", "pid": 77}
REASON = {"type": "ValueError", "message": "row 12", "traceback": "Traceback\n  File x\nValueError: row 12"}


def a_stuck_one(operations: FakeOperations) -> Process:
    return operations.stuck(
        step="load",
        attempt=2,
        parameters={"url": "https://example.org"},
        store={"cursor": 17},
        output={"rows": 812},
        stuck_cause=CAUSE,
    )


def shown(console: Console) -> LineWidget:
    return next(view for view in console.app.screen.query(LineWidget) if view.display and view.has_focus)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_head_says_who_held_it_and_how_the_holder_died(
    operations: FakeOperations, size: tuple[int, int]
) -> None:
    a_stuck_one(operations)
    async with opened(operations, size=size) as console:
        await console.press("enter")
        assert "H! stuck  Its holder is dead" in console.text
        assert "held by w2:77:ab for 3m" in console.text
        assert "killed by SIGKILL, step load, attempt 2, host web1, pid 77" in console.text
        assert "cursor  17" in console.text


async def test_every_tab_is_reached_by_number_and_by_brackets(operations: FakeOperations) -> None:
    process = a_stuck_one(operations)
    operations.recorded_steps[process.id] = [
        StepRecord(
            position=0,
            name="fetch",
            status=StepStatus.COMPLETED,
            attempts=1,
            output=Parameters({"rows": 812}),
            started_at=NOW - timedelta(seconds=90),
            ended_at=NOW - timedelta(seconds=60),
        ),
        StepRecord(position=1, name="load", status=StepStatus.RUNNING, attempts=2, error="OSError: disk"),
    ]
    async with opened(operations) as console:
        await console.press("enter")
        for key, words in (
            ("2", "https://example.org"),
            ("3", "There are no reports."),
            ("4", "rows  812"),
            ("5", "✓ fetch  completed"),
            ("6", "started"),
            ("7", "started"),
        ):
            await console.press(key)
            assert words in console.text
        await console.press("5")
        assert "took  30.0 s" in console.text
        assert "OSError: disk" in console.text
        await console.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        assert "cursor  17" in console.text


async def test_reports_show_the_error_with_its_traceback(operations: FakeOperations) -> None:
    operations.add(status="failed", error="ValueError: row 12", reports={"reason": REASON, "warnings": ["row 3"]})
    async with opened(operations) as console:
        await console.press("enter", "3")
        assert "ValueError: row 12" in console.text
        assert "Traceback" in console.text
        assert '"row 3"' in console.text


async def test_long_values_are_expanded_and_back(operations: FakeOperations) -> None:
    operations.stuck(store={"text": "word " * 100 + "THE END"})
    async with opened(operations) as console:
        await console.press("enter")
        assert "THE END" not in console.text
        await console.press("e")
        assert "THE END" in console.text.replace("│\n│", "")
        await console.press("e")
        assert "THE END" not in console.text


async def test_the_tail_follows_the_store(operations: FakeOperations) -> None:
    process = operations.stuck(store={"cursor": 0})
    async with opened(operations) as console:
        await console.press("l")
        for number in range(1, 40):
            operations.replace(process.id, store=ProcessStore({"cursor": number}))
        console.app.screen.reload()  # type: ignore[attr-defined]  # what the feed asks for
        await console.until_shown("store.cursor  38 → 39")


async def test_scrolling_up_stops_following_and_counts_what_is_new(operations: FakeOperations) -> None:
    process = operations.stuck(store={"cursor": 0})
    for number in range(1, 40):
        operations.replace(process.id, store=ProcessStore({"cursor": number}))
    async with opened(operations) as console:
        await console.press("l")
        await console.until_shown("● follows")
        await console.press("up", "up")
        assert "‖ stopped · f follows" in console.text
        operations.replace(process.id, store=ProcessStore({"cursor": 99}))
        console.app.screen.reload()  # type: ignore[attr-defined]  # what the feed asks for
        await console.until_shown("▼ 2 new")
        assert "39 → 99" not in console.text
        await console.press("f")
        assert "39 → 99" in console.text
        assert "● follows" in console.text
        assert "new" not in console.text.splitlines()[-3]


async def test_other_tabs_keep_the_place_one_reads(operations: FakeOperations) -> None:
    process = operations.stuck(store={f"key{number:02}": number for number in range(60)})
    async with opened(operations) as console:
        await console.press("enter", "pagedown")
        before = shown(console).scroll_offset.y
        assert before > 0
        operations.replace(process.id, store=ProcessStore({f"key{number:02}": -number for number in range(60)}))
        console.app.screen.reload()  # type: ignore[attr-defined]  # what the feed asks for
        await console.settle()
        assert shown(console).scroll_offset.y == before


async def test_a_process_that_was_removed_leads_back_to_the_list(operations: FakeOperations) -> None:
    process = operations.stuck()
    async with opened(operations) as console:
        await console.press("enter")
        del operations.processes[process.id]
        console.app.screen.reload()  # type: ignore[attr-defined]  # what the feed asks for
        await console.until(lambda: isinstance(console.app.screen, Processes))


async def test_verbs_work_on_the_open_process(operations: FakeOperations) -> None:
    process = operations.stuck()
    async with opened(operations) as console:
        await console.press("enter", "R", "y")
        assert operations.calls[0][:2] == ("recover", process.id)
        assert "● running" in console.text
        await console.press("escape")
        assert "Nothing needs you." in console.text, "the list shows what was done on another screen"


async def test_a_crash_is_told_in_words_in_timeline_and_tail(operations: FakeOperations) -> None:
    process = a_stuck_one(operations)
    operations.replace(process.id, stuck_cause={**CAUSE, "attempt": 3, "pid": 78})
    operations.replace(process.id, stuck_cause=None)
    async with opened(operations) as console:
        await console.press("enter", "6")
        assert "load  killed by SIGKILL, attempt 3, pid 78  worker" in console.text
        assert "cause killed by SIGKILL, attempt 3, pid 78" in console.text
        await console.press("7")
        assert "- cause  killed by SIGKILL, attempt 3, pid 78" in console.text
        assert "stuck_cause" not in console.text


async def test_the_last_words_of_a_program_are_told_and_all_of_them_when_expanded(operations: FakeOperations) -> None:
    said = ["page 3", "Fatal Python error: Segmentation fault", "", 'File "<string>", line 1 in <module>']
    operations.stuck(step="load", attempt=2, stuck_cause={**CAUSE, "last_lines": said})
    async with opened(operations) as console:
        await console.press("enter")
        assert "it said Fatal Python error: Segmentation fault" in console.text
        assert "<string>" not in console.text
        await console.press("3")
        assert "Fatal Python error: Segmentation fault  … 3 more lines · e expands" in console.text
        await console.press("e")
        assert "page 3" in console.text
        assert 'File "<string>", line 1' in console.text


BROKEN: dict[str, Any] = {"reports": {"reason": REASON, "warnings": ["row 12 has no price"]}}


def tab_of(console: Console) -> str:
    return str(shown(console).id).removeprefix("tab-")


@pytest.mark.parametrize(
    ("status", "given", "tab"),
    [
        ("failed", BROKEN, "Reports"),
        ("failing", {**BROKEN, "store": {"cursor": 17}}, "Reports"),
        ("failed", {"store": {"cursor": 17}}, "Store"),
        ("completed", {"reports": {"rows": 812}}, "Reports"),
        ("running", {"reports": {"rows": 812}, "store": {"cursor": 17}}, "Store"),
        ("running", {}, "Store"),
    ],
)
async def test_a_process_opens_where_most_is_said_about_it(
    operations: FakeOperations, status: str, given: dict[str, Any], tab: str
) -> None:
    operations.add("nightly-import", status, **given)
    async with opened(operations) as console:
        await console.press("6", "enter")
        assert tab_of(console) == tab


async def test_what_fails_while_one_looks_stays_on_the_tab_one_looks_at(operations: FakeOperations) -> None:
    process = operations.add("nightly-import", "running", store={"cursor": 17})
    async with opened(operations) as console:
        await console.press("6", "enter")
        operations.replace(process.id, status=ProcessStatus("failed"), reports=Reports(BROKEN["reports"]))
        await console.press("ctrl+r")
        assert "✗ failed" in console.text
        assert tab_of(console) == "Store"


async def test_who_comes_back_to_a_process_finds_the_tab_that_was_chosen(operations: FakeOperations) -> None:
    operations.add("nightly-import", "failed", **BROKEN)
    async with opened(operations) as console:
        await console.press("6", "enter", "6", "escape", "enter")
        assert tab_of(console) == "Timeline"
        await console.press("escape", "l")
        assert tab_of(console) == "Tail"
        await console.press("escape", "enter")
        assert tab_of(console) == "Timeline"


@pytest.mark.parametrize(
    ("status", "given", "headings"),
    [
        ("failed", BROKEN, ["Reports"]),
        ("failed", {**BROKEN, "store": {"cursor": 17}}, ["Reports", "Store"]),
        ("failed", {"reports": {"reason": REASON}, "store": {"cursor": 17}}, ["Store"]),
        (
            "running",
            {"reports": {"rows": 812}, "store": {"cursor": 17}, "output": {"rows": 812}},
            ["Store", "Output"],
        ),
        ("running", {"output": {"rows": 812}}, ["Output"]),
        ("running", {}, ["Store"]),
    ],
)
def test_the_preview_begins_with_what_says_most(
    operations: FakeOperations, status: str, given: dict[str, Any], headings: list[str]
) -> None:
    process = operations.add("nightly-import", status, **given)
    snapshot = Gateway(operations).process(process.id)  # type: ignore[arg-type]  # same methods
    told = preview_lines(snapshot, NOW, 60, events=False)
    assert [line[0][0] for line in told if line and line[0][1] == "heading"] == headings


@pytest.mark.parametrize("read_only", [False, True])
async def test_beside_a_very_long_code_the_id_is_whole_in_the_title(
    operations: FakeOperations, read_only: bool
) -> None:
    process = operations.add("x" * 150 + "数据")
    async with opened(operations, read_only=read_only) as console:
        await console.press("6", "enter")
        title = console.text.splitlines()[0]
        assert process.id in title
        assert "xxxxxxxx" in title
        assert "…" in title
        await console.press("t")
        assert process.id in console.text.splitlines()[0]
