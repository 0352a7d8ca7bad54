"""Every command of the console, once: keys, footer, help, command line and palette are made from these sections.

Lower case looks, UPPER CASE changes. A key is changed by a command's id (`keymap`), never by its action. A new place
has a module of its own here, with its sections; which of them count together stands in `places`.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

from jobboy_console.commands import changing, dialogs, everywhere, home, house, process, typed, versions
from jobboy_console.commands.command import Command, Section, shown_key

__all__ = ["COMMANDS", "SECTIONS", "Command", "Section", "bindings", "named", "of_scope", "shown_key"]

SECTIONS: tuple[Section, ...] = (
    *home.SECTIONS,
    *changing.SECTIONS,
    *process.SECTIONS,
    *versions.SECTIONS,
    *dialogs.SECTIONS,
    *typed.SECTIONS,
    *house.SECTIONS,
    *everywhere.SECTIONS,
)
"""In the order of the help."""
COMMANDS = tuple(command for section in SECTIONS for command in section.commands)
_SCOPES = {section.scope: section for section in SECTIONS}
_NAMES = {command.id: command for command in COMMANDS}


def of_scope(*scopes: str) -> list[Command]:
    """Return the commands of some scopes in their order.

    Raises:
        KeyError: there is no such scope.
    """
    return [command for scope in scopes for command in _SCOPES[scope].commands]


def named(*ids: str) -> list[Command]:
    """Return the commands with these ids, in the order that is asked for."""
    return [_NAMES[command_id] for command_id in ids]


def bindings(*scopes: str) -> list[BindingType]:
    """Return the keys of some scopes for Textual; Textual's own footer is not used, so none is shown there."""
    return [
        Binding(command.keys, command.action, command.label, show=False, id=command.id, priority=command.anywhere)
        for command in of_scope(*scopes)
        if command.keys
    ]
