from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from textual.message import Message
from textual.screen import ModalScreen

from jobboy.errors import StorageNotReachable
from jobboy.model.workers import WorkerInfo
from jobboy_console.app import ConsoleApp, Ground
from jobboy_console.gateway import Gateway
from jobboy_console.running.feed import LONGEST_WAIT_S, POLL_S, Changed, Feed, Found, Lost
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.dialogs import Question
from tests.console.conftest import DEADLINE_S, Console
from tests.console.fake_operations import NOW, FakeOperations

PID = 4711


class FakeWorker:
    """An embedded worker that only counts what is asked of it."""

    kind = "process"
    log: Path | None = None
    paused = False

    def __init__(self) -> None:
        self.started = 0
        self.stopped = 0

    def start(self) -> None:
        self.started += 1

    def state(self) -> str:
        return "own process"

    def pid(self) -> int | None:
        return PID

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def stop(self, grace_s: float = 5.0) -> None:
        self.stopped += 1


def a_worker(*holds: str) -> WorkerInfo:
    return WorkerInfo(
        number=1, id=f"h:{PID}:x", host="h", pid=PID, slots=2, codes=(), started_at=NOW, alive=True, holds=holds
    )


def gateway(operations: FakeOperations, **options: Any) -> Gateway:
    return Gateway(operations, **options)  # type: ignore[arg-type]  # same methods


def test_the_feed_tells_only_of_changes(operations: FakeOperations) -> None:
    posted: list[Message] = []
    feed = Feed(gateway(operations), posted.append, sweeps=lambda: False)
    feed.look(POLL_S)
    feed.look(POLL_S)
    assert [type(message) for message in posted] == [Changed]
    operations.add()
    feed.look(POLL_S)
    assert len(posted) == 2


def test_the_feed_looks_anyway_now_and_then_because_death_changes_nothing(operations: FakeOperations) -> None:
    posted: list[Message] = []
    feed = Feed(gateway(operations), posted.append, sweeps=lambda: False)
    for _ in range(21):
        feed.look(POLL_S)
    assert len(posted) == 2


def test_the_feed_waits_longer_for_a_database_that_is_gone_and_never_gives_up(operations: FakeOperations) -> None:
    posted: list[Message] = []
    feed = Feed(gateway(operations), posted.append, sweeps=lambda: True)
    operations.broken = "no such file"
    waits = [feed.look(POLL_S) for _ in range(8)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_S
    assert all(isinstance(message, Lost) and "no such file" in message.why for message in posted)
    operations.broken = None
    assert feed.look(LONGEST_WAIT_S) == POLL_S
    assert [type(message) for message in posted[-2:]] == [Found, Changed]


def test_the_feed_sweeps_once_a_second_when_asked(operations: FakeOperations) -> None:
    sweeping = Feed(gateway(operations), lambda _: None, sweeps=lambda: True)
    other = Feed(gateway(operations), lambda _: None, sweeps=lambda: False)
    for _ in range(8):
        sweeping.look(POLL_S)
        other.look(POLL_S)
    assert operations.sweeps == 2


async def test_a_change_by_another_program_is_shown_by_itself(operations: FakeOperations) -> None:
    app = ConsoleApp(gateway(operations))
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        await console.until_shown("Attention 0")
        operations.stuck()
        await console.until_shown("H! stuck")


async def test_a_lost_database_is_said_and_found_again(operations: FakeOperations) -> None:
    process = operations.stuck()
    app = ConsoleApp(gateway(operations))
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        await console.until_shown(process.short_id)
        operations.broken = "the disk is gone"
        await console.until_shown("STALE")
        assert "the disk is gone" in console.text
        assert process.short_id in console.text
        operations.broken = None
        await console.until(lambda: "STALE" not in console.text)


async def test_quitting_asks_while_the_worker_has_work_in_hand(operations: FakeOperations) -> None:
    process = operations.add(handled=True, handled_by=f"h:{PID}:x")
    operations.living = [a_worker(process.id)]
    worker = FakeWorker()
    app = ConsoleApp(gateway(operations), worker=worker, watches=False)
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        await console.settle()
        assert worker.started == 1
        await console.press("ctrl+q")
        assert isinstance(app.screen, Question)
        assert "1 process in its hands" in console.text
        await console.press("enter")
        assert isinstance(app.screen, Processes)
        assert worker.stopped == 0
        await console.press("ctrl+q")
        await pilot.press("y")
        await console.until(lambda: worker.stopped == 1)


async def test_quitting_twice_ends_at_once_whatever_is_open(operations: FakeOperations) -> None:
    process = operations.stuck()
    operations.living = [a_worker(process.id)]
    worker = FakeWorker()
    app = ConsoleApp(gateway(operations), worker=worker, watches=False)
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        await console.settle()
        await console.press("R", "ctrl+q")
        assert isinstance(app.screen, Question)
        assert worker.stopped == 0
        await pilot.press("ctrl+q")
        await console.until(lambda: worker.stopped == 1)


@pytest.mark.parametrize("key", ["R", "F", "W", "s", "question_mark"])
async def test_ctrl_q_ends_the_console_from_every_dialog(operations: FakeOperations, key: str) -> None:
    operations.stuck()
    operations.living = [a_worker()]
    worker = FakeWorker()
    app = ConsoleApp(gateway(operations), worker=worker, watches=False)
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        await console.settle()
        await console.press(key)
        assert isinstance(app.screen, ModalScreen)
        await pilot.press("ctrl+q")
        await console.until(lambda: worker.stopped == 1)


async def test_the_frame_is_painted_while_the_database_is_still_opened(operations: FakeOperations) -> None:
    process = operations.stuck()
    may_open = threading.Event()

    def opening() -> Ground:
        may_open.wait(DEADLINE_S)
        return Ground(gateway(operations), FakeWorker())

    app = ConsoleApp(opening=opening, shown_as="sqlite:///jobs.db", watches=False)
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        await console.until_shown("opening sqlite:///jobs.db")
        assert "1 Attention" in console.text
        may_open.set()
        await console.until_shown(process.short_id)


async def test_a_database_that_cannot_be_opened_ends_the_console_with_the_error() -> None:
    def opening() -> Ground:
        raise StorageNotReachable("no such folder")

    app = ConsoleApp(opening=opening, shown_as="sqlite:///jobs.db", watches=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await Console(app, pilot).until(lambda: app.failure is not None)
    assert "no such folder" in str(app.failure)


async def test_quitting_an_idle_worker_does_not_ask(operations: FakeOperations) -> None:
    operations.living = [a_worker()]
    worker = FakeWorker()
    app = ConsoleApp(gateway(operations), worker=worker, watches=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+q")
        await Console(app, pilot).until(lambda: worker.stopped == 1)
    assert app.return_code == 0
