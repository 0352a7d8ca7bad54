"""What an answer breaks, in words: each rule of JSON Schema as the end of a sentence that begins with a path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from jobboy.model.answers import Keys, Violation

LibraryError = Any
"""A ``ValidationError`` of ``jsonschema``, which has no types and is not to be loaded for one."""

MOST_CHOICES = 8
"""Values of an ``enum`` that a sentence lists."""
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "object": "an object",
    "array": "a list",
}
_FORMATS = {
    "date": "a date such as 2031-05-06",
    "email": "an e-mail address",
    "idn-email": "an e-mail address",
    "ipv4": "an address such as 192.0.2.1",
    "ipv6": "an address such as 2001:db8::1",
    "uuid": "a UUID",
    "regex": "a regular expression",
}


def described(error: LibraryError) -> list[Violation]:
    """Return what one error of the library means: several violations when it tells of several values."""
    return list(_described(error))


def _described(error: LibraryError) -> Iterator[Violation]:
    keys: Keys = tuple(error.absolute_path)
    word, value = error.validator, error.validator_value
    if word in _OF_SEVERAL:
        yield from _OF_SEVERAL[word](keys, value, error.instance, error.schema)
    elif word in ("anyOf", "oneOf"):
        yield from _of_alternatives(keys, error)
    elif word == "type":
        yield Violation(keys, f"must be {_types(value)}, not {_type_of(error.instance)}")
    elif word in _RULES:
        yield Violation(keys, _RULES[word](value))
    else:
        yield Violation(keys, "is not allowed" if word is None else f"breaks the rule {word!r} of its schema")


def _of_alternatives(keys: Keys, error: LibraryError) -> Iterator[Violation]:
    """Tell what the alternative breaks that was meant: the only one of the right type; else which types there are."""
    branches: dict[Any, list[LibraryError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    if not branches:  # of `oneOf`, more than one
        yield Violation(keys, "fits more than one of the alternatives of its schema")
        return
    depth = len(keys)
    meant = [
        branch
        for branch in branches.values()
        if not any(one.validator == "type" and len(one.absolute_path) == depth for one in branch)
    ]
    if len(meant) == 1:
        for one in meant[0]:
            yield from _described(one)
    elif meant:
        yield Violation(keys, f"fits none of the {len(branches)} alternatives of its schema")
    else:
        types = [one.validator_value for branch in branches.values() for one in branch if one.validator == "type"]
        flat = [name for entry in types for name in ([entry] if isinstance(entry, str) else entry)]
        yield Violation(keys, f"must be {_types(flat)}, not {_type_of(error.instance)}")


def _required(keys: Keys, names: Sequence[str], value: Mapping[str, Any], schema: object) -> Iterator[Violation]:
    return (Violation((*keys, name), "is required") for name in names if name not in value)


def _dependent(
    keys: Keys, needs: Mapping[str, Sequence[str]], value: Mapping[str, Any], schema: object
) -> Iterator[Violation]:
    for name, wanted in needs.items():
        for other in wanted if name in value else ():
            if other not in value:
                yield Violation((*keys, other), f"is required when {name} is given")


def _unknown(keys: Keys, rule: object, value: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Violation]:
    known = list(schema.get("properties", ()))
    patterns = list(schema.get("patternProperties", ()))
    asked = f"; asked for: {_listed(known, quote=False)}" if known else ""
    for name in value:
        if name not in known and not any(re.search(pattern, name) for pattern in patterns):
            yield Violation((*keys, name), f"is not asked for{asked}")


def _unevaluated(keys: Keys, rule: object, value: object, schema: object) -> Iterator[Violation]:
    yield Violation(keys, "has values that are not asked for")


_OF_SEVERAL: dict[Any, Callable[..., Iterator[Violation]]] = {
    "required": _required,
    "dependentRequired": _dependent,
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unevaluated,
    "unevaluatedItems": _unevaluated,
}
_RULES: dict[Any, Callable[[Any], str]] = {
    "enum": lambda values: f"must be {_listed(values, quote=True)}",
    "const": lambda value: f"must be {_json(value)}",
    "minimum": lambda least: f"must be at least {least}",
    "maximum": lambda most: f"must be at most {most}",
    "exclusiveMinimum": lambda least: f"must be more than {least}",
    "exclusiveMaximum": lambda most: f"must be less than {most}",
    "multipleOf": lambda factor: f"must be a multiple of {factor}",
    "minLength": lambda least: "must not be empty" if least == 1 else f"must have at least {least} characters",
    "maxLength": lambda most: f"must have at most {_count(most, 'character')}",
    "pattern": lambda pattern: f"must match the pattern {pattern}",
    "format": lambda name: f"must be {_FORMATS.get(name, f'in the format {name}')}",
    "minItems": lambda least: "must not be empty" if least == 1 else f"must have at least {least} items",
    "maxItems": lambda most: f"must have at most {_count(most, 'item')}",
    "uniqueItems": lambda _: "must have no item twice",
    "contains": lambda _: "has no item of the kind that is asked for",
    "minContains": lambda least: f"must have at least {_count(least, 'item')} of the kind that is asked for",
    "maxContains": lambda most: f"must have at most {_count(most, 'item')} of the kind that is asked for",
    "minProperties": lambda least: f"must have at least {least} values",
    "maxProperties": lambda most: f"must have at most {_count(most, 'value')}",
    "not": lambda _: "is what its schema excludes",
}


def _types(value: object) -> str:
    names = [value] if isinstance(value, str) else list(dict.fromkeys(value)) if isinstance(value, list) else []
    if "number" in names and "integer" in names:
        names.remove("integer")
    return _joined([_TYPES.get(str(name), str(name)) for name in names])


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    kinds = {str: "text", int: "a number", float: "a number", type(None): "null", list: "a list", dict: "an object"}
    return kinds.get(type(value), type(value).__name__)


def _listed(values: Sequence[Any], *, quote: bool) -> str:
    shown = [_json(value) if quote else str(value) for value in values[:MOST_CHOICES]]
    if len(values) > MOST_CHOICES:
        return ", ".join(shown) + f" or one of {len(values) - MOST_CHOICES} more"
    return _joined(shown) if quote else ", ".join(shown)


def _joined(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
