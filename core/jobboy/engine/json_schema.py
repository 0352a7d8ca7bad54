"""Joins the library ``jsonschema``: the one module that imports it, itself imported when a schema is first used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry

from jobboy.model.answers import path_text


def _multiple_of(validator: Any, factor: float, value: object, schema: object) -> Iterator[ValidationError]:
    """Divide as people do: in floats 19.99 is no multiple of 0.01."""
    if validator.is_type(value, "number") and Decimal(str(value)) % Decimal(str(factor)):
        yield ValidationError(f"{value!r} is not a multiple of {factor!r}")


_Validator = extend(Draft202012Validator, {"multipleOf": _multiple_of})


def make_validator(text: str) -> Any:
    """Return what checks against a schema; formats that need nothing installed are checked, nothing is fetched."""
    return _Validator(json.loads(text), registry=Registry(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def problem_of(text: str) -> str | None:
    """Return where and how a schema breaks the rules of JSON Schema, None when it breaks none."""
    meta = Draft202012Validator(Draft202012Validator.META_SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    error = best_match(meta.iter_errors(json.loads(text)))
    if error is None:
        return None
    place = path_text(tuple(error.absolute_path))
    return f"is no JSON schema: {place}: {error.message}" if place else f"is no JSON schema: {error.message}"
