"""The border: what JSON keeps comes back unchanged; anything else is refused, naming its place."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboy import InvalidValue
from jobboy.model.json_rules import MAX_BYTES, MAX_DEPTH, check_json, read_json_object, write_json

INTEGERS = st.integers(min_value=-(2**63), max_value=2**63 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
SCALARS = st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=20
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=5)


def same(one: Any, other: Any) -> bool:
    """Compare values and types at every depth: 1, 1.0 and True are three values."""
    return repr(one) == repr(other)


def nested(depth: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return {"top": value} if depth == 0 else dict(value)


@given(OBJECTS)
def test_every_allowed_object_comes_back_as_it_was(value: dict[str, Any]) -> None:
    text = write_json(value, "store")
    assert same(json.loads(text), value)
    assert same(read_json_object(text, "store"), value)
    assert same(read_json_object(text.encode(), "store"), value)


@given(st.text())
def test_any_text_is_read_or_refused_with_one_clear_error(text: str) -> None:
    try:
        value = read_json_object(text, "data")
    except InvalidValue:
        return
    assert isinstance(value, dict)


REFUSED: list[tuple[str, object, str]] = [
    ("nan", float("nan"), "is nan, which JSON does not have"),
    ("infinity", float("inf"), "is inf, which JSON does not have"),
    ("minus infinity", float("-inf"), "is -inf, which JSON does not have"),
    ("lone high surrogate", "a\ud800", "holds half of a surrogate pair"),
    ("lone low surrogate", "\udc00b", "holds half of a surrogate pair"),
    ("NUL", "a\0b", "holds the character NUL"),
    ("too large", 2**63, "is an integer beyond 64 bits"),
    ("too small", -(2**63) - 1, "is an integer beyond 64 bits"),
    ("tuple", (1, 2), "is of type tuple"),
    ("set", {1, 2}, "is of type set"),
    ("datetime", datetime(2026, 1, 1, tzinfo=UTC), "is of type datetime"),
    ("bytes", b"x", "is of type bytes"),
    ("complex", 1j, "is of type complex"),
    ("object", object(), "is of type object"),
]


@pytest.mark.parametrize(("value", "rule"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_not_every_database_keeps_is_refused_with_its_path(value: object, rule: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        write_json({"rows": [0, {"name": value}]}, "parameters")
    assert refused.value.field == "parameters.rows[1].name"
    assert refused.value.rule.startswith(rule)


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), 5e-324, 1.7976931348623157e308, "😀", "\x1b[31m", ""])
def test_the_last_values_before_the_limits_are_kept(value: object) -> None:
    assert same(json.loads(write_json({"v": value}, "store")), {"v": value})


@pytest.mark.parametrize("key", [1, 1.5, None, True, ("a",)])
def test_a_key_that_is_no_text_is_refused(key: object) -> None:
    with pytest.raises(InvalidValue, match=r"^store\.inner: has the key .*; JSON keys are text"):
        write_json({"inner": {key: 1}}, "store")


@pytest.mark.parametrize("key", ["a\0", "\ud800"])
def test_a_key_that_is_no_storable_text_is_refused(key: str) -> None:
    with pytest.raises(InvalidValue, match=r"^store key "):
        write_json({key: 1}, "store")


def test_an_object_may_be_as_deep_as_the_limit_and_no_deeper() -> None:
    assert read_json_object(write_json(nested(MAX_DEPTH), "store"), "store") == nested(MAX_DEPTH)
    for refuse in (
        lambda: write_json(nested(MAX_DEPTH + 1), "store"),
        lambda: read_json_object(json.dumps(nested(MAX_DEPTH + 1)), "store"),
        lambda: read_json_object('{"a":' + "[" * 200_000 + "]" * 200_000 + "}", "store"),
    ):
        with pytest.raises(InvalidValue, match=f"is nested deeper than {MAX_DEPTH} levels"):
            refuse()


def test_an_object_that_holds_itself_is_too_deep() -> None:
    circle: dict[str, Any] = {}
    circle["again"] = circle
    with pytest.raises(InvalidValue, match="is nested deeper"):
        write_json(circle, "store")


@pytest.mark.parametrize("sign", ["x", "€", "😀"], ids=["one byte", "three bytes", "four bytes"])
def test_an_object_may_take_a_million_bytes_and_not_one_more(sign: str) -> None:
    room = MAX_BYTES - len('{"a":""}')
    width = len(sign.encode())
    fits = {"a": sign * (room // width) + "x" * (room % width)}
    beyond = {"a": fits["a"] + "x"}
    assert read_json_object(write_json(fits, "store"), "store") == fits
    with pytest.raises(InvalidValue, match=r"^store: takes 1,000,001 bytes as JSON, 1,000,000 are allowed"):
        write_json(beyond, "store")
    with pytest.raises(InvalidValue, match=r"^store: is longer than 1,000,000 bytes"):
        read_json_object(json.dumps(beyond, ensure_ascii=False, separators=(",", ":")), "store")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('{"a":1,"a":2}', "has the key 'a' twice"),
        ('{"x":[{"a":1,"b":2,"a":1}]}', "has the key 'a' twice"),
        ('{"a":NaN}', "has a number that cannot be kept: NaN"),
        ('{"a":-Infinity}', "has a number that cannot be kept: -Infinity"),
        ('{"a":' + "9" * 5000 + "}", "has a number that cannot be kept"),
        ("[1]", "must be a JSON object such as {}, not a list"),
        ('"text"', "must be a JSON object such as {}, not text"),
        ("null", "must be a JSON object such as {}, not null"),
        ("true", "must be a JSON object such as {}, not true or false"),
        ("1", "must be a JSON object such as {}, not a number"),
        ("", "is not JSON: Expecting value at line 1, column 1"),
        ("{'a': 1}", "is not JSON: Expecting property name"),
        ('{"a":1}\n}', "is not JSON: Extra data at line 2, column 1"),
        (b'{"a":"\xff"}', "is not UTF-8 text"),
    ],
)
def test_text_that_is_no_object_is_refused_saying_why(text: str | bytes, rule: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_json_object(text, "data")
    assert refused.value.field == "data"
    assert refused.value.rule.startswith(rule)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('{"rows":[1e400]}', "is inf, which JSON does not have"),
        ('{"rows":[9223372036854775808]}', "is an integer beyond 64 bits"),
        ('{"rows":["\\ud800"]}', "holds half of a surrogate pair"),
        ('{"rows":["\\u0000"]}', "holds the character NUL"),
    ],
)
def test_values_read_from_text_meet_the_same_rules(text: str, rule: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_json_object(text, "data")
    assert refused.value.field == "data.rows[0]"
    assert refused.value.rule.startswith(rule)


def test_only_objects_are_written() -> None:
    with pytest.raises(InvalidValue, match=r"^data: must be a JSON object, not a list"):
        write_json([1], "data")  # type: ignore[arg-type]  # what a caller without types may give
    assert write_json(None, "output") == "null"


def test_what_is_written_is_compact_and_readable() -> None:
    assert write_json({"città": [1, 2.5, None]}, "store") == '{"città":[1,2.5,null]}'


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", [], {}])
def test_every_kind_of_json_is_accepted_at_the_top_of_a_check(value: object) -> None:
    check_json(value, "value")


def test_one_bad_value_among_good_ones_is_found_and_named() -> None:
    good: dict[str, Any] = {"text": "x", "n": [1, 2.5, None, True, {"é": "ü"}], "deep": {"a": {"b": []}}}
    check_json(good, "store")
    for bad in (2**63, float("nan"), "a\0b", "\ud800", (1,), {1: 2}):
        with pytest.raises(InvalidValue, match=r"store\.last\[1\]"):
            check_json({**good, "last": [0, bad]}, "store")
