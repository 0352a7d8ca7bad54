"""Compact JSON text, written and read without what `json` does anew for every value."""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder as library
from typing import Any

Encode = Callable[[Any], str]

_decode = json.JSONDecoder().raw_decode


def encoder(*, ascii_only: bool, allow_nan: bool = True, default: Callable[[Any], Any] | None = None) -> Encode:
    """Return a function that writes a value as compact JSON.

    It does not look for objects inside themselves: these end in a RecursionError.

    Args:
        ascii_only: write other characters as escapes.
        allow_nan: else NaN and infinities raise ValueError.
        default: called with what JSON does not have; gives what is written in its place.
    """
    of_library = json.JSONEncoder(
        ensure_ascii=ascii_only,
        check_circular=False,
        allow_nan=allow_nan,
        separators=(",", ":"),
        default=default,
    )
    make = getattr(library, "c_make_encoder", None)
    if make is None:  # a Python without the part of its library that is written in C
        return of_library.encode
    text = library.encode_basestring_ascii if ascii_only else library.encode_basestring
    pieces = make(None, of_library.default, text, None, ":", ",", False, False, allow_nan)
    return lambda value: "".join(pieces(value, 0))


def read(text: str) -> Any:
    """Read JSON text like `json.loads`, sooner where no blanks surround the value.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        value, end = _decode(text)
    except json.JSONDecodeError:  # perhaps only because of blanks in front of it
        return json.loads(text)
    return value if end == len(text) else json.loads(text)
