"""Guardrails: what operators of a profile may not do, must confirm by hand, or may do to a few at once only; pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jobboy.errors import InvalidValue

GUARDED_VERBS = (
    "recover",
    "fail",
    "kill",
    "proceed",
    "restart",
    "start",
    "prune",
    "pause",
    "resume",
    "schedule",
)
"""Every verb that changes something; ``schedule`` is adding, pausing, resuming and removing a schedule."""
EVERYTHING = ("*",)
ANY_CODE = ""
"""Stands for processes of any code, and meets the guardrails of every one."""
MAX_TEXT = 200
_FIELDS = ("action", "verbs", "codes", "profiles", "limit", "reason")


class GuardrailAction(StrEnum):
    """What a guardrail does to the verbs it is for."""

    DENY = "deny"
    """Refuses them."""
    CONFIRM = "confirm"
    """Refuses them until they are confirmed by hand."""
    MAX_BULK = "max_bulk"
    """Refuses them for more than so many processes at once."""


@dataclass(frozen=True, kw_only=True)
class Guardrail:
    """One rule against slips; what is neither denied nor limited by any of them is allowed."""

    action: GuardrailAction
    verbs: tuple[str, ...] = EVERYTHING
    """Of `GUARDED_VERBS`; ``*`` for all."""
    codes: tuple[str, ...] = EVERYTHING
    """Codes of processes; ``*`` stands for any characters."""
    profiles: tuple[str, ...] = EVERYTHING
    """Names of the profiles it holds in, with ``*`` as in `codes`."""
    limit: int | None = None
    """For `MAX_BULK`: most processes of these codes at once, at least 1; None for the others."""
    reason: str = ""
    """Why, told to whoever meets it; empty when nobody said."""

    def holds_in(self, profile: str) -> bool:
        """Say whether it holds in a profile."""
        return _matches(self.profiles, profile)

    def concerns(self, verb: str, code: str) -> bool:
        """Say whether it is about a verb on processes of a code, or of `ANY_CODE`."""
        return _matches(self.verbs, verb) and (code == ANY_CODE or _matches(self.codes, code))

    @property
    def told(self) -> str:
        """What it says to whoever meets it: its reason, or what it is about."""
        return self.reason or f"{self.action} for {', '.join(self.verbs)} on {', '.join(self.codes)}"


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """What an operator has said about one decision, beyond the verb."""

    confirmed: bool = False
    """It was confirmed by hand: a number or a code was typed, or ``--yes`` given."""
    at_once: Mapping[str, int] | None = None
    """How many processes of each code it is for; None for one."""


def denied(guardrails: Iterable[Guardrail], verb: str, code: str) -> str | None:
    """Return why a verb is forbidden for processes of a code, None when it is not."""
    return next((found.told for found in _of(guardrails, GuardrailAction.DENY, verb, code)), None)


def to_confirm(guardrails: Iterable[Guardrail], verb: str, code: str) -> str | None:
    """Return why a verb on processes of a code must be confirmed by hand, None when it need not be."""
    return next((found.told for found in _of(guardrails, GuardrailAction.CONFIRM, verb, code)), None)


def too_many(guardrails: Iterable[Guardrail], verb: str, numbers: Mapping[str, int]) -> str | None:
    """Return why a verb is not for so many processes at once, None when it may be.

    Args:
        guardrails: that hold.
        verb: of `GUARDED_VERBS`.
        numbers: processes of each code; those of `ANY_CODE` count for every guardrail.
    """
    for found in guardrails:
        if found.action is not GuardrailAction.MAX_BULK or found.limit is None:
            continue
        number = sum(count for code, count in numbers.items() if found.concerns(verb, code))
        if number > found.limit:
            return f"{number:,} at once are more than the {found.limit:,} that are allowed ({found.told})"
    return None


def for_profile(guardrails: Iterable[Guardrail], profile: str) -> tuple[Guardrail, ...]:
    """Return those that hold in a profile, in their order."""
    return tuple(found for found in guardrails if found.holds_in(profile))


def read_guardrails(tables: object) -> tuple[Guardrail, ...]:
    """Read guardrails as a configuration file has them: an array of tables ``[[guardrails]]``.

    Raises:
        InvalidValue: naming the table by its number from 1, the field and the rule it breaks.
    """
    if not isinstance(tables, Sequence) or isinstance(tables, str | bytes):
        raise InvalidValue("guardrails", "must be an array of tables, each beginning with [[guardrails]]")
    return tuple(_read(table, number) for number, table in enumerate(tables, start=1))


def _read(table: object, number: int) -> Guardrail:
    if not isinstance(table, Mapping):
        raise InvalidValue(f"guardrail {number}", f"must be a table, not {type(table).__name__}")
    for field in table:
        if field not in _FIELDS:
            raise InvalidValue(_place(number, str(field)[:40]), f"is no field of a guardrail{_meant(field, _FIELDS)}")
    action = _action(table.get("action"), number)
    return Guardrail(
        action=action,
        verbs=_verbs(table, number),
        codes=_texts(table, "codes", number),
        profiles=_texts(table, "profiles", number),
        limit=_limit(table, action, number),
        reason=_reason(table.get("reason", ""), number),
    )


def _action(value: object, number: int) -> GuardrailAction:
    if not isinstance(value, str) or value not in list(GuardrailAction):
        known = ", ".join(GuardrailAction)
        raise InvalidValue(_place(number, "action"), f"must be one of {known}{_meant(value, list(GuardrailAction))}")
    return GuardrailAction(value)


def _verbs(table: Mapping[str, object], number: int) -> tuple[str, ...]:
    verbs = _texts(table, "verbs", number)
    for verb in verbs:
        if verb not in (*GUARDED_VERBS, "*"):
            known = f"*, {', '.join(GUARDED_VERBS)}"
            rule = f"{verb[:40]!r} is none of {known}{_meant(verb, GUARDED_VERBS)}"
            raise InvalidValue(_place(number, "verbs"), rule)
    return verbs


def _texts(table: Mapping[str, object], field: str, number: int) -> tuple[str, ...]:
    if field not in table:
        return EVERYTHING
    found = table[field]
    texts = [text for text in found if _is_text(text)] if isinstance(found, list | tuple) else []
    if not texts or not isinstance(found, list | tuple) or len(texts) != len(found):
        rule = f'must be a list of texts, such as ["*"], each of 1 to {MAX_TEXT} printable characters'
        raise InvalidValue(_place(number, field), rule)
    return tuple(texts)


def _limit(table: Mapping[str, object], action: GuardrailAction, number: int) -> int | None:
    limit = table.get("limit")
    if action is not GuardrailAction.MAX_BULK:
        if limit is not None:
            raise InvalidValue(_place(number, "limit"), f'goes with action = "max_bulk", not with {action.value!r}')
        return None
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise InvalidValue(_place(number, "limit"), 'must be a whole number from 1, with action = "max_bulk"')
    return limit


def _reason(value: object, number: int) -> str:
    if value == "" or _is_text(value):
        return str(value)
    raise InvalidValue(_place(number, "reason"), f"must be a text of at most {MAX_TEXT} printable characters")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.isprintable()


def _place(number: int, field: str) -> str:
    return f"guardrail {number}, {field}"


def _meant(value: object, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(str(value), known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _of(guardrails: Iterable[Guardrail], action: GuardrailAction, verb: str, code: str) -> Iterable[Guardrail]:
    return (found for found in guardrails if found.action is action and found.concerns(verb, code))


def _matches(patterns: Sequence[str], text: str) -> bool:
    return any(pattern == "*" or re.fullmatch(_expression(pattern), text) is not None for pattern in patterns)


def _expression(pattern: str) -> str:
    return ".*".join(re.escape(part) for part in pattern.split("*"))
