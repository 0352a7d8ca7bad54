"""What a turn printed and logged, as far as it is kept; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobboy.model.process import iso

MOST_LINES = 500
"""Lines of one turn that are kept: the last."""
MOST_CHARACTERS = 32_000
"""Characters of one turn that are kept, its line breaks included."""
LONGEST_LINE = 2_000
"""Characters of one line; what is cut is marked with ``…``."""
MOST_TURNS = 100
"""Turns of one process whose logs are kept: the last that said anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnLog:
    """The log of one turn of a process, that is of one attempt of a step."""

    token: int
    """Of the claim: names the turn, and rises from turn to turn."""
    step: str | None
    """None in plain handlers."""
    attempt: int
    at: datetime
    """When it was last written to."""
    left_out: int
    """Lines before those that are kept."""
    text: str
    """The last lines, a line feed between them."""

    @property
    def lines(self) -> list[str]:
        """The lines that are kept; not safe for a terminal."""
        return self.text.split("\n")

    @property
    def end(self) -> int:
        """How many lines there were, those left out included."""
        return self.left_out + len(self.lines)

    def as_json(self) -> dict[str, Any]:
        """All fields, the lines as a list."""
        return {
            "token": self.token,
            "step": self.step,
            "attempt": self.attempt,
            "at": iso(self.at),
            "left_out": self.left_out,
            "lines": self.lines,
        }
