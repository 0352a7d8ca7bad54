"""An answer that is being written: what is sent, where it is wrong, and what others changed meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobboy_console.asking.answers import (
    begun,
    divergence_lines,
    divergences,
    has_moved,
    is_same,
    kept_over,
    moved_words,
    problem_lines,
    rest_lines,
    sent,
    written,
)
from jobboy_console.asking.json_places import nearest, places_of
from jobboy_console.facts.changes import MISSING
from jobboy_console.facts.decisions import Pause, Problem
from jobboy_console.facts.rows import Row, RowKey
from jobboy_console.gateway import Unreadable, read_answer
from jobboy_console.looks.lines import text_of
from jobboy_console.looks.states import State
from jobboy_console.screens.verdicts import Verdict, verdict_line
from tests.console.fake_operations import NOW

Json = dict[str, Any]


def a_pause(output: Json, *, token: int = 5, paused: bool = True, schema: Json | None = None) -> Pause:
    row = Row(
        key=RowKey(0, 1), id="1", short_id="1", code="invoices", status="running", state=State.PAUSED, step="pay",
        attempt=0, holder=None, note="", since=NOW, updated_at=NOW, created_at=NOW, token=token,
    )  # fmt: skip
    return Pause(row=row, paused=paused, state="paused", changed_by="worker:w1", output=output, schema=schema)


def a_problem(*keys: str | int, rule: str = "is required") -> Problem:
    return Problem(keys=keys, path=".".join(map(str, keys)) or "data", rule=rule)


# --- what is sent ---


def test_only_what_is_new_or_other_is_sent() -> None:
    assert sent({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}) == {"b": 3, "c": None}


def test_a_number_that_became_true_is_another_value() -> None:
    assert sent({"a": 1, "b": [0]}, {"a": True, "b": [0.0]}) == {"a": True, "b": [0.0]}
    assert not is_same(MISSING, None)


def test_a_key_of_the_output_cannot_be_taken_away() -> None:
    with pytest.raises(ValueError, match="the key 'b' cannot be removed; set it to null"):
        sent({"a": 1, "b": 2}, {"a": 1})


def test_an_answer_begins_with_the_output_and_the_defaults_of_what_it_does_not_have() -> None:
    schema = {"properties": {"a": {"default": 9}, "note": {"default": ""}, "c": {}, "odd": True}}
    assert begun(a_pause({"a": 1, "file": "x"}, schema=schema)) == {"note": "", "a": 1, "file": "x"}
    assert begun(a_pause({"a": 1}, schema={"properties": []})) == {"a": 1}


def test_text_to_edit_shows_harmlessly_and_means_the_same() -> None:
    document = {"a": "\x1b[2J", "b": "\u202eabc", "è": "già"}
    text = written(document)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "già" in text
    assert read_answer(text) == document


@pytest.mark.parametrize(("text", "place"), [('{\n  "a": }', (1, 7)), ('{"a": 1', (0, 7)), ("[1]", None)])
def test_what_cannot_be_read_says_where(text: str, place: tuple[int, int] | None) -> None:
    with pytest.raises(Unreadable) as refused:
        read_answer(text)
    assert refused.value.place == place


# --- where it is wrong ---

TEXT = """{
  "amount": 0,
  "lines": [
    {"sku": "a", "price": 1},
    {
      "sku": "b\\"}",
      "price": -1
    }
  ],
  "empty": {}, "none": []
}"""


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ((), (0, 0)),
        (("amount",), (1, 2)),
        (("lines",), (2, 2)),
        (("lines", 0, "price"), (3, 17)),
        (("lines", 1), (4, 4)),
        (("lines", 1, "price"), (6, 6)),
        (("none",), (9, 15)),
        (("lines", 1, "missing"), (4, 4)),
        (("missing", "deep"), (0, 0)),
    ],
)
def test_every_value_is_found_in_the_text_or_what_it_would_stand_in(
    keys: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    assert nearest(places_of(TEXT), keys) == place


@pytest.mark.parametrize("text", ["", "{", '{"a": }', "[" * 100_000])
def test_what_is_no_json_has_no_places(text: str) -> None:
    assert places_of(text) == {}


def test_problems_are_told_with_their_line_and_the_rest_is_counted() -> None:
    problems = [a_problem("amount", rule="must be at least 1"), *(a_problem(f"x{n}") for n in range(14))]
    told = text_of(problem_lines(problems, {problems[0]: 1})).splitlines()
    assert told[0] == "✗ line 2 · amount: must be at least 1"
    assert told[1] == "✗ x0: is required"
    assert told[-1] == "  … and 3 more problems"


def test_beside_a_form_stands_what_the_process_was_paused_with_and_is_not_asked_for() -> None:
    told = text_of(rest_lines({"amount": 1, "file": "/x\x1b", "rows": list(range(600))}, {"amount"})).splitlines()
    assert told[:3] == ["paused with", "{", '  "file": "/x\\u001b",']
    assert told[-1] == "… and 105 more lines: the JSON has all"
    assert rest_lines({"amount": 1}, {"amount"}) == []


# --- what others changed meanwhile ---


def test_a_pause_has_moved_when_it_is_another_or_none() -> None:
    base = a_pause({})
    assert not has_moved(base, a_pause({"a": 1}))
    assert has_moved(base, a_pause({}, token=6))
    assert has_moved(base, a_pause({}, paused=False))


def test_what_differs_is_set_side_by_side_conflicts_first() -> None:
    base, now = a_pause({"same": 0, "theirs": 1, "both": 1, "agreed": 1}), {"same": 0, "theirs": 2, "both": 2}
    found = divergences(base, a_pause({**now, "agreed": 5}), {**base.output, "both": 3, "agreed": 5, "mine": True})
    assert [(one.key, one.is_conflict) for one in found] == [
        ("both", True),
        ("theirs", False),
        ("agreed", False),
        ("mine", False),
    ]
    assert text_of(divergence_lines(found)).splitlines()[:4] == [
        "both  both changed it",
        "  was     1",
        "  theirs  2",
        "  yours   3",
    ]
    assert "  was     · (not there)" in text_of(divergence_lines(found))
    assert text_of(divergence_lines([])) == "The data is the same as before."


def test_mine_over_theirs_keeps_what_i_changed_and_takes_the_rest() -> None:
    base, now = a_pause({"a": 1, "b": 1}), a_pause({"a": 2, "b": 2, "c": 2}, token=7)
    assert kept_over(base, now, {"a": 1, "b": 9, "note": "x"}) == {"a": 2, "b": 9, "c": 2, "note": "x"}


def test_what_became_of_a_pause_is_told_with_who_did_it() -> None:
    now = a_pause({})
    assert moved_words(now) == "it was paused anew meanwhile by worker:w1"
    gone = replace(now, paused=False, state="completed\x1b", changed_by="")
    assert moved_words(gone) == "it was changed meanwhile: it is completed␛ now"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict(), "✓ can be sent · ctrl+s reviews it first"),
        (Verdict(problems=1), "✗ 1 problem · ctrl+s goes there"),
        (Verdict(problems=2, unreadable="x"), "✗ x"),
        (Verdict(unreadable="x", moved="it is gone"), "▲ It is gone · ctrl+s compares"),
        (Verdict(moved="it is gone", lost="no disk"), "▲ What you typed stays. no disk"),
    ],
)
def test_of_several_troubles_the_first_to_be_seen_to_is_told(verdict: Verdict, words: str) -> None:
    assert text_of([verdict_line(verdict, "ctrl+s")]) == words
