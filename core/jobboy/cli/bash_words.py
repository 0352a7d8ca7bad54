"""Bash breaks words at colons and equal signs before it asks what may stand there; here they are whole again."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from jobboy.cli.output import print_offers

VARIABLE = "_JOBBOY_COMPLETE"
"""Set when a shell asks, to what it asks and in whose way."""
_BREAK = re.compile(r"[:=]+")


@contextmanager
def whole_words() -> Iterator[None]:
    """Let bash ask about the words that were typed, and offer it that end of each which it puts in place.

    Without it ``--database sqlite:///a.db`` is four words to whoever completes, and ``code:`` ends a word.
    """
    broken = os.environ.get("COMP_WORDS", "").split("\n")
    if os.environ.get(VARIABLE) != "complete_bash" or len(broken) == 1:
        yield
        return
    words, place = joined(broken, int(os.environ["COMP_CWORD"]))
    os.environ["COMP_WORDS"], os.environ["COMP_CWORD"] = "\n".join(words), str(place)
    kept = kept_by_bash(words[place]) if len(words) < len(broken) else ""
    answer = StringIO()
    try:
        with redirect_stdout(answer):
            yield
    finally:
        print_offers([offer.removeprefix(kept) for offer in answer.getvalue().splitlines()])


def joined(broken: Sequence[str], place: int) -> tuple[list[str], int]:
    """Join words that bash has broken; returns them, and the place of the one that has the piece at `place`."""
    words: list[str] = []
    places: list[int] = []
    goes_on = False
    for word in broken:
        is_break = _BREAK.fullmatch(word) is not None
        if words and word and (is_break or goes_on):
            words[-1] += word
        else:
            words.append(word)
        goes_on = is_break
        places.append(len(words) - 1)
    return words, places[place]


def kept_by_bash(word: str) -> str:
    """Return the beginning of a word that bash leaves as it is, whatever it is offered."""
    breaks = list(_BREAK.finditer(word))
    return word[: breaks[-1].end()] if breaks else ""
