"""Draws everything in ASCII, for terminals and locales that have nothing else: a filter over all that is drawn."""

from __future__ import annotations

import locale
import os
import unicodedata
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_STATES = zip("◦●‖◷◐✓✗⊘↻", ".*=o%+x-@", strict=True)
_POINTERS = zip("…·→←↑↓▲▼▶◀▸▾", ">.><^v^v><>v", strict=True)
_BARS = zip("█▓▒░▁▂▃▄▅▆▇▀▔▏▎▍▌▋▊▉▐▕", "##=.__--==#--|||||||||", strict=True)
_WRITTEN = zip("\u2018\u2019\u201c\u201d\u2013\u2014\u2212\u00d7\u2264\u2265\u0394", "''\"\"---x<>d", strict=True)
_SIGNS = dict([*_STATES, *_POINTERS, *_BARS, *_WRITTEN])
"""What stands for a sign of ours; each takes one cell, as the sign does."""
_ACROSS, _DOWN = "─━┄┅┈┉╌╍═╴╶╸╺", "│┃┆┇┊┋╎╏║╵╷╹╻"


def only_ascii() -> bool:
    """Say whether only ASCII is sure to be readable: no UTF-8 in the locale, or Linux's bare console."""
    encoding = locale.getencoding().replace("-", "").lower()
    return encoding != "utf8" or os.environ.get("TERM") == "linux"


@lru_cache(4096)
def ascii_text(text: str) -> str:
    """Return a text in ASCII that takes as many cells; what has no sign of its own becomes ``?``."""
    if text.isascii():
        return text
    return set_cell_size("".join(map(_ascii, text)), cell_len(text))


class Ascii(LineFilter):
    """Turns every character that is drawn into ASCII: glyphs, borders, scroll bars and data alike."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in ASCII, each as wide as it was."""
        return [Segment(ascii_text(text), style, control) for text, style, control in segments]


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    if character in _SIGNS:
        return _SIGNS[character]
    if "\u2500" <= character <= "\u257f":
        return "-" if character in _ACROSS else "|" if character in _DOWN else "+"
    plain = unicodedata.normalize("NFKD", character)[0]
    width = cell_len(character)
    return plain if plain.isascii() and plain.isprintable() and width == 1 else "?" * width
