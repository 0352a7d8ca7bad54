"""Step classes that the specs of tests name."""

from __future__ import annotations

from typing import Any


class Copy:
    """Returns what it was given, and what it was built from."""

    def __init__(self, *given: Any) -> None:
        self._given = given

    def execute(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "given": list(self._given)}


class Asking(Copy):
    """Interrupts by itself."""

    interrupts = True


class Idle:
    """Is no step: it has no `execute`."""


def function(data: dict[str, Any]) -> dict[str, Any]:
    """Is no class."""
    return data
