"""The pure parts of the screen of a process: trees, steps, searching, versions, words, and files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from jobboy_console.commands.keymap import Keymap
from jobboy_console.facts.acts import Act
from jobboy_console.facts.changes import LeftOut, value_changes
from jobboy_console.facts.snapshots import Account, Advice, EventLine, StepLine
from jobboy_console.looks.lines import Line, broken, text_of, width_of
from jobboy_console.machine.saving import save_text
from jobboy_console.reading.explanations import account_lines
from jobboy_console.reading.searching import Needle, highlighted
from jobboy_console.reading.steps import TimeScale, step_lines
from jobboy_console.reading.trees import Folding, Mark, marks_of, paths_with, tree_rows, value_at, whole_value
from jobboy_console.reading.versions import difference_lines, difference_marks
from tests.console.hostile import HOSTILE, PAYLOADS

NOW = datetime(2031, 5, 6, 12, 30, tzinfo=UTC)


def told(values: dict[str, Any], *, width: int = 74, folding: Folding | None = None, **marks: Mark) -> list[str]:
    rows = tree_rows(
        values,
        marks={tuple(name.split("__")): mark for name, mark in marks.items()},
        folding=folding or Folding(),
        width=width,
        now=NOW,
    )
    return [text_of([(*row.line, ("|", ""), *row.side)]) if row.side else text_of([row.line]) for row in rows]


# --- trees ---


def test_a_tree_shows_what_is_short_and_folds_what_is_long() -> None:
    assert told({"a": 1, "few": {"x": None, "y": [True]}, "many": list(range(13)), "none": {}}) == [
        "   a     1",
        " ▾ few   {2}",
        "     x  null",
        "   ▾ y  [1]",
        "       0  true",
        " ▸ many  [13]  0, 1, 2, 3, …",
        "   none  {}",
    ]


def test_what_the_reader_opens_and_closes_stays_so() -> None:
    folding = Folding()
    folding.flip(("few",), 1)
    folding.flip(("many",), 13)
    rows = told({"few": {"x": 1}, "many": list(range(13))}, folding=folding)
    assert rows[0] == " ▸ few   {1}  x"
    assert rows[1:4] == [" ▾ many  [13]", "      0  0", "      1  1"]


def test_of_a_very_long_list_a_page_is_shown_and_more_when_asked_for() -> None:
    folding = Folding()
    rows = told({f"key{number:04}": number for number in range(1200)}, folding=folding)
    assert len(rows) == 101
    assert rows[-1].strip() == "… 1,100 more · enter shows more"
    folding.show_more(())
    assert len(told({f"key{number:04}": number for number in range(1200)}, folding=folding)) == 1101


def test_the_newest_change_shows_sign_old_value_and_moment_and_older_ones_their_moment() -> None:
    rows = told(
        {"cursor": 18, "total": 20, "deep": {"x": 1}},
        cursor=Mark("changed", 9, NOW, "17"),
        total=Mark("changed", 8, NOW - timedelta(minutes=1), "19"),
        deep__x=Mark("added", 9, NOW),
        tmp_file=Mark("removed", 9, NOW, '"/tmp/x"'),
    )
    assert rows == [
        "Δ  cursor    17 → 18|12:30:00",
        "   total     20|12:29:00",
        "·▾ deep      {1}",
        "+    x  1|12:30:00",
        '-  tmp_file  was "/tmp/x"|12:30:00',
    ]


def test_a_removal_that_is_not_the_newest_change_is_left_to_the_versions() -> None:
    assert told({"a": 1}, a=Mark("changed", 9, NOW, "0"), b=Mark("removed", 8, NOW, "1"))[1:] == []


@pytest.mark.parametrize("width", [20, 40, 74, 117])
def test_a_value_that_is_cut_says_how_much_is_hidden_and_nothing_is_wider_than_its_place(width: int) -> None:
    (row,) = tree_rows({"text": "word " * 100}, marks={}, folding=Folding(), width=width, now=NOW)
    shown = text_of([row.line])
    assert "…+" in shown
    assert width_of(row.line) <= max(width, 30)
    assert ("characters · enter" in shown) is (width >= 90)


def test_expanded_a_long_text_takes_as_many_lines_as_it_needs() -> None:
    folding = Folding(whole=True)
    rows = told({"text": "one\ntwo " + "x" * 100, "many": list(range(13))}, width=40, folding=folding)
    assert rows[0] == "   text  108 characters"
    assert rows[1].strip() == "one"
    assert "".join(row.strip() for row in rows[2:5]) == "two " + "x" * 100
    assert " ▾ many  [13]" in rows


def test_wide_characters_are_measured_in_cells() -> None:
    (row,) = tree_rows({"数据": "数据" * 100}, marks={}, folding=Folding(), width=60, now=NOW)
    assert "…+" in text_of([row.line])


def test_a_hostile_key_is_only_text_at_every_depth() -> None:
    shown = "\n".join(told({HOSTILE: {HOSTILE: HOSTILE, "list": [HOSTILE] * 20}}, folding=Folding(whole=True)))
    assert not any(payload in shown for payload in PAYLOADS)


def test_an_event_marks_every_value_it_changed_in_one_document() -> None:
    changes = value_changes(
        {"store": {"a.b": 1, "gone": 2}, "status": "running"},
        {"store": {"a.b": 2, "deep": {"x": 1}}, "status": "ending"},
    )
    marks = marks_of(changes, "store", 7, NOW)
    assert {path: mark.operation for path, mark in marks.items()} == {
        ("a.b",): "changed",
        ("gone",): "removed",
        ("deep",): "added",
    }


def test_a_search_finds_keys_and_values_at_every_depth_in_order() -> None:
    values = {"rows": [1, {"Price": "none"}], "price": 3, "text": "no PRICE here"}
    assert list(paths_with(values, "price")) == [("rows", 1, "Price"), ("price",), ("text",)]
    assert value_at(values, ("rows", 1, "Price")) == "none"


def test_a_whole_value_is_text_as_it_is_or_indented_json() -> None:
    assert whole_value("one\ntwo") == "one\ntwo"
    assert whole_value({"a": [LeftOut(5)]}) == '{\n  "a": [\n    "(5 characters, too long for the history)"\n  ]\n}'


# --- searching ---


@pytest.mark.parametrize(
    ("typed", "text", "wanted"),
    [
        ("row", "ROW 12", True),
        ("Row", "ROW 12", False),
        ("Row", "Row 12", True),
        ("!row", "ROW 12", False),
        ("!row", "column", True),
        ("[/x]", "a [/x] b", True),
    ],
)
def test_capitals_count_only_when_some_are_typed_and_an_exclamation_mark_inverts(
    typed: str, text: str, wanted: bool
) -> None:
    needle = Needle.read(typed)
    assert needle is not None
    assert needle.wants(((text, "plain"),)) is wanted


@pytest.mark.parametrize("typed", ["", "!"])
def test_nothing_typed_is_no_search(typed: str) -> None:
    assert Needle.read(typed) is None


def test_what_is_found_is_marked_across_parts_of_other_styles() -> None:
    line: Line = (("ab", "key"), ("cd", "plain"), ("bc", "quiet"))
    assert highlighted(line, Needle("bc")) == (
        ("a", "key"),
        ("b", "found"),
        ("c", "found"),
        ("d", "plain"),
        ("bc", "found"),
    )


def test_letters_that_grow_when_lowered_leave_places_where_they_are() -> None:
    assert highlighted((("İx", "plain"),), Needle("x")) == (("İ", "plain"), ("x", "found"))


# --- steps ---


def a_step(
    name: str, status: str, started: float | None = None, ended: float | None = None, **fields: Any
) -> StepLine:
    def moment(minutes: float | None) -> datetime | None:
        return None if minutes is None else NOW - timedelta(minutes=minutes)

    known = {"attempts": 1 if started is not None else 0, "error": None, "output": None}
    return StepLine(
        name=name, status=status, started_at=moment(started), ended_at=moment(ended), **{**known, **fields}
    )


def test_bars_share_one_scale_of_time() -> None:
    steps = [a_step("fetch", "completed", 10, 5), a_step("load", "running", 5), a_step("report", "pending")]
    lines = text_of(step_lines(steps, [], NOW, 80)).splitlines()
    assert lines[0].endswith("  " + "█" * 13)
    assert lines[1].endswith("  " + "·" * 13 + "█" * 13)
    assert lines[2].endswith("pending")
    assert lines[4] == "  1 of 3 done · 10m in their last attempts"


def test_where_there_is_no_room_for_bars_there_are_none() -> None:
    lines = text_of(step_lines([a_step("fetch", "completed", 10, 5)], [], NOW, 50))
    assert "█" not in lines


def test_a_bar_is_never_nothing_and_never_leaves_its_scale() -> None:
    scale = TimeScale(NOW, NOW + timedelta(hours=1), 20)
    assert scale.bar(NOW, NOW) == (0, "▏")
    assert scale.bar(NOW + timedelta(hours=1), NOW + timedelta(hours=2)) == (19, "█")
    assert scale.bar(NOW - timedelta(hours=1), NOW + timedelta(hours=9)) == (0, "█" * 20)
    assert TimeScale(NOW, NOW, 20).bar(NOW, NOW) == (0, "▏")


def an_attempt(number: int) -> EventLine:
    changes = tuple(value_changes({"error": None}, {"error": f"OSError: disk {number}"}))
    return EventLine(
        seq=number, at=NOW, kind="step_failed", actor="w", reason=None, step="load", attempt=number, changes=changes
    )


def test_every_attempt_that_went_wrong_is_told_the_oldest_ones_counted() -> None:
    events = [an_attempt(number) for number in range(1, 8)]
    lines = text_of(step_lines([a_step("load", "failed", 5, 1, attempts=7)], events, NOW, 80)).splitlines()
    assert lines[1] == "       … 2 earlier ones: see the timeline"
    assert lines[2] == "       3x 12:30:00  step failed  OSError: disk 3"
    assert lines[6] == "       7x 12:30:00  step failed  OSError: disk 7"


def test_an_attempt_with_the_error_of_the_one_before_tells_it_again() -> None:
    first = an_attempt(1)
    events = [first, replace(first, seq=2, attempt=2, changes=())]
    lines = text_of(step_lines([a_step("load", "failed", 5, 1, attempts=2)], events, NOW, 80)).splitlines()
    assert lines[2] == "       2x 12:30:00  step failed  OSError: disk 1"


# --- versions, words, files ---


def test_a_difference_tells_short_values_in_one_line_and_long_ones_in_two() -> None:
    changes = value_changes({"a": 1, "b": "x" * 60, "gone": 2}, {"a": 2, "b": "y" * 60, "new": [1]})
    assert text_of(difference_lines(changes, 60)).splitlines() == [
        "Δ a  1 → 2",
        "Δ b",
        f'    - "{"x" * 53}',
        f'      {"x" * 7}"',
        f'    + "{"y" * 53}',
        f'      {"y" * 7}"',
        "- gone  2",
        "+ new  [1]",
    ]
    assert text_of(difference_lines([], 60)) == "There is no difference."


def test_what_left_a_list_marks_the_list_for_its_place_may_be_taken() -> None:
    (change,) = value_changes({"a": {"x": 1}}, {"a": {}})
    moved = type(change)("removed", "a.0", "1", None, ("a", 0))
    assert difference_marks([moved]) == {("a",): Mark("changed", 1, None)}


def test_a_very_long_key_leaves_room_for_its_value() -> None:
    (row,) = tree_rows({"k" * 200: "swift"}, marks={}, folding=Folding(), width=60, now=NOW)
    assert text_of([row.line]).endswith('k…  "swift"')
    assert width_of(row.line) <= 60


def test_an_account_puts_what_can_be_done_under_its_key_and_says_when_nothing_can() -> None:
    advice = Advice(act=Act.RECOVER, allowed=True, needs_force=False, text="Takes it.")
    account = Account(state="It is stuck.", why=("Because.",), next=("Nothing.",), advice=(advice,))
    lines = text_of(account_lines(account, 60)).splitlines()
    assert lines[0] == "It is stuck."
    assert "· Because." in lines
    assert lines[-1] == "R recover  Takes it."
    told = text_of(account_lines(account, 60, read_only=True)).splitlines()
    assert told[-2:] == ["Nothing from here: this console is read-only. Elsewhere:", "  recover  Takes it."]


def test_an_account_names_the_keys_in_force() -> None:
    advice = Advice(act=Act.RECOVER, allowed=True, needs_force=False, text="It goes on.")
    account = Account(state="It is stuck.", why=(), next=(), advice=(advice,))
    assert "f8 recover" in text_of(account_lines(account, 60, keymap=Keymap({"change.recover": "f8"})))


def test_text_without_words_is_broken_anywhere_by_cells() -> None:
    assert broken("abcdef", 4) == ["abcd", "ef"]
    assert all(cell_len(piece) <= 5 for piece in broken("数据" * 10, 5))
    assert broken("", 5) == [""]


def test_a_file_is_written_once_and_only_for_its_owner(tmp_path: Path) -> None:
    place = tmp_path / "tail.txt"
    assert save_text(f" {place} ", "one\ntwo") == str(place)
    assert place.read_text() == "one\ntwo\n"
    assert place.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="exists already: choose another name"):
        save_text(str(place), "other")
    assert place.read_text() == "one\ntwo\n"


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "~nobody-has-this-name/x", "/no/such/folder/x"])
def test_a_file_that_cannot_be_written_is_told_in_a_line(name: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        save_text(name, "text")
