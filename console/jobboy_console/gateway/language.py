"""The filter language as the screen uses it: is it right, is it quick, what may come next, what can be sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from jobboy.errors import InvalidFilter
from jobboy.model.filter_language.fields import FIELDS
from jobboy.operations import parse_filter
from jobboy.operations.filters import Candidate, Vocabulary, complete

__all__ = ["Candidate", "FilterError", "Words", "check_filter", "completions", "is_quick", "sort_choices"]

_DOCUMENTS = ("store", "parameters")


class FilterError(ValueError):
    """A filter that cannot be read; it goes wrong at `length` characters from `position` on."""

    def __init__(self, message: str, position: int, length: int = 1) -> None:
        super().__init__(message)
        self.position = position
        self.length = length


@dataclass(frozen=True)
class Words:
    """The words of a database that are worth offering."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)

    @property
    def paths(self) -> list[str]:
        """Places in stores and parameters, such as ``store.rows``."""
        return [f"{name}.{path}" for name in _DOCUMENTS for path in self.vocabulary.paths.get(name, {})]


def check_filter(text: str) -> None:
    """Read a filter only to see whether it can be read.

    Raises:
        FilterError: saying what is wrong and where.
    """
    try:
        parse_filter(text)
    except InvalidFilter as error:
        raise FilterError(error.rule, error.position, error.length) from error


def is_quick(text: str) -> bool:
    """Say whether indexes answer a filter that can be read."""
    return not parse_filter(text).is_scanned


def completions(text: str, cursor: int, words: Words) -> Sequence[Candidate]:
    """Return what may stand at the cursor, the likeliest first; reads nothing, so the screen may ask."""
    return complete(text, cursor, words.vocabulary)


def sort_choices() -> list[tuple[str, str]]:
    """Return the keys a list can be sorted by, each with what it is."""
    found = [(each.key, each.says) for each in FIELDS if each.sorts and each.key != "age"]
    return [("age", "when it was started, the youngest first"), *found]
