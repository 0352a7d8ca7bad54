"""What is checked when a pause is answered, and a rule of its schema that the answer breaks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Keys = tuple[str | int, ...]
"""The way to a value inside an object: keys of objects and places in lists."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A value of an answer that breaks a rule."""

    keys: Keys
    """Where it is, or is missing; none for the whole answer."""
    rule: str
    """What is asked of it, as the end of a sentence that begins with its path; holds nothing of the answer."""

    @property
    def path(self) -> str:
        """The keys as one reads them: ``items[0].price``, ``data`` for the whole."""
        return path_text(self.keys) or "data"

    @property
    def sentence(self) -> str:
        """Path and rule: ``amount: must be at least 1``."""
        return f"{self.path}: {self.rule}"


def path_text(keys: Sequence[str | int]) -> str:
    """Write keys as a path: dots between names, places in brackets, and names that need it as JSON in brackets."""
    text = ""
    for key in keys:
        if isinstance(key, str) and key.isidentifier():
            text += f".{key}" if text else key
        else:
            text += f"[{json.dumps(key, ensure_ascii=False)}]"
    return text


def answered(schema: Mapping[str, Any], output: Mapping[str, Any] | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object that has to meet the schema of a pause.

    That is the answer and, of what it leaves out, the properties that the schema names and the paused output has:
    they stand as they are, so need not be sent again.
    """
    named = schema.get("properties")
    names: Mapping[str, Any] = named if isinstance(named, Mapping) else {}
    stands = {name: value for name, value in (output or {}).items() if name in names}
    return {**stands, **data}
