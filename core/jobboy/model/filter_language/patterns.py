"""Texts that are looked for, whole or inside others, with wildcards."""

from __future__ import annotations

import string
from dataclasses import dataclass

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True)
class Pattern:
    """What a text must look like.

    Letters of ASCII are the same in upper and lower case when `inside`: what databases agree on.
    """

    pieces: tuple[str, ...]
    """Texts that follow each other with anything between them; one when there is no wildcard."""
    inside: bool = False
    """It may stand anywhere in the text; else the whole text must look like it."""

    @property
    def is_literal(self) -> bool:
        """True when only one text matches."""
        return len(self.pieces) == 1 and not self.inside

    @property
    def is_anything(self) -> bool:
        """True when every text matches."""
        return not any(self.pieces) and (self.inside or len(self.pieces) > 1)

    def matches(self, text: str) -> bool:
        """Say whether a text looks like it; takes time in proportion to the text, whatever the wildcards."""
        first, *middle, last = self.pieces if len(self.pieces) > 1 else (*self.pieces, "")
        if self.inside:
            text, first, middle, last = folded(text), "", [folded(piece) for piece in self.pieces], ""
        elif len(self.pieces) == 1:
            return text == first
        if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
            return False
        place, end = len(first), len(text) - len(last)
        for piece in middle:
            place = text.find(piece, place, end)
            if place < 0:
                return False
            place += len(piece)
        return True


def folded(text: str) -> str:
    """Return a text with the capital letters of ASCII made small."""
    return text.translate(_LOWER)
