"""The bell of a database: a write to its lock file that listeners in every program notice.

On Linux the kernel tells them (inotify); elsewhere they look every 20 ms.
"""

from __future__ import annotations

import ctypes
import io
import os
import select
import socket
import sys
import threading
import time
from contextlib import suppress

from jobboy.errors import StorageError
from jobboy.locks.lock_file import LockFile
from jobboy.ports import Listener

_MARK_BYTES = 8
_LOOK_EVERY = 0.02
_IN_MODIFY = 0x2


class FileBell:
    """Rings by writing eight random bytes to the lock file; see `jobboy.ports.Bell`."""

    def __init__(self, file: LockFile) -> None:
        self._file = file
        self._guard = threading.Lock()
        self._opened: io.FileIO | None = None

    def ring(self) -> None:
        """Wake every listener, in this and other programs; never fails, even when the file is gone."""
        with suppress(OSError, StorageError):
            os.pwrite(self._descriptor(), os.urandom(_MARK_BYTES), 0)

    def listen(self) -> Listener:
        """Begin to hear rings from now on; looks at intervals where the kernel does not tell.

        Raises:
            DatabaseReplaced: when the lock file is no longer the one that was opened.
            StorageNotReachable: when it cannot be opened.
        """
        if sys.platform == "linux":
            with suppress(OSError):  # this user has no inotify instance left
                return InotifyListener(self._file)
        return LookingListener(self._file)

    def close(self) -> None:
        """Close what ringing keeps open; a ring after it opens it again."""
        with self._guard:
            opened, self._opened = self._opened, None
            if opened is not None:
                opened.close()

    def _descriptor(self) -> int:
        """Return the one that is kept open: a program may start thousands of processes a second."""
        with self._guard:
            if self._opened is None:
                self._opened = self._file.open()
            return self._opened.fileno()


class _Interruptible:
    """The end of a wait that another thread, or a signal handler, asks for."""

    def __init__(self) -> None:
        self._sender, self._interrupted = socket.socketpair()
        self._sender.setblocking(False)
        self._interrupted.setblocking(False)

    def interrupt(self) -> None:
        """Make a `wait` in another thread, or the next one, return at once."""
        with suppress(OSError):  # one is under way already, or it was closed
            self._sender.send(b".")

    def close(self) -> None:
        """Stop listening; no other thread may be in `wait` any more."""
        self._sender.close()
        self._interrupted.close()

    def _sleep(self, timeout: float, *others: int) -> bool:
        """Sleep until one of the descriptors is readable or the interruption comes; True for the latter."""
        poll = select.poll()
        for descriptor in (self._interrupted.fileno(), *others):
            poll.register(descriptor, select.POLLIN)
        poll.poll(max(0, timeout) * 1000)
        with suppress(BlockingIOError):
            return bool(self._interrupted.recv(4096))
        return False


class InotifyListener(_Interruptible):
    """Sleeps until the kernel reports a write to the lock file.

    Raises:
        OSError: when the kernel gives no watch.
    """

    def __init__(self, file: LockFile) -> None:
        file.check()
        library = ctypes.CDLL(None, use_errno=True)
        self._events = io.FileIO(_checked(library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)))
        try:
            _checked(library.inotify_add_watch(self._events.fileno(), os.fsencode(file.path), _IN_MODIFY))
        except OSError:
            self._events.close()
            raise
        super().__init__()

    def wait(self, timeout: float) -> bool:
        """Sleep until the bell rings, at most `timeout` seconds; True when it rang since the last call."""
        self._sleep(timeout, self._events.fileno())
        rang = False
        while self._events.read(4096):
            rang = True
        return rang

    def close(self) -> None:
        """Stop listening; no other thread may be in `wait` any more."""
        self._events.close()
        super().close()


class LookingListener(_Interruptible):
    """Looks every 20 ms whether the bytes that a ring writes are still the same."""

    def __init__(self, file: LockFile) -> None:
        self._file = file.open()
        self._seen = self._mark()
        super().__init__()

    def wait(self, timeout: float) -> bool:
        """Sleep until the bell rings, at most `timeout` seconds; True when it rang since the last call."""
        until = time.monotonic() + timeout
        while (mark := self._mark()) == self._seen:
            left = until - time.monotonic()
            if left <= 0 or self._sleep(min(left, _LOOK_EVERY)):
                return False
        self._seen = mark
        return True

    def close(self) -> None:
        """Stop listening; no other thread may be in `wait` any more."""
        self._file.close()
        super().close()

    def _mark(self) -> bytes:
        return os.pread(self._file.fileno(), _MARK_BYTES, 0)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
