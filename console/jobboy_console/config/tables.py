"""Reads one table of a configuration: takes the known keys, notes what is wrong, warns of what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

from jobboy_console.looks.text import safe_text

Kind = TypeVar("Kind")
_NAMES: dict[type, str] = {
    bool: "true or false",
    str: "text",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


@dataclass
class Notes:
    """What is to be said about a file; a reader goes on after each, so that all is said at once."""

    file: str
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def wrong(self, path: str, rule: str) -> None:
        """Note what makes the file unusable."""
        self.problems.append(self._line(path, rule))

    def odd(self, path: str, rule: str) -> None:
        """Note what is passed over."""
        self.warnings.append(self._line(path, rule))

    def _line(self, path: str, rule: str) -> str:
        return f"{self.file}: {safe_text(path, limit=100)}: {safe_text(rule, limit=300)}"


class Table:
    """One table, with its path from the top of the file.

    Every reader returns its default when the key is missing or wrong; what is wrong is noted.
    """

    def __init__(self, values: Mapping[str, Any], path: str, notes: Notes) -> None:
        self._values = values
        self._path = path
        self._notes = notes
        self._asked: list[str] = []

    def text(self, key: str, default: str | None = None, *, empty: bool = False) -> str | None:
        """Return text; the empty one is refused unless it means something."""
        value = self._get(key, str, default)
        if value == "" and not empty and key in self._values:
            self.wrong(key, "must not be empty")
            return default
        return value

    def name(self) -> str | None:
        """Return the text under ``name``, which must be there."""
        if "name" not in self._values:
            self._asked.append("name")
            self.wrong("name", "is missing")
            return None
        return self.text("name")

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        """Return one of a few words."""
        value = self._get(key, str, None)
        if value is not None and value not in choices:
            self.wrong(key, f"must be one of {', '.join(choices)}, not {value!r}")
            return None
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self._get(key, bool, default)
        return default if value is None else value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of text, none of it empty."""
        value = self._get(key, list, None)
        if value is None:
            return ()
        if not all(isinstance(item, str) and item for item in value):
            self.wrong(key, "must be a list of text, such as ['code', 'age']")
            return ()
        return tuple(value)

    def table(self, key: str) -> Table:
        """Return a table in this one; an empty one when it is missing."""
        value = self._get(key, dict, None)
        return Table(value or {}, self._path_of(key), self._notes)

    def tables(self, key: str) -> list[Table]:
        """Return the tables of a ``[[list]]``, none when it is missing."""
        value = self._get(key, list, None) or []
        if not all(isinstance(item, dict) for item in value):
            self.wrong(key, f"must be tables, each under its own [[{key}]]")
            return []
        return [Table(item, f"{self._path_of(key)}[{number}]", self._notes) for number, item in enumerate(value, 1)]

    def raw(self) -> dict[str, Any]:
        """Return the table as it stands; nothing in it counts as unknown then."""
        self._asked += self._values
        return dict(self._values)

    def keys(self) -> list[str]:
        """Return the keys that are there, in the order of the file."""
        return list(self._values)

    def wrong(self, key: str, rule: str) -> None:
        """Note that the value under a key makes the file unusable."""
        self._notes.wrong(self._path_of(key), rule)

    def end(self) -> None:
        """Warn of every key that nobody asked for, with the nearest known name."""
        for key in self._values:
            if key not in self._asked:
                near = get_close_matches(key, self._asked, n=1)
                hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(self._asked)}"
                self._notes.odd(self._path_of(key), f"is not known{hint}")

    def _get(self, key: str, kind: type[Kind], default: Kind | None) -> Kind | None:
        self._asked.append(key)
        if key not in self._values:
            return default
        value = self._values[key]
        if type(value) is kind:  # not isinstance: true is no number
            return value
        told = _NAMES.get(type(value), type(value).__name__)
        self.wrong(key, f"must be {_NAMES[kind]}, not {told}")
        return default

    def _path_of(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key
