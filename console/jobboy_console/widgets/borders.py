"""Words in a border, written only when they are others: Textual draws a widget whole for each of them."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget


def write_title(widget: Widget, text: str) -> None:
    """Put safe text into the upper border; nothing is drawn when it stands there already."""
    title = Content(text)
    if widget.border_title != title.markup:
        widget.border_title = title


def write_subtitle(widget: Widget, text: str) -> None:
    """Put safe text into the lower border; nothing is drawn when it stands there already."""
    title = Content(text)
    if widget.border_subtitle != title.markup:
        widget.border_subtitle = title
