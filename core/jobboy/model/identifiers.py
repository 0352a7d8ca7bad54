"""Ids of processes: UUIDv7 (RFC 9562 section 5.7), made by whoever starts the process."""

from __future__ import annotations

SHORT_LENGTH = 8
_RANDOM = bytes.fromhex("0fff3fffffffffffffff")
"""Which of ten random bytes' bits stay random."""
_FORMAT = bytes.fromhex("70008000000000000000")
"""Version and variant, which say how the rest is to be read."""


def process_id(milliseconds: int, entropy: bytes) -> str:
    """Build an id from Unix time and ten random bytes; ids made later sort later.

    Args:
        milliseconds: since 1970-01-01 UTC, below 2**48.
        entropy: at least ten bytes from a source that is safe to guess against; six of their bits are not used.
    """
    return process_ids(milliseconds, entropy[:10])[0]


def process_ids(milliseconds: int, entropy: bytes) -> list[str]:
    """Build ids of one moment like `process_id`, one from every ten random bytes."""
    count = len(entropy) // 10
    time, random = f"{milliseconds:012x}", int.from_bytes(entropy)
    marked = random & int.from_bytes(_RANDOM * count) | int.from_bytes(_FORMAT * count)
    head, tails = f"{time[:8]}-{time[8:]}", marked.to_bytes(len(entropy)).hex()
    return [
        f"{head}-{tails[at : at + 4]}-{tails[at + 4 : at + 8]}-{tails[at + 8 : at + 20]}"
        for at in range(0, len(tails), 20)
    ]


def first_id(milliseconds: int) -> str:
    """Return the lowest id that can be made at a moment: ids made before it sort before it."""
    return process_id(max(milliseconds, 0), bytes(10))


def short_id(full: str) -> str:
    """Return the last eight digits: the head of an id is its time, so only its tail tells two apart."""
    return full[-SHORT_LENGTH:]
