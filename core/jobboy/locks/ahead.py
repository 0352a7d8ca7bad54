"""Notes of what a program has claimed but not begun, kept where its death does not reach them.

They lie in a file beside the database, one of 16 bytes for each process: the place that its holder locks, and a mark
of the running system. Written notes stay in the memory of the operating system when a program is killed. After a
restart of the machine the mark is another one, so a note that may be an old one is not believed. Numbers that share a
note (65,536 apart) overwrite each other's, and what is then not noted counts as begun: that errs on the safe side.

Whoever keeps notes maps the file, where room that was reserved is there for good: a note is then a store into memory
that all programs share, instead of three calls of the system.
"""

from __future__ import annotations

import io
import mmap
import os
import struct
import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from jobboy.locks.lock_file import file_system_of, not_reachable, open_private

_NOTE = struct.Struct("<QQ")
_PLACE = struct.Struct("<Q")
_NOTES = 1 << 16
_LENGTH = _NOTES * _NOTE.size
_TOKEN_BITS = 20
_ERASED = bytes(_NOTE.size)
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_BOOT_DIGITS = 16
"""Of the random UUID that is in there, as many as a note has room for; a digest would load a whole library."""
_RESERVING = frozenset({"ext2", "ext3", "ext4", "tmpfs"})
"""Types of file systems on which room that was reserved is there whenever it is written to. Others may write what is
changed to another place, XFS what a copy shares: a full disk would then not refuse a store but end the program."""


class AheadNotes:
    """The notes of one database; called from many threads and programs at once.

    Args:
        path: of the file; made when the first note is kept or erased.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._boot = _boot_mark()
        self._guard = threading.Lock()
        self._file: io.FileIO | None = None
        self._map: mmap.mmap | None = None

    def keep(self, place: int) -> bool:
        """Note that what is claimed under a place has not begun; False when this machine keeps no notes."""
        if self._boot is None:
            return False
        note, offset = _NOTE.pack(place, self._boot), _offset(place)
        try:
            notes = self._map or self._mapped()
            if notes is None:
                return os.pwrite(self._descriptor(create=True), note, offset) == len(note)
        except OSError:  # no room, no right to write: nothing is claimed ahead then
            return False
        notes[offset : offset + len(note)] = note
        return True

    def erase(self, place: int) -> None:
        """Take a note back; one of another place stays, and nothing is written where there is none.

        Raises:
            OSError: when it could not be erased, so that the work must not begin.
        """
        notes, offset, written = self._map, _offset(place), _PLACE.pack(place)
        if notes is not None:
            if notes[offset : offset + len(written)] == written:
                notes[offset : offset + len(_ERASED)] = _ERASED
            return
        descriptor = self._made()
        if descriptor is not None and os.pread(descriptor, len(written), offset) == written:
            os.pwrite(descriptor, _ERASED, offset)

    def has(self, place: int) -> bool:
        """Say whether a note that was written since the machine was started says that the work has not begun."""
        with suppress(OSError), open_private(self.path) as file:  # opened anew: another program may have made it
            return os.pread(file.fileno(), _NOTE.size, _offset(place)) == _NOTE.pack(place, self._boot or 0)
        return False

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._map = None  # closed when no other thread is at it any more
            if self._file is not None:
                self._file.close()
                self._file = None

    def _mapped(self) -> mmap.mmap | None:
        """Return the whole file as memory, None where it had better be written.

        Raises:
            OSError: when there is no room for all of it.
        """
        if not self._reserves:
            return None
        descriptor = self._descriptor(create=True)
        os.posix_fallocate(descriptor, 0, _LENGTH)
        with self._guard:
            self._map = self._map or mmap.mmap(descriptor, _LENGTH)
            return self._map

    @cached_property
    def _reserves(self) -> bool:
        return file_system_of(self.path.parent) in _RESERVING

    def _made(self) -> int | None:
        """Return the descriptor of a file that is there for sure, None where none can be made: then it has no notes.

        Made before anybody keeps a note, because looking in vain takes longer than all the rest of a lock.
        """
        try:
            return self._descriptor(create=False)
        except FileNotFoundError:
            with suppress(OSError):
                return self._descriptor(create=True)
            return None

    def _descriptor(self, *, create: bool) -> int:
        if self._file is None:
            with self._guard:
                self._file = self._file or open_private(self.path, os.O_CREAT if create else 0)
        return self._file.fileno()


class NotedLocks:
    """What every kind of locks has of the notes of one database; see `jobboy.ports.Locks`."""

    def __init__(self, notes: AheadNotes) -> None:
        self._notes = notes

    def mark_ahead(self, place: int) -> bool:
        """Note that what is claimed under a place has not begun; False when no note can be kept."""
        return self._notes.keep(place)

    def is_ahead(self, place: int) -> bool:
        """Say whether what is claimed under a place has surely not begun."""
        return self._notes.has(place)

    def mark_begun(self, place: int) -> None:
        """Take the note of `mark_ahead` back.

        Raises:
            StorageNotReachable: when it cannot be taken back, so that the work must not begin.
        """
        try:
            self._notes.erase(place)
        except OSError as error:
            raise not_reachable(self._notes.path, error) from error

    def close_notes(self) -> None:
        """Close the file of the notes."""
        self._notes.close()


def _offset(place: int) -> int:
    return (place >> _TOKEN_BITS) % _NOTES * _NOTE.size


def _boot_mark() -> int | None:
    """Return a number that is another one after the machine was restarted; only Linux tells."""
    try:
        boot = _BOOT.read_bytes()
    except OSError:
        return None
    return int(boot.replace(b"-", b"")[:_BOOT_DIGITS], 16) or 1
