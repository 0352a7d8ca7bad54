from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from jobboy_console.facts.rows import Row, RowKey, Rows, RowsRequest
from jobboy_console.facts.views import BUILT_IN
from jobboy_console.listing.row_window import MARGIN, RowWindow
from jobboy_console.looks.states import State

ALL = BUILT_IN[-1]


def a_row(number: int) -> Row:
    return Row(
        key=RowKey(0, number),
        id=f"id-{number}",
        short_id=str(number),
        code="import",
        status="running",
        state=State.RUNNING,
        step=None,
        attempt=1,
        holder=None,
        note="",
        since=datetime(2031, 1, 1, tzinfo=UTC),
        updated_at=datetime(2031, 1, 1, tzinfo=UTC),
        created_at=datetime(2031, 1, 1, tzinfo=UTC),
        token=0,
    )


def an_answer(numbers: range, *, first: int = 0, total: int = 1000, start: bool = True, end: bool = False) -> Rows:
    return Rows(
        request=RowsRequest(view=ALL),
        rows=tuple(a_row(number) for number in numbers),
        first_index=first,
        at_start=start,
        at_end=end,
        total=total,
        total_is_floor=False,
    )


def test_the_first_answer_puts_the_cursor_on_the_newest() -> None:
    window = RowWindow(ALL)
    window.accept(an_answer(range(1000, 900, -1)))
    assert window.cursor is not None
    assert window.cursor.id == "id-1000"


def test_only_the_first_rows_of_a_glance_are_wanted_at_once() -> None:
    window = RowWindow(BUILT_IN[0])
    first = window.wanted(0, 20)
    assert first is not None
    assert first.at_once
    window.accept(replace(an_answer(range(30, 0, -1), total=31), request=first, total_is_floor=True))
    assert not window.is_counted
    then = window.wanted(0, 20)
    assert then is not None, "the end is not there yet"
    assert not then.at_once
    every = RowWindow(ALL).wanted(0, 20)
    assert every is not None
    assert not every.at_once


def test_the_cursor_stays_on_its_process_when_newer_ones_come() -> None:
    window = RowWindow(ALL)
    window.accept(an_answer(range(1000, 900, -1)))
    window.move_to(3)
    moved = window.accept(an_answer(range(1005, 900, -1), total=1005))
    assert moved == 5
    assert window.cursor_index == 8
    assert window.cursor is not None
    assert window.cursor.id == "id-997"


def test_the_cursor_keeps_its_place_in_the_order_when_its_process_left_the_list() -> None:
    window = RowWindow(ALL)
    window.accept(an_answer(range(1000, 900, -1)))
    window.move_to(3)
    window.accept(
        replace(an_answer(range(0)), rows=tuple(a_row(n) for n in (1000, 999, 996, 995)), total=4, at_end=True)
    )
    assert window.cursor is not None
    assert window.cursor.id == "id-996"


def test_an_emptied_list_has_no_cursor() -> None:
    window = RowWindow(ALL)
    window.accept(an_answer(range(10, 0, -1), total=10, end=True))
    window.accept(an_answer(range(0), total=0, end=True))
    assert window.cursor is None
    assert window.cursor_index == 0


def test_nothing_is_asked_for_while_the_visible_rows_and_a_margin_are_in_memory() -> None:
    window = RowWindow(ALL)
    window.accept(an_answer(range(1000, 800, -1)))
    assert window.wanted(0, 20) is None
    assert window.wanted(100, 20) is None


def test_rows_around_the_visible_ones_are_asked_for_before_the_margin_is_used_up() -> None:
    window = RowWindow(ALL)
    window.accept(an_answer(range(1000, 800, -1)))
    request = window.wanted(170, 20)
    assert request is not None
    assert request.anchor == RowKey(0, 830)
    assert (request.index, request.before, request.after) == (170, MARGIN, MARGIN + 20)


def test_a_refresh_asks_even_when_all_is_there() -> None:
    window = RowWindow(ALL)
    window.accept(an_answer(range(1000, 800, -1)))
    assert window.wanted(0, 20, refresh=True) is not None


def test_the_end_of_a_long_list_is_read_backwards() -> None:
    window = RowWindow(ALL)
    window.accept(an_answer(range(1000, 800, -1)))
    request = window.wanted(980, 20)
    assert request is not None
    assert request.from_end


def test_a_far_place_is_guessed_from_the_spread_of_numbers() -> None:
    window = RowWindow(ALL)
    window.accept(an_answer(range(1000, 800, -1)))
    request = window.wanted(500, 20)
    assert request is not None
    assert request.anchor == RowKey(0, 500)


def test_a_row_that_is_not_in_memory_is_none() -> None:
    window = RowWindow(ALL)
    window.accept(an_answer(range(900, 800, -1), first=100, start=False))
    assert window.at(99) is None
    assert window.at(100) == a_row(900)
