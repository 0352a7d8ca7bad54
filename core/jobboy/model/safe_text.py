"""Text from data made safe to print: nothing in it moves the cursor, hides, reverses or forges a line."""

from __future__ import annotations

import re

_CONTROLS = "\x00-\x1f\x7f-\x9f"
_SEPARATORS = "\u2028\u2029"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
)
_PLAIN_ANNOTATIONS = "\ufff9-\ufffb"
_TAGS = "\U000e0000-\U000e0fff"
_SURROGATES = "\ud800-\udfff"
_UNSAFE = _CONTROLS + _SEPARATORS + _DIRECTIONS + _INVISIBLE + _PLAIN_ANNOTATIONS + _TAGS + _SURROGATES
_UNSAFE_CHARACTER = re.compile(f"[{_UNSAFE}]")
_UNSAFE_CHARACTER_IN_LINES = re.compile(f"(?!\n)[{_UNSAFE}]")


def safe_text(text: str, *, lines: bool = False) -> str:
    r"""Replace every character that acts on a terminal, or cannot be seen, by a visible sign.

    Control characters become their pictures (``␛``), others their number (``\u202e``). With `lines` line ends
    stay and tabs become blanks; without it the result is a single line.
    """
    if not lines:
        return _UNSAFE_CHARACTER.sub(_sign, text)
    return _UNSAFE_CHARACTER_IN_LINES.sub(_sign, text.replace("\r\n", "\n").expandtabs(4))


def safe_json(text: str) -> str:
    """Escape the same characters inside JSON text, so that it means the same and can be printed."""
    return _UNSAFE_CHARACTER_IN_LINES.sub(_escape, text)


def shorten(text: str, length: int) -> str:
    """Cut text that is longer than `length` characters; the last one that stays is ``…``."""
    return text if len(text) <= length else text[: max(length - 1, 0)] + "…"


def _sign(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number < 0x20:
        return chr(0x2400 + number)
    if number == 0x7F:
        return "␡"
    return f"\\x{number:02x}" if number < 0x100 else _escape(match)


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number < 0x10000:
        return f"\\u{number:04x}"
    number -= 0x10000
    return f"\\u{0xD800 + (number >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"
