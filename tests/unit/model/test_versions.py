"""The versions of a document: what a history of differences tells of every moment."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobboy.model.documents import ProcessStore
from jobboy.model.events import MAX_KEPT, Event, EventKind, difference
from jobboy.model.versions import ABSENT, Omitted, ValueDifference, Versions
from tests.factories import a_process

NOW = datetime(2031, 5, 6, tzinfo=UTC)
LONG = "x" * (MAX_KEPT + 1)

scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.text("xyz", max_size=2)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)
)
stores = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


def history(states: Sequence[dict[str, Any]]) -> Versions:
    """The versions of a store that was each of the states in turn, from the events that the engine writes."""
    events = []
    for seq, (was, became) in enumerate(itertools.pairwise(states), start=1):
        process = a_process(store=was)
        old, new = difference(process, process.changed(store=ProcessStore(became)))
        events.append(
            Event(
                seq=seq,
                process_id=process.id,
                at=NOW,
                kind=EventKind.ITERATED,
                actor="worker:w",
                reason=None,
                step=None,
                attempt=1,
                before=json.loads(json.dumps(old)),
                after=json.loads(json.dumps(new)),
            )
        )
    return Versions("store", states[-1], events)


@given(st.lists(stores, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_every_version_is_what_the_document_was(states: list[dict[str, Any]]) -> None:
    def text(state: dict[str, Any]) -> str:
        return json.dumps(state, sort_keys=True)

    told = [states[0]]
    told += [became for was, became in itertools.pairwise(states) if text(was) != text(became)]
    versions = history(states)
    assert [text(versions.at(index)) for index in range(len(versions))] == [text(state) for state in told]


def test_events_that_leave_the_document_alone_make_no_version() -> None:
    versions = history([{"a": 1}, {"a": 1}, {"a": 2}])
    assert len(versions) == 2
    assert [event.seq for event in versions.events] == [2]


def test_a_value_that_is_still_there_is_known_although_history_left_it_out() -> None:
    versions = history([{}, {"a": LONG}, {"a": LONG, "b": 1}])
    assert versions.at(1) == {"a": LONG}
    assert versions.at(0) == {}


def test_a_value_that_history_left_out_and_that_is_gone_is_shown_as_omitted() -> None:
    versions = history([{}, {"a": LONG}, {"a": LONG, "b": 1}, {"a": 2, "b": 1}])
    omitted = versions.at(1)["a"]
    assert isinstance(omitted, Omitted)
    assert omitted.characters == MAX_KEPT + 3
    assert versions.at(2) == {"a": omitted, "b": 1}
    assert versions.at(3) == {"a": 2, "b": 1}


def test_what_the_way_back_does_not_tell_is_found_on_the_way_forward() -> None:
    half = "x" * (MAX_KEPT // 2)
    grown: list[dict[str, Any]] = [{}, {"deep": {"a": half}}, {"deep": {"a": half, "b": half}}, {}]
    versions = history(grown)
    assert [versions.at(index) for index in range(4)] == grown


def test_an_object_of_which_only_a_change_is_known_is_omitted_as_a_whole() -> None:
    half = "x" * (MAX_KEPT // 2)
    versions = history([{"deep": {"a": half}}, {"deep": {"a": half, "b": half}}, {}])
    assert versions.at(0) == {"deep": Omitted(None, 1)}
    assert versions.at(2) == {}


def test_a_long_text_that_becomes_an_object_is_no_mark_afterwards() -> None:
    versions = history([{"a": LONG}, {"a": {"b": 1}}, {"a": {"b": 2}}])
    assert versions.at(2) == {"a": {"b": 2}}
    assert versions.at(1) == {"a": {"b": 1}}
    assert isinstance(versions.at(0)["a"], Omitted)


def test_two_versions_differ_key_by_key() -> None:
    versions = history([{"gone": 1, "deep": {"a": 1, "same": True}}, {"deep": {"a": 2, "same": True}, "new": None}])
    assert versions.between(0, 1) == [
        ValueDifference(("deep", "a"), 1, 2),
        ValueDifference(("gone",), 1, ABSENT),
        ValueDifference(("new",), ABSENT, None),
    ]
    assert [found.path for found in versions.between(1, 0)] == [("deep", "a"), ("gone",), ("new",)]


@pytest.mark.parametrize(
    ("was", "became", "told"),
    [
        ([1, 2], [1, 2, 3], [(("a", 2), ABSENT, 3)]),
        ([0, 1, 2], [1, 2], [(("a", 0), 0, ABSENT)]),
        ([1, {"x": 1}, 3], [1, {"x": 2}, 3], [(("a", 1, "x"), 1, 2)]),
        ([1, 1], [1], [(("a", 1), 1, ABSENT)]),
        ([1, 2], {"x": 1}, [(("a",), [1, 2], {"x": 1})]),
    ],
)
def test_lists_differ_item_by_item(was: Any, became: Any, told: list[tuple[Any, ...]]) -> None:
    found = history([{"a": was}, {"a": became}]).between(0, 1)
    assert [(difference.path, difference.before, difference.after) for difference in found] == told


def test_the_same_omitted_value_is_no_difference_and_another_one_is() -> None:
    states: list[dict[str, Any]] = [
        {"a": LONG, "b": 0},
        {"a": LONG, "b": 1},
        {"a": LONG + "y", "b": 1},
        {"a": 1, "b": 1},
    ]
    versions = history(states)
    assert [found.path for found in versions.between(0, 1)] == [("b",)]
    assert [found.path for found in versions.between(1, 2)] == [("a",)]


def test_true_one_and_one_point_zero_are_three_values() -> None:
    versions = history([{"a": True}, {"a": 1}, {"a": 1.0}])
    assert len(versions.between(0, 1)) == len(versions.between(1, 2)) == 1


def test_looking_at_the_past_changes_nothing() -> None:
    versions = history([{"deep": {"a": 1}}, {"deep": {"a": 2}}, {"deep": {"a": 3}}])
    versions.at(0)["deep"]["a"] = "changed by the reader"
    assert [versions.at(index)["deep"]["a"] for index in (2, 0, 1, 0)] == [3, 1, 2, 1]


@pytest.mark.parametrize("index", [-1, 2])
def test_a_version_that_is_not_there_is_refused(index: int) -> None:
    with pytest.raises(IndexError, match=f"no version {index}, the last is 1"):
        history([{}, {"a": 1}]).at(index)
