"""What an operator meets at 80 columns when little is there, or nothing can be read."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

import pytest

from jobboy_console.app import ConsoleApp, Ground
from jobboy_console.facts.house_snapshots import Workforce
from jobboy_console.facts.snapshots import Home, WorkState
from jobboy_console.gateway import Gateway
from jobboy_console.gateway.converting import row_of
from jobboy_console.looks.lines import text_of, width_of
from jobboy_console.places.workers import OwnWorker, own_lines
from jobboy_console.running.embedded import NoWorker
from jobboy_console.screens import opening
from jobboy_console.screens.process_views import head_lines
from jobboy_console.widgets.status_bar import Situation, counts_line
from tests.console.conftest import DEADLINE_S, Console, opened
from tests.console.fake_operations import NOW, FakeOperations


def test_an_empty_database_is_told_in_words_where_its_zeros_have_no_room() -> None:
    empty = Home(counts={}, total=0, work=WorkState(paused_by=None, workers_alive=0))
    assert text_of([counts_line(empty, 78)]) == "no process yet"
    assert "0 starting" in text_of([counts_line(empty, 200)])


def test_why_the_console_has_no_worker_is_told_whole() -> None:
    lines = own_lines(OwnWorker(kind="none", state="none here", pid=None, paused=False, log=None), None, 60)
    assert all(width_of(line) <= 60 for line in lines)
    assert "no app was given, or --worker none" in " ".join(text_of(lines).split())


@pytest.mark.parametrize("paused_by", [None, "operator:ada"])
def test_a_read_only_console_names_no_key_beside_the_workers(paused_by: str | None) -> None:
    force = Workforce(workers=(), paused_by=paused_by)
    for pid, paused in ((None, False), (7, True)):
        own = OwnWorker(kind="process", state="not begun", pid=pid, paused=paused, log=None)
        assert len(re.findall(r"· [A-Z] ", text_of(own_lines(own, force, 120)))) == 2
        assert not re.search(r"· [A-Z] ", text_of(own_lines(own, force, 120, read_only=True)))


def test_a_process_opened_while_the_database_is_gone_says_so(operations: FakeOperations) -> None:
    row = row_of(operations.stuck(), 0, NOW)
    gone = Situation(database="d", read_only=False, worker="none", lost="the file was moved " * 5, lost_for_s=7)
    lines = head_lines(None, row, gone, 60)
    assert all(width_of(line) <= 60 for line in lines)
    told = " ".join(text_of(lines).split())
    assert told.startswith("STALE the file was moved")
    assert told.endswith("stuck not read: it is shown when the database is back")
    assert "reading…" in text_of(head_lines(None, row, replace(gone, lost=None), 60))


async def test_what_is_said_does_not_hide_the_buttons_of_a_question(operations: FakeOperations) -> None:
    operations.stuck()
    async with opened(operations) as console:
        await console.press("R")
        console.app.notify("said " * 40, timeout=60)
        await console.until_shown("said said")
        lines = console.text.splitlines()
        assert "Cancel" in console.text
        assert "Recover (y)" in console.text
        assert any("said" in line for line in lines[:8])
        assert not any("said" in line for line in lines[12:])


async def test_a_database_that_takes_long_to_open_is_waited_for_in_words(
    operations: FakeOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LONG_S", 0.01)
    is_free = threading.Event()

    def open_it() -> Ground:
        is_free.wait(DEADLINE_S)
        return Ground(Gateway(operations), NoWorker())  # type: ignore[arg-type]  # same methods

    app = ConsoleApp(opening=open_it, shown_as="jobs.db", watches=False)
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        try:
            await console.until_shown("another program may keep the database to itself.")
            assert "ctrl+q ends the console." in console.text
        finally:
            is_free.set()
        await console.until_shown("Attention 0")
        assert "another program" not in console.text
