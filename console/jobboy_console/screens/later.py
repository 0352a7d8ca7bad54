"""Screens, dialogs and calls that the first rows need not wait for: loaded at leisure, so no key waits either."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

PACKAGES = ("jobboy_console.screens", "jobboy_console.widgets", "jobboy_console.gateway")


def load() -> None:
    """Load all of them; takes a while, so call it in a thread. What is loaded already costs nothing."""
    for package in PACKAGES:
        for module in iter_modules(import_module(package).__path__, f"{package}."):
            import_module(module.name)
