"""Text that tries to act on a terminal, on markup, or on the reading order."""

from __future__ import annotations

CLIPBOARD = "\x1b]52;c;cHduZWQ=\x07"
CLEAR = "\x1b[2J\x1b[H"
TITLE = "\x1b]0;pwned\x07"
C1 = "\x9b31mC1\x9d0;pwned\x9c"
BIDI = "\u202egnp.exe\u202c\u2066x\u2069"
ZERO_WIDTH = "a\u200bb\ufeffc"
MARKUP = "[/x][@click=app.quit]x[/][bold red]"
LINES = "one\r\ntwo\x0b\x85\u2028three"

HOSTILE = MARKUP + CLIPBOARD + CLEAR + TITLE + C1 + BIDI + ZERO_WIDTH + LINES + "\x7f\x01"
PAYLOADS = ("\x1b", "\x07", "\x9b", "\x9d", "\u202e", "\u200b", "\u2028", "\x85", "\x7f", "\r")
"""None of these may be in a cell."""
