"""Screens, dialogs and calls that the first rows need not wait for: loaded at leisure, so no key waits either."""

from __future__ import annotations

from importlib import import_module

SCREENS = ("process", "help", "command_line", "palette", "places", "turn_logs", "proceed", "versions")
DIALOGS = ("confirm", "choose_step", "choose_code", "start_new", "prune", "progress", "results", "pickers", "whole")
CALLS = ("house", "ordering", "many", "answering", "travel")


def load() -> None:
    """Load all of them; takes a while, so call it in a thread. What is loaded already costs nothing."""
    for place, names in (("screens", SCREENS), ("widgets", DIALOGS), ("gateway", CALLS)):
        for name in names:
            import_module(f"jobboy_console.{place}.{name}")
