"""Which sections count at the same time: where two commands must not have the same key."""

from __future__ import annotations

from jobboy_console.commands import SECTIONS, Command, of_scope

_ALWAYS = ("everywhere", "places", "application")
_PLACES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("the list of processes", ("list", "home", "change", "anew", "exporting", *_ALWAYS)),
    ("a process", ("tree", "rows", "process", "change", "anew", "exporting", *_ALWAYS)),
    ("a process", ("tail", "text", "process", "change", "exporting", *_ALWAYS)),
    ("the versions", ("tree", "rows", "versions", *_ALWAYS)),
    ("the versions", ("text", "versions", *_ALWAYS)),
    ("the workers", ("rows", "workers", "change", *_ALWAYS)),
    ("the schedules", ("rows", "schedules", *_ALWAYS)),
    ("the audit", ("rows", "audit", *_ALWAYS)),
    ("the log", ("text", "log", *_ALWAYS)),
    ("the information", ("text", "info", *_ALWAYS)),
    ("the answer to a paused process", ("proceed", "choice")),
    ("dialogs", ("dialog",)),
    ("a choice", ("rows", "choose")),
    ("the choice of an order", ("rows", "picker", "orders")),
    ("the choice of columns", ("rows", "picker", "columns")),
    ("the question before a change", ("confirm",)),
    ("the progress of many", ("progress",)),
    ("the list of results", ("results",)),
    ("a value in full", ("whole", "text")),
)
"""Every set of sections whose keys count together, with the words for it."""


def places() -> list[tuple[str, list[Command]]]:
    """Return every place with its commands; a section that is in none is one of its own, such as a dialog.

    What counts in dialogs too is in every place.
    """
    known = {scope for _, scopes in _PLACES for scope in scopes} | {"typed"}
    lonely = [(section.title, (section.scope,)) for section in SECTIONS if section.scope not in known]
    return [(title, _with_anywhere(of_scope(*scopes))) for title, scopes in (*_PLACES, *lonely)]


def _with_anywhere(commands: list[Command]) -> list[Command]:
    everywhere = [command for command in of_scope("application") if command.anywhere]
    return commands + [command for command in everywhere if command not in commands]
