"""What a widget asks for the present."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The one source of the present, as `Gateway.now`."""

    def now(self) -> datetime:
        """Return the present as aware UTC."""
