"""What changes something: always UPPER CASE, always asked first."""

from __future__ import annotations

from jobboy_console.commands.command import Command, Section

SECTIONS = (
    Section(
        "change",
        "Changing (UPPER CASE, always asks)",
        (
            Command("change.recover", "R", "verb('recover')", "recover", "Release a stuck process", footer=True),
            Command(
                "change.fail", "F", "verb('fail')", "fail", "Make it fail, with teardown or at once", footer=True
            ),
            Command("change.kill", "K", "verb('kill')", "kill", "Ask for its end"),
            Command("change.proceed", "P", "verb('proceed')", "proceed", "Answer a paused process", footer=True),
            Command("change.restart", "T", "verb('restart')", "restart", "Start an ended process anew", footer=True),
            Command("change.work", "W", "pause_work", "pause work", "Pause or resume all work of the database"),
        ),
    ),
    Section(
        "anew",
        "Starting and removing (UPPER CASE, always asks)",
        (
            Command("anew.start", "S", "start_new", "start new", "Start a new process"),
            Command("anew.prune", "D", "prune", "prune", "Remove ended processes by age or filter"),
        ),
    ),
    Section(
        "start",
        "The parameters of a new process",
        (
            Command("start.review", "ctrl+s", "review", "review", "Check them and go on to the question"),
            Command("start.yes", "y", "yes", "yes", "Start it"),
            Command("start.no", "escape,n", "no", "no", "Start nothing"),
            Command("start.copy", "c", "copy", "copy command", "Copy the whole command that does the same"),
        ),
    ),
    Section(
        "confirm",
        "The question before a change",
        (
            Command("confirm.yes", "y", "yes", "yes", "Do it, when all that is asked for is given"),
            Command("confirm.no", "n,escape", "no", "no", "Do nothing"),
            Command("confirm.list", "d", "list", "list", "Every process it is for, and why some are skipped"),
            Command("confirm.copy", "c", "copy", "copy command", "Copy the whole command that does the same"),
        ),
    ),
    Section(
        "progress",
        "While many are counted or changed",
        (Command("progress.stop", "escape,n", "stop", "stop", "Stop after the one at hand"),),
    ),
    Section(
        "results",
        "Lists of results",
        (
            Command(
                "results.keep", "slash,ampersand", "keep", "keep only", "Keep only lines with a text, !text without"
            ),
            Command("results.copy", "y", "copy", "copy", "Copy what is shown"),
            Command("results.save", "o", "save", "save", "Write what is shown to a file"),
            Command("results.wrap", "w", "wrap", "wrap", "Break long lines, and back"),
            Command("results.down", "down,j", "scroll(1)", "down", "A line down"),
            Command("results.up", "up,k", "scroll(-1)", "up", "A line up"),
            Command("results.page_down", "pagedown", "scroll(10)", "page down", "Ten lines down"),
            Command("results.page_up", "pageup", "scroll(-10)", "page up", "Ten lines up"),
            Command("results.close", "escape,q,n", "close", "close", "Close"),
        ),
    ),
)
