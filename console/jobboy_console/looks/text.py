"""Makes text from data harmless and fitting: the one way from a value to the screen."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from rich.cells import cell_len, set_cell_size

MAX_LENGTH = 400
"""Characters of one value in one line, unless more is asked for."""

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_CONTROL = "\x00-\x1f\x7f-\x9f"
_SURROGATES = "\ud800-\udfff"
_HOSTILE = re.compile(f"[{_CONTROL}{_INVISIBLE}{_SURROGATES}]")


def safe_text(text: object, *, limit: int | None = MAX_LENGTH) -> str:
    """Return one line in which nothing acts: control, direction and zero-width characters become visible signs.

    C0 becomes its picture (ESC is ``␛``, a line break ``␊``), everything else its number in hexadecimal. The result
    is still not markup-safe: give it to `Content`, `Text` or a sink with ``markup=False``.

    Args:
        text: anything; what is no text is turned into it.
        limit: characters that are kept; what is cut is marked with ``…``. None for all.
    """
    whole = text if isinstance(text, str) else str(text)
    if limit is not None and len(whole) > limit:
        whole = whole[: max(limit - 1, 0)] + "…"
    if whole.isascii() and whole.isprintable():
        return whole
    return _HOSTILE.sub(_sign, whole)


def safe_lines(text: object, *, limit: int = 20_000) -> list[str]:
    """Return the lines of a longer text, each safe; only a line feed breaks lines, tabs become four blanks."""
    whole = text if isinstance(text, str) else str(text)
    cut = whole if len(whole) <= limit else whole[:limit] + f"… (+{len(whole) - limit:,} characters)"
    return [safe_text(line.expandtabs(4), limit=None) for line in cut.split("\n")]


def safe_json(text: str) -> str:
    """Return JSON text with hostile characters written as JSON escapes: it shows harmlessly and means the same."""
    return _HOSTILE.sub(lambda found: found[0] if found[0] == "\n" else _escape(found[0]), text)


def fit(text: str, width: int) -> str:
    """Return safe text in exactly `width` cells: padded, or cut with ``…`` as the sign."""
    if width <= 0:
        return ""
    if len(text) <= width and text.isascii():
        return text.ljust(width)
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def fit_end(text: str, width: int) -> str:
    """Return at most `width` cells of the end of a text, with ``…`` where its head was cut."""
    if cell_len(text) <= width:
        return text
    tail = text[-max(width - 1, 0) :] if width > 1 else ""
    while cell_len(tail) > width - 1:
        tail = tail[1:]
    return "…" + tail


def amount(number: int) -> str:
    """Write a count in at most five cells: ``999``, ``1.2k``, ``35k``, ``1.2M``."""
    for size, letter in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            scaled = number / size
            return f"{int(scaled * 10) / 10:g}{letter}" if scaled < 10 else f"{int(scaled)}{letter}"
    return str(number)


def span(duration: timedelta) -> str:
    """Write a duration with one unit, cut down: ``now``, ``12s``, ``5m``, ``3h``, ``9d``."""
    seconds = int(duration.total_seconds())
    if seconds < 1:
        return "now"
    for size, letter in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{letter}"
    return f"{seconds}s"


def lasting(duration: timedelta) -> str:
    """Write a duration to stand after ``for``: as `span`, but ``<1s`` below a second."""
    return "<1s" if duration < timedelta(seconds=1) else span(duration)


def ago(moment: datetime, now: datetime) -> str:
    """Write how long ago a moment was, with one unit."""
    return span(now - moment)


def when(moment: datetime | None, now: datetime) -> str:
    """Write a moment in UTC, with its day only when it is another day: ``12:03:05``, ``21 Nov 12:03``."""
    if moment is None:
        return "·"
    return moment.strftime("%H:%M:%S" if moment.date() == now.date() else "%d %b %H:%M")


def plural(number: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: ``1 process``, ``3 processes`` with `many`, else with an ``s``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else _escape(found[0])


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
