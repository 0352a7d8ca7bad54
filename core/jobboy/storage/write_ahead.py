"""The write-ahead log of a database: how long it is, and when a writer tries to empty it.

SQLite begins a log anew only when all of it is copied into the database and nobody reads from it at that very moment.
Readers that come and go make that a matter of luck, and a log that is written fast outgrows any limit meanwhile.
Emptying it on purpose lets no new reader in and waits for those that are there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

WAL_LIMIT = 64 * 1024 * 1024
"""Bytes: the log stays below this while every reader ends soon; SQLite cuts a longer one back to it."""
WAL_AIM = WAL_LIMIT // 4
"""Bytes from which writers try to empty the log: what is written until they look again fits into the rest."""
LOOK_EVERY = 0.01
"""Seconds between two looks at its length: a look costs some percent of a short transaction."""
TURN_SECONDS = 1.0
"""How long one try waits for other programs that write, or copy the log as well."""
READER_SECONDS = 0.2
"""How long one try waits for readers; nobody writes meanwhile."""
FIRST_PAUSE, LONGEST_PAUSE, LONGER = 0.02, 10.0, 4
"""Seconds between two tries that were in vain, at first and at last, and how many times each is the one before."""


class WriteAheadLog:
    """The log beside one database, seen by one program; used by one thread at a time but for `length`.

    Args:
        path: of the database.
        now: a clock that never goes back, in seconds.
    """

    def __init__(self, path: Path, *, now: Callable[[], float] = time.monotonic) -> None:
        self._name = f"{os.path.realpath(path)}-wal"  # beside the file, not beside a link to it
        self._now = now
        self._look_at = now()
        self._pause = FIRST_PAUSE

    def length(self) -> int:
        """Return its bytes, 0 when there is none to be seen; it is looked at from outside, never opened."""
        try:
            return os.stat(self._name).st_size
        except OSError:  # whoever reads or writes the database next says what is wrong
            return 0

    def is_due(self) -> bool:
        """Say whether to try to empty it now; to be asked after each commit, since most calls look at nothing."""
        if self._now() < self._look_at:
            return False
        self._look_at = self._now() + LOOK_EVERY
        if self.length() > WAL_AIM:
            return True
        self._pause = FIRST_PAUSE
        return False

    def tried(self, *, in_vain: bool) -> None:
        """Take note of a try: after one in vain it is not due for a while, and each time for longer."""
        if in_vain:
            self._look_at = self._now() + self._pause
        self._pause = min(LONGER * self._pause, LONGEST_PAUSE) if in_vain else FIRST_PAUSE
