"""Other programs that read and write the file, and do not end it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobboy.errors import StorageBusy
from jobboy.storage import lock_holders, open_repository, sqlite
from jobboy.storage.repository import SqlProcessRepository
from jobboy.testing import FrozenClock
from tests.factories import a_process

FOREIGN = """
import sys
from pathlib import Path
from jobboy.storage.driver import connect
connection = connect(Path(sys.argv[1]))
cursor = connection.execute(sys.argv[2])
if sys.argv[3]:
    cursor = connection.execute(sys.argv[3])
    cursor.fetchone()
print("ready", flush=True)
sys.stdin.read()
"""
READ = "SELECT name FROM sqlite_master"
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a lock")


@contextlib.contextmanager
def foreign(path: Path, first: str, second: str = "") -> Iterator[int]:
    """Run a program that executes two statements and then does nothing; gives its pid."""
    command = [sys.executable, "-c", FOREIGN, str(path), first, second]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        yield program.pid
        program.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "processes.db"


@pytest.fixture
def repository(path: Path) -> Iterator[SqlProcessRepository]:
    with contextlib.closing(open_repository(f"sqlite:///{path}", clock=FrozenClock())) as repository:
        repository.add([a_process()], actor="program:test")
        yield repository


def readers_check(repository: SqlProcessRepository) -> tuple[bool, str]:
    return next((is_well, words) for what, is_well, words in repository.check() if what == "readers")


@pytest.mark.parametrize("statements", [("BEGIN", READ), (READ, READ)], ids=["idle transaction", "cursor left open"])
@linux
def test_a_reader_that_does_not_end_is_named(
    repository: SqlProcessRepository, path: Path, statements: tuple[str, str]
) -> None:
    with foreign(path, *statements) as pid:
        repository.add([a_process()], actor="program:test")

        is_well, words = readers_check(repository)

        assert not is_well
        assert words.startswith(f"pid {pid} reads and does not end it")
    assert readers_check(repository) == (True, "none is in the way of that")


def test_a_reader_that_is_in_nobodys_way_is_not_named(repository: SqlProcessRepository, path: Path) -> None:
    with foreign(path, READ, "SELECT 1"):
        repository.add([a_process()], actor="program:test")

        assert readers_check(repository)[0]


@linux
def test_the_log_that_a_reader_keeps_long_is_told_with_its_pid(
    repository: SqlProcessRepository, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sqlite, "WAL_LIMIT", 0)
    with foreign(path, "BEGIN", READ) as pid:
        repository.add([a_process()], actor="program:test")
        repository.maintain()

    assert f"cannot be emptied while pid {pid} reads" in caplog.text


@linux
def test_whoever_waits_too_long_for_a_writer_is_told_its_pid(
    repository: SqlProcessRepository, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with foreign(path, "BEGIN IMMEDIATE") as pid, pytest.raises(StorageBusy, match=rf"another program \(pid {pid}\)"):
        repository.add([a_process()], actor="program:test")


@pytest.mark.parametrize(("pids", "words"), [([], ""), ([1], "pid 1"), ([1, 2, 3], "pids 1, 2 and 3")])
def test_holders_in_words(pids: list[int], words: str) -> None:
    assert lock_holders.in_words(pids) == words


def test_nobody_is_known_to_hold_a_database_that_is_not_open(path: Path) -> None:
    assert lock_holders.readers(path) == lock_holders.writers(path) == []
