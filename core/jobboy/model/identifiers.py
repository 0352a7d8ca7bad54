"""Ids of processes: UUIDv7 (RFC 9562 section 5.7), made by whoever starts the process."""

from __future__ import annotations

SHORT_LENGTH = 8
_VARIANTS = {digit: f"{0b1000 | int(digit, 16) & 0b11:x}" for digit in "0123456789abcdef"}
"""The digit that says how the rest is to be read, with two random bits in it."""


def process_id(milliseconds: int, entropy: bytes) -> str:
    """Build an id from Unix time and ten random bytes; ids made later sort later.

    Args:
        milliseconds: since 1970-01-01 UTC, below 2**48.
        entropy: at least ten bytes from a source that is safe to guess against; six of their bits are not used.
    """
    time, random = f"{milliseconds:012x}", entropy[:10].hex()
    return f"{time[:8]}-{time[8:]}-7{random[:3]}-{_VARIANTS[random[4]]}{random[5:8]}-{random[8:]}"


def first_id(milliseconds: int) -> str:
    """Return the lowest id that can be made at a moment: ids made before it sort before it."""
    return process_id(max(milliseconds, 0), bytes(10))


def short_id(full: str) -> str:
    """Return the last eight digits: the head of an id is its time, so only its tail tells two apart."""
    return full[-SHORT_LENGTH:]
