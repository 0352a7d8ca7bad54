"""Which schema a file has, and how an older or empty one is brought up to this program's."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from jobboy.errors import ForeignDatabase, NewerSchema, OlderSchema, StorageError, StorageNotReachable
from jobboy.failpoints import reach
from jobboy.ports import SCHEMA_PLACE, Locks
from jobboy.storage.driver import connect, copy_into, driver
from jobboy.storage.failures import READ_ONLY, code_of, file_error, translated

APPLICATION = 0x4A4F4259
"""``JOBY``: the mark SQLite keeps in the header of a file for the program it belongs to."""
SCHEMA = 6
"""Number of the newest schema this program knows; each migration raises it by one."""
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_SECONDS = 30.0
_MARKS = (
    "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),"
    " (SELECT count(*) FROM sqlite_master)"
)
"""One statement sees one state of the file: asked one by one, another program may make the tables in between."""

_log = logging.getLogger("jobboy.storage")

T = TypeVar("T")


def prepare(path: Path, writer: Callable[[], Any], locks: Locks | None, *, begin: Callable[[Any], None]) -> None:
    """Bring the file to this program's schema if it is empty or older; an older one is copied beside it first.

    Args:
        path: of the file.
        writer: opens a connection that may write.
        locks: keep other programs from doing the same.
        begin: begins a write transaction on such a connection.

    Raises:
        NewerSchema, ForeignDatabase: the file is not ours to touch, and was not.
        StorageError: the copy could not be made; the file was not touched.
    """
    if is_current(path):
        return
    importlib.import_module("alembic.command")  # before others have to wait: it takes half a second to load
    lock = locks.wait_for(SCHEMA_PLACE, timeout=_LOCK_SECONDS) if locks else contextlib.nullcontext()
    with lock, _connected(writer) as connection:
        raw = connection.connection.driver_connection
        begin(raw)
        if judge(raw, path):
            raw.execute("ROLLBACK")  # another program was first
            return
        found = raw.execute("PRAGMA user_version").fetchall()[0][0]
        if found:
            copy = _copy(path, found)
            _log.info("%s is brought from schema %d to %d; as it was: %s", path, found, SCHEMA, copy)
        with connection.begin():
            upgrade(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")
            reach("tables-made")


@contextlib.contextmanager
def _connected(writer: Callable[[], Any]) -> Iterator[Any]:
    """Yield a connection as SQLAlchemy sees it.

    Raises:
        Exception: of the driver, as if nobody stood in between.
    """
    from sqlalchemy import NullPool, create_engine  # not above, like Alembic
    from sqlalchemy.exc import DBAPIError

    try:
        with create_engine("sqlite://", module=driver(), creator=writer, poolclass=NullPool).connect() as connection:
            yield connection
    except DBAPIError as error:
        raise error.orig or error from error


def refuse_others(path: Path) -> None:
    """Refuse a file that is not ours to touch, before anything is made beside it.

    Raises:
        NewerSchema, ForeignDatabase: as their names say.
        StorageNotReachable: it is a folder, a pipe or something else that is no file.
        StorageError: it cannot be read.
    """
    if _is_file(path):
        with translated(path):
            is_current(path)
    elif path.is_dir():
        raise StorageNotReachable(f"{path} is a folder: give the URL of a file in it")
    elif path.exists():
        raise StorageNotReachable(f"{path} is not a file: give another database URL")


def require_current(path: Path) -> None:
    """Refuse a file that opening it would change: workers of the older jobboy could write to it no more.

    What is no file is left to the opening, which says so.

    Raises:
        OlderSchema, NewerSchema, ForeignDatabase: as their names say; the file was not touched.
        StorageError: it cannot be read.
    """
    if not _is_file(path):
        return
    with translated(path):
        if is_current(path):
            return
        found = _look(path, lambda connection: connection.execute("PRAGMA user_version").fetchall()[0][0])
    if not found:
        raise ForeignDatabase(str(path), "it is empty")
    raise OlderSchema(found, SCHEMA)


def _is_file(path: Path) -> bool:
    """Say whether it is a file; raises `StorageError` where that cannot be seen."""
    try:
        return path.is_file()
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise file_error(error, path) from error


def is_current(path: Path) -> bool:
    """Say whether a file has this program's schema; raises like `judge`."""
    try:
        return _look(path, lambda connection: judge(connection, path))
    except driver().OperationalError as error:
        if code_of(error) != READ_ONLY:
            raise
    # A loss of power cut a transaction short, and only who may write can roll it back: SQLite does, whoever asks.
    with contextlib.closing(connect(path)) as connection:
        return judge(connection, path)


def _look(path: Path, ask: Callable[[Any], T]) -> T:
    """Ask a file something; where nobody has it open, nothing is made beside it, as SQLite would for its log."""
    before = _at_rest(path)
    if before is not None:
        try:
            with contextlib.closing(connect(path, untouched=True)) as connection:
                return ask(connection)
        except (StorageError, driver().Error):
            if _at_rest(path) == before:  # else somebody has begun to write, and this was half of it
                raise
    with contextlib.closing(connect(path, read_only=True)) as connection:
        return ask(connection)


def _at_rest(path: Path) -> tuple[int, int, int] | None:
    """Return what changes with a file, or None when a log or journal beside it is part of it."""
    try:
        found = os.stat(path)
    except OSError:  # SQLite says so, whoever asks it
        return None
    if any(os.path.exists(f"{os.path.realpath(path)}{suffix}") for suffix in ("-wal", "-journal")):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def judge(connection: Any, path: Path) -> bool:
    """Say whether a file has this program's schema; False when it is empty or older.

    Raises:
        NewerSchema, ForeignDatabase: it is neither.
    """
    application, version, tables = connection.execute(_MARKS).fetchall()[0]
    if application == APPLICATION:
        if version > SCHEMA:
            raise NewerSchema(version, SCHEMA)
        return bool(version == SCHEMA)
    if application or version or tables:
        raise ForeignDatabase(str(path), "it has another program's mark" if application else "it has other tables")
    return False


def examine_version(connection: Any) -> None:
    """See that a file that was opened has not been upgraded meanwhile.

    Raises:
        NewerSchema: it has.
    """
    version = connection.execute("PRAGMA user_version").fetchall()[0][0]
    if version > SCHEMA:
        raise NewerSchema(version, SCHEMA)


def _copy(path: Path, schema: int) -> Path:
    """Copy a file that nobody can write to now, as it was when the lock on it was taken; returns the copy's path.

    Nothing is ever written over: a copy of an earlier time may be the one that is wanted.
    """
    names = (path.with_name(f"{path.name}.schema-{schema}{suffix}") for suffix in _suffixes())
    copy = next(name for name in names if not name.exists())
    unfinished = copy.with_name(f"{copy.name}.part")
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)  # SQLite would let others read it
    except OSError as error:
        raise file_error(error, unfinished) from error
    try:
        with contextlib.closing(connect(path, read_only=True)) as reader:
            copy_into(reader, unfinished)
        os.fsync(descriptor)
        unfinished.rename(copy)
    finally:
        os.close(descriptor)
        unfinished.unlink(missing_ok=True)
    return copy


def _suffixes() -> Iterator[str]:
    return itertools.chain([""], (f".{number}" for number in itertools.count(2)))


def upgrade(connection: Any, to: str = "head") -> None:
    """Run the migrations up to a revision inside the connection's transaction."""
    from alembic import command  # not above: a file that is up to date never needs it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
