"""What is only typed after ``:``, because it says more than a key can."""

from __future__ import annotations

from jobboy_console.commands.command import Command, Section

SECTIONS = (
    Section(
        "typed",
        "Typed after :",
        (
            Command("typed.filter", "", "filter_by", "filter", "Narrow the list by this filter", argument="TEXT"),
            Command("typed.view", "", "view_named", "view", "Show the view of this name", argument="NAME"),
            Command("typed.save", "", "save_view", "save", "Keep the list as it is as a view", argument="NAME"),
            Command("typed.forget", "", "forget_view", "forget", "Forget a view that was saved", argument="NAME"),
        ),
    ),
)
