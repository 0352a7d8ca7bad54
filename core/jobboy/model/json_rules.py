"""What may cross the border as JSON: one set of rules for every database, front end and language.

SQLite and PostgreSQL disagree about NaN, NUL, lone surrogates and large integers, and Python accepts all of them;
whatever one of the three would refuse or change is refused here, naming the place inside the object.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from jobboy.errors import InvalidValue
from jobboy.model.compact_json import encoder, read

MAX_DEPTH = 64
"""Levels of objects and lists inside each other; parsers elsewhere give up not far above it."""
MAX_INTEGER = 2**63 - 1
"""Largest integer that SQLite stores as one."""
MAX_BYTES = 1_000_000
"""UTF-8 bytes of one object: a store is rewritten by every commit that changes it."""


_encode = encoder(ascii_only=False, allow_nan=False, default=dict)


def write_json(value: Mapping[str, Any] | None, field: str, *, max_bytes: int = MAX_BYTES) -> str:
    """Turn an object into compact JSON text, checked by all the rules; None becomes ``null``.

    Raises:
        InvalidValue: naming the path of the first value that breaks a rule.
    """
    if not (type(value) is dict or value is None or isinstance(value, Mapping)):
        raise InvalidValue(field, f"must be a JSON object, not {_kind(value)}")
    if value is not None and not value:
        return "{}"
    check_json(value, field)
    text = _encode(value)
    _check_size(text, field, max_bytes)
    return text


def read_written(text: str, field: str) -> dict[str, Any]:
    """Read what `write_json` has written in another program, and look whether it did.

    Raises:
        InvalidValue: when it is no JSON object, or breaks a rule of this module.
    """
    try:
        value = read(text)
    except (ValueError, RecursionError) as error:
        raise InvalidValue(field, f"is not JSON: {error}") from error
    if type(value) is not dict:
        raise InvalidValue(field, f"must be a JSON object, not {_kind(value)}")
    check_json(value, field)
    _check_size(text, field, MAX_BYTES)
    return value


def read_json_object(text: str | bytes, field: str, *, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """Read JSON text given by a person or another program; only an object is accepted.

    Raises:
        InvalidValue: when it is no JSON, no object, has a key twice, or breaks a rule of this module.
    """
    size = len(text) if isinstance(text, bytes) else len(text.encode(errors="surrogatepass"))
    if size > max_bytes:
        raise InvalidValue(field, f"is longer than {max_bytes:,} bytes")
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidValue(field, f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except UnicodeDecodeError as error:
        raise InvalidValue(field, "is not UTF-8 text") from error
    except RecursionError as error:
        raise InvalidValue(field, f"is nested deeper than {MAX_DEPTH} levels") from error
    except _Duplicate as error:
        raise InvalidValue(field, f"has the key {error.key!r} twice") from error
    except ValueError as error:  # a constant, or digits beyond what int() reads
        raise InvalidValue(field, f"has a number that cannot be kept: {error}") from error
    if not isinstance(value, dict):
        raise InvalidValue(field, f"must be a JSON object such as {{}}, not {_kind(value)}")
    check_json(value, field)
    return value


def check_json(value: Any, path: str) -> None:
    """Refuse the first value inside `value` that not every database keeps unchanged.

    Raises:
        InvalidValue: NaN and infinities, integers beyond 64 bits, NUL, lone surrogates, keys that are no text,
            depth beyond `MAX_DEPTH`, and objects that JSON does not have; a tuple is one of them, for it would
            come back as a list.
    """
    if not _is_plain(value, 0):
        _refuse_first(value, path, 0)


def _is_plain(value: Any, depth: int) -> bool:
    """Say whether a value breaks no rule, without the words an error needs; False also for what must be looked at.

    Every output and store is checked, and nearly all of them are fine.
    """
    kind = type(value)
    if kind is str:
        return "\0" not in value and bool(value.isascii())
    if kind is int:
        return bool(-MAX_INTEGER - 1 <= value <= MAX_INTEGER)
    if kind is dict and depth < MAX_DEPTH:
        for key, item in value.items():
            if not (type(key) is str and key.isascii() and "\0" not in key and _is_plain(item, depth + 1)):
                return False
        return True
    if kind is list and depth < MAX_DEPTH:
        return all(_is_plain(item, depth + 1) for item in value)
    return value is None or kind is bool or (kind is float and math.isfinite(value))


def _refuse_first(value: Any, path: str, depth: int) -> None:
    if value is None or value is True or value is False:
        return
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, int):
        if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
            raise InvalidValue(path, "is an integer beyond 64 bits; keep it as text")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidValue(path, f"is {value}, which JSON does not have")
    elif depth >= MAX_DEPTH:
        raise InvalidValue(path, f"is nested deeper than {MAX_DEPTH} levels")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise InvalidValue(path, f"has the key {key!r}, which is {_kind(key)}; JSON keys are text")
            _check_text(key, f"{path} key {key[:40]!r}")
            _refuse_first(item, f"{path}.{key}", depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_first(item, f"{path}[{index}]", depth + 1)
    else:
        raise InvalidValue(path, f"is {_kind(value)}, which JSON does not have; turn it into text, numbers or lists")


def _check_size(text: str, field: str, max_bytes: int) -> None:
    size = len(text) if text.isascii() else len(text.encode())
    if size > max_bytes:
        raise InvalidValue(field, f"takes {size:,} bytes as JSON, {max_bytes:,} are allowed; keep large data outside")


def _check_text(text: str, path: str) -> None:
    if "\0" in text:
        raise InvalidValue(path, "holds the character NUL, which databases cut text at")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidValue(path, "holds half of a surrogate pair, which is no text") from error


class _Duplicate(Exception):
    def __init__(self, key: str) -> None:
        self.key = key


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _Duplicate(key)
        result[key] = value
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    names |= {int: "a number", float: "a number"}
    return names.get(type(value), f"of type {type(value).__name__}")
