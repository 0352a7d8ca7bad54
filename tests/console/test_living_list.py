"""The list while it lives: orders, columns, views of one's own, marks, pauses, slow looks and the filter line."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from jobboy_console.app import ConsoleApp
from jobboy_console.facts.rows import Selection
from jobboy_console.gateway import Words, completions
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.filter_bar import FilterBar, may_go_on
from jobboy_console.widgets.process_list import ProcessList
from jobboy_console.widgets.steady_input import SteadyInput
from tests.console.conftest import Console, opened
from tests.console.fake_operations import NOW, FakeOperations


def home(console: Console) -> Processes:
    screen = console.app.screen
    assert isinstance(screen, Processes)
    return screen


def rows(console: Console) -> ProcessList:
    return console.app.screen.query_one(ProcessList)


def ids(console: Console) -> list[str]:
    return [row.id for row in console.app.screen.query_one(ProcessList).window.rows]


async def change(console: Console) -> None:
    """What the feed tells when something was committed."""
    app = console.app
    assert isinstance(app, ConsoleApp)
    home(console).changed()
    await console.settle()


# --- orders and columns ---


async def test_an_order_is_chosen_turned_round_and_remembered_for_its_view(operations: FakeOperations) -> None:
    b, a, c = (operations.add(code).id for code in ("b", "a", "c"))
    async with opened(operations) as console:
        await console.press("6", "o", "down", "down", "enter")
        assert ids(console) == [a, b, c]
        assert "All 3 · sort:code" in console.text
        assert "CODE▲" in console.text
        await console.press("o", "minus")
        assert ids(console) == [c, b, a]
        await console.press("2", "6")
        assert ids(console) == [c, b, a]
        await console.press("2")
        assert "sort:" not in console.text


async def test_a_typed_order_holds_while_it_is_typed(operations: FakeOperations) -> None:
    b, a = (operations.add(code).id for code in ("b", "a"))
    async with opened(operations, filter="active sort:code") as console:
        assert ids(console) == [a, b]
        await console.press("escape")
        assert ids(console) == [a, b], "the newest first again"


async def test_columns_are_chosen_and_a_path_is_typed(operations: FakeOperations) -> None:
    operations.add(store={"cursor": "orders:18200"})
    async with opened(operations) as console:
        await console.press("6", "c")
        assert "[✓] attempt" in console.text
        await console.press("down", "down", "down", "down", "space", "tab")
        await console.type("store.cursor")
        await console.press("enter", "y")
        assert "orders:18200" in console.text
        assert "TRY" not in console.text
        await console.press("5", "6")
        assert "orders:18200" in console.text


async def test_a_path_that_is_none_is_refused_in_the_dialog(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations) as console:
        await console.press("6", "c", "tab")
        await console.type("stor.x")
        await console.press("enter")
        assert "expected a path such as store.rows" in console.text
        await console.press("escape")
        assert isinstance(console.app.screen, Processes)


# --- views ---


async def test_a_list_is_kept_as_a_view_on_the_next_key_and_forgotten(operations: FakeOperations) -> None:
    operations.add("import")
    operations.add("export")
    async with opened(operations, filter="code:import") as console:
        home(console).action_save_view("imports")
        await console.settle()
        assert "7 imports" in console.text
        await console.press("6", "escape", "7")
        assert "imports 1" in console.text
        home(console).action_forget_view("imports")
        await console.settle()
        assert "7 imports" not in console.text
        assert "Attention" in console.text


async def test_minus_goes_to_the_view_before_and_a_key_without_a_view_says_so(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await console.press("3", "5", "minus")
        assert "Handled 0" in console.text
        await console.press("9")
        assert "There is no view 9" in console.said


# --- marks ---


async def test_a_range_is_marked_from_its_beginning_to_the_cursor(operations: FakeOperations) -> None:
    for _ in range(10):
        operations.add()
    async with opened(operations) as console:
        await console.press("6", "down", "v", "down", "down")
        assert "range of 3 · v marks it" in console.text
        operations.add()
        await console.press("ctrl+r")
        assert "range of 3" in console.text
        await console.press("v")
        assert "3 marked" in console.text
        await console.press("v", "escape")
        assert "3 marked" in console.text
        assert "range" not in console.text


async def test_a_range_longer_than_what_is_in_memory_is_marked_whole(operations: FakeOperations) -> None:
    for _ in range(600):
        operations.add()
    async with opened(operations) as console:
        await console.press("6", "v", "G", "v")
        assert "600 marked" in console.text


async def test_all_that_match_are_meant_by_their_filter_when_they_are_many(operations: FakeOperations) -> None:
    for _ in range(1100):
        operations.add()
    async with opened(operations, filter="active") as console:
        await console.press("a")
        assert rows(console).marking == "all 1,100 that match marked · u forgets"
        assert "verbs are for all that match" in console.said
        found = home(console).selection
        assert (found.filter, found.total, len(found.ids)) == ("active", 1100, 1000)
        await console.press("5")
        assert rows(console).marking == ""
        assert home(console).selection == Selection((), total=0)


# --- living ---


async def test_a_paused_list_counts_what_is_new_and_shows_it_when_it_goes_on(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations) as console:
        await console.press("6", "p")
        operations.add()
        operations.add()
        await change(console)
        assert "PAUSED · 2 newer · p goes on" in console.text
        assert len(ids(console)) == 1
        await console.press("p")
        assert len(ids(console)) == 3
        assert "newer" not in console.text


async def test_a_change_is_shown_and_the_cursor_stays_on_its_process(operations: FakeOperations) -> None:
    operations.add("b")
    other = operations.add("a")
    async with opened(operations, filter="active sort:-updated") as console:
        await console.press("down")
        cursor = console.app.screen.query_one(ProcessList).cursor
        assert cursor is not None
        operations.replace(cursor.id if cursor.id != other.id else other.id, updated_at=NOW + timedelta(minutes=1))
        await change(console)
        after = console.app.screen.query_one(ProcessList).cursor
        assert after is not None
        assert after.id == cursor.id


# --- looks without an index ---


async def test_a_slow_look_is_shown_ended_by_escape_and_gone_on_with(operations: FakeOperations) -> None:
    operations.piece = 10
    for number in range(60):
        operations.add(error="Boom" if number in (5, 55) else None)
    async with opened(operations) as console:
        await console.press("6")
        gate = threading.Event()
        operations.looks = 0
        operations.between_looks = lambda number: gate.wait(60) if number == 2 else None
        home(console).action_filter_by("error:boom")
        await console.until_shown("looked at 10 of 60 … esc stops")
        await console.pilot.press("escape")
        gate.set()
        await console.until_shown("more may match · m looks on")
        assert len(ids(console)) == 1
        operations.between_looks = None
        await console.press("m")
        assert len(ids(console)) == 2
        assert "m looks on" not in console.text


# --- the filter line ---


async def test_the_words_of_the_database_are_offered_while_one_types(operations: FakeOperations) -> None:
    operations.add("nightly-import")
    operations.add("billing-run")
    async with opened(operations) as console:
        await console.press("6", "slash")
        await console.type("code:b")
        assert "billing-run" in console.text
        await console.press("tab")
        assert console.app.screen.query_one(SteadyInput).value == "code:billing-run "
        await console.press("enter")
        assert "All 1 · code:billing-run" in console.text


async def test_an_offer_is_chosen_with_the_arrows(operations: FakeOperations) -> None:
    operations.add("a-one")
    operations.add("a-two")
    async with opened(operations) as console:
        await console.press("slash")
        await console.type("code:a")
        await console.press("down", "down", "enter")
        assert console.app.screen.query_one(SteadyInput).value == "code:a-two "
        assert console.app.screen.query_one(FilterBar).has_class("open")


async def test_escape_in_the_filter_leaves_the_list_as_it_was(operations: FakeOperations) -> None:
    operations.add("import")
    operations.add("export")
    async with opened(operations, filter="code:import") as console:
        await console.press("slash")
        await console.press(*["backspace"] * len("import"))
        await console.type("export")
        assert "All 1 · code:export" in console.text
        await console.press("escape")
        assert "All 1 · code:import" in console.text
        assert isinstance(console.app.screen, Processes)
        assert not console.app.screen.query_one(FilterBar).has_class("open")


async def test_filters_used_before_come_back_with_the_arrow_up(operations: FakeOperations) -> None:
    operations.add("import", "failed")
    async with opened(operations) as console:
        for text in ("failed", "paused"):
            await console.press("slash", *["backspace"] * 10)
            await console.type(text)
            await console.press("enter")
        await console.press("escape", "slash", "up")
        field = console.app.screen.query_one(SteadyInput)
        assert field.value == "paused"
        await console.press("up")
        assert field.value == "failed"
        await console.press("down", "down")
        assert field.value == ""


async def test_what_is_wrong_is_underlined_as_long_as_it_is(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations) as console:
        await console.press("6", "slash")
        await console.type("active stor:x")
        assert "^^^^" in console.text
        assert "All 1 · active" in console.text
        await console.press("enter")
        assert console.app.screen.query_one(FilterBar).has_class("open"), "what is wrong is not kept"


# --- wide terminals ---


async def test_a_wide_terminal_shows_throughput_and_a_very_wide_one_the_timeline(operations: FakeOperations) -> None:
    operations.add("import", "completed", ended_at=NOW - timedelta(minutes=1))
    operations.stuck(step="load")
    async with opened(operations, size=(170, 40)) as console:
        await console.until_shown("Timeline")
        assert "done" in console.text
        assert "1/min" in console.text
    async with opened(operations, size=(80, 24)) as console:
        assert "/min" not in console.text


async def test_a_scroll_bar_that_comes_cuts_no_row(operations: FakeOperations) -> None:
    for _ in range(60):
        operations.add(step="load")
    async with opened(operations) as console:
        await console.press("6")
        first = next(line for line in console.text.splitlines() if "running" in line and "load" in line)
        assert "…" not in first


@pytest.mark.parametrize(
    ("text", "expected"), [("cod", True), ("cod ", False), ("fail", True), ("failed", False), ("zzz", False)]
)
def test_the_beginning_of_a_word_is_told_from_a_text(text: str, expected: bool) -> None:
    assert may_go_on(text, completions(text, len(text), Words())) is expected
