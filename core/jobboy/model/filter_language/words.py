"""One word of a filter read as a condition: a bare word, or a key with an operator and values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NoReturn

from jobboy.errors import InvalidFilter
from jobboy.model.filter_language.conditions import (
    AtPath,
    Comparison,
    Condition,
    HasStatus,
    HasValue,
    Instant,
    IsMarked,
    IsOneOf,
    Lasts,
    LiesBetween,
    LooksLike,
    Measures,
    Mentions,
    any_of,
    negated,
)
from jobboy.model.filter_language.fields import BARE_WORDS, BY_KEY, FIELDS, OPERATORS, STATUS_WORDS, Field, Kind
from jobboy.model.filter_language.patterns import Pattern
from jobboy.model.filter_language.suggestions import did_you_mean, near_miss, nearest
from jobboy.model.filter_language.tokens import Token, Value, values_of
from jobboy.model.filter_language.values import UNITS, read_date, read_duration, read_number, read_truth
from jobboy.model.process import CrashPolicy

MIN_TEXT = 3
"""Characters of a text without a key: shorter ones are in every other process."""
MAX_PATH = 16
_PATH_PART = re.compile(r"\.(?:\"([^\"]*)\"|([^\s\".,:<>=!()\[\]]+))|\[([0-9]+)\]")
_AS_TEXT = "(put it in quotes to look for the text)"
_HEAD_OF_PATH = re.compile(r"([a-z_]+)[.\[]")


def read_word(text: str, token: Token) -> Condition:
    """Read a word of a filter.

    Raises:
        InvalidFilter: saying what was expected at which place.
    """
    if token.keyed is None:
        return _bare(text, token)
    field = BY_KEY.get(token.keyed["key"])
    if field is None:
        _unknown_key(text, token.start, token.keyed["key"])
    reader = _Word(text, token, token.keyed, field)
    return negated(reader.condition("=")) if reader.operator == "!=" else reader.condition(reader.operator)


# --- bare words ------------------------------------------------------------------------------------------------


def _bare(text: str, token: Token) -> Condition:
    values = values_of(text, token.start, token.end)
    if not values:
        raise InvalidFilter(text, token.start, "a status is missing before or after the comma")
    return any_of(tuple(_bare_value(text, value) for value in values))


def _bare_value(text: str, value: Value) -> Condition:
    word = value.text
    if not value.quoted:
        if word in STATUS_WORDS:
            return HasStatus(STATUS_WORDS[word])
        if word == "unhandled":
            return negated(IsMarked("handled"))
        if word in BARE_WORDS:
            return IsMarked(word)
        _refuse_slip(text, value)
    if len("".join(value.pieces)) < MIN_TEXT:
        _refuse(text, value, f"a text to look for needs at least {MIN_TEXT} characters")
    return Mentions(Pattern(value.pieces, inside=True))


def _refuse_slip(text: str, value: Value) -> None:
    """Refuse what was hardly meant as a text: a list that is empty for a slip of the fingers misleads."""
    word = value.text
    if word.upper() in OPERATORS:
        _refuse(text, value, f"{word.upper()} is written in capitals {_AS_TEXT}", word.upper())
    if word.startswith("-"):
        _refuse(text, value, f"what shall not hold has ! or NOT before it {_AS_TEXT}")
    if word in BY_KEY:
        _refuse(text, value, f"{word} needs a value: {BY_KEY[word].expected} {_AS_TEXT}")
    head = _HEAD_OF_PATH.match(word)
    if head is not None and head[1] in BY_KEY:
        _refuse(text, value, f"expected a path and a value, as in {head[1]}.name:value {_AS_TEXT}")
    meant = near_miss(word, BARE_WORDS)
    if meant is not None:
        _refuse(text, value, f"the word {word!r} is not known; did you mean {meant}? {_AS_TEXT}", meant)


def _unknown_key(text: str, place: int, key: str) -> NoReturn:
    meant = nearest(key, BY_KEY)
    listed = "" if meant else f"; keys are {', '.join(field.key for field in FIELDS)}"
    rule = f"the key {key!r} is not known{did_you_mean(meant)}{listed} {_AS_TEXT}"
    raise InvalidFilter(text, place, rule, length=len(key), suggestions=meant)


def _refuse(text: str, value: Value, rule: str, *suggestions: str) -> NoReturn:
    length = max(value.end - value.start, 1)
    raise InvalidFilter(text, value.start, rule, length=length, suggestions=suggestions)


# --- keys and values -------------------------------------------------------------------------------------------


class _Word:
    """A word with a key, while it is read."""

    def __init__(self, text: str, token: Token, keyed: re.Match[str], field: Field) -> None:
        self.text = text
        self.field = field
        self.token = token
        self.key, self.path_text, self.operator = keyed.groups()
        self.values_start = token.start + keyed.end()
        if self.operator == ":":
            self.operator = "="

    def condition(self, operator: str) -> Condition:
        """Return what the word asks."""
        if self.path_text and self.field.kind is not Kind.DOCUMENT:
            place = self.token.start + len(self.key)
            self._refuse(f"{self.key} has no parts; {self._example()}", place, len(self.path_text))
        values = values_of(self.text, self.values_start, self.token.end)
        if not values:
            self._refuse(f"a value is missing after {self.key}; expected {self.field.expected}", self.token.end)
        if operator == "=":
            return any_of(tuple(self._equal(value) for value in values))
        if len(values) > 1:
            self._refuse_value(values[1], f"{operator} compares with one value")
        return self._compared(Comparison(operator), values[0])

    def _equal(self, value: Value) -> Condition:
        readers: dict[Kind, Callable[[Value], Condition]] = {
            Kind.STATUS: self._status,
            Kind.MARK: self._mark,
            Kind.NAME: self._name,
            Kind.TEXT: self._text,
            Kind.NUMBER: self._number,
            Kind.PAST: self._date,
            Kind.FUTURE: self._date,
            Kind.LENGTH: self._length,
            Kind.DOCUMENT: self._document,
        }
        return readers[self.field.kind](value)

    def _compared(self, comparison: Comparison, value: Value) -> Condition:
        kind = self.field.kind
        if kind is Kind.NUMBER:
            return Measures(self.field.attribute, comparison, self._read_number(value))
        if kind is Kind.LENGTH:
            return Lasts(self.field.attribute, comparison, self._read_duration(value))
        if kind in (Kind.PAST, Kind.FUTURE):
            return self._between(comparison, value)
        if kind is Kind.DOCUMENT and self.path_text:
            return AtPath(self.field.attribute, self._path(), (comparison, self._read_number(value)))
        place = self.values_start - len(comparison)
        return self._refuse(f"{self.key} cannot be compared; expected {self.field.expected}", place, len(comparison))

    # what stands after :

    def _status(self, value: Value) -> Condition:
        statuses = STATUS_WORDS.get(value.text)
        if statuses is None:
            self._refuse_word(value, STATUS_WORDS)
        return HasStatus(statuses)

    def _mark(self, value: Value) -> Condition:
        wanted = read_truth(value.text)
        if wanted is None:
            self._refuse_word(value, ("yes", "no"))
        mark = IsMarked(self.field.key)
        return mark if wanted else negated(mark)

    def _name(self, value: Value) -> Condition:
        pattern = Pattern(value.pieces)
        if self._is_any(value):
            return HasValue(self.field.attribute)
        if not pattern.is_literal:
            return LooksLike(self.field.attribute, pattern)
        if self.field.key == "policy" and value.text not in list(CrashPolicy):
            self._refuse_word(value, CrashPolicy)
        return IsOneOf(self.field.attribute, frozenset({value.text}))

    def _text(self, value: Value) -> Condition:
        if self._is_any(value):
            return HasValue(self.field.attribute)
        return LooksLike(self.field.attribute, Pattern(value.pieces, inside=True))

    def _number(self, value: Value) -> Condition:
        return Measures(self.field.attribute, Comparison.EQUAL, self._read_number(value))

    def _length(self, value: Value) -> Condition:
        if self._is_any(value):
            return HasValue(self.field.attribute)
        return self._refuse_value(value, f"{self._example()}; units: {UNITS}")

    def _date(self, value: Value) -> Condition:
        if self._is_any(value):
            return HasValue(self.field.attribute)
        return LiesBetween(self.field.attribute, *self._read_date(value))

    def _document(self, value: Value) -> Condition:
        if not self.path_text:
            if self._is_any(value):
                return HasValue(self.field.attribute)
            return self._refuse_value(value, f"expected {self.field.expected}")
        asked = None if self._is_any(value) else Pattern(value.pieces)
        return AtPath(self.field.attribute, self._path(), asked)

    # parts

    def _between(self, comparison: Comparison, value: Value) -> Condition:
        later = comparison in (Comparison.MORE, Comparison.AT_LEAST)
        duration = read_duration(value.text)
        edge: Instant
        if duration is None:
            start, end = self._read_date(value)
            edge = start if comparison in (Comparison.LESS, Comparison.AT_LEAST) else end
        elif self.field.kind is Kind.PAST:
            edge, later = -duration, not later
        else:
            edge = duration
        attribute = self.field.attribute
        return LiesBetween(attribute, start=edge) if later else LiesBetween(attribute, end=edge)

    def _path(self) -> tuple[str | int, ...]:
        parts: list[str | int] = []
        for part in _PATH_PART.finditer(self.path_text):
            in_quotes, plain, index = part.groups()
            name = in_quotes if in_quotes is not None else plain
            place = self.token.start + len(self.key) + part.start()
            if name is not None and (not name or "\\" in name or not name.isprintable()):
                self._refuse("a part of a path is a name without control characters and backslashes", place)
            parts.append(int(index) if name is None else name)
            if len(parts) > MAX_PATH:
                self._refuse(f"a path has at most {MAX_PATH} parts", place)
        return tuple(parts)

    def _read_number(self, value: Value) -> int | float:
        number = read_number(value.text)
        if number is None:
            self._refuse_value(value, f"expected a number, as in {self.key}{'.name' if self.path_text else ''}>=3")
        return number

    def _read_duration(self, value: Value) -> timedelta:
        duration = read_duration(value.text)
        if duration is None:
            self._refuse_value(value, f"{self._example()}; units: {UNITS}")
        return duration

    def _read_date(self, value: Value) -> tuple[datetime, datetime]:
        day = read_date(value.text)
        if day is None:
            self._refuse_value(value, f"{self._example()}; units: {UNITS}")
        return day

    def _is_any(self, value: Value) -> bool:
        return not value.quoted and Pattern(value.pieces).is_anything

    def _example(self) -> str:
        return f"expected {self.field.expected}"

    # errors

    def _refuse_word(self, value: Value, known: Iterable[str]) -> NoReturn:
        words = tuple(known)
        meant = nearest(value.text, words)
        rule = f"{self.key} is never {value.text!r}{did_you_mean(meant)}"
        if not meant:
            rule += f"; expected {', '.join(words)}"
        raise InvalidFilter(self.text, value.start, rule, length=value.end - value.start, suggestions=meant)

    def _refuse_value(self, value: Value, rule: str) -> NoReturn:
        self._refuse(rule, value.start, value.end - value.start)

    def _refuse(self, rule: str, place: int, length: int = 1) -> NoReturn:
        raise InvalidFilter(self.text, place, rule, length=length)
