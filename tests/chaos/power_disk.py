"""What a disk holds after a loss of power: a model that follows the calls that power_loss.c wrote down."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

_HEADER = struct.Struct("=IIQQQQ")
SECTOR, BLOCK = 512, 4096
"""Bytes that reach a disk together: of the disk itself, and of most file systems."""


class Call(IntEnum):
    """The calls, numbered as in power_loss.c."""

    CREATE = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC_BEGINS = 4
    SYNC_ENDS = 5
    UNLINK = 6
    RENAME = 7
    ACKNOWLEDGE = 8
    UNKNOWN = 9


@dataclass(frozen=True, slots=True)
class Record:
    """One call as it was made."""

    call: Call
    thread: int
    inode: int
    """0 for the folder itself."""
    offset: int
    """Place of a write, or new size."""
    name: str
    data: bytes


def read_log(path: Path) -> Iterator[Record]:
    """Yield the calls in their order; one that its program was killed in the middle of is left out."""
    log = memoryview(path.read_bytes())
    place = 0
    while place + _HEADER.size <= len(log):
        call, name_length, thread, inode, offset, length = _HEADER.unpack_from(log, place)
        name_at = place + _HEADER.size
        data_at = name_at + name_length
        place = data_at + length
        if place <= len(log):
            name = bytes(log[name_at:data_at]).decode()
            yield Record(Call(call), thread, inode, offset, name, bytes(log[data_at:place]))


@dataclass(eq=False)
class _File:
    """A file on the disk, and what was asked of it since it was last synced."""

    kept: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, Record]] = field(default_factory=list)


_Names = dict[str, _File]


class Disk:
    """Follows the calls on one folder and says what is left of it when the power is cut.

    The strict reading of POSIX: the contents of a file are kept when a sync of it that began after the writes has
    returned, its name when a sync of the folder has.
    """

    def __init__(self) -> None:
        self.acknowledged: list[str] = []
        """Lines that programs had written as acknowledged by then."""
        self._moment = 0
        self._files: dict[int, _File] = {}
        self._names: _Names = {}
        self._kept_names: _Names = {}
        self._pending_names: list[tuple[int, _Names]] = []
        self._syncing: dict[int, int] = {}

    def follow(self, record: Record) -> None:
        """Take the next call.

        Raises:
            RuntimeError: it is of a kind that the model does not know, so nothing can be said any more.
        """
        self._moment += 1
        match record.call:
            case Call.WRITE | Call.TRUNCATE:
                self._files[record.inode].pending.append((self._moment, record))
            case Call.SYNC_BEGINS:
                self._syncing[record.thread] = self._moment
            case Call.SYNC_ENDS:
                self._synced(record.inode, self._syncing.pop(record.thread))
            case Call.ACKNOWLEDGE:
                self.acknowledged += record.data.decode().splitlines()
            case Call.UNKNOWN:
                raise RuntimeError(f"{record.name} was called, which is not followed")
            case _:
                self._rename(record)

    def _rename(self, record: Record) -> None:
        names = dict(self._names)
        if record.call is Call.CREATE:
            names[record.name] = self._files[record.inode] = _File()
        else:
            moved = names.pop(record.name)
            if record.call is Call.RENAME:
                names[record.data.decode()] = moved
        self._names = names
        self._pending_names.append((self._moment, names))

    def _synced(self, inode: int, began: int) -> None:
        if inode:
            file = self._files[inode]
            for moment, record in file.pending:
                if moment < began:
                    _apply(record, file.kept)
            file.pending = [(moment, record) for moment, record in file.pending if moment > began]
            return
        for moment, names in self._pending_names:
            if moment < began:
                self._kept_names = names
        self._pending_names = [(moment, names) for moment, names in self._pending_names if moment > began]

    def cut(self, folder: Path) -> None:
        """Write what a disk has that kept nothing but what was synced."""
        for name, file in self._kept_names.items():
            (folder / name).write_bytes(file.kept)

    def cut_with_leftovers(self, folder: Path, chance: random.Random) -> None:
        """Write what a disk may have that was busy writing: some of what was not synced, torn and in any order."""
        later = [names for _, names in self._pending_names]
        names = chance.choice([self._kept_names, *later])  # names change in their order: file systems log them
        size = chance.choice([SECTOR, BLOCK])
        for name, file in names.items():
            contents = bytearray(file.kept)
            luck = chance.choice([0.0, 0.1, 0.5, 0.9, 1.0])
            for _, record in file.pending:
                for piece in _pieces(record, size):
                    if chance.random() < luck:
                        _apply(piece, contents)
            if name.endswith(("-shm", ".ahead")):  # written through memory, so anything at all may be in it
                contents = bytearray(chance.randbytes(32 * 1024))
            (folder / name).write_bytes(contents)


def _pieces(record: Record, size: int) -> Iterator[Record]:
    if record.call is Call.TRUNCATE:
        yield record
        return
    start, end = record.offset, record.offset + len(record.data)
    while start < end:
        until = min(end, (start // size + 1) * size)
        data = record.data[start - record.offset : until - record.offset]
        yield Record(Call.WRITE, record.thread, record.inode, start, "", data)
        start = until


def _apply(record: Record, contents: bytearray) -> None:
    end = record.offset + len(record.data)
    if record.call is Call.TRUNCATE:
        del contents[record.offset :]
    if len(contents) < end:
        contents.extend(bytes(end - len(contents)))
    contents[record.offset : end] = record.data
