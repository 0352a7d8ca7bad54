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
)
