"""Ids of processes: UUIDv7 (RFC 9562 section 5.7), made by whoever starts the process."""

from __future__ import annotations

SHORT_LENGTH = 8


def process_id(milliseconds: int, entropy: bytes) -> str:
    """Build an id from Unix time and ten random bytes; ids made later sort later.

    Args:
        milliseconds: since 1970-01-01 UTC, below 2**48.
        entropy: at least ten bytes from a source that is safe to guess against; six of their bits are not used.
    """
    random = int.from_bytes(entropy[:10], "big")
    value = (milliseconds << 80) | (0x7 << 76) | ((random >> 68) << 64) | (0b10 << 62) | (random & (2**62 - 1))
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def first_id(milliseconds: int) -> str:
    """Return the lowest id that can be made at a moment: ids made before it sort before it."""
    return process_id(max(milliseconds, 0), bytes(10))


def short_id(full: str) -> str:
    """Return the last eight digits: the head of an id is its time, so only its tail tells two apart."""
    return full[-SHORT_LENGTH:]
