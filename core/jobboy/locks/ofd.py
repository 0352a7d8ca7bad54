"""Linux open file description locks: each place is one byte of the lock file.

The open file description owns such a lock, not the program: it survives that the file is opened and closed
elsewhere in the program, excludes two holders inside one program, and a child that inherits the descriptor shares it.
The kernel frees it when the last descriptor is closed, so within milliseconds of a ``kill -9``.
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import struct
from pathlib import Path

from jobboy.locks.ahead import AheadNotes, NotedLocks
from jobboy.locks.lock_file import DescriptorLock, LockFile, not_reachable
from jobboy.locks.waiting import wait_for
from jobboy.ports import Bundle, Lock

_FLOCK = struct.Struct("@hhqqi0q")
"""``struct flock``: type, whence, start, length, pid, which must be 0; padded at its end like in C."""


class OfdLocks(NotedLocks):
    """The locks of one database as bytes of one file; see `jobboy.ports.Locks`."""

    def __init__(self, file: LockFile, notes: AheadNotes) -> None:
        self._file = file
        super().__init__(notes)
        self._probe = file.open()

    def take(self, place: int, *, shared: bool = False) -> Lock | None:
        """Take the lock of a place at once, or return None when another holder is alive.

        Raises:
            DatabaseReplaced: when the lock file is no longer the one that was opened.
            StorageNotReachable: when the file cannot be opened or locked.
        """
        # A description of its own: a child that is handed it keeps this lock alive and no other.
        file = self._file.open()
        try:
            taken = _locked(file, place, shared=shared)
        except OSError as error:
            file.close()
            raise not_reachable(self._file.path, error) from error
        if taken:
            return DescriptorLock(file)
        file.close()
        return None

    def bundle(self) -> Bundle:
        """Return a holder of many locks, with an open file description of its own.

        Raises:
            DatabaseReplaced, StorageNotReachable: like `take`.
        """
        return _OfdBundle(self._file.open(), self._file.path)

    def wait_for(self, place: int, *, timeout: float) -> Lock:
        """Take the lock of a place, waiting for its holder.

        Raises:
            StorageBusy: when it was not free within `timeout` seconds.
        """
        return wait_for(lambda: self.take(place), f"{self.path} place {place}", timeout)

    def is_taken(self, place: int) -> bool:
        """Say whether anybody holds the place exclusively; asks the kernel and takes nothing.

        Raises:
            DatabaseReplaced: when the lock file is no longer the one that was opened.
        """
        self._file.check()
        answer = fcntl.fcntl(self._probe, fcntl.F_OFD_GETLK, _byte(fcntl.F_RDLCK, place))
        return bool(_FLOCK.unpack(answer)[0] != fcntl.F_UNLCK)

    def is_waited_at(self, place: int) -> bool:
        """Say whether anybody holds the place, shared or not; asks the kernel and takes nothing."""
        answer = fcntl.fcntl(self._probe, fcntl.F_OFD_GETLK, _byte(fcntl.F_WRLCK, place))
        return bool(_FLOCK.unpack(answer)[0] != fcntl.F_UNLCK)

    def close(self) -> None:
        """Close the descriptor that probes, and the notes; locks in hand stay."""
        self._probe.close()
        self.close_notes()

    @property
    def path(self) -> Path:
        """The lock file."""
        return self._file.path


class _OfdBundle(DescriptorLock):
    """One open file description that holds many places."""

    __slots__ = ("_path",)

    def __init__(self, file: io.FileIO, path: Path) -> None:
        super().__init__(file)
        self._path = path

    def take(self, place: int) -> bool:
        """Take the lock of a place too; False when another holder is alive.

        Raises:
            StorageNotReachable: when it cannot be locked, for instance because the system has no locks left.
        """
        try:
            return _locked(self._file, place, shared=False)
        except OSError as error:
            raise not_reachable(self._path, error) from error

    def fileno(self) -> int:
        """Refuse: a child program that got the descriptor would keep all the places locked.

        Raises:
            ValueError: always.
        """
        raise ValueError("a bundle of locks is not one to be handed on")


def _locked(file: io.FileIO, place: int, *, shared: bool) -> bool:
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, _byte(fcntl.F_RDLCK if shared else fcntl.F_WRLCK, place))
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    return True


def _byte(kind: int, place: int) -> bytes:
    return _FLOCK.pack(kind, os.SEEK_SET, place, 1, 0)
