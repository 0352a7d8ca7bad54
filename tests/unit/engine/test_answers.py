"""Schemas of answers: what may be declared as one, what is checked, and how a broken rule is told."""

from __future__ import annotations

from typing import Any

import pytest

from jobboy import JobBoy
from jobboy.engine.answers import MAX_BYTES, answer_schema, check_schema, violations
from jobboy.engine.specs import build_step
from jobboy.errors import InvalidDefinition
from jobboy.model.answers import path_text
from jobboy.model.documents import Document
from tests.factories import fields

Json = dict[str, Any]


def told(schema: Json, data: Json, output: Json | None = None) -> list[str]:
    document = answer_schema(schema, "review")
    assert document is not None
    check_schema(document, "review")
    return [one.sentence for one in violations(document, output, data)]


def about(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


# --- what is told ---

LINE = about(sku={"type": "string"}, price={"type": "number", "exclusiveMinimum": 0})


@pytest.mark.parametrize(
    ("rule", "value", "sentence"),
    [
        ({"type": "integer"}, "3", "x: must be a whole number, not text"),
        ({"type": "integer"}, True, "x: must be a whole number, not true"),
        ({"type": ["string", "null"]}, 3, "x: must be text or null, not a number"),
        ({"type": "boolean"}, None, "x: must be true or false, not null"),
        ({"enum": ["a", "b", 3]}, "c", 'x: must be "a", "b" or 3'),
        ({"enum": list(range(12))}, 99, "x: must be 0, 1, 2, 3, 4, 5, 6, 7 or one of 4 more"),
        ({"const": "yes"}, "no", 'x: must be "yes"'),
        ({"minimum": 1}, 0, "x: must be at least 1"),
        ({"maximum": 5}, 6, "x: must be at most 5"),
        ({"exclusiveMinimum": 0}, 0, "x: must be more than 0"),
        ({"exclusiveMaximum": 9}, 9, "x: must be less than 9"),
        ({"multipleOf": 0.01}, 1.005, "x: must be a multiple of 0.01"),
        ({"minLength": 1}, "", "x: must not be empty"),
        ({"minLength": 3}, "ab", "x: must have at least 3 characters"),
        ({"maxLength": 1}, "ab", "x: must have at most 1 character"),
        ({"pattern": "^[A-Z]+$"}, "ab", "x: must match the pattern ^[A-Z]+$"),
        ({"format": "date"}, "6 May", "x: must be a date such as 2031-05-06"),
        ({"format": "uuid"}, "1", "x: must be a UUID"),
        ({"minItems": 1}, [], "x: must not be empty"),
        ({"maxItems": 2}, [1, 2, 3], "x: must have at most 2 items"),
        ({"uniqueItems": True}, [1, 1], "x: must have no item twice"),
        ({"contains": {"const": 1}}, [2], "x: has no item of the kind that is asked for"),
        ({"not": {"type": "string"}}, "a", "x: is what its schema excludes"),
        ({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}, 0, "x: must be at least 1"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "a", "x: must be a whole number or null, not text"),
        ({"oneOf": [{"minimum": 1}, {"maximum": 5}]}, 3, "x: fits more than one of the alternatives of its schema"),
        ({"anyOf": [{"minimum": 9}, {"maximum": 1}]}, 3, "x: fits none of the 2 alternatives of its schema"),
        ({"type": "array", "items": LINE}, [{"sku": "a"}, {"price": 0}], "x[1].price: must be more than 0"),
        ({"type": "object", "required": ["a b"]}, {}, 'x["a b"]: is required'),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, "x.b: is required when a is given"),
        ({"type": "object", "unevaluatedProperties": False}, {"a": 1}, "x: has values that are not asked for"),
    ],
)
def test_a_broken_rule_is_told_with_its_path_in_words(rule: Json, value: object, sentence: str) -> None:
    assert told(about(x=rule), {"x": value}) == [sentence]


@pytest.mark.parametrize("value", [19.99, 0.07, 1, 1.1, 123456789.01])
def test_cents_are_multiples_of_a_hundredth_whatever_floats_say(value: float) -> None:
    assert told(about(price={"multipleOf": 0.01}), {"price": value}) == []


def test_all_broken_rules_are_told_at_once_in_the_order_of_the_schema() -> None:
    schema = {
        **about(approved={"type": "boolean"}, amount={"type": "number", "minimum": 1}),
        "required": ["amount", "approved"],
        "additionalProperties": False,
    }
    assert told(schema, {"amont": 3}) == [
        "approved: is required",
        "amount: is required",
        "amont: is not asked for; asked for: approved, amount",
    ]


def test_no_more_are_told_than_anybody_reads() -> None:
    rows = {"type": "array", "items": {"type": "integer"}}
    assert len(told(about(rows=rows), {"rows": ["a"] * 2000})) == 50


def test_what_is_not_answered_stands_as_the_paused_output_has_it() -> None:
    schema = {**about(approved={"type": "boolean"}, amount={"minimum": 1}), "required": ["approved", "amount"]}
    assert told(schema, {"approved": True}, {"amount": 12, "file": "x.csv"}) == []
    assert told(schema, {"approved": True}, {"amount": 0}) == ["amount: must be at least 1"]
    assert told(schema, {"approved": True, "amount": 1}, {"amount": 0}) == []


def test_what_the_output_has_beside_is_no_answer_and_not_judged() -> None:
    schema = {**about(approved={"type": "boolean"}), "additionalProperties": False}
    assert told(schema, {"approved": True}, {"file": "x.csv"}) == []
    assert told(schema, {"file": "y.csv"}, {"file": "x.csv"}) == ["file: is not asked for; asked for: approved"]


def test_references_within_the_schema_are_followed() -> None:
    schema = {**about(lines={"type": "array", "items": {"$ref": "#/$defs/line"}}), "$defs": {"line": LINE}}
    assert told(schema, {"lines": [{"price": -1}]}) == ["lines[0].price: must be more than 0"]


def test_a_schema_without_end_is_told_and_does_not_hang() -> None:
    schema = {**about(x={"$ref": "#/$defs/x"}), "$defs": {"x": {"$ref": "#/$defs/x"}}}
    assert told(schema, {"x": 1}) == ["data: cannot be checked: the schema of the step refers to itself without end"]


def test_keys_are_written_as_one_reads_them() -> None:
    assert path_text(("items", 0, "price in €", "a")) == 'items[0]["price in €"].a'


# --- what may be declared ---


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ([], "must be a JSON schema as a dict, not list"),
        (True, "must be a JSON schema as a dict, not bool"),
        ({"type": "array"}, 'must have "type": "object", not \'array\': an answer is an object'),
        ({"default": float("nan")}, "is nan, which JSON does not have"),
        ({"description": "x" * MAX_BYTES}, f"bytes as JSON, {MAX_BYTES:,} are allowed"),
        ({"$ref": "https://example.org/s"}, "may refer to places within itself only, such as #/$defs/name, not to"),
        (about(a={"$ref": "other.json#/x"}), "may refer to places within itself only"),
        (about(a={"$ref": "#/$defs/none"}), "has no place '#/$defs/none', to which it refers"),
    ],
)
def test_what_cannot_be_a_schema_is_refused_when_the_step_is_defined(schema: Any, rule: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        JobBoy().steps("invoices").step(lambda data: data, name="review", answer=schema)
    assert str(refused.value).startswith("answer of step 'review'")
    assert rule in str(refused.value)


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (about(a={"type": "strng"}), "is no JSON schema: properties.a.type: "),
        (about(a={"pattern": "("}), "is no JSON schema: properties.a.pattern: "),
        ({"required": "a"}, "is no JSON schema: required: "),
    ],
)
def test_words_that_json_schema_does_not_have_are_told_with_their_place(schema: Json, problem: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        check_schema(Document(schema), "review")
    assert str(refused.value).startswith(f"answer of step 'review': {problem}")


def test_a_step_with_a_schema_pauses_without_being_told_to() -> None:
    pipeline = JobBoy().steps("invoices")
    pipeline.step(lambda data: data, name="review", answer=about())
    step = pipeline.definition.step("review")
    assert step is not None
    assert fields(step, "interrupts", "answer") == (True, about())


def test_classes_and_specs_declare_it_too() -> None:
    class Review:
        answer = about(a={"type": "integer"})

        def execute(self, data: Json) -> Json:
            return data

    pipeline = JobBoy().steps("invoices")
    pipeline.step(Review(), name="review")
    by_class = pipeline.definition.step("review")
    spec = {"name": "copy", "class": "tests.unit.engine.staged:Copy", "answer": about()}
    by_spec = build_step(spec, allowed=["tests.unit"], services={})
    assert by_class is not None
    assert fields(by_class, "interrupts", "answer") == (True, Review.answer)
    assert fields(by_spec, "interrupts", "answer") == (True, about())
