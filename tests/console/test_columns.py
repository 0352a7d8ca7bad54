from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jobboy_console.facts.rows import Row
from jobboy_console.listing.columns import KNOWN, USUAL, Layout, columns_named, laid_out, longest
from jobboy_console.looks.lines import text_of, width_of
from jobboy_console.looks.states import State
from tests.console.fake_operations import NOW
from tests.console.test_row_window import a_row

ROW = replace(
    a_row(7),
    code="reconcile-bytecode",
    step="parse",
    state=State.STUCK,
    holder="web1:412:9f",
    note="web1:412 died: SIGKILL",
    since=NOW - timedelta(minutes=3),
    created_at=NOW - timedelta(hours=2),
    values=(("store.rows", "812"),),
)


def a_layout(width: int, *names: str, rows: tuple[Row, ...] = (ROW,)) -> Layout:
    columns = columns_named(names)
    return laid_out(columns, longest(columns, rows, NOW), width)


@pytest.mark.parametrize("width", [20, 40, 60, 76, 78, 100, 118, 200])
@pytest.mark.parametrize("names", [(), tuple(column.name for column in KNOWN), ("state", "store.rows")])
def test_rows_and_heading_never_take_more_than_the_line(width: int, names: tuple[str, ...]) -> None:
    layout = a_layout(width, *names)
    assert width_of(layout.row(ROW, NOW, marked=True)) <= width
    assert width_of(layout.heading()) <= width


def test_at_80_columns_the_usual_row_says_what_is_wrong_who_held_it_and_since_when() -> None:
    line = text_of([a_layout(78).row(ROW, NOW, marked=False)])
    for word in ("H! stuck", "reconcile-bytecode", "parse", "3m", "web1:412 died: SIG"):
        assert word in line


def test_what_is_cut_ends_with_a_sign() -> None:
    line = text_of([a_layout(60).row(ROW, NOW, marked=False)])
    assert line.count("…") >= 1
    assert "reconcile-bytecode" not in line


def test_columns_that_do_not_fit_are_counted_in_the_heading() -> None:
    layout = a_layout(60, *(column.name for column in KNOWN))
    assert layout.hidden > 0
    assert text_of([layout.heading()]).endswith(f"+{layout.hidden}…")


def test_the_note_takes_what_is_left_wherever_it_stands() -> None:
    layout = a_layout(120, "note", "state")
    assert layout.widths == (120 - 1 - 1 - 13, 13)


def test_a_path_is_a_column_and_a_row_without_a_value_there_shows_a_dot() -> None:
    layout = a_layout(40, "code", "store.rows")
    assert "812" in text_of([layout.row(ROW, NOW, marked=False)])
    assert text_of([layout.row(replace(ROW, values=()), NOW, marked=False)]).endswith("·")


def test_columns_grow_with_what_they_show_and_never_shrink() -> None:
    columns = columns_named(("code", "step"))
    short = longest(columns, [replace(ROW, code="a", step=None)], NOW)
    grown = longest(columns, [ROW], NOW, short)
    assert short == (5, 5)
    assert grown == (len("reconcile-bytecode"), len("parse"))
    assert longest(columns, [replace(ROW, code="a")], NOW, grown) == grown


def test_an_arrow_stands_at_what_the_list_is_sorted_by() -> None:
    layout = a_layout(118, *USUAL, "updated", "age")
    assert "UPDATE▼" in text_of([layout.heading("-updated")])
    assert "AGE▼" in text_of([layout.heading("created")]), "the oldest first is falling age"
    assert "CODE▲" in text_of([layout.heading("code")])


def test_only_moments_change_by_themselves() -> None:
    layout = a_layout(100, "state", "since", "note")
    assert layout.moments(ROW, NOW) == ((15, 5, "3m"),)


def test_no_value_acts_in_a_cell() -> None:
    hostile = replace(ROW, code="\x1b[2J[red]", step="a\nb", note="‮x", values=(("store.rows", "␛"),))
    line = text_of([a_layout(118, *USUAL, "store.rows", rows=(hostile,)).row(hostile, NOW, marked=False)])
    assert not any(character in line for character in "\x1b\n‮")
