"""What a history line keeps of a change: the changed keys, at every depth, as they were and as they became."""

from datetime import timedelta
from typing import Any

import pytest

from jobboy.model.events import MAX_KEPT, Event, EventKind, difference
from tests.factories import NOW, a_process

Values = dict[str, Any]


def store_difference(was: Values, became: Values) -> tuple[Any, Any]:
    before, after = difference(a_process(store=was), a_process(store=became))
    return (before or {}).get("store"), (after or {}).get("store")


def test_nothing_changed_leaves_nothing() -> None:
    process = a_process(store={"a": 1}, output={"b": 2})
    assert difference(process, process) == (None, None)
    assert difference(process, process.changed(token=7, updated_at=NOW + timedelta(1), attempt=3)) == (None, None)


def test_changed_marks_are_kept_as_they_were_and_became() -> None:
    before = a_process(status="running", step="load")
    after = before.changed(paused=True, wait_until=NOW, error="ValueError: x", step=None)
    assert difference(before, after) == (
        {"paused": False, "step": "load", "error": None, "wait_until": None},
        {"paused": True, "step": None, "error": "ValueError: x", "wait_until": "2026-01-05T12:00:00.000000Z"},
    )


def test_a_kill_request_is_a_change() -> None:
    before = a_process()
    assert difference(before, before.changed(killed_at=NOW)) == ({"kill_requested": False}, {"kill_requested": True})


@pytest.mark.parametrize(
    ("was", "became", "lost", "gained"),
    [
        ({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}),
        ({"a": 1, "same": 5}, {"a": 2, "same": 5}, {"a": 1}, {"a": 2}),
        ({}, {"a": None}, None, {"a": None}),
        ({"a": None}, {}, {"a": None}, None),
        ({"a": [1, 2]}, {"a": [1, 2, 3]}, {"a": [1, 2]}, {"a": [1, 2, 3]}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a": {"c": 2}}, {"a": {"c": 3}}),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {}}}, {"a": {"b": {"c": 1}}}, {"a": {"b": {}}}),
        ({"a": {"b": 1}}, {"a": [1]}, {"a": {"b": 1}}, {"a": [1]}),
        ({"a": {"b": 1}}, {"a": None}, {"a": {"b": 1}}, {"a": None}),
    ],
)
def test_objects_are_compared_key_by_key_and_lists_as_a_whole(
    was: Values, became: Values, lost: Values | None, gained: Values | None
) -> None:
    assert store_difference(was, became) == (lost, gained)


@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: {"b": v}, lambda v: [{"b": [v]}]])
@pytest.mark.parametrize(("was", "became"), [(1, True), (1, 1.0), (0, False), (True, 1.0), (0.0, -0.0)])
def test_values_that_only_python_calls_equal_are_a_change(was: Any, became: Any, wrap: Any) -> None:
    lost, gained = store_difference({"a": wrap(was)}, {"a": wrap(became)})
    assert (repr(lost), repr(gained)) == (repr({"a": wrap(was)}), repr({"a": wrap(became)}))


def test_another_order_of_keys_is_no_change() -> None:
    assert store_difference({"a": {"x": 1, "y": 2}, "b": 1}, {"b": 1, "a": {"y": 2, "x": 1}}) == (None, None)


def test_an_output_that_appears_and_one_that_goes() -> None:
    without, with_output = a_process(), a_process(output={"rows": 1})
    assert difference(without, with_output) == (None, {"output": {"rows": 1}})
    assert difference(with_output, without) == ({"output": {"rows": 1}}, None)


def test_large_values_are_replaced_by_their_size() -> None:
    text, items = "x" * MAX_KEPT, list(range(MAX_KEPT))
    lost, gained = store_difference({"text": text}, {"text": text + "y", "deep": {"items": items}, "small": "z"})
    assert lost == {"text": {"$omitted": MAX_KEPT + 2}}
    assert gained["text"] == {"$omitted": MAX_KEPT + 3}
    assert set(gained["deep"]) == {"$omitted"}
    assert gained["small"] == "z"


def test_a_large_value_inside_an_object_that_was_there_is_replaced_too() -> None:
    lost, gained = store_difference({"deep": {"a": 1}}, {"deep": {"a": 1, "b": ["x" * MAX_KEPT]}})
    assert lost in (None, {"deep": {}})
    assert set(gained["deep"]["b"]) == {"$omitted"}


def test_an_event_as_json_has_the_promised_fields() -> None:
    event = Event(
        seq=7, process_id="id", at=NOW, kind=EventKind.RAISED, actor="worker:w", reason=None, step="load", attempt=2,
        before=None, after={"error": "x"},
    )  # fmt: skip
    assert event.as_json() == {
        "seq": 7,
        "id": "id",
        "at": "2026-01-05T12:00:00.000000Z",
        "kind": "raised",
        "actor": "worker:w",
        "reason": None,
        "step": "load",
        "attempt": 2,
        "before": None,
        "after": {"error": "x"},
    }
