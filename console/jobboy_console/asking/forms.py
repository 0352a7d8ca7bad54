"""A form made from the schema of an answer: its fields, and how a value is written in one and read from it; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from jobboy_console.facts.changes import MISSING, short_json
from jobboy_console.looks.text import safe_json, safe_text

MOST_FIELDS = 40
"""A schema with more is edited as JSON."""
_STEPS = 8
"""References that are followed one after the other."""


class Kind(Enum):
    """How a value is asked for."""

    TEXT = "text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    CHOICE = "one of a few"
    JSON = "JSON"


_KINDS = {"string": Kind.TEXT, "integer": Kind.INTEGER, "number": Kind.NUMBER}


@dataclass(frozen=True, kw_only=True)
class FormField:
    """A property of the answer as one fills it in."""

    name: str
    """Not safe."""
    kind: Kind
    title: str
    """Safe text above the field."""
    hint: str
    """Safe text: what may be said here."""
    required: bool
    nullable: bool
    choices: tuple[Any, ...] = ()
    """Of a choice: the values, without null and without "not answered"."""

    def options(self, value: object, *, removable: bool) -> list[object]:
        """Return the values of a choice in their order, with the one that stands.

        `MISSING`, which is "not answered", is one of them when the paused output does not have the value.
        """
        known: list[object] = [*self.choices, *([None] if self.nullable else [])]
        if not any(_is(value, one) for one in known) and value is not MISSING:
            known.append(value)
        return [MISSING, *known] if removable else known


def form_fields(schema: Mapping[str, Any] | None) -> tuple[FormField, ...]:
    """Return the fields of a form in the order of the schema; none when JSON is the better form.

    There is a form when the schema names properties, few enough, of which at least one is simple.
    """
    properties = (schema or {}).get("properties")
    if schema is None or not isinstance(properties, Mapping) or not 0 < len(properties) <= MOST_FIELDS:
        return ()
    required = schema.get("required", [])
    fields = tuple(_field(name, rule, schema, name in required) for name, rule in properties.items())
    return fields if any(field.kind is not Kind.JSON for field in fields) else ()


def for_value(field: FormField, value: object) -> FormField:
    """Return the field as it has to be for a value: JSON when a plain line would not show it whole and harmlessly."""
    if field.kind in (Kind.CHOICE, Kind.JSON) or value is MISSING or value is None:
        return field
    if field.kind is Kind.TEXT:
        plain = isinstance(value, str) and safe_text(value, limit=None) == value
    else:
        plain = not isinstance(value, (bool, list, dict)) and safe_text(value, limit=None) == str(value)
    return field if plain else replace(field, kind=Kind.JSON)


def entry_of(field: FormField, value: object) -> str:
    """Return the text with which a field begins."""
    if value is MISSING or (value is None and field.nullable):
        return ""
    if field.kind is Kind.JSON or not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return safe_json(json.dumps(value, ensure_ascii=False))
    return str(value) if isinstance(value, str) else json.dumps(value)


def value_of(field: FormField, entry: str, before: object, *, removable: bool) -> object:
    """Return what is said in a field; what cannot be read as its kind is the text itself, to be told as wrong.

    Args:
        field: as it was shown.
        entry: the text in it.
        before: the value it began with; `MISSING` when there was none.
        removable: whether it may be left out, since the paused output does not have it.
    """
    if entry == entry_of(field, before):
        return before
    if not entry.strip():
        return _emptied(field, removable=removable)
    if field.kind is Kind.TEXT:
        return entry
    return _read(field.kind, entry)


def choice_words(value: object) -> str:
    """Return a value of a choice in safe words."""
    if value is MISSING:
        return "not answered"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "null (none)"
    return safe_text(value, limit=60) if isinstance(value, str) else short_json(value, limit=60)


def _emptied(field: FormField, *, removable: bool) -> object:
    if removable:
        return MISSING
    if field.nullable or field.kind is not Kind.TEXT:
        return None  # where null is not allowed, that is told: what the output has cannot be taken away
    return ""


def _read(kind: Kind, entry: str) -> object:
    try:
        value = json.loads(entry, parse_constant=lambda _: entry)
    except (ValueError, RecursionError):
        return entry
    if kind is Kind.JSON or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    return entry


# --- reading the schema ---


def _field(name: str, rule: object, schema: Mapping[str, Any], required: bool) -> FormField:
    rules, nullable = _simple(_followed(rule, schema), schema)
    kind, choices = _kind(rules)
    if kind is Kind.CHOICE and None in choices:
        nullable = True
    shown = tuple(choice for choice in choices if choice is not None)
    return FormField(
        name=name,
        kind=kind,
        title=_title(name, rules.get("title")),
        hint=safe_text(" · ".join(_hints(kind, rules, required=required, nullable=nullable)), limit=300),
        required=required,
        nullable=nullable,
        choices=shown,
    )


def _title(name: str, title: object) -> str:
    """Return the title with the name, by which every error calls it, unless they say the same."""
    if not isinstance(title, str) or title.replace(" ", "_").casefold() == name.casefold():
        return safe_text(title or name, limit=60)
    return f"{safe_text(title, limit=60)} ({safe_text(name, limit=40)})"


def _followed(rule: object, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules of a property with the references within its schema followed; what stands beside one wins."""
    rules = dict(rule) if isinstance(rule, Mapping) else {}
    for _ in range(_STEPS):
        if not isinstance(rules.get("$ref"), str):
            return rules
        place: Any = schema
        for part in str(rules.pop("$ref")).removeprefix("#").strip("/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            place = place.get(name, {}) if isinstance(place, Mapping) and name else place
        rules = {**(place if isinstance(place, Mapping) else {}), **rules}
    return {}


def _simple(rules: dict[str, Any], schema: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return the rules of the one type a property has, and whether it may be null instead."""
    kinds = rules.get("type")
    if isinstance(kinds, list):
        others = [kind for kind in kinds if kind != "null"]
        return {**rules, "type": others[0] if len(others) == 1 else None}, "null" in kinds
    alternatives = rules.get("anyOf")
    if isinstance(alternatives, list):
        followed = [_followed(one, schema) for one in alternatives]
        others = [one for one in followed if one.get("type") != "null"]
        if len(others) == 1:
            beside = {key: value for key, value in rules.items() if key != "anyOf"}
            return {**others[0], **beside}, len(others) < len(followed)
    return rules, False


def _kind(rules: Mapping[str, Any]) -> tuple[Kind, tuple[Any, ...]]:
    choices = rules.get("enum")
    if isinstance(choices, list) and choices and not any(isinstance(one, (list, dict)) for one in choices):
        return Kind.CHOICE, tuple(choices)
    if "const" in rules and not isinstance(rules["const"], (list, dict)):
        return Kind.CHOICE, (rules["const"],)
    if rules.get("type") == "boolean":
        return Kind.CHOICE, (True, False)
    return _KINDS.get(str(rules.get("type")), Kind.JSON), ()


def _hints(kind: Kind, rules: Mapping[str, Any], *, required: bool, nullable: bool) -> Iterator[str]:
    if rules.get("description"):
        yield str(rules["description"])
    if kind is not Kind.CHOICE:
        yield kind.value
    for word, words in _LIMITS.items():
        if word in rules:
            yield words.format(short_json(rules[word], limit=60))
    if "format" in rules and kind is Kind.TEXT:
        yield str(rules["format"])
    if nullable:
        yield "may be empty" if kind is not Kind.CHOICE else "may be null"
    if required:
        yield "required"


_LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "maxLength": "at most {} characters",
}


def _is(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other
