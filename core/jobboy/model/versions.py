"""A document as it was after each of its changes, rebuilt from the differences that a history keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, final

from jobboy.model.events import Event, is_same_json

DocumentName = Literal["store", "reports", "output"]
_MARK = "$omitted"


@dataclass(frozen=True, slots=True)
class Omitted:
    """Stands for a value that was too long for the history; two are equal when they stand for the same value."""

    characters: int | None
    """Its length as JSON; None when not even that is known."""
    seq: int
    """The event next to it on the way it was looked for."""


@final
class Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
"""What stands in a `ValueDifference` for the side on which there is no value."""


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """One value that two versions do not share."""

    path: tuple[str | int, ...]
    """Keys, and places in lists, from the outside in; of what was removed the place it had."""
    before: Any
    """`ABSENT` when it was added; `Omitted` when it is not known."""
    after: Any
    """`ABSENT` when it was removed; `Omitted` when it is not known."""


class Versions:
    """Every version of one document: number 0 is what it was before the first known change, the last is the present.

    A version is found backwards from the present; a value that the history left out on that way is looked for
    forwards from version 0 too. What no way tells is an `Omitted`. An object in a history that has the one key
    ``$omitted`` is always read as such a mark.

    Args:
        name: of the document.
        present: the document after the last of the events; it is copied where it is changed, never changed itself.
        events: of one process in rising order, without a gap up to the present.
    """

    def __init__(self, name: DocumentName, present: Mapping[str, Any], events: Sequence[Event]) -> None:
        self.name = name
        self.events = tuple(event for event in events if _part(event.before, name) or _part(event.after, name))
        """The changes of the document: the first made version 1."""
        self._present = present

    def __len__(self) -> int:
        return len(self.events) + 1

    def at(self, index: int) -> dict[str, Any]:
        """Return a version, 0 for the oldest.

        Raises:
            IndexError: there is no such version.
        """
        self._check(index)
        values = self._backwards_to(index)
        return _completed(values, self._forwards_to(index)) if _has_omitted(values) else values

    def between(self, base: int, index: int) -> list[ValueDifference]:
        """Return what differs from version `base` to version `index`, sorted by path; either may be older.

        Raises:
            IndexError: there is no such version.
        """
        return sorted(differences(self.at(base), self.at(index)), key=lambda found: found.path)

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise IndexError(f"there is no version {index}, the last is {len(self) - 1}")

    def _backwards_to(self, index: int) -> dict[str, Any]:
        values = _copy(self._present)
        for event in reversed(self.events[index:]):
            _apply(values, _part(event.after, self.name), _part(event.before, self.name), event.seq)
        return values

    def _forwards_to(self, index: int) -> dict[str, Any]:
        values = self._backwards_to(0)
        for event in self.events[:index]:
            _apply(values, _part(event.before, self.name), _part(event.after, self.name), event.seq)
        return values


def changed_by(event: Event, name: DocumentName, before: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return how a document became by one change, None when the history has left out a part of the change."""
    values = _copy(before)
    _apply(values, _part(event.before, name), _part(event.after, name), event.seq)
    return None if _has_omitted(values) else values


def differences(was: Any, became: Any, path: tuple[str | int, ...] = ()) -> Iterator[ValueDifference]:
    """Yield every value that differs: objects key by key, lists item by item between what they begin and end with."""
    if isinstance(was, Mapping) and isinstance(became, Mapping):
        for key in [*was, *(key for key in became if key not in was)]:
            yield from differences(was.get(key, ABSENT), became.get(key, ABSENT), (*path, key))
    elif isinstance(was, list) and isinstance(became, list):
        yield from _items(was, became, path)
    elif not _is_same(was, became):
        yield ValueDifference(path, was, became)


def _items(was: list[Any], became: list[Any], path: tuple[str | int, ...]) -> Iterator[ValueDifference]:
    shortest = min(len(was), len(became))
    first = next((at for at in range(shortest) if not _is_same(was[at], became[at])), shortest)
    left = shortest - first
    last = next((at for at in range(left) if not _is_same(was[-1 - at], became[-1 - at])), left)
    before, after = was[first : len(was) - last], became[first : len(became) - last]
    for at in range(max(len(before), len(after))):
        old = before[at] if at < len(before) else ABSENT
        new = after[at] if at < len(after) else ABSENT
        yield from differences(old, new, (*path, first + at))


def _part(document: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    found = (document or {}).get(name)
    return found if isinstance(found, dict) else {}


def _apply(values: dict[str, Any], there: Mapping[str, Any], wanted: Mapping[str, Any], seq: int) -> None:
    """Turn the changed keys from how they are there into how they are wanted, in place."""
    for key in [*wanted, *(key for key in there if key not in wanted)]:
        if key not in wanted:
            values.pop(key, None)
        elif not (_is_object(there.get(key)) and _is_object(wanted[key])):
            values[key] = _told(wanted[key], seq)
        elif isinstance(values.get(key), dict):
            _apply(values[key], there[key], wanted[key], seq)
        else:  # the change inside is told, but not what it was a change of
            values[key] = Omitted(None, seq)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and not _is_mark(value)


def _is_mark(value: dict[str, Any]) -> bool:
    return value.keys() == {_MARK} and type(value[_MARK]) is int


def _told(value: Any, seq: int) -> Any:
    if isinstance(value, dict):
        return Omitted(value[_MARK], seq) if _is_mark(value) else _copy(value)
    return value


def _completed(values: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with what is omitted in them taken from where it is known."""
    return {key: _complete(value, known.get(key, value)) for key, value in values.items()}


def _complete(value: Any, known: Any) -> Any:
    if isinstance(value, dict) and isinstance(known, dict):
        return _completed(value, known)
    return known if isinstance(value, Omitted) and not isinstance(known, Omitted) else value


def _has_omitted(values: Mapping[str, Any]) -> bool:
    return any(
        isinstance(value, Omitted) or (isinstance(value, dict) and _has_omitted(value)) for value in values.values()
    )


def _copy(values: Mapping[str, Any]) -> dict[str, Any]:
    """Copy objects at every depth, so that they can be changed in place; lists are only ever replaced."""
    return {key: _copy(value) if isinstance(value, dict) else value for key, value in values.items()}


def _is_same(before: Any, after: Any) -> bool:
    if any(isinstance(value, (Omitted, Absent)) for value in (before, after)):
        return bool(before == after)
    return is_same_json(before, after)
