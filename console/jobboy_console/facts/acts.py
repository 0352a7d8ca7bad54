"""What an operator can do to processes."""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """What an operator can do to processes; the words are the ones of the command line."""

    RECOVER = "recover"
    FAIL = "fail"
    KILL = "kill"
    PROCEED = "proceed"
    RESTART = "restart"
