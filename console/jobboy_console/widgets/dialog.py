"""What every dialog has that changes something: it takes no answer from before it could be seen."""

from __future__ import annotations

from typing import TypeVar

from rich.console import RenderableType
from textual.message import Message
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A modal screen whose keys count from its first frame; the application asks `was_seen_at`."""

    def __init__(self) -> None:
        super().__init__()
        self._seen_at: float | None = None

    def render(self) -> RenderableType:
        """Draw what is around the dialog, and note when that was first done: the frame is written at once."""
        if self._seen_at is None:
            self._seen_at = Message().time
        return super().render()

    def was_seen_at(self, moment: float) -> bool:
        """Say whether it was on the screen at a moment of Textual's clock, which `Message.time` reads."""
        return self._seen_at is not None and self._seen_at <= moment
