"""Finding text in lines: what a search marks, and which lines a keep-only filter leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jobboy_console.looks.lines import Line, Part


@dataclass(frozen=True)
class Needle:
    """A text that is looked for; capital letters count only when it has some itself."""

    text: str
    inverted: bool = False
    """True to want the lines without it."""

    @classmethod
    def read(cls, typed: str) -> Needle | None:
        """Read what was typed: ``!`` in front wants the lines without; None when nothing was."""
        inverted = typed.startswith("!")
        text = typed[1:] if inverted else typed
        return cls(text, inverted) if text else None

    @property
    def words(self) -> str:
        """As it was typed; not safe."""
        return f"!{self.text}" if self.inverted else self.text

    def wants(self, line: Line) -> bool:
        """Say whether a line is one of those that are looked for."""
        return self._is_in("".join(text for text, _ in line)) is not self.inverted

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where it stands in a text, from left to right without overlap."""
        whole, wanted = (text, self.text) if self._counts_case else (_lower(text), _lower(self.text))
        start = whole.find(wanted)
        while start >= 0:
            yield start, start + len(wanted)
            start = whole.find(wanted, start + len(wanted))

    def _is_in(self, text: str) -> bool:
        return next(self.spans(text), None) is not None

    @property
    def _counts_case(self) -> bool:
        return self.text != _lower(self.text)


def highlighted(line: Line, needle: Needle) -> Line:
    """Return the line with every place of the text in the style ``found``."""
    spans = list(needle.spans("".join(text for text, _ in line)))
    return tuple(_parts(line, spans)) if spans else line


def _parts(line: Line, spans: list[tuple[int, int]]) -> Iterator[Part]:
    place = 0
    for text, style in line:
        end = place + len(text)
        at = place
        for start, stop in spans:
            first, last = max(start, place), min(stop, end)
            if first < last:
                if at < first:
                    yield text[at - place : first - place], style
                yield text[first - place : last - place], "found"
                at = last
        if at < end:
            yield text[at - place :], style
        place = end


def _lower(text: str) -> str:
    """Lower every character that stays one character, so that places in both texts are the same."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)
