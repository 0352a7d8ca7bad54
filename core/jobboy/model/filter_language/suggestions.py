"""What was probably meant by a word that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_CUTOFF = 0.6
"""How alike two words must be, as `difflib` counts it, for one to be worth naming."""


def near_miss(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that differs by one slip: a letter missing, too much, other, swapped, or a capital."""
    for candidate in known:
        if _is_one_slip(word.lower(), candidate.lower()):
            return candidate
    return None


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three known words that are most like a word, the best first."""
    return tuple(difflib.get_close_matches(word.lower(), list(known), n=3, cutoff=_CUTOFF))


def did_you_mean(words: Iterable[str]) -> str:
    """Return the end of an error that names what was probably meant; nothing when there is nothing near."""
    listed = " or ".join(words)
    return f"; did you mean {listed}?" if listed else ""


def _is_one_slip(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    same = next((place for place in range(len(short)) if short[place] != long[place]), len(short))
    if len(short) < len(long):
        return short[same:] == long[same + 1 :]
    return short[same + 1 :] == long[same + 1 :] or (
        short[same + 2 :] == long[same + 2 :] and short[same : same + 2] == long[same : same + 2][::-1]
    )
