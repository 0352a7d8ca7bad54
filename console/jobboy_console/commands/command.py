"""What a command of the console is, and how its keys are written."""

from __future__ import annotations

from dataclasses import dataclass

from textual.keys import REPLACED_KEYS, key_to_character

_SHOWN = {
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "ampersand": "&",
    "comma": ",",
    "full_stop": ".",
    "minus": "-",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "esc",
    "down": "↓",
    "up": "↑",
    "home": "Home",
    "end": "End",
}


def character_of(key: str) -> str | None:
    """Return the character a key without ctrl or alt types; None for one that types nothing one sees."""
    character = key_to_character(REPLACED_KEYS.get(key, key))
    return character if character and not character.isspace() else None


def shown_key(key: str) -> str:
    """Return a key as people write it: ``/``, ``PgDn``, ``ctrl+q``."""
    return _SHOWN.get(key) or character_of(key) or key


_CHANGING = {
    "change": ("recover", "fail", "kill", "proceed", "restart", "work"),
    "anew": ("start", "prune"),
    "workers": ("start", "end", "hold"),
    "schedules": ("add", "pause", "start", "remove"),
}
"""Names of the commands that change something, by the first part of their ids."""


@dataclass(frozen=True)
class Command:
    """Something an operator can do with a key."""

    id: str
    keys: str
    """In Textual's names, commas between alternatives; empty for what is only typed after ``:``."""
    action: str
    label: str
    """One or two words for the footer."""
    help: str
    footer: bool = False
    fills_in: bool = False
    """Whether it stands in the footer of a console that is read-only, where verbs leave room."""
    anywhere: bool = False
    """Whether its key counts in dialogs too."""
    argument: str = ""
    """What is typed after its name, such as ``NAME``; ``[NAME]`` when it can be left out.

    The action gets it as its one parameter. Its node may have ``why_not_<action>(text)``, which says what is wrong
    with it, and ``words_for_<action>()``, which completes it.
    """
    also: tuple[str, ...] = ()
    """More names for the command line."""

    @property
    def name(self) -> str:
        """The last part of its id, as it is typed after ``:``."""
        return self.id.rpartition(".")[2].replace("_", "-")

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that may be typed after ``:``."""
        return (self.name, self.id, *self.also)

    @property
    def method(self) -> str:
        """The name of its action, without what it is called with."""
        return self.action.partition("(")[0]

    @property
    def key_label(self) -> str:
        """Its first usual key as people write it; `Keymap` knows the one in force."""
        return shown_key(self.keys.split(",")[0])

    @property
    def changes(self) -> bool:
        """Whether it changes something in the database, or lets it be worked on."""
        scope, _, name = self.id.partition(".")
        return name in _CHANGING.get(scope, ())

    @property
    def verb(self) -> str | None:
        """The verb it begins, in the words of the command line; None for what does not change a process."""
        return self.action.split("'")[1] if self.action.startswith("verb(") else None


@dataclass(frozen=True)
class Section:
    """The commands of one place, such as the list or a dialog; a heading of the help."""

    scope: str
    """By which screens and widgets ask for them."""
    title: str
    commands: tuple[Command, ...]
