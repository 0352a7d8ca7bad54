"""The filter of lists: one language for every front end."""

from __future__ import annotations

from jobboy.model.filter_language.completion import Candidate, Vocabulary, complete
from jobboy.model.filter_language.selecting import read_filter
from jobboy.model.filter_language.tokens import MAX_LENGTH
from jobboy.model.selection import Selection

__all__ = ["MAX_LENGTH", "Candidate", "Vocabulary", "complete", "parse_filter"]


def parse_filter(text: str) -> Selection:
    """Read a filter in the language of docs/reference/filter-language.md; an empty one selects everything.

    Raises:
        InvalidFilter: saying what is wrong, where, and what was expected or probably meant.
    """
    return read_filter(text)
