"""What an operator meets at 80 columns when little is there, or nothing can be read."""

from __future__ import annotations

from jobboy_console.facts.snapshots import Home, WorkState
from jobboy_console.looks.lines import text_of, width_of
from jobboy_console.places.workers import OwnWorker, own_lines
from jobboy_console.screens.process import ProcessScreen
from jobboy_console.widgets.status_bar import Situation, counts_line
from tests.console.conftest import opened
from tests.console.fake_operations import FakeOperations


def test_an_empty_database_is_told_in_words_where_its_zeros_have_no_room() -> None:
    empty = Home(counts={}, total=0, work=WorkState(paused_by=None, workers_alive=0))
    assert text_of([counts_line(empty, 78)]) == "no process yet"
    assert "0 starting" in text_of([counts_line(empty, 200)])


def test_why_the_console_has_no_worker_is_told_whole() -> None:
    lines = own_lines(OwnWorker(kind="none", state="none here", pid=None, paused=False, log=None), None, 60)
    assert all(width_of(line) <= 60 for line in lines)
    assert "with --worker none" in " ".join(text_of(lines).split())


async def test_a_process_opened_while_the_database_is_gone_says_so(operations: FakeOperations) -> None:
    row_of_it = operations.stuck()
    async with opened(operations) as console:
        operations.broken = "the file was moved"
        screen = console.app.screen
        lost = Situation(database="d", read_only=False, worker="none", lost="the file was moved", lost_for_s=7)
        screen.tick(lost)  # type: ignore[attr-defined]  # the feed of the console does that
        await console.press("enter")
        assert isinstance(console.app.screen, ProcessScreen)
        assert "STALE  the file was moved" in console.text
        assert "not read: it is shown when the database is back" in console.text
        assert row_of_it.id in console.text
