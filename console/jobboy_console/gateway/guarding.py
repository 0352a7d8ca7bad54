"""Reads the guardrails of a configuration: what is wrong with them, and which hold in a profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobboy.errors import InvalidValue
from jobboy.operations import Guardrail, for_profile, read_guardrails


def guardrail_problems(tables: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return what is wrong with tables of ``[[guardrails]]``: their paths, each with the rule; one for each table."""
    found = [(number, _problem(table)) for number, table in enumerate(tables, 1)]
    return [
        (f"guardrails[{number}]{field}", rule) for number, problem in found if problem for field, rule in [problem]
    ]


def guardrails_of(tables: Sequence[Mapping[str, Any]], profile: str) -> tuple[Guardrail, ...]:
    """Return the guardrails that hold in a profile, with ``""`` for none.

    Raises:
        InvalidValue: a table cannot be read.
    """
    return for_profile(read_guardrails(tables), profile)


def _problem(table: Mapping[str, Any]) -> tuple[str, str] | None:
    try:
        read_guardrails([table])
    except InvalidValue as error:
        _, comma, field = error.field.partition(", ")
        return (f".{field}" if comma else "", error.rule)
    return None
