"""What the application asks of some screens, said without loading them: they are loaded when they are first shown."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class LooksAtPauses(Protocol):
    """A dialog that wants to know what becomes of a pause while its answer is written."""

    is_mounted: bool

    def look(self) -> None:
        """Read what is there now."""
