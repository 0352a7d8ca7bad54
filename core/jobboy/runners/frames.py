"""How worker and child program talk: JSON objects as text, each with its length in front, over a socket."""

from __future__ import annotations

import json
import struct
from typing import Any

_LENGTH = struct.Struct("!I")
MAX_BYTES = 64 * 1024 * 1024
"""Longest frame; a process with all its documents is far below."""
CHUNK = 1 << 15
"""Bytes to receive at once; a larger buffer costs more to allocate than the usual frame takes to copy."""

write_value = json.JSONEncoder(separators=(",", ":"), default=dict).encode
"""Write any JSON value compactly; mappings are written as objects."""

_read = json.JSONDecoder().decode


class BrokenFrame(Exception):  # caught by whoever reads, never shown
    """What arrived was not written by the other side of this protocol."""


def write_object(**texts: str) -> str:
    """Write an object whose values are JSON text already: documents are kept as text and need not be read."""
    return "{" + ",".join(f'"{key}":{text}' for key, text in texts.items()) + "}"


def frame(text: str) -> bytes:
    """Put the length in front of JSON text."""
    content = text.encode()
    return _LENGTH.pack(len(content)) + content


class Frames:
    """Collects what arrives until it is a whole frame."""

    def __init__(self) -> None:
        self._arrived: bytes | bytearray = b""

    def add(self, chunk: bytes) -> None:
        """Take what arrived next."""
        if not self._arrived:  # nearly always a whole frame, and nothing need be copied
            self._arrived = chunk
            return
        if isinstance(self._arrived, bytes):
            self._arrived = bytearray(self._arrived)
        self._arrived += chunk

    def next(self) -> dict[str, Any] | None:
        """Return the oldest whole frame once, or None while it is not whole.

        Raises:
            BrokenFrame: when it is no JSON object or longer than allowed.
        """
        if len(self._arrived) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._arrived)
        if length > MAX_BYTES:
            raise BrokenFrame(f"a frame of {length} bytes")
        end = _LENGTH.size + length
        if len(self._arrived) < end:
            return None
        content, self._arrived = self._arrived[_LENGTH.size : end], self._arrived[end:]
        return _object(content)


def _object(content: bytes | bytearray) -> dict[str, Any]:
    try:
        value = _read(content.decode())
    except ValueError as error:
        raise BrokenFrame(str(error)) from error
    if not isinstance(value, dict):
        raise BrokenFrame("no object")
    return value
