"""The screens of the house: what they show, and what their keys ask before anything changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from jobboy.model.events import EventKind
from jobboy.model.logs import TurnLog
from jobboy_console.app import ConsoleApp
from jobboy_console.gateway import Gateway
from jobboy_console.looks.lines import text_of, width_of
from jobboy_console.places.schedules import schedules_rows
from jobboy_console.widgets.footer_bar import FooterBar
from tests.console.conftest import Console, opened
from tests.console.fake_operations import NOW, FakeOperations
from tests.console.hostile import HOSTILE, PAYLOADS
from tests.console.pictures.worlds import W1, OwnWorker, a_house


@asynccontextmanager
async def at(
    place: str, operations: FakeOperations, *, worker: OwnWorker | None = None, read_only: bool = False
) -> AsyncIterator[Console]:
    app = ConsoleApp(Gateway(operations, read_only=read_only), worker=worker, watches=False)  # type: ignore[arg-type]  # same methods
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        console = Console(app, pilot)
        await console.settle()
        app.action_go(place)
        await console.settle()
        yield console


async def test_each_place_is_reached_by_its_key_and_left_with_escape() -> None:
    async with opened(a_house()) as console:
        for key, title in (("f2", "Workers · 1 alive"), ("f3", "Schedules 2"), ("f4", "Audit 2")):
            await console.press(key)
            assert title in console.text
        await console.press("escape")
        assert "Attention" in console.text, "one place after the other leaves nothing behind"


async def test_workers_are_shown_with_what_they_hold_and_enter_opens_it() -> None:
    async with at("workers", a_house(), worker=OwnWorker()) as console:
        assert "● alive" in console.text
        assert "1 of 4" in console.text
        assert "held for 51s" in console.text
        assert "its holder is dead" in console.text
        assert "this console" in console.text
        await console.press("j", "enter")
        assert "nightly-import" in console.text.splitlines()[0]


async def test_ending_the_worker_says_what_it_holds_and_its_grace() -> None:
    worker = OwnWorker()
    async with at("workers", a_house(), worker=worker) as console:
        await console.press("E")
        assert "It has 1 process in its hands" in console.text
        assert "5 s to end" in console.text
        await console.press("enter")
        assert worker.done == ["start"], "the safe answer stands first"
        await console.press("E", "y")
        assert worker.done == ["start", "stop"]


async def test_a_worker_that_was_killed_is_started_again_from_here() -> None:
    worker = OwnWorker()
    async with at("workers", a_house(), worker=worker) as console:
        worker.runs = False
        await console.press("ctrl+r")
        assert "ENDED (signal SIGKILL)" in console.text
        await console.press("S", "y")
        assert worker.done == ["start", "start"]
        assert "ENDED" not in console.text


async def test_the_worker_of_the_console_is_paused_alone_and_resumed() -> None:
    worker = OwnWorker()
    async with at("workers", a_house(), worker=worker) as console:
        await console.press("H", "y")
        assert "H lets it go on" in console.text
        await console.press("H", "y")
        assert worker.done == ["start", "pause", "resume"]


async def test_all_work_is_paused_from_here_too() -> None:
    operations = a_house()
    async with at("workers", operations) as console:
        await console.press("W", "y")
        assert "PAUSED" in console.text
        assert operations.paused is not None


async def test_a_read_only_console_changes_nothing_in_the_house() -> None:
    operations, worker = a_house(), OwnWorker()
    async with at("workers", operations, worker=worker, read_only=True) as console:
        for key in ("S", "E", "H", "W"):
            await console.press(key)
            await console.press("y")
        await console.press("f3", *"APSX")
        assert "read-only" in console.said
        assert (worker.done, operations.done, operations.paused) == (["start"], [], None)


async def test_schedules_show_their_next_three_times_and_their_last_start() -> None:
    async with at("schedules", a_house()) as console:
        assert "in 12h" in console.text
        assert console.text.count("Wed 07 May 01:00") == 1
        await console.press("j")
        assert "12:40:00 (in 10m) · 12:50:00 (in 20m) · 13:00:00 (in 30m)" in console.text
        assert "4m ago ✓ completed" in console.text
        await console.press("l")
        assert "billing-run" in console.text.splitlines()[0]


async def test_a_schedule_is_paused_resumed_started_and_removed_after_a_question() -> None:
    operations = a_house()
    async with at("schedules", operations) as console:
        for key, verb in (("P", "Pause"), ("P", "Resume"), ("S", "Start"), ("X", "Remove")):
            await console.press(key)
            assert f"{verb} schedule nightly" in console.text
            await console.press("shift+tab", *"why", "enter", "y")
        verbs = ("pause", "resume", "start", "remove")
        assert operations.done == [(verb, "nightly", "why") for verb in verbs]


async def test_a_new_schedule_shows_when_it_is_due_while_it_is_typed() -> None:
    operations = a_house()
    async with at("schedules", operations) as console:
        await console.press("A")
        await console.type("hourly")
        await console.press("tab", *"billing-run", "tab")
        await console.type("0 * * * frid")
        assert "✗" in console.text
        assert "day-of-week" in console.text
        await console.press("ctrl+s")
        assert operations.done == []
        await console.press("backspace")
        assert "due Fri 09 May 00:00" in console.text
        await console.press("ctrl+s")
        assert operations.done == [("add", "hourly", None)]
        assert "Schedules 3" in console.text


async def test_a_new_schedule_of_a_name_that_is_taken_is_refused_while_it_is_typed() -> None:
    async with at("schedules", a_house()) as console:
        await console.press("A", *"poll", "tab", *"billing-run", "tab", *"10m")
        assert "there is a schedule of this name" in console.text


async def test_the_audit_is_narrowed_and_opens_the_process() -> None:
    async with at("audit", a_house()) as console:
        assert "ada@web1" in console.text
        assert "wrong account" in console.text
        await console.press("slash", *"verb:kill")
        assert "ada@web1" not in console.text
        await console.press("enter", "enter")
        assert "export-ledger" in console.text.splitlines()[0]
        await console.press("escape", "escape")
        assert "ada@web1" in console.text


async def test_a_filter_of_the_audit_that_cannot_be_read_says_why() -> None:
    async with at("audit", a_house()) as console:
        await console.press("slash", *"verb:frob")
        assert "must be one of start, recover" in console.text


async def test_going_down_the_audit_reads_on_to_its_beginning() -> None:
    operations = a_house()
    process = next(iter(operations.processes.values()))
    for number in range(450):
        operations.record(process, EventKind.PROCEEDED, actor="operator:ada@web1", reason=f"answer {number}")
    async with at("audit", operations) as console:
        assert "Audit 200+" in console.text
        for _ in range(3):
            await console.press("end")
        assert "Audit 452" in console.text
        assert "its holder is gone" in console.text


async def test_nothing_stored_acts_in_the_house() -> None:
    operations = a_house()
    operations.living = [replace(W1, host=HOSTILE, codes=(HOSTILE,), version=HOSTILE)]
    process = next(iter(operations.processes.values()))
    operations.record(process, EventKind.PROCEEDED, actor=f"operator:{HOSTILE}", reason=HOSTILE)
    async with at("workers", operations, worker=OwnWorker()) as console:
        for key in ("f2", "f3", "f4", "f5", "i"):
            await console.press(key)
            assert not any(character in console.text for character in "".join(PAYLOADS))


async def test_what_the_steps_of_a_process_said_is_shown_searched_and_narrowed() -> None:
    operations = a_house()
    process = next(iter(operations.processes.values()))
    said = "12:29:01.120 INFO imports: 812 rows\n12:29:03.007 WARNING imports: row 12 has no price"
    operations.house.said[process.id] = [
        TurnLog(token=1, step="fetch", attempt=1, at=NOW, left_out=0, text="12:28:00.000 ERROR imports: no answer"),
        TurnLog(token=2, step="fetch", attempt=2, at=NOW, left_out=1204, text=said),
    ]
    async with at("workers", operations) as console:
        await console.press("j", "f7")
        assert "Log of nightly-import" in console.text
        assert "── fetch, attempt 2" in console.text
        assert "1,204 lines before these were not kept" in console.text
        await console.press("slash", *"price", "enter")
        assert "1 of 1" in console.text
        await console.press("ampersand", *"ERROR", "enter")
        assert "812 rows" not in console.text


async def test_a_process_that_said_nothing_tells_what_is_kept() -> None:
    async with at("workers", a_house()) as console:
        await console.press("j", "f7")
        assert "Nothing that it said is kept." in console.text


async def test_the_log_shows_the_end_of_the_worker_s_file_and_reads_on(tmp_path: Path) -> None:
    worker = OwnWorker()
    worker.log = tmp_path / "worker.log"
    worker.log.write_text("2031-05-06 12:00:00 INFO jobboy: begun\x1b[2J\n")
    async with at("log", a_house(), worker=worker) as console:
        await console.press("tab")
        assert "INFO jobboy: begun␛[2J" in console.text
        with worker.log.open("a") as file:
            file.write("2031-05-06 12:00:09 ERROR jobboy: disk full\n")
        await console.press("ctrl+r")
        assert "disk full" in console.text


async def test_information_tells_sizes_and_examines_on_demand() -> None:
    async with at("info", a_house()) as console:
        for told in ("48.2 MB", "412.0 kB", "212 free", "SQLite 3.53.0", "c examines"):
            assert told in console.text
        await console.press("c")
        assert "✗ workers" in console.text
        assert "quick_check says ok" in console.text


def dimmed(console: Console) -> set[str]:
    """Return the ids of the commands in the footer that are drawn as refused."""
    footer = console.app.screen.query_one(FooterBar)
    return {command.id for command in footer._commands if not footer.applies(command)}


async def test_keys_that_would_be_refused_are_dim_among_the_workers() -> None:
    own = {"workers.start", "workers.end", "workers.hold"}
    async with at("workers", a_house()) as console:
        assert own <= dimmed(console), "this console has no worker"
    async with at("workers", a_house(), worker=OwnWorker()) as console:
        assert dimmed(console) & own == {"workers.start"}
        await console.press("E", "y")
        assert dimmed(console) & own == {"workers.end", "workers.hold"}
        assert "rows.pick" in dimmed(console)
        await console.press("j")
        assert "rows.pick" not in dimmed(console), "a process that a worker holds can be opened"


async def test_keys_that_would_be_refused_are_dim_among_the_schedules() -> None:
    async with at("schedules", a_house()) as console:
        assert dimmed(console) == {"schedules.last"}, "the first has started nothing"
        await console.press("j")
        assert dimmed(console) == set()
    async with at("schedules", FakeOperations()) as console:
        assert "schedules.add" not in dimmed(console)
        assert {"schedules.pause", "schedules.remove", "schedules.details"} <= dimmed(console)
    async with at("schedules", a_house(), read_only=True) as console:
        assert console.text.splitlines()[-1].split() == ["v", "details", "l", "last", "start", "?", "help"]


def test_the_name_of_a_schedule_is_whole_where_its_row_has_room() -> None:
    operations = FakeOperations()
    name = "nightly-import-of-orders"
    operations.plan(name, "imports", every=timedelta(minutes=10))
    lines = Gateway(operations).house.schedules.all()  # type: ignore[arg-type]  # same methods
    (row,) = schedules_rows(lines, NOW, 75)
    assert width_of(row.line) <= 75
    for word in (name, "every 10m", "imports", "never yet"):
        assert word in text_of([row.line])
    (narrow,) = schedules_rows(lines, NOW, 55)
    assert "nightly-imp…" in text_of([narrow.line]), "what is cut says so"
