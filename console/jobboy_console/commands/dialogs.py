"""Dialogs and editors."""

from __future__ import annotations

from jobboy_console.commands.command import Command, Section

SECTIONS = (
    Section(
        "proceed",
        "Answering a paused process",
        (
            Command("proceed.review", "ctrl+s", "review", "review", "Check the data and ask once more", footer=True),
            Command("proceed.cancel", "escape", "back", "cancel", "Leave it paused", footer=True),
        ),
    ),
    Section(
        "dialog",
        "Dialogs",
        (
            Command("dialog.yes", "y", "yes", "yes", "Do it"),
            Command("dialog.no", "n,escape", "no", "no", "Do nothing"),
        ),
    ),
)
