"""Copies to the clipboard of the operator's terminal, over SSH too (OSC 52), and says what became of it."""

from __future__ import annotations

from textual.widget import Widget

MOST_BYTES = 74_994
"""What terminals commonly take: a sequence of 100,000 bytes, of which base64 leaves three quarters."""


def copy(widget: Widget, text: str, what: str) -> None:
    """Copy a text and say so; one that is too long is not sent, since a terminal would cut or drop it silently.

    Args:
        widget: from where it is copied.
        text: safe to paste: characters that act must be escaped.
        what: what it is, as the beginning of a sentence.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        why = f"{what} has {size:,} bytes, and terminals take {MOST_BYTES:,}: save it, or use jobboy show --json."
        widget.notify(why, title="Not copied", severity="warning", timeout=8, markup=False)
        return
    widget.app.copy_to_clipboard(text)
    widget.notify(f"{what} copied.", timeout=2, markup=False)
