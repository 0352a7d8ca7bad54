"""Parameters, store and reports: what can be asked of them, and what they refuse."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from jobboy import InvalidValue
from jobboy.model.documents import Document, Parameters, ProcessStore, Reports


def read(document: Document) -> Any:
    return json.loads(document.text)


# --- reading ---


def test_get_returns_the_value_or_the_default() -> None:
    store = ProcessStore({"rows": 0, "nothing": None})
    assert store.get("rows", 5) == 0
    assert store.get("nothing", 5) is None
    assert store.get("missing", 5) == 5
    assert store.get("missing") is None


def test_has_says_whether_a_key_is_there_whatever_its_value() -> None:
    store = ProcessStore({"nothing": None})
    assert store.has("nothing")
    assert not store.has("missing")


def test_a_document_is_a_mapping_and_equals_a_dict_of_the_same_values() -> None:
    parameters = Parameters({"a": 1, "b": [2]})
    assert dict(parameters) == {"a": 1, "b": [2]}
    assert len(parameters) == 2
    assert parameters == {"b": [2], "a": 1} == Parameters({"a": 1, "b": [2]})
    assert repr(parameters) == "Parameters({'a': 1, 'b': [2]})"
    with pytest.raises(KeyError):
        parameters["c"]


def test_text_from_a_repository_is_given_back_as_it_is() -> None:
    text = '{"b": 1, "a":  2}'
    for kind in (Parameters, ProcessStore):
        assert kind.from_text(text, "store").text == text
        assert kind.from_text(text, "store")["a"] == 2


def test_a_copy_can_be_changed_at_any_depth_without_changing_the_document() -> None:
    parameters = Parameters({"rows": [{"name": "x"}]})
    parameters.as_dict()["rows"][0]["name"] = "y"
    assert parameters["rows"][0]["name"] == "x"


# --- parameters are frozen ---


def test_parameters_have_no_way_to_be_changed() -> None:
    writing = ["set", "unset", "inc", "dec", "add", "prepend", "append", "update", "pop", "clear", "__setitem__"]
    assert [name for name in writing if hasattr(Parameters(), name)] == []


def test_a_value_inside_the_parameters_that_is_changed_in_place_is_not_kept() -> None:
    parameters = Parameters.from_text('{"rows":[1]}', "parameters")
    parameters["rows"].append(2)
    assert parameters.text == '{"rows":[1]}'
    assert parameters.as_dict() == {"rows": [1]}


# --- changing ---


def test_set_and_unset() -> None:
    store = ProcessStore({"a": 1})
    store.set("b", {"c": [1, 2]})
    store.unset("a")
    store.unset("never there")
    assert read(store) == {"b": {"c": [1, 2]}}


def test_inc_and_dec_count_from_zero_and_return_the_result() -> None:
    store = ProcessStore()
    assert store.inc("up") == 1
    assert store.inc("up", 4) == 5
    assert store.dec("down") == -1
    assert store.dec("down", 0.5) == -1.5
    assert read(store) == {"up": 5, "down": -1.5}


@pytest.mark.parametrize("value", ["1", None, True, [1], {}])
def test_what_is_no_number_is_not_counted(value: object) -> None:
    store = ProcessStore({"n": value})
    with pytest.raises(InvalidValue, match=r"^store\.n: is not a number"):
        store.inc("n")
    assert store["n"] is value


def test_counting_stops_at_64_bits() -> None:
    store = ProcessStore({"n": 2**63 - 1})
    with pytest.raises(InvalidValue, match=r"^store\.n: is an integer beyond 64 bits"):
        store.inc("n")
    assert store["n"] == 2**63 - 1


def test_add_puts_values_at_the_end_of_a_list() -> None:
    reports = Reports()
    reports.add("warnings", "first")
    reports.add("warnings", {"row": 2})
    assert read(reports) == {"warnings": ["first", {"row": 2}]}


def test_add_refuses_what_is_no_list() -> None:
    reports = Reports({"warnings": "first"})
    with pytest.raises(InvalidValue, match=r"^reports\.warnings: is not a list"):
        reports.add("warnings", "second")


def test_prepend_sets_defaults_and_leaves_what_is_there() -> None:
    store = ProcessStore({"a": None, "b": 2})
    store.prepend({"a": 10, "b": 20, "c": 30})
    assert read(store) == {"a": None, "b": 2, "c": 30}


def test_append_sets_overrides() -> None:
    store = ProcessStore({"a": 1, "b": {"deep": 2}})
    store.append({"b": 20, "c": 30})
    assert read(store) == {"a": 1, "b": 20, "c": 30}


def test_a_store_can_be_used_like_a_dict() -> None:
    store = ProcessStore({"a": 1})
    store["b"] = 2
    store.update(c=3)
    del store["a"]
    assert store.pop("b") == 2
    assert store.setdefault("d", []) == []
    assert read(store) == {"c": 3, "d": []}


def test_a_value_changed_in_place_is_seen_by_the_text() -> None:
    store = ProcessStore({"rows": []})
    store["rows"].append(1)
    assert read(store) == {"rows": [1]}


# --- what is refused, and where ---

WRITES: dict[str, Callable[[ProcessStore, Any], None]] = {
    "set": lambda store, value: store.set("key", value),
    "item": lambda store, value: store.update(key=value),
    "add": lambda store, value: store.add("key", value),
    "prepend": lambda store, value: store.prepend({"key": value}),
    "append": lambda store, value: store.append({"key": value}),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_value_json_cannot_keep_is_refused_at_once_with_its_path(name: str) -> None:
    store = ProcessStore({"before": 1})
    with pytest.raises(InvalidValue, match=r"^store\.key(\[0\])?\.rows\[1\]: is nan, which JSON does not have"):
        WRITES[name](store, {"rows": [0.5, float("nan")]})
    assert read(store) == {"before": 1}


def test_a_key_that_is_no_text_is_refused() -> None:
    store: Any = ProcessStore()
    with pytest.raises(InvalidValue, match=r"^store: has the key 7; JSON keys are text"):
        store[7] = 1


def test_a_value_spoiled_in_place_is_refused_when_the_text_is_asked_for() -> None:
    store = ProcessStore({"rows": []})
    store["rows"].append({1, 2})
    with pytest.raises(InvalidValue, match=r"^store\.rows\[0\]: is of type set"):
        _ = store.text


def test_parameters_are_checked_with_their_path_when_the_text_is_asked_for() -> None:
    with pytest.raises(InvalidValue, match=r"^parameters\.rows\[3\]\.name: holds the character NUL"):
        _ = Parameters({"rows": [1, 2, 3, {"name": "a\0b"}]}).text
