"""What may leave the house: values under keys that name a secret, and secrets inside texts, are taken out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REDACTED = "(left out)"
"""Stands where a secret was."""
_NAMES = (
    r"pass(?:word|wd|phrase)|pwd|tokens?|secrets?|authorization|auth|api[_-]?keys?|access[_-]?keys?|"
    r"private[_-]?keys?|credentials?|cookies?|session[_-]?ids?|bearer|dsn|connection[_-]?strings?"
)
_KEY = re.compile(rf"(?:^|[^A-Za-z])(?:{_NAMES})(?:$|[^A-Za-z])", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@?#]*):[^\s/@]+@")
_BEARER = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE)
_PAIR = re.compile(
    rf"""(?<![A-Za-z])((?:{_NAMES})["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&"')}}\]]+)""", re.IGNORECASE
)


class Redaction:
    """Takes secrets out of JSON values and remembers where: the places may be told, the values never.

    It knows secrets by the names they stand under and by the shape of a few texts; what is named otherwise stays.
    """

    def __init__(self) -> None:
        self.places: list[str] = []
        """Paths of what was left out, in the order in which it was met; each once."""

    def value(self, value: Any, place: str) -> Any:
        """Return a JSON value without secrets; `place` is its path."""
        if isinstance(value, Mapping):
            return {
                key: self._under(str(key), item, f"{place}.{self.text(str(key), place)}")
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(item, f"{place}[{index}]") for index, item in enumerate(value)]
        return self.text(value, place) if isinstance(value, str) else value

    def fields(self, fields: Mapping[str, Any], place: str) -> dict[str, Any]:
        """Return an object of ours, whose own keys name no secrets: its ``token`` is a counter."""
        return {name: self.value(value, f"{place}.{name}") for name, value in fields.items()}

    def text(self, text: str, place: str) -> str:
        """Return a text without passwords in URLs, bearer tokens and values after names such as ``password=``."""
        clean = _URL_PASSWORD.sub(rf"\1:{REDACTED}@", text)
        clean = _BEARER.sub(rf"\1 {REDACTED}", clean)
        clean = _PAIR.sub(rf"\1{REDACTED}", clean)
        if clean != text:
            self._note(f"{place} (in the text)")
        return clean

    def _under(self, key: str, value: Any, place: str) -> Any:
        if names_secret(key) and value is not None and value != "":
            self._note(place)
            return REDACTED
        return self.value(value, place)

    def _note(self, place: str) -> None:
        if place not in self.places:
            self.places.append(place)


def names_secret(key: str) -> bool:
    """Say whether a key names a secret: ``password``, ``apiKey``, ``db_token``; not ``author``."""
    return _KEY.search(_CAMEL.sub("_", key)) is not None
