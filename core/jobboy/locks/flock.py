"""``flock`` on one small file a place: the fallback where open file description locks are missing.

It has their properties, except that it cannot be asked without being taken: a prober holds a place shared for some
microseconds, so whoever takes a place tries for some milliseconds before believing that it is taken.
"""

from __future__ import annotations

import fcntl
import io
import os
from pathlib import Path
from typing import Self

from jobboy.locks.ahead import AheadNotes, NotedLocks
from jobboy.locks.lock_file import DescriptorLock, not_reachable, open_private
from jobboy.locks.waiting import pauses, wait_for
from jobboy.ports import EMPTYING_PLACE, MANAGEMENT_PLACE, SCHEMA_PLACE, WAITING_PLACE, Bundle, Lock

_PATIENCE = 0.05
"""Seconds a taker tries, so that probers do not make it fail."""
_KEPT = frozenset({EMPTYING_PLACE, MANAGEMENT_PLACE, SCHEMA_PLACE, WAITING_PLACE})
"""Places whose file stays: they are taken again and again, by many."""


class FlockLocks(NotedLocks):
    """The locks of one database as files in one folder; see `jobboy.ports.Locks`.

    Files of places that nobody holds are removed, by whoever releases them and when the folder is opened.

    Raises:
        StorageNotReachable: when the folder cannot be made.
    """

    def __init__(self, folder: Path, notes: AheadNotes) -> None:
        self._folder = folder
        super().__init__(notes)
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise not_reachable(folder, error) from error
        for path in folder.iterdir():
            if path.name.isdecimal() and int(path.name) not in _KEPT:
                _remove_if_free(path)

    def take(self, place: int, *, shared: bool = False) -> Lock | None:
        """Take the lock of a place, or return None when another holder is alive; decided within 50 ms.

        Raises:
            StorageNotReachable: when the file of the place cannot be opened or locked.
        """
        for _ in pauses(_PATIENCE):
            lock = self._take(place, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            if lock is not None:
                return lock
        return None

    def bundle(self) -> Bundle:
        """Return a holder of many locks: a descriptor for each."""
        return _FlockBundle(self)

    def wait_for(self, place: int, *, timeout: float) -> Lock:
        """Take the lock of a place, waiting for its holder.

        Raises:
            StorageBusy: when it was not free within `timeout` seconds.
        """
        return wait_for(lambda: self.take(place), str(self._path(place)), timeout)

    def is_taken(self, place: int) -> bool:
        """Say whether anybody holds the place exclusively; holds it shared for the moment of asking.

        Raises:
            StorageNotReachable: when the file of the place cannot be opened.
        """
        path = self._path(place)
        try:
            file = open_private(path)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise not_reachable(path, error) from error
        with file:
            return not _try(file, fcntl.LOCK_SH)

    def is_waited_at(self, place: int) -> bool:
        """Say whether anybody holds the place, shared or not; holds it for the moment of asking."""
        path = self._path(place)
        try:
            file = open_private(path)
        except OSError:  # nobody has ever waited here, or nobody may: then nobody need be let past
            return False
        with file:
            return not _try(file, fcntl.LOCK_EX)

    def close(self) -> None:
        """Close the notes: probing keeps nothing open."""
        self.close_notes()

    def _take(self, place: int, kind: int) -> Lock | None:
        path = self._path(place)
        while True:
            try:
                file = open_private(path, os.O_CREAT)
            except OSError as error:
                raise not_reachable(path, error) from error
            if not _try(file, kind):
                file.close()
                return None
            if _is_at(file, path):
                return DescriptorLock(file) if place in _KEPT else _PassingLock(file, path)
            file.close()  # its last holder removed it between the opening and the locking

    def _path(self, place: int) -> Path:
        return self._folder / str(place)


class _PassingLock(DescriptorLock):
    """A lock whose file is removed after it, unless a child program still holds it."""

    __slots__ = ("_path",)

    def __init__(self, file: io.FileIO, path: Path) -> None:
        super().__init__(file)
        self._path = path

    def release(self) -> None:
        """Close the descriptor, then remove the file if nobody else has it locked."""
        if not self._file.closed:
            super().release()
            _remove_if_free(self._path)


class _FlockBundle:
    """Locks of many places, each with its own file."""

    def __init__(self, locks: FlockLocks) -> None:
        self._locks = locks
        self._held: list[Lock] = []

    def take(self, place: int) -> bool:
        """Take the lock of a place too; False when another holder is alive."""
        lock = self._locks.take(place)
        if lock is not None:
            self._held.append(lock)
        return lock is not None

    def fileno(self) -> int:
        """Refuse: there is no one descriptor that carries all of them.

        Raises:
            ValueError: always.
        """
        raise ValueError("a bundle of locks is not one to be handed on")

    def release(self) -> None:
        """Give all of them up."""
        while self._held:
            self._held.pop().release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _remove_if_free(path: Path) -> None:
    try:
        file = open_private(path)
    except FileNotFoundError:
        return
    except OSError:  # left lying about: an unused file harms nobody, and the next opening of the folder removes it
        return
    with file:
        if _try(file, fcntl.LOCK_EX) and _is_at(file, path):
            path.unlink()


def _try(file: io.FileIO, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(file: io.FileIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
