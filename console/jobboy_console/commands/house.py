"""The screens of the house: how one goes there, and what one can do in each."""

from __future__ import annotations

from jobboy_console.commands.command import Command, Section

SECTIONS = (
    Section(
        "places",
        "Places",
        (
            Command("go.workers", "f2", "go('workers')", "workers", "This console's worker and all others"),
            Command("go.schedules", "f3", "go('schedules')", "schedules", "Schedules, and when they are due next"),
            Command("go.audit", "f4", "go('audit')", "audit", "What people did, newest first"),
            Command("go.logs", "f7", "logs", "logs", "What the steps of the process under the cursor said"),
            Command("go.log", "f5", "go('log')", "log", "The log of this console and of its worker"),
            Command(
                "go.info", "i,f6", "go('info')", "info", "The database, its size and health; versions and folders"
            ),
        ),
    ),
    Section(
        "workers",
        "Workers (UPPER CASE changes and asks)",
        (
            Command("workers.start", "S", "start_worker", "start", "Start this console's worker", footer=True),
            Command("workers.end", "E", "end_worker", "end", "End this console's worker", footer=True),
            Command(
                "workers.hold",
                "H",
                "hold_worker",
                "pause",
                "Pause or resume this console's worker alone",
                footer=True,
            ),
        ),
    ),
    Section(
        "schedules",
        "Schedules (UPPER CASE changes and asks)",
        (
            Command("schedules.details", "v", "details", "details", "All of it, and what it started", footer=True),
            Command("schedules.last", "l", "last", "last start", "Open the process it started last", footer=True),
            Command("schedules.add", "A", "add", "add", "Make a schedule", footer=True),
            Command("schedules.pause", "P", "pause", "pause", "Pause it, or let it go on", footer=True),
            Command("schedules.start", "S", "start", "start now", "Start a process of it out of turn", footer=True),
            Command("schedules.remove", "X", "remove", "remove", "Remove it; what it started stays", footer=True),
        ),
    ),
    Section(
        "schedule",
        "A new schedule",
        (
            Command("schedule.make", "ctrl+s", "yes", "make it", "Make it, when nothing is wrong"),
            Command("schedule.drop", "escape", "no", "cancel", "Make none"),
        ),
    ),
    Section(
        "audit",
        "Audit",
        (
            Command("audit.filter", "slash", "filter", "filter", "Narrow it: verb:kill actor:ada text", footer=True),
            Command("audit.whole", "v", "whole", "whole", "All of the act under the cursor", footer=True),
        ),
    ),
    Section(
        "log",
        "Log",
        (
            Command(
                "log.other",
                "tab,right_square_bracket",
                "other",
                "other file",
                "The console's log, its worker's",
                footer=True,
            ),
            Command("log.search", "slash", "search", "search", "Search in it", footer=True),
            Command(
                "log.keep",
                "ampersand",
                "keep",
                "keep only",
                "Keep only lines with a text, !text without",
                footer=True,
            ),
            Command("log.next_match", "n", "next_match(1)", "next match", "Next place that was searched"),
            Command("log.previous_match", "N", "next_match(-1)", "previous match", "The place before"),
        ),
    ),
    Section(
        "info",
        "Information",
        (Command("info.examine", "c", "examine", "check", "Examine database, locks and machine", footer=True),),
    ),
)
