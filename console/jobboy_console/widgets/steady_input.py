"""An input whose cursor does not blink: a blinking one redraws twice a second over every line to the operator."""

from __future__ import annotations

from textual.widgets import Input


class SteadyInput(Input):
    """Textual's input with a steady cursor."""

    def on_mount(self) -> None:
        """Stop the blinking before it begins."""
        self.cursor_blink = False
