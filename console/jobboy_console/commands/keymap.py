"""The keys in force: those of the commands, and over them those the operator chose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from difflib import get_close_matches
from typing import Protocol, runtime_checkable

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys

from jobboy_console.commands import COMMANDS, Command
from jobboy_console.commands.command import character_of, shown_key
from jobboy_console.commands.places import places

_COMMANDS = {command.id: command for command in COMMANDS}
_ID = re.compile(r"\{([\w.]+)\}")
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "meta", "super", "hyper"})
_NAMED = frozenset(key.value for key in Keys)


class Keymap:
    """Keys by command.

    Args:
        chosen: id of a command to its keys, commas between them, in Textual's names or as the characters they are.
    """

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self.chosen = {command_id: ",".join(_read(keys)) for command_id, keys in (chosen or {}).items()}
        """What differs from the usual, as `App.set_keymap` takes it."""

    def keys(self, command: Command) -> list[str]:
        """Return the keys of a command in Textual's names, the first one first; none when it is only typed."""
        return [key for key in self.chosen.get(command.id, command.keys).split(",") if key]

    def label(self, command: Command) -> str:
        """Return its first key as people write it; empty when it has none."""
        return next((shown_key(key) for key in self.keys(command)), "")

    def word(self, command_id: str) -> str:
        """Return what to press for a command, or what to type where it has no key.

        Raises:
            KeyError: there is no such command.
        """
        command = _COMMANDS[command_id]
        return self.label(command) or f":{command.name}"

    def labels(self, command: Command) -> str:
        """Return all its keys as people write them."""
        return " ".join(shown_key(key) for key in self.keys(command))


USUAL = Keymap()
_IN_FORCE: ContextVar[Keymap] = ContextVar("keymap", default=USUAL)
"""Of the application that runs; what draws a hint need not be handed the keys from above."""


def put_in_force(keymap: Keymap) -> None:
    """Let `hint` tell these keys, here and in what is begun from here."""
    _IN_FORCE.set(keymap)


def hint(template: str) -> str:
    """Return words that tell keys, with those in force: ``hint("{back} shows all")``. Never put data into a template.

    Raises:
        KeyError: an id in it is no command's.
    """
    return _ID.sub(lambda found: _IN_FORCE.get().word(found[1]), template)


@runtime_checkable
class HasKeymap(Protocol):
    """An app whose keys can be chosen."""

    keymap: Keymap


def keymap_of(node: DOMNode) -> Keymap:
    """Return the keys in force where a widget is shown."""
    return node.app.keymap if isinstance(node.app, HasKeymap) else USUAL


def keymap_problems(chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what is wrong with chosen keys: the id and the rule it breaks.

    Refused are ids that are not there, keys that cannot be pressed, and a key that two commands of one place would
    have; a key may be taken over when the command that had it gets another one.
    """
    ids = _COMMANDS
    wrong = [(command_id, _unknown(command_id, list(ids))) for command_id in chosen if command_id not in ids]
    known = {command_id: keys for command_id, keys in chosen.items() if command_id in ids}
    for command_id, keys in known.items():
        if not ids[command_id].keys:
            wrong.append((command_id, f"has no key: it is typed, as :{ids[command_id].name}"))
        wrong += [
            (command_id, f"{key!r} is no key; one is f2, ctrl+t or ?") for key in _read(keys) if not _is_key(key)
        ]
    return wrong or list(_clashes(Keymap(known)))


def _clashes(keymap: Keymap) -> Iterator[tuple[str, str]]:
    told: set[tuple[str, str]] = set()
    for place, commands in places():
        owners: dict[str, Command] = {}
        for command in commands:
            for key in keymap.keys(command):
                other = owners.setdefault(key, command)
                pair = (command.id, other.id)
                if (
                    other is not command
                    and not told & {pair, pair[::-1]}
                    and not keymap.chosen.keys().isdisjoint(pair)
                ):
                    told.add(pair)
                    chosen, kept = pair if command.id in keymap.chosen else pair[::-1]
                    yield chosen, f"{shown_key(key)} is the key of {kept} too, in {place}"


def _unknown(command_id: str, ids: list[str]) -> str:
    near = get_close_matches(command_id, ids, n=1)
    return f"there is no such command{f'; did you mean {near[0]}?' if near else ': `:keys` shows all ids'}"


def _read(keys: str) -> list[str]:
    """Return keys in Textual's names; a comma that stands alone is the key itself."""
    if keys.strip() == ",":
        return ["comma"]
    return [_normal(key.strip()) for key in keys.split(",") if key.strip()]


def _normal(key: str) -> str:
    return next(iter(Binding.make_bindings([Binding(key, "")]))).key


def _is_key(key: str) -> bool:
    *modifiers, base = key.split("+")
    if not _MODIFIERS.issuperset(modifiers):
        return False
    return base in _NAMED or key in _NAMED or character_of(base) is not None
