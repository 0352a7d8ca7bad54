"""What a command of the console is, and how its keys are written."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN = {
    "slash": "/",
    "question_mark": "?",
    "ampersand": "&",
    "comma": ",",
    "full_stop": ".",
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


def shown_key(key: str) -> str:
    """Return a key as people write it: ``/``, ``PgDn``, ``ctrl+q``."""
    return _SHOWN.get(key, key)


@dataclass(frozen=True)
class Command:
    """Something an operator can do with a key."""

    id: str
    keys: str
    """In Textual's names, commas between alternatives."""
    action: str
    label: str
    """One or two words for the footer."""
    help: str
    footer: bool = False
    anywhere: bool = False
    """Whether its key counts in dialogs too."""

    @property
    def key_label(self) -> str:
        """The first key as people write it."""
        return shown_key(self.keys.split(",")[0])

    @property
    def verb(self) -> str | None:
        """The verb it begins, in the words of the command line; None for what does not change a process."""
        return self.action.split("'")[1] if self.action.startswith("verb(") else None

    @property
    def all_keys_label(self) -> str:
        """All keys as people write them."""
        return " ".join(shown_key(key) for key in self.keys.split(","))


@dataclass(frozen=True)
class Section:
    """The commands of one place, such as the list or a dialog; a heading of the help."""

    scope: str
    """By which screens and widgets ask for them."""
    title: str
    commands: tuple[Command, ...]
