"""The JSON objects a process carries: parameters, store and reports, with the operations handlers ask of them."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, MutableMapping
from typing import Any, Self

from jobboy.errors import InvalidValue
from jobboy.model.compact_json import read
from jobboy.model.json_rules import check_json, write_json


class Document(Mapping[str, Any]):
    """A JSON object that is only read; its text is parsed when a value is first asked for.

    Args:
        values: the object; checked when its text is asked for.
        field: the name errors give, such as ``parameters``.
    """

    __slots__ = ("_field", "_text", "_values")

    def __init__(self, values: Mapping[str, Any] | None = None, *, field: str = "document") -> None:
        self._values: dict[str, Any] | None = dict(values or {})
        self._text: str | None = None
        self._field = field

    @classmethod
    def from_text(cls, text: str, field: str, values: dict[str, Any] | None = None) -> Self:
        """Wrap text that a repository kept, or that somebody has read already; it was checked when it was written.

        Args:
            text: of an object.
            field: the name errors give.
            values: what the text says, if it was read; nobody else may change them.
        """
        document = object.__new__(cls)
        document._values = values
        document._text = text
        document._field = field
        return document

    @property
    def text(self) -> str:
        """The object as compact JSON.

        Raises:
            InvalidValue: when a value breaks a rule of `jobboy.model.json_rules`.
        """
        if self._text is None:
            self._text = write_json(self._values, self._field)
        return self._text

    def has(self, key: str) -> bool:
        """Say whether the key is there, whatever its value."""
        return key in self._read()

    def as_dict(self) -> dict[str, Any]:
        """Copy the object; changing the copy, at any depth, changes nothing here."""
        copied: dict[str, Any] = read(self.text)
        return copied

    def _read(self) -> dict[str, Any]:
        if self._values is None:
            self._values = read(self._text or "{}")
        return self._values

    def __getitem__(self, key: str) -> Any:
        return self._read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def items(self) -> ItemsView[str, Any]:
        """Return keys with their values, without a call of ours for each."""
        return self._read().items()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._read()!r})"

    def __eq__(self, other: object) -> bool:
        return self._read() == (other._read() if isinstance(other, Document) else other)

    __hash__ = None  # type: ignore[assignment]  # compared by value, like dict


class Parameters(Document):
    """What was given at start; frozen for the life of the process."""

    def __init__(self, values: Mapping[str, Any] | None = None, *, field: str = "parameters") -> None:
        super().__init__(values, field=field)


class _WritableDocument(Document, MutableMapping[str, Any]):
    """A document its handler changes; the change is kept when the turn is committed, or not at all."""

    @property
    def text(self) -> str:
        """The object as compact JSON, checked anew: a value inside may have been changed in place."""
        if self._values is None:
            return self._text or "{}"
        return write_json(self._values, self._field)

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise InvalidValue(self._field, f"has the key {key!r}; JSON keys are text")
        check_json(value, f"{self._field}.{key}")
        self._read()[key] = value

    def __delitem__(self, key: str) -> None:
        del self._read()[key]

    def set(self, key: str, value: Any) -> None:
        """Set a value.

        Raises:
            InvalidValue: naming the path inside the value that JSON cannot keep.
        """
        self[key] = value

    def unset(self, key: str) -> None:
        """Remove a key; one that is not there is no error."""
        self._read().pop(key, None)

    def inc(self, key: str, by: float = 1) -> Any:
        """Add to a number, from 0 when it is not there, and return the sum."""
        self[key] = self._number(key) + by
        return self[key]

    def dec(self, key: str, by: float = 1) -> Any:
        """Subtract from a number, from 0 when it is not there, and return the difference."""
        return self.inc(key, -by)

    def add(self, key: str, value: Any) -> None:
        """Put a value at the end of a list, of an empty one when it is not there."""
        items = self.get(key, [])
        if not isinstance(items, list):
            raise InvalidValue(f"{self._field}.{key}", "is not a list, nothing can be added to it")
        self[key] = [*items, value]

    def prepend(self, defaults: Mapping[str, Any]) -> None:
        """Set the keys that are not there yet; what is there stays."""
        for key, value in defaults.items():
            if not self.has(key):
                self[key] = value

    def append(self, overrides: Mapping[str, Any]) -> None:
        """Set all the given keys; the given values win."""
        for key, value in overrides.items():
            self[key] = value

    def _number(self, key: str) -> Any:
        value = self.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InvalidValue(f"{self._field}.{key}", "is not a number, it cannot be counted up or down")
        return value


class ProcessStore(_WritableDocument):
    """The working memory of a process: read and written by its handlers, kept from turn to turn."""

    def __init__(self, values: Mapping[str, Any] | None = None, *, field: str = "store") -> None:
        super().__init__(values, field=field)


class Reports(_WritableDocument):
    """What is written for people: warnings, counters, the reason of a failure."""

    def __init__(self, values: Mapping[str, Any] | None = None, *, field: str = "reports") -> None:
        super().__init__(values, field=field)
