"""Where in a JSON text each value begins: so that what is wrong with a value can be shown at its line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

Keys = tuple[str | int, ...]
Place = tuple[int, int]
"""Line and column, both from 0."""

_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[\s,:]*")


def places_of(text: str) -> dict[Keys, Place]:
    """Return the place of every value, by the keys that lead to it; of a member it is that of its name.

    A text that is no JSON has no places.
    """
    found: dict[Keys, int] = {}
    try:
        json.loads(text)
        _walk(text, _skip(text, 0), (), found)
    except (ValueError, RecursionError):
        return {}
    return _as_places(text, found)


def nearest(places: Mapping[Keys, Place], keys: Keys) -> Place | None:
    """Return the place of a value or, when it is missing, of what it would stand in; None when nothing is known."""
    while keys not in places and keys:
        keys = keys[:-1]
    return places.get(keys)


def _walk(text: str, at: int, keys: Keys, found: dict[Keys, int]) -> int:
    """Note the value that begins at a position, and all in it; returns the position after it."""
    found.setdefault(keys, at)
    if text[at] not in "{[":
        return _DECODER.raw_decode(text, at)[1]
    is_object, index = text[at] == "{", 0
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        key: str | int = index
        if is_object:
            key, after = _DECODER.raw_decode(text, at)
            found[(*keys, key)] = at
            at = _skip(text, after)
        at = _skip(text, _walk(text, at, (*keys, key), found))
        index += 1
    return at + 1


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return at if blank is None else blank.end()


def _as_places(text: str, found: Mapping[Keys, int]) -> dict[Keys, Place]:
    """Count lines once for all positions, which rise."""
    places: dict[Keys, Place] = {}
    line, start, at = 0, 0, 0
    for keys, position in sorted(found.items(), key=lambda item: item[1]):
        line += text.count("\n", at, position)
        newline = text.rfind("\n", start, position)
        start = newline + 1 if newline >= 0 else start
        at = position
        places[keys] = (line, position - start)
    return places
