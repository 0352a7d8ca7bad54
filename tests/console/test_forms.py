"""Forms made from schemas: which fields there are, and that a value comes out of one as it went in."""

from __future__ import annotations

from typing import Any

import pytest

from jobboy_console.asking.forms import (
    MOST_FIELDS,
    FormField,
    Kind,
    choice_words,
    entry_of,
    for_value,
    form_fields,
    value_of,
)
from jobboy_console.facts.changes import MISSING

Json = dict[str, Any]


def a_field(rule: Json, *, required: bool = False, beside: Json | None = None) -> FormField:
    properties = {"x": rule, "simple": {"type": "string"}}
    schema = {"properties": properties, "required": ["x"] if required else [], **(beside or {})}
    return form_fields(schema)[0]


@pytest.mark.parametrize(
    ("rule", "kind", "nullable", "choices"),
    [
        ({"type": "string"}, Kind.TEXT, False, ()),
        ({"type": "integer"}, Kind.INTEGER, False, ()),
        ({"type": ["number", "null"]}, Kind.NUMBER, True, ()),
        ({"type": "boolean"}, Kind.CHOICE, False, (True, False)),
        ({"enum": ["a", 2, None]}, Kind.CHOICE, True, ("a", 2)),
        ({"const": "yes"}, Kind.CHOICE, False, ("yes",)),
        ({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "title": "X"}, Kind.INTEGER, True, ()),
        ({"$ref": "#/$defs/colour"}, Kind.CHOICE, False, ("red",)),
        ({"anyOf": [{"$ref": "#/$defs/colour"}, {"type": "null"}]}, Kind.CHOICE, True, ("red",)),
        ({"type": "array"}, Kind.JSON, False, ()),
        ({"enum": [[1], {}]}, Kind.JSON, False, ()),
        ({"type": ["string", "integer"]}, Kind.JSON, False, ()),
        ({"$ref": "#/$defs/loop"}, Kind.JSON, False, ()),
        ({"$ref": "#/nowhere"}, Kind.JSON, False, ()),
        (True, Kind.JSON, False, ()),
    ],
)
def test_each_kind_of_property_has_its_field(rule: Any, kind: Kind, nullable: bool, choices: tuple[Any, ...]) -> None:
    field = a_field(rule, beside={"$defs": {"colour": {"enum": ["red"]}, "loop": {"$ref": "#/$defs/loop"}}})
    assert (field.kind, field.nullable, field.choices) == (kind, nullable, choices)


@pytest.mark.parametrize(
    "schema",
    [
        None,
        {},
        {"properties": {}},
        {"properties": {"rows": {"type": "array"}}},
        {"properties": {f"x{n}": {"type": "string"} for n in range(MOST_FIELDS + 1)}},
    ],
)
def test_where_json_is_the_better_form_there_is_none(schema: Json | None) -> None:
    assert form_fields(schema) == ()


def test_a_field_says_what_may_be_said_in_it() -> None:
    rule = {"type": "number", "minimum": 1, "title": "Amount", "description": "In €\x1b, \u202ewith tax"}
    field = a_field(rule, required=True)
    assert field.title == "Amount (x)"
    assert a_field({"type": "string", "title": "X"}).title == "X"
    assert field.hint == "In €␛, \\u202ewith tax · a number · at least 1 · required"


# --- values in and out ---

TEXT = a_field({"type": "string"})
OPTIONAL = a_field({"type": ["string", "null"]})
INTEGER = a_field({"type": "integer"})
NUMBER = a_field({"type": ["number", "null"]})
ROWS = a_field({"type": "array"})


@pytest.mark.parametrize("field", [TEXT, OPTIONAL, INTEGER, NUMBER, ROWS])
@pytest.mark.parametrize(
    "value", [MISSING, None, "", "a", "12", "a\nb", "\x1b[2J", 0, 12, 1.0, 1e300, True, [1, {"a": None}], {"b": "é"}]
)
def test_what_is_not_touched_comes_out_as_it_went_in(field: FormField, value: object) -> None:
    shown = for_value(field, value)
    entry = entry_of(shown, value)
    assert value_of(shown, entry, value, removable=True) is value
    assert entry.isprintable()


@pytest.mark.parametrize(
    ("field", "entry", "before", "value"),
    [
        (TEXT, "12", MISSING, "12"),
        (INTEGER, "12", MISSING, 12),
        (INTEGER, "12.5", 1, 12.5),
        (INTEGER, "twelve", 1, "twelve"),
        (INTEGER, "true", 1, "true"),
        (NUMBER, "NaN", 1, "NaN"),
        (NUMBER, "1e3", 1, 1000.0),
        (ROWS, "[1, 2]", MISSING, [1, 2]),
        (ROWS, "[1, 2", MISSING, "[1, 2"),
        (TEXT, " ", "a", ""),
        (OPTIONAL, "", "a", None),
        (INTEGER, "", 12, None),
    ],
)
def test_what_is_typed_is_read_as_its_kind_or_kept_as_text(
    field: FormField, entry: str, before: object, value: object
) -> None:
    found = value_of(field, entry, before, removable=False)
    assert found == value
    assert type(found) is type(value)


def test_a_field_emptied_that_the_output_does_not_have_is_not_answered() -> None:
    assert value_of(TEXT, "", "a", removable=True) is MISSING
    assert value_of(INTEGER, "  ", MISSING, removable=True) is MISSING


@pytest.mark.parametrize(
    ("removable", "value", "options"),
    [
        (True, MISSING, [MISSING, True, False]),
        (True, True, [MISSING, True, False]),
        (False, True, [True, False]),
        (False, "maybe", [True, False, "maybe"]),
        (False, 1, [True, False, 1]),
    ],
)
def test_a_choice_never_loses_what_stands(removable: bool, value: object, options: list[object]) -> None:
    found = a_field({"type": "boolean"}).options(value, removable=removable)
    assert [(type(one), one) for one in found] == [(type(one), one) for one in options]


def test_a_choice_is_told_in_words() -> None:
    told = [choice_words(one) for one in (MISSING, True, False, None, "a\x1b", 3)]
    assert told == ["not answered", "yes", "no", "null (none)", "a␛", "3"]
