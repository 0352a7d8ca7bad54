"""A filter read as conditions and an order: words side by side all hold, OR binds less, parentheses group."""

from __future__ import annotations

from dataclasses import dataclass

from jobboy.errors import InvalidFilter
from jobboy.model.filter_language.conditions import AllOf, Condition, any_of, negated
from jobboy.model.filter_language.fields import FIELDS, SORTS
from jobboy.model.filter_language.suggestions import did_you_mean, nearest
from jobboy.model.filter_language.tokens import Token, TokenKind, tokens_of, values_of
from jobboy.model.filter_language.words import read_word
from jobboy.model.ordering import NEWEST_FIRST, Order

MAX_DEPTH = 10
"""Parentheses and negations inside each other."""


@dataclass(frozen=True)
class Reading:
    """A filter that was read."""

    parts: tuple[tuple[Condition, int], ...]
    """What must hold, all of it, each with its place in the text."""
    order: Order
    """Newest first when none was asked for."""


def parse(text: str) -> Reading:
    """Read a filter.

    Raises:
        InvalidFilter: saying what is wrong, where, and what was expected or probably meant.
    """
    tokens = tokens_of(text)
    order = NEWEST_FIRST
    sorts = [place for place in range(len(tokens)) if tokens[place].key == "sort" and _depth(tokens, place) == 0]
    if sorts:
        if len(sorts) > 1:
            raise InvalidFilter(text, tokens[sorts[1]].start, "sort: stands once", length=len(tokens[sorts[1]].text))
        if sorts[0] and _negates(tokens[sorts[0] - 1]):
            raise InvalidFilter(text, tokens[sorts[0]].start, "an order cannot be negated; sort:-age turns it round")
        order = _order(text, tokens[sorts[0]])
        del tokens[sorts[0]]
    return Reading(_Parser(text, tokens).parts(), order)


def _depth(tokens: list[Token], place: int) -> int:
    kinds = [token.kind for token in tokens[:place]]
    return kinds.count(TokenKind.OPEN) - kinds.count(TokenKind.CLOSE)


def _order(text: str, token: Token) -> Order:
    assert token.keyed is not None
    start = token.start + token.keyed.end()
    names = values_of(text, start, token.end)
    name = text[start : token.end].removeprefix("-")
    if token.keyed["operator"] not in (":", "=") or token.keyed["path"] or name not in SORTS:
        meant = nearest(name, SORTS)
        known = ", ".join(field.key for field in FIELDS if field.sorts)
        listed = "" if meant else f"expected {known}, with - before it for the other way round"
        wrong = f"lists are not sorted by {name!r}; " if names and not meant else ""
        rule = f"lists are not sorted by {name!r}{did_you_mean(meant)}" if meant else wrong + listed
        raise InvalidFilter(text, start, rule, length=max(token.end - start, 1), suggestions=meant)
    field, turned = SORTS[name], text[start] == "-"
    is_age = name == "age"  # the youngest has the latest date
    return Order(field.attribute, descending=turned is not is_age)


class _Parser:
    """Goes through the tokens once."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._next = 0

    def parts(self) -> tuple[tuple[Condition, int], ...]:
        """Return what must hold, each part with its place."""
        if not self._tokens:
            return ()
        alternatives = self._alternatives(0)
        if self._next < len(self._tokens):
            raise self._wrong("this parenthesis was never opened")
        if len(alternatives) == 1:
            return tuple(_flat(alternatives[0]))
        return tuple(_flat([(any_of(tuple(map(_joined, alternatives))), self._tokens[0].start)]))

    def _alternatives(self, depth: int) -> list[list[tuple[Condition, int]]]:
        found = [self._side_by_side(depth)]
        while self._word() == "OR":
            self._next += 1
            found.append(self._side_by_side(depth))
        return found

    def _side_by_side(self, depth: int) -> list[tuple[Condition, int]]:
        found = [self._single(depth)]
        while self._next < len(self._tokens) and self._word() != "OR" and self._kind() is not TokenKind.CLOSE:
            if self._word() == "AND":
                self._next += 1
            found.append(self._single(depth))
        return found

    def _single(self, depth: int) -> tuple[Condition, int]:
        if self._next >= len(self._tokens) or self._kind() is TokenKind.CLOSE or self._word() in ("AND", "OR"):
            raise self._missing()
        token = self._tokens[self._next]
        if depth > MAX_DEPTH:
            raise self._wrong(f"parentheses and negations go at most {MAX_DEPTH} deep")
        self._next += 1
        if _negates(token):
            return negated(self._single(depth + 1)[0]), token.start
        if token.kind is TokenKind.OPEN:
            return self._group(token, depth), token.start
        if token.key == "sort":
            raise InvalidFilter(
                self._text, token.start, "sort: stands outside all parentheses", length=len(token.text)
            )
        return read_word(self._text, token), token.start

    def _group(self, opening: Token, depth: int) -> Condition:
        alternatives = self._alternatives(depth + 1)
        if self._next >= len(self._tokens):
            raise InvalidFilter(self._text, opening.start, "this parenthesis is never closed")
        self._next += 1
        return any_of(tuple(map(_joined, alternatives)))

    def _kind(self) -> TokenKind | None:
        return self._tokens[self._next].kind if self._next < len(self._tokens) else None

    def _word(self) -> str | None:
        return self._tokens[self._next].text if self._next < len(self._tokens) else None

    def _missing(self) -> InvalidFilter:
        before = self._tokens[self._next - 1].text if self._next else None
        if self._next >= len(self._tokens):
            return InvalidFilter(self._text, len(self._text), f"a condition is missing after {before!r}")
        return self._wrong(f"a condition is missing before {self._word()!r}")

    def _wrong(self, rule: str) -> InvalidFilter:
        token = self._tokens[self._next]
        return InvalidFilter(self._text, token.start, rule, length=len(token.text))


def _negates(token: Token) -> bool:
    return token.kind is TokenKind.NOT or token.text == "NOT"


def _joined(parts: list[tuple[Condition, int]]) -> Condition:
    conditions = tuple(condition for condition, _ in parts)
    return conditions[0] if len(conditions) == 1 else AllOf(conditions)


def _flat(parts: list[tuple[Condition, int]]) -> list[tuple[Condition, int]]:
    """Take the groups apart that stand where all must hold anyway."""
    found: list[tuple[Condition, int]] = []
    for condition, place in parts:
        if isinstance(condition, AllOf):
            found += _flat([(inner, place) for inner in condition.conditions])
        else:
            found.append((condition, place))
    return found
