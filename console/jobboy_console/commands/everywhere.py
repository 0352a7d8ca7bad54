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
        "exporting",
        "Writing to a file",
        (Command("export", "ctrl+o", "export", "export", "Write it, the marked ones or all of the list to a file"),),
    ),
    Section(
        "export",
        "What is written to a file",
        (
            Command("export.write", "ctrl+s", "yes", "write", "Write the file"),
            Command("export.copy", "ctrl+l", "copy", "copy command", "Copy the whole command that does the same"),
            Command("export.drop", "escape", "no", "cancel", "Write nothing"),
        ),
    ),
    Section(
        "application",
        "The console",
        (
            Command("help", "question_mark", "help", "help", "This help", footer=True),
            Command("command", "colon", "command_line", "command", "Type a command by its name"),
            Command("palette", "ctrl+p", "palette", "palette", "Choose from what can be done here"),
            Command("theme", "", "theme", "theme", "Other colours", argument="NAME"),
            Command("keys", "", "keys", "keys", "All keys with the ids by which they are changed"),
            Command("config", "", "config", "config", "Where the configuration comes from, and what is odd in it"),
            Command(
                "quit",
                "ctrl+q",
                "quit",
                "quit",
                "End the console; asks while its worker is at work",
                anywhere=True,
                also=("q",),
            ),
        ),
    ),
    Section(
        "help",
        "The help",
        (Command("help.close", "escape", "close", "close", "Back"),),
    ),
    Section(
        "field",
        "Typing what to search for, or the name of a file",
        (Command("field.drop", "escape", "drop", "leave", "Leave it as it was"),),
    ),
    Section(
        "choose",
        "Choosing a step or a code",
        (Command("choose.cancel", "escape,q,n", "cancel", "cancel", "Do nothing"),),
    ),
    Section(
        "line",
        "Typing a command",
        (
            Command("line.complete", "tab", "complete(1)", "complete", "Take the next name or word that fits"),
            Command("line.complete_back", "shift+tab", "complete(-1)", "back", "Take the one before"),
            Command("line.older", "up", "history(-1)", "older", "The line that was typed before"),
            Command("line.newer", "down", "history(1)", "newer", "The line after it"),
            Command("line.close", "escape", "close", "leave", "Leave it"),
        ),
    ),
)
