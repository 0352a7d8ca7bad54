"""The text of a filter cut into words and parentheses, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from jobboy.errors import InvalidFilter

MAX_LENGTH = 1000
"""Characters of a whole filter."""
MAX_WORDS = 128
MAX_VALUES = 100
"""Alternatives between commas."""
MAX_WILDCARDS = 8

_SIMPLE = {"(": "OPEN", ")": "CLOSE", "!": "NOT"}
_PATH_PART = r"\.(?:\"[^\"]*\"|[^\s\".,:<>=!()\[\]]+)|\[[0-9]{1,9}\]"
_KEYED = re.compile(rf"(?P<key>[A-Za-z_]+)(?P<path>(?:{_PATH_PART})*)(?P<operator><=|>=|!=|[:<>=])")


class TokenKind(Enum):
    """What a token is."""

    OPEN = "("
    CLOSE = ")"
    NOT = "!"
    WORD = "word"


@dataclass(frozen=True)
class Token:
    """A piece of the text."""

    kind: TokenKind
    text: str
    start: int
    keyed: re.Match[str] | None = None
    """The key, path and operator a word begins with."""

    @property
    def end(self) -> int:
        """Index after its last character."""
        return self.start + len(self.text)

    @property
    def key(self) -> str | None:
        """The key, as it was typed."""
        return None if self.keyed is None else self.keyed["key"]


@dataclass(frozen=True)
class Value:
    """One of the alternatives of a word, its quotes read."""

    pieces: tuple[str, ...]
    """Between the wildcards."""
    start: int
    end: int
    quoted: bool
    """A part of it stands in quotes, so it is never a word of the language."""

    @property
    def text(self) -> str:
        """The value with its wildcards."""
        return "*".join(self.pieces)


def tokens_of(text: str) -> list[Token]:
    """Cut a filter.

    Raises:
        InvalidFilter: it is too long, a quote is not closed, or a parenthesis stands inside a word.
    """
    _check(text)
    found: list[Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        found.append(_token(text, place))
        place = found[-1].end
    words = [token for token in found if token.kind is TokenKind.WORD]
    if len(words) > MAX_WORDS:
        raise InvalidFilter(text, words[MAX_WORDS].start, f"has more than {MAX_WORDS} words")
    return found


def _check(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise InvalidFilter(text[:40] + "…", MAX_LENGTH, f"is longer than {MAX_LENGTH} characters")
    for place, character in enumerate(text):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise InvalidFilter(text, place, "holds a character that no text has")


def _token(text: str, start: int) -> Token:
    if text[start] in _SIMPLE:
        return Token(TokenKind[_SIMPLE[text[start]]], text[start], start)
    end = end_of_word(text, start)
    if end > len(text):
        raise InvalidFilter(text, text.rindex('"'), "this quote is never closed")
    if text[end : end + 1] == "(":
        raise InvalidFilter(text, end, "put a blank before (, or quotes around a value that has one")
    word = text[start:end]
    return Token(TokenKind.WORD, word, start, _KEYED.match(word))


def end_of_word(text: str, start: int) -> int:
    """Return the index after a word; beyond the text when a quote in it is not closed."""
    place = start
    while place < len(text) and not text[place].isspace() and text[place] not in "()":
        place = _after_quote(text, place) if text[place] == '"' else place + 1
    return place


def _after_quote(text: str, place: int) -> int:
    place += 1
    while place < len(text) and text[place] != '"':
        place += 2 if text[place] == "\\" else 1
    return place + 1


def values_of(text: str, start: int, end: int) -> list[Value]:
    """Return the alternatives between two places of a filter; empty ones are left out.

    Raises:
        InvalidFilter: there are too many alternatives or wildcards.
    """
    found = list(_values(text, start, end))
    if len(found) > MAX_VALUES:
        raise InvalidFilter(text, found[MAX_VALUES].start, f"has more than {MAX_VALUES} alternatives")
    for value in found:
        if len(value.pieces) > MAX_WILDCARDS + 1:
            raise InvalidFilter(text, value.start, f"has more than {MAX_WILDCARDS} wildcards")
    return found


def _values(text: str, start: int, end: int) -> Iterator[Value]:
    place = start
    while place < end:
        stop = _end_of_value(text, place, end)
        if stop > place:
            pieces, quoted = _unquoted(text, place, stop)
            yield Value(pieces, place, stop, quoted)
        place = stop + 1


def _end_of_value(text: str, place: int, end: int) -> int:
    while place < end and text[place] != ",":
        place = _after_quote(text, place) if text[place] == '"' else place + 1
    return min(place, end)


def _unquoted(text: str, place: int, end: int) -> tuple[tuple[str, ...], bool]:
    """Return the pieces between wildcards, and whether there was a quote; inside quotes everything is itself."""
    pieces, quoted, in_quotes = [""], False, False
    while place < end:
        character = text[place]
        if character == '"':
            in_quotes, quoted = not in_quotes, True
        elif in_quotes and character == "\\" and place + 1 < end:
            place += 1
            pieces[-1] += text[place]
        elif character == "*" and not in_quotes:
            pieces.append("")
        else:
            pieces[-1] += character
        place += 1
    return tuple(pieces), quoted


def quoted(text: str) -> str:
    """Write a text as a value of the language, with quotes where it needs them."""
    if text and not re.search(r"[\s\"(),*]", text) and text[0] != "!":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
