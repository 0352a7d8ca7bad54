"""The lock file of a database: created once, opened anew for every lock, checked to be still the same file."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Self
from weakref import WeakSet

from jobboy.errors import DatabaseReplaced, StorageError, StorageNotReachable
from jobboy.failpoints import reach

ALLOW_NETWORK_FILE_SYSTEM = "JOBBOY_ALLOW_NETWORK_FILESYSTEM"
"""Environment variable; ``1`` opens databases on network file systems all the same."""
_NETWORK_TYPES = frozenset(
    {"9p", "afs", "ceph", "cifs", "coda", "davfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb2", "smb3"}
    | {"smbfs", "fuse.ceph", "fuse.davfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"}
)
_MOUNTS = Path("/proc/self/mountinfo")


class LockFile:
    """A file that exists to be locked.

    Raises:
        StorageNotReachable: when it cannot be created or opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name = str(path)
        with self._open(os.O_CREAT) as file:
            self._identity = _identity(os.fstat(file.fileno()))

    def open(self) -> io.FileIO:
        """Open the file for reading and writing, with an open file description of its own.

        Raises:
            DatabaseReplaced: when it was removed or replaced since this program began to use it: whoever locked
                the old one would not be seen any more.
            StorageNotReachable: when it cannot be opened, for instance because too many files are open.
        """
        file = self._open(0)
        if _identity(os.fstat(file.fileno())) != self._identity:
            file.close()
            raise DatabaseReplaced(str(self.path))
        return file

    def check(self) -> None:
        """Look whether the file is still in its place.

        Raises:
            DatabaseReplaced: when it is not.
        """
        try:
            found = _identity(os.stat(self._name))
        except FileNotFoundError:
            found = None
        if found != self._identity:
            raise DatabaseReplaced(self._name)

    def _open(self, flags: int) -> io.FileIO:
        try:
            return open_private(self.path, flags)
        except FileNotFoundError as error:
            if flags:
                raise not_reachable(self.path, error) from error
            raise DatabaseReplaced(str(self.path)) from error
        except OSError as error:
            raise not_reachable(self.path, error) from error


class DescriptorLock:
    """A lock that lives as long as an open file description: here, and in every program that was handed it."""

    __slots__ = ("_file",)

    def __init__(self, file: io.FileIO) -> None:
        self._file = file

    def fileno(self) -> int:
        """Return the descriptor that carries the lock.

        Raises:
            ValueError: after `release`.
        """
        return self._file.fileno()

    def release(self) -> None:
        """Close the descriptor; unlocking it would take the lock from a child program that was handed it too."""
        self._file.close()
        reach("lock-freed")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def open_private(path: Path, flags: int = 0) -> io.FileIO:
    """Open a file for reading and writing: never inherited unasked, only ours if it is created, never a link.

    A program that is forked off has it closed: only who is handed the descriptor shares what is locked through it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)
    file = io.FileIO(descriptor, "r+")
    _opened.add(file)
    return file


_opened: WeakSet[io.FileIO] = WeakSet()


def _leave_to_parent() -> None:
    """Close what a fork of this program would keep locked after the program itself is dead."""
    for file in list(_opened):
        file.close()


os.register_at_fork(after_in_child=_leave_to_parent)


def not_reachable(path: Path, error: OSError) -> StorageNotReachable:
    """Word what the operating system said about a lock file."""
    if not path.parent.exists():
        return StorageNotReachable(f"there is no folder {path.parent}: make it, or give another database URL")
    return StorageNotReachable(f"cannot open the lock file {path}: {error.strerror}")


def refuse_network_file_system(folder: Path) -> None:
    """Refuse a folder whose locks other machines share or nobody keeps; only Linux tells.

    Raises:
        StorageError: naming the type of file system, and how to go on at one's own risk.
    """
    if sys.platform != "linux" or os.environ.get(ALLOW_NETWORK_FILE_SYSTEM) == "1":
        return
    kind = file_system_of(folder)
    if kind in _NETWORK_TYPES:
        raise StorageError(
            f"{folder} is on a network file system ({kind}), where a lock does not tell who is alive: use a local"
            f" disk, or set {ALLOW_NETWORK_FILE_SYSTEM}=1 if one machine alone uses it"
        )


def file_system_of(folder: Path) -> str | None:
    """Return the type of the file system that a folder is on, None where nothing tells."""
    try:
        mounts = _MOUNTS.read_text(errors="surrogateescape")
    except OSError:  # no /proc in this sandbox, or no Linux
        return None
    return file_system_type(str(folder.resolve()), mounts)


def file_system_type(folder: str, mounts: str) -> str | None:
    """Find the type of the file system that an absolute folder is on, in the text of ``/proc/self/mountinfo``.

    The longest mount point above the folder counts; of two on the same point, the later one covers the other.
    """
    found, longest = None, -1
    for line in mounts.splitlines():
        point, kind = _mount(line)
        above = folder == point or folder.startswith(point.rstrip("/") + "/")
        if above and len(point) >= longest:
            found, longest = kind, len(point)
    return found


def _mount(line: str) -> tuple[str, str]:
    before, _, after = line.partition(" - ")
    point = before.split(" ")[4]
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, character)
    return point, after.split(" ")[0]


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
