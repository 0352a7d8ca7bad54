"""What every dialog has that changes something: it takes no answer from before it could be seen."""

from __future__ import annotations

from typing import TypeVar

from textual.message import Message
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A modal screen whose keys count from the moment it was drawn; the application asks `was_seen_at`."""

    def __init__(self) -> None:
        super().__init__()
        self._seen_at: float | None = None

    def on_mount(self) -> None:
        """Note when it is drawn."""
        self.call_after_refresh(self._drawn)

    def was_seen_at(self, moment: float) -> bool:
        """Say whether it was on the screen at a moment of Textual's clock, which `Message.time` reads."""
        return self._seen_at is not None and self._seen_at <= moment

    def _drawn(self) -> None:
        self._seen_at = Message().time
