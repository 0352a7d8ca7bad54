"""What an iteration tells the one who asked for it (first seed document, IterationMaker)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IterationResponse:
    """The result of one turn; what to do next is the caller's decision."""

    has_worked: bool
    """True when a handler did a part of the work; then another turn at once is worth its while."""
    lock_held: bool = False
    """True when nothing was tried because another program holds ``process-management``."""
    process_id: str | None = None
    """The process that was iterated, None when there was none."""
