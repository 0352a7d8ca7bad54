"""What one may type next in a filter: a pure function of the text, the cursor and the words of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jobboy.model.filter_language.fields import (
    BARE_WORDS,
    BY_KEY,
    FIELDS,
    MARKS,
    OPERATORS,
    STATUS_WORDS,
    Field,
    Kind,
)
from jobboy.model.filter_language.tokens import end_of_word, quoted
from jobboy.model.process import CrashPolicy

MAX_CANDIDATES = 50
_OPERATOR = ":<>="
_AGES = ("5m", "1h", "1d", "1w")
_SAYS = {
    "active": "not completed, not failed",
    "evolving": "running, ending or failing",
    "unhandled": "no worker holds it",
    "AND": "both hold; the same as a blank",
    "OR": "one of both holds",
    "NOT": "what follows does not hold; ! is the same",
}


@dataclass(frozen=True)
class Candidate:
    """Something that may stand at the cursor.

    It takes the place of the characters from `start` up to `end`.
    """

    text: str
    start: int
    end: int
    says: str = ""
    """What it means, in a few words."""

    def applied(self, text: str) -> str:
        """Return the filter with the candidate in its place; the cursor belongs after it."""
        return text[: self.start] + self.text + text[self.end :]


@dataclass(frozen=True)
class Vocabulary:
    """The words of one database, as far as they are worth offering."""

    codes: Sequence[str] = ()
    steps: Sequence[str] = ()
    workers: Sequence[str] = ()
    paths: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    """For each document its paths, such as ``rows`` or ``tenant.name``, and values that were seen there."""


def complete(text: str, cursor: int, vocabulary: Vocabulary) -> tuple[Candidate, ...]:
    """Return what may stand at the cursor, the likeliest first; never raises.

    What begins like the typed part comes before what only contains it.

    Args:
        text: the filter as it was typed so far, right or wrong.
        cursor: index in it, from 0 to its length.
        vocabulary: the words of the database.
    """
    cursor = max(0, min(cursor, len(text)))
    start = _start_of_word(text, cursor)
    part_start = max(start, _after_comma(text, start, cursor))
    offers = _offers(text[start:part_start], text[part_start:cursor], vocabulary)
    end = max(cursor, _end_of_part(text, part_start))
    ranked = _ranked(text[part_start:cursor], offers)
    return tuple(Candidate(word, part_start, end, says) for word, says in ranked[:MAX_CANDIDATES])


# --- where the cursor is ---------------------------------------------------------------------------------------


def _start_of_word(text: str, cursor: int) -> int:
    place = start = 0
    while place < cursor:
        if text[place].isspace() or text[place] in "()!":
            place = start = place + 1
            continue
        start = place
        place = max(end_of_word(text, place), place + 1)
    return start


def _after_comma(text: str, start: int, cursor: int) -> int:
    """Return where the alternative under the cursor begins: after the operator and the last comma before it."""
    begin, in_quotes, has_operator = start, False, False
    for place in range(start, cursor):
        character = text[place]
        if character == '"':
            in_quotes = not in_quotes
        elif in_quotes:
            continue
        elif character == ",":
            begin = place + 1
        elif character in _OPERATOR and (not has_operator or text[place - 1] in "<>!"):
            begin, has_operator = place + 1, True
    return begin


def _end_of_part(text: str, start: int) -> int:
    place, in_quotes = start, False
    while place < len(text):
        if text[place] == '"':
            in_quotes = not in_quotes
        elif not in_quotes and (text[place].isspace() or text[place] in "(),:<>="):
            break
        place += 1
    return place


# --- what may stand there --------------------------------------------------------------------------------------


def _offers(before: str, part: str, vocabulary: Vocabulary) -> Iterable[tuple[str, str]]:
    """Yield words and what they say; `before` holds the key and operator of the word, and alternatives."""
    operator = next((place for place, character in enumerate(before) if character in _OPERATOR), None)
    if operator is None:
        return _bare(part, vocabulary) if not before else ((word, _says(word)) for word in BARE_WORDS)
    key, dot, path = before[:operator].rstrip("!").partition(".")
    known = BY_KEY.get(key)
    if known is None:
        return ()
    if dot:
        seen = vocabulary.paths.get(known.key, {}).get(path, ())
        return ((quoted(value), "") for value in seen)
    return _values(known, is_equal=before[operator] in ":=", vocabulary=vocabulary)


def _bare(part: str, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    key, dot, _ = part.partition(".")
    if dot and key in BY_KEY:
        for path in vocabulary.paths.get(BY_KEY[key].key, {}):
            yield f"{key}.{path}:", ""
        return
    for word in BARE_WORDS:
        yield word, _says(word)
    for each in FIELDS:
        if each.kind is not Kind.MARK:
            yield each.key + _ending(each), each.says
    for word in OPERATORS:
        yield word, _says(word)


def _ending(each: Field) -> str:
    if each.kind is Kind.DOCUMENT:
        return "."
    return ":" if each.kind in (Kind.STATUS, Kind.NAME, Kind.TEXT, Kind.SORT) else ""


def _values(known: Field, *, is_equal: bool, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    if known.kind is Kind.SORT:
        for each in (each for each in FIELDS if each.sorts):
            yield each.key, f"{each.says}, the least first"
            yield f"-{each.key}", f"{each.says}, the greatest first"
    elif known.kind in (Kind.PAST, Kind.FUTURE, Kind.LENGTH) and not is_equal:
        yield from ((age, "") for age in _AGES)
    elif is_equal:
        words: Sequence[str] = {
            "status": tuple(STATUS_WORDS),
            "code": vocabulary.codes,
            "step": vocabulary.steps,
            "worker": vocabulary.workers,
            "policy": tuple(CrashPolicy),
        }.get(known.key, ("yes", "no") if known.kind is Kind.MARK else ())
        yield from ((quoted(word), "") for word in words)


def _says(word: str) -> str:
    if word in MARKS:
        return MARKS[word].says
    return _SAYS.get(word, "status")


def _ranked(part: str, offers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    typed = part.lstrip('"').lower()
    listed = [(word, says) for word, says in offers if word != part]
    begin = [offer for offer in listed if offer[0].lstrip('"').lower().startswith(typed)]
    inside = [offer for offer in listed if typed and offer not in begin and typed in offer[0].lower()]
    return begin + inside
