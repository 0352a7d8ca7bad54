"""What is SQLite's alone: the file and its identity, connections and their settings, and who may write when."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from jobboy.errors import DatabaseReplaced, InvalidValue, StorageError, StorageNotReachable
from jobboy.ports import EMPTYING_PLACE, Locks
from jobboy.storage import checks, lock_holders, schema, statements
from jobboy.storage.driver import connect, driver
from jobboy.storage.failures import BUSY, code_of, file_error, meaning, translated
from jobboy.storage.readers import Readers
from jobboy.storage.statements import Session
from jobboy.storage.turnstile import LONGEST, Turnstile
from jobboy.storage.watch import Watch
from jobboy.storage.write_ahead import READER_SECONDS, TURN_SECONDS, WAL_LIMIT, WriteAheadLog
from jobboy.storage.writer import Transaction, Work, Writer

DIALECT = "sqlite"
"""Which texts are run here."""
BUSY_SECONDS = 10.0
"""How long a write waits for other programs."""
EXAMINE_EVERY = 0.1
"""Seconds for which a writer relies on the schema that it has seen."""
PIN_LOOKS = 5
PIN_PAUSE = 0.1  # seconds between two looks
READER_CACHE = 512
"""KiB that each reading connection keeps of the file: the operating system keeps the rest, for all of them once."""
_SYNCHRONOUS = {"full": "FULL", "normal": "NORMAL"}
_creating = threading.Lock()
_log = logging.getLogger(__name__)

T = TypeVar("T")


class SqliteDatabase:
    """One SQLite file: one writing connection that threads share, and reading ones that hold no transaction.

    Args:
        path: of the file, absolute; made if it is not there.
        durability: ``full`` or ``normal``.
        locks: keep programs from upgrading the file at the same time.
    """

    def __init__(self, path: Path, *, durability: str, locks: Locks | None) -> None:
        if durability not in _SYNCHRONOUS:
            raise InvalidValue("durability", "must be full or normal")
        self.path = path
        self._synchronous = _SYNCHRONOUS[durability]
        self._pid = os.getpid()
        self._identity = _make_file(path)
        self.log = WriteAheadLog(path)
        self._locks = locks
        self._readers = Readers(self._connect_reader)
        self._turnstile = Turnstile(locks, seconds=BUSY_SECONDS, is_busy=_is_busy)
        self._short_turnstile = Turnstile(locks, seconds=TURN_SECONDS, is_busy=_is_busy)
        self._channel = _Channel(self)
        self._writer = Writer(self._channel)
        self._watch_guard = threading.Lock()
        self._watch: Any = None
        self._examined = -1
        with translated(path):
            schema.prepare(path, self.connect_writer, locks, begin=self.begin)

    # --- access ---

    def write(self, work: Work[T]) -> T:
        """Run work in a write transaction, shared with what other threads hand in meanwhile; see `Writer`."""
        self._examine_caller()
        try:
            return self._writer.run(work)
        except driver().Error as error:  # like `translated`, which takes some percent of a short transaction
            raise meaning(error, self.path) from error

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that cannot write; each statement sees the newest commit."""
        self._examine_caller()
        self.examine_identity()
        with translated(self.path), self._readers.borrowed() as connection:
            yield Session(connection.cursor(), DIALECT)

    @contextlib.contextmanager
    def scan(self, watch: Watch) -> Iterator[Session]:
        """Yield a session like `read` does whose statements the watch may end; that leaves the block."""
        with self.read() as session, watch.over(session.connection):
            yield session

    def stamp(self) -> int:
        """Return SQLite's own counter of commits by other connections, as one that never writes sees it.

        Raises:
            DatabaseReplaced: the file was removed or replaced.
            NewerSchema: a newer jobboy has upgraded the file since it was opened.
        """
        self._examine_caller()
        self.examine_identity()
        with self._watch_guard, translated(self.path):
            if self._watch is None:
                self._watch = self._connect_reader()
            stamp = int(self._watch.execute("PRAGMA data_version").fetchone()[0])
            if stamp != self._examined:
                schema.examine_version(self._watch)
                self._examined = stamp
            return stamp

    def maintain(self) -> None:
        """Empty a write-ahead log that writers could not keep short, or tell who reads and is in the way of that."""
        if self.log.length() <= WAL_LIMIT:
            return
        self._examine_caller()
        with translated(self.path):
            is_emptied = self._writer.alone(self._channel.empty_log)
            who = None if is_emptied else self._find_pinning()
        if who is not None:
            _log.warning("the write-ahead log of %s is long and cannot be emptied while %s reads", self.path, who)

    def check(self) -> list[tuple[str, bool, str]]:
        """Examine the file and its settings: (what, is it well, in words) for each check."""
        names = ("journal_mode", "synchronous", "user_version")
        self._examine_caller()
        with translated(self.path):
            found = self._writer.alone(lambda: {name: self._channel.pragma(name) for name in names})
            with contextlib.closing(self._connect_reader()) as reader:  # it takes long, and must not keep writers out
                found["quick_check"] = reader.execute("PRAGMA quick_check").fetchall()[0][0]
            found["pinned_by"] = self._find_pinning()
        with self.read() as session:
            found["uuid"] = session.one(statements.DATABASE_UUID)[0]
        return checks.report(self.path, found, wal_bytes=self.log.length(), wal_limit=WAL_LIMIT)

    def _find_pinning(self) -> str | None:
        """Return in words who keeps the write-ahead log from being emptied by an open read transaction.

        Readers that come and go let what is copied into the database rise, or all of it be copied, between looks.
        """
        done: list[int] = []
        suspects: set[int] | None = None
        for _ in range(PIN_LOOKS):
            is_busy, frames, copied = self._writer.alone(lambda: self._channel.pragma_row("wal_checkpoint(PASSIVE)"))
            if not is_busy:  # else another program is copying at this moment
                done.append(copied)
                if frames == copied or copied != done[0]:
                    return None
                readers = set(lock_holders.readers(self.path))
                suspects = readers if suspects is None else suspects & readers
            time.sleep(PIN_PAUSE)
        return None if suspects is None else lock_holders.in_words(sorted(suspects)) or "another program"

    def close(self) -> None:
        """Close all connections; in a forked child nothing is touched, they are its parent's."""
        if self._pid != os.getpid():
            return
        self._channel.close()
        self._readers.close()
        with self._watch_guard:
            if self._watch is not None:
                self._watch.close()
                self._watch = None

    # --- guards ---

    def examine_identity(self) -> None:
        """Refuse to go on with a file that has been removed or replaced: what is written there is lost.

        Raises:
            DatabaseReplaced: as its name says.
        """
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise DatabaseReplaced(str(self.path)) from error
        if (found.st_dev, found.st_ino) != self._identity:
            raise DatabaseReplaced(str(self.path))

    def _examine_caller(self) -> None:
        if self._pid != os.getpid():
            raise StorageError(
                f"{self.path} was opened before this program was forked off: open it again in the new program"
            )

    # --- connections ---

    def _connect_reader(self) -> Any:
        connection = connect(self.path, read_only=True, timeout=BUSY_SECONDS)
        connection.execute("PRAGMA query_only = 1")
        connection.execute(f"PRAGMA cache_size = -{READER_CACHE}")
        connection.execute("PRAGMA trusted_schema = OFF")
        return connection

    def connect_writer(self) -> Any:
        """Open a connection that may write."""
        connection = connect(self.path, timeout=0)
        self._turnstile.attempt(lambda: connection.execute("PRAGMA journal_mode = WAL").fetchall())
        for setting in (
            f"synchronous = {self._synchronous}",
            "trusted_schema = OFF",
            f"journal_size_limit = {WAL_LIMIT}",
            "wal_autocheckpoint = 1000",
        ):
            connection.execute(f"PRAGMA {setting}").fetchall()
        return connection

    def begin(self, connection: Any) -> None:
        """Begin a write transaction, waiting for other programs."""
        self._turnstile.attempt(lambda: connection.execute("BEGIN IMMEDIATE"))

    @contextlib.contextmanager
    def emptying(self) -> Iterator[bool]:
        """Keep other programs from emptying the log too, or yield False because one does."""
        lock = None if self._locks is None else self._locks.take(EMPTYING_PLACE)
        with lock or contextlib.nullcontext():
            yield self._locks is None or lock is not None

    def wait_for_turn(self, connection: Any) -> None:
        """Return at the moment at which no other program writes: whoever asks at once for the lock gets it."""
        try:
            self._short_turnstile.attempt(lambda: connection.execute("BEGIN IMMEDIATE"))
        finally:  # an interrupt, too, leaves nothing open
            if connection.in_transaction:
                connection.execute("ROLLBACK")


class _Channel:
    """The connection that writes, opened when it is first needed and again after it has failed."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._open: Any = None
        self._examine_at = 0.0

    def begin(self) -> Transaction:
        self._database.examine_identity()
        connection = self._connection()
        self._database.begin(connection)
        if time.monotonic() >= self._examine_at:  # not each time: it would cost some percent of a short transaction
            self._examine_version(connection)
        return Transaction(connection.cursor(), DIALECT)

    def _examine_version(self, connection: Any) -> None:
        try:
            schema.examine_version(connection)
        except BaseException:
            self.rollback()
            raise
        self._examine_at = time.monotonic() + EXAMINE_EVERY

    def commit(self) -> None:
        self._connection().execute("COMMIT")

    def rollback(self) -> None:
        try:
            if self._connection().in_transaction:  # a full disk has rolled back already
                self._connection().execute("ROLLBACK")
        except driver().Error:  # the next transaction gets a new connection; this one's is given up with it
            self.close()

    def is_open(self) -> bool:
        return self._open is not None and bool(self._open.in_transaction)

    def tidy(self) -> None:
        if self._open is None or not self._database.log.is_due():
            return
        with contextlib.suppress(StorageError), self._database.emptying() as is_alone:  # no locks: `maintain` does it
            if is_alone:
                self._database.log.tried(in_vain=not self._try_to_empty_log())

    def _try_to_empty_log(self) -> bool:
        try:
            return self.empty_log()
        except driver().Error:  # what was committed stays so, and `maintain` tells what is wrong
            return False

    def empty_log(self) -> bool:
        """Copy the whole write-ahead log into the database and cut it; says False when somebody is in the way."""
        deadline, length = time.monotonic() + TURN_SECONDS, self._database.log.length()
        while True:
            self._database.wait_for_turn(self._connection())
            if self._database.log.length() < length:  # another program has done it meanwhile
                return True
            begun = time.monotonic()
            if self._checkpoint():
                return True
            now = time.monotonic()
            if now - begun > READER_SECONDS / 2 or now > deadline:  # a reader, or too many who copy or write
                return False
            time.sleep(LONGEST)

    def _checkpoint(self) -> bool:
        self.pragma(f"busy_timeout = {round(READER_SECONDS * 1000)}")
        try:
            return not self.pragma("wal_checkpoint(TRUNCATE)")
        finally:
            self.pragma("busy_timeout = 0")

    def changes(self) -> object:
        connection = self._connection()
        return connection.total_changes, connection.in_transaction  # a full disk rolls back by itself

    def pragma(self, name: str) -> Any:
        """Read or do something named outside any transaction; returns the first column of its first row."""
        return self.pragma_row(name)[0]

    def pragma_row(self, name: str) -> Any:
        """Do the same, and return the whole row."""
        return self._connection().execute(f"PRAGMA {name}").fetchall()[0]

    def close(self) -> None:
        connection, self._open = self._open, None
        if connection is not None:
            connection.close()

    def _connection(self) -> Any:
        if self._open is None:
            self._open = self._database.connect_writer()
        return self._open


def _is_busy(error: Exception) -> bool:
    return isinstance(error, driver().OperationalError) and code_of(error) == BUSY


def _make_file(path: Path) -> tuple[int, int]:
    """Make the file if it is not there, for its owner alone, and return what tells it from any other."""
    with _creating:  # closing a file drops SQLite's locks on it, so nobody may have opened it in between
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            pass
        except OSError as error:
            raise file_error(error, path) from error
    try:
        found = os.stat(path)
    except OSError as error:
        raise file_error(error, path) from error
    if not stat.S_ISREG(found.st_mode):
        raise StorageNotReachable(f"{path} is not a file: give another database URL")
    return found.st_dev, found.st_ino
