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
import time
from pathlib import Path
from typing import NamedTuple, Self

from jobboy.failpoints import reach
from jobboy.locks.ahead import AheadNotes, NotedLocks
from jobboy.locks.lock_file import DescriptorLock, LockFile, not_reachable
from jobboy.locks.waiting import wait_for
from jobboy.ports import Bundle, Lock

_FLOCK = struct.Struct("@hhqqi0q")
"""``struct flock``: type, whence, start, length, pid, which must be 0; padded at its end like in C."""
_KEPT_FOR = 0.05
"""Seconds for which one open file description is used again and again; see `_Descriptions`."""


class OfdLocks(NotedLocks):
    """The locks of one database as bytes of one file; see `jobboy.ports.Locks`."""

    def __init__(self, file: LockFile, notes: AheadNotes) -> None:
        self._file = file
        super().__init__(notes)
        self._probe = file.open()
        self._descriptions = _Descriptions(file)

    def take(self, place: int, *, shared: bool = False) -> Lock | None:
        """Take the lock of a place at once, or return None when another holder is alive.

        Raises:
            DatabaseReplaced: when the lock file is no longer the one that was opened.
            StorageNotReachable: when the file cannot be opened or locked.
        """
        if shared:
            return self._shared(place)
        # A description of its own: a child that is handed it keeps this lock alive and no other.
        file = self._file.open()
        try:
            taken = _locked(file, place, shared=False)
        except OSError as error:
            file.close()
            raise not_reachable(self._file.path, error) from error
        if taken:
            return DescriptorLock(file)
        file.close()
        return None

    def _shared(self, place: int) -> Lock | None:
        bundle = _OfdBundle(self._descriptions)
        try:
            if bundle.take(place, shared=True):
                return bundle
        except BaseException:
            bundle.release()
            raise
        bundle.release()
        return None

    def bundle(self) -> Bundle:
        """Return a holder of many locks, with an open file description that nobody else uses meanwhile.

        Raises:
            DatabaseReplaced, StorageNotReachable: like `take`.
        """
        return _OfdBundle(self._descriptions)

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
        """Close the descriptors that probe or hold nothing, and the notes; locks in hand stay."""
        self._probe.close()
        self._descriptions.close()
        self.close_notes()

    @property
    def path(self) -> Path:
        """The lock file."""
        return self._file.path


class _Description(NamedTuple):
    file: io.FileIO
    opened_at: float


class _Descriptions:
    """Open file descriptions of the lock file that hold nothing: opening one takes longer than all its locks.

    Each is used for a moment only: whoever opens looks whether the file is still the same one, and a library may
    fork without telling Python; such a fork keeps what it inherited, and with it all that is ever locked through it.
    Called from many threads.

    Args:
        file: the lock file.
    """

    def __init__(self, file: LockFile) -> None:
        self._file = file
        self._idle: list[_Description] = []
        self._is_closed = False

    @property
    def path(self) -> Path:
        """The lock file."""
        return self._file.path

    def borrow(self) -> _Description:
        """Return one that is nobody's until it is given back.

        Raises:
            DatabaseReplaced, StorageNotReachable: like `LockFile.open`.
        """
        now = time.monotonic()
        while (kept := self._next_idle()) is not None:
            if now - kept.opened_at < _KEPT_FOR and not kept.file.closed:
                return kept
            kept.file.close()
        return _Description(self._file.open(), now)

    def give_back(self, description: _Description) -> None:
        """Free all that it holds and keep it for the next."""
        try:
            fcntl.fcntl(description.file, fcntl.F_OFD_SETLK, _EVERYTHING_FREE)
        except (OSError, ValueError):  # closing frees it too; in a fork it is closed already
            description.file.close()
            return
        self._idle.append(description)
        if self._is_closed:
            self.close()

    def close(self) -> None:
        """Close those that nobody has; the others are closed when they are given back."""
        self._is_closed = True
        while (kept := self._next_idle()) is not None:
            kept.file.close()

    def _next_idle(self) -> _Description | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


class _OfdBundle:
    """Places that are held through one open file description, which is borrowed.

    Raises:
        DatabaseReplaced, StorageNotReachable: like `OfdLocks.take`.
    """

    __slots__ = ("_borrowed", "_descriptions")

    def __init__(self, descriptions: _Descriptions) -> None:
        self._descriptions = descriptions
        self._borrowed: _Description | None = descriptions.borrow()

    def take(self, place: int, *, shared: bool = False) -> bool:
        """Take the lock of a place too; False when another holder is alive.

        Raises:
            StorageNotReachable: when it cannot be locked, for instance because the system has no locks left.
            ValueError: after `release`.
        """
        if self._borrowed is None:
            raise ValueError("the bundle was released")
        try:
            return _locked(self._borrowed.file, place, shared=shared)
        except OSError as error:
            raise not_reachable(self._descriptions.path, error) from error

    def fileno(self) -> int:
        """Refuse: a child program that got the descriptor would keep all that is locked through it.

        Raises:
            ValueError: always.
        """
        raise ValueError("a bundle of locks is not one to be handed on")

    def release(self) -> None:
        """Free all places; a second call frees nothing."""
        borrowed, self._borrowed = self._borrowed, None
        if borrowed is not None:
            self._descriptions.give_back(borrowed)
        reach("lock-freed")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


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


_EVERYTHING_FREE = _FLOCK.pack(fcntl.F_UNLCK, os.SEEK_SET, 0, 0, 0)
