"""How worker and child program talk: parts in frames over a socket, their lengths in front."""

from __future__ import annotations

import struct

MAX_BYTES = 64 * 1024 * 1024
"""Longest frame; a process with all its documents is far below."""
CHUNK = 1 << 15
"""Bytes to receive at once; a larger buffer costs more to allocate than the usual frame takes to copy."""


class BrokenFrame(Exception):  # caught by whoever reads, never shown
    """What arrived was not written by the other side of this protocol."""


class Layout:
    """Frames of one kind.

    Args:
        parts: how many parts each of them has.
    """

    def __init__(self, parts: int) -> None:
        self.lengths = struct.Struct(f"!{parts}I")

    def frame(self, *parts: bytes) -> bytes:
        """Put the lengths of parts in front of them; documents need not be read on the way."""
        return b"".join((self.lengths.pack(*map(len, parts)), *parts))


class Frames:
    """Collects what arrives until it is a whole frame.

    Args:
        layout: of the frames that the other side sends.
    """

    def __init__(self, layout: Layout) -> None:
        self._lengths = layout.lengths
        self._arrived: bytes | bytearray = b""

    def add(self, chunk: bytes) -> None:
        """Take what arrived next."""
        if not self._arrived:  # nearly always a whole frame, and nothing need be copied
            self._arrived = chunk
            return
        if isinstance(self._arrived, bytes):
            self._arrived = bytearray(self._arrived)
        self._arrived += chunk

    @property
    def has_more(self) -> bool:
        """Whether anything has arrived beyond what was returned."""
        return bool(self._arrived)

    def next(self) -> list[bytes] | None:
        """Return the parts of the oldest whole frame once, or None while it is not whole.

        Raises:
            BrokenFrame: when it is longer than allowed.
        """
        begin = self._lengths.size
        arrived = self._arrived
        if len(arrived) < begin:
            return None
        lengths = self._lengths.unpack_from(arrived)
        whole = begin + sum(lengths)
        if whole > MAX_BYTES:
            raise BrokenFrame(f"a frame of {whole} bytes")
        if len(arrived) < whole:
            return None
        self._arrived = arrived[whole:]
        parts = []
        for length in lengths:
            parts.append(bytes(arrived[begin : begin + length]))
            begin += length
        return parts
