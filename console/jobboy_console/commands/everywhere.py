"""What every screen understands."""

from __future__ import annotations

from jobboy_console.commands.command import Command, Section

SECTIONS = (
    Section(
        "everywhere",
        "Everywhere",
        (
            Command("copy.id", "y", "copy_id", "copy id", "Copy the id to the clipboard of your terminal"),
            Command("back", "escape,q", "back", "back", "Back; in the list: clear the filter, then the marks"),
            Command("refresh", "ctrl+r", "reload", "refresh", "Read everything again"),
        ),
    ),
    Section(
        "application",
        "The console",
        (
            Command("help", "question_mark", "help", "help", "This help", footer=True),
            Command(
                "quit", "ctrl+q", "quit", "quit", "End the console; asks while its worker is at work", anywhere=True
            ),
        ),
    ),
)
