"""Words in a border: only its line is drawn, and only when it says something else; Textual would draw all inside."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


def write_title(widget: Widget, text: str) -> None:
    """Put safe text into the upper border."""
    title = Content(text)
    if widget.border_title != title.markup:
        widget._border_title = title  # its public name draws the widget whole, with everything inside
        _draw_line(widget, 0)


def write_subtitle(widget: Widget, text: str) -> None:
    """Put safe text into the lower border."""
    title = Content(text)
    if widget.border_subtitle != title.markup:
        widget._border_subtitle = title
        _draw_line(widget, widget.outer_size.height - 1)


def _draw_line(widget: Widget, y: int) -> None:
    corner = widget.content_offset
    widget.refresh(Region(-corner.x, y - corner.y, widget.outer_size.width, 1))
