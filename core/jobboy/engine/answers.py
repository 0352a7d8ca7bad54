"""Schemas of answers to a pause: what may be declared as one, and whether an answer meets it.

The words of JSON Schema are those of draft 2020-12, told by the library ``jsonschema``. It takes six times as long to
load as the rest of jobboy, so it is loaded when the first schema is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jobboy.engine.violations import described
from jobboy.errors import InvalidDefinition, InvalidValue
from jobboy.model.answers import Violation, answered
from jobboy.model.documents import Document

MOST_VIOLATIONS = 50
"""More are not told: nobody reads them, and a long list would break one rule in each row."""
MAX_BYTES = 100_000
"""UTF-8 bytes of a schema: it is written with every pause."""
_REFERENCES = ("$ref", "$dynamicRef")


def answer_schema(value: object, step: str) -> Document | None:
    """Return what a step declares as the schema of its answer, None when it declares none.

    Seen here is what needs no library: that it is a JSON object about an object, and that its references lead to
    places within it. `check_schema` tells the rest.

    Raises:
        InvalidDefinition: it cannot be one; says why.
    """
    if value is None:
        return None
    field = f"answer of step {step!r}"
    if not isinstance(value, Mapping):
        raise InvalidDefinition(field, f"must be a JSON schema as a dict, not {type(value).__name__}")
    if value.get("type", "object") != "object":
        raise InvalidDefinition(field, f'must have "type": "object", not {value["type"]!r}: an answer is an object')
    schema = Document(value, field=field)
    try:
        size = len(schema.text.encode())
    except InvalidValue as error:
        raise InvalidDefinition(error.field, error.rule) from error
    if size > MAX_BYTES:
        raise InvalidDefinition(field, f"takes {size:,} bytes as JSON, {MAX_BYTES:,} are allowed")
    for reference in _references(value):
        _check_reference(reference, value, field)
    return schema


def check_schema(schema: Document, step: str) -> None:
    """Check the words of a schema; asked before its step is begun, so that no work is done for a pause without end.

    Raises:
        InvalidDefinition: naming the place inside the schema and the rule.
    """
    problem = _problem_of(schema.text)
    if problem is not None:
        raise InvalidDefinition(f"answer of step {step!r}", problem)


def violations(schema: Document, output: Mapping[str, Any] | None, data: Mapping[str, Any]) -> list[Violation]:
    """Return every rule that an answer breaks, in the order of its values; at most `MOST_VIOLATIONS`.

    Args:
        schema: of the pause.
        output: what the paused step returned; stands for properties of the schema that are not answered.
        data: the answer.
    """
    whole = answered(schema, output, data)
    try:
        found = [one for error in _validator(schema.text).iter_errors(whole) for one in described(error)]
    except RecursionError:
        return [Violation((), "cannot be checked: the schema of the step refers to itself without end")]
    return sorted(dict.fromkeys(found), key=lambda one: _place(one, whole, schema))[:MOST_VIOLATIONS]


@lru_cache(maxsize=64)
def _validator(text: str) -> Any:
    from jobboy.engine.json_schema import make_validator

    return make_validator(text)


@lru_cache(maxsize=64)
def _problem_of(text: str) -> str | None:
    from jobboy.engine.json_schema import problem_of

    return problem_of(text)


def _place(violation: Violation, whole: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[int, str]:
    """Order by the place of the first key: as the schema names them, then as they were answered."""
    names = [*schema.get("properties", ()), *whole]
    first = violation.keys[0] if violation.keys else None
    return (names.index(first) if first in names else -1 if first is None else len(names), violation.path)


def _references(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _REFERENCES and not isinstance(inner, Mapping):
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _check_reference(reference: object, schema: Mapping[str, Any], field: str) -> None:
    """Refuse a reference out of the schema: nothing is ever fetched, and a pause would wait for it for ever."""
    if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
        rule = f"may refer to places within itself only, such as #/$defs/name, not to {reference!r}"
        raise InvalidDefinition(field, rule)
    place: Any = schema
    for part in reference[2:].split("/") if len(reference) > 2 else []:
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(place, Mapping) or name not in place:
            raise InvalidDefinition(field, f"has no place {reference!r}, to which it refers")
        place = place[name]
