"""A box to tick that says its state by its character: Textual's own says it by colour alone."""

from __future__ import annotations

from textual.widgets import Checkbox


class Tick(Checkbox):
    """Shows ``[✓]`` when it is ticked and ``[ ]`` when it is not."""

    BUTTON_LEFT = ""
    BUTTON_RIGHT = ""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # Textual reads it like the constant it is there
        """What stands before the label."""
        return "[✓]" if self.value else "[ ]"
