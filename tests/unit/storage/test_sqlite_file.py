"""What happens to the file: made, refused, replaced, full, read-only, busy, forked."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import multiprocessing
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jobboy import sheltering
from jobboy.bootstrap import open_adapters
from jobboy.engine.deadline import within
from jobboy.errors import (
    DatabaseReplaced,
    ForeignDatabase,
    InvalidValue,
    NewerSchema,
    StorageBusy,
    StorageError,
    StorageFull,
    StorageNotReachable,
)
from jobboy.locks import open_locks
from jobboy.model.events import EventKind
from jobboy.model.filter_language.selecting import read_filter
from jobboy.model.selection import Selection
from jobboy.ports import EMPTYING_PLACE, Change
from jobboy.storage import open_repository, sqlite, write_ahead
from jobboy.storage.driver import connect
from jobboy.storage.repository import SqlProcessRepository
from jobboy.storage.schema import SCHEMA, judge, refuse_others, require_current
from jobboy.testing import FrozenClock
from tests.factories import a_process, an_event

OPENER = """
import sys
from pathlib import Path
from tests.factories import a_process
from jobboy.locks import open_locks
from jobboy.storage import open_repository
from jobboy.testing import FrozenClock
path, with_locks = Path(sys.argv[1]), sys.argv[2] == "locks"
from jobboy.storage import repository, sqlite  # loaded before the start signal
print("ready", flush=True)
sys.stdin.readline()
locks = open_locks(path.with_name("x.lock")) if with_locks else None
opened = open_repository(f"sqlite:///{path}", clock=FrozenClock(), locks=locks)
opened.add([a_process(id=f"{n}-{sys.argv[3]}") for n in range(3)], actor="program:opener")
opened.close()
print("done", flush=True)
"""

WITHOUT_RIGHTS = """
import os, sys
from jobboy.errors import StorageError
from jobboy.locks import open_locks
from jobboy.model.selection import Selection
from jobboy.storage import open_repository, repository, sqlite
from jobboy.testing import FrozenClock
from tests.factories import a_process
if os.getuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
for attempt in (lambda opened: print(len(opened.page(Selection(), limit=5).rows)),
                lambda opened: opened.add([a_process()], actor="x")):
    try:
        attempt(open_repository(f"sqlite:///{sys.argv[1]}", clock=FrozenClock()))
    except StorageError as error:
        print(type(error).__name__, error)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "processes.db"


@contextlib.contextmanager
def opened(path: Path, **options: Any) -> Iterator[SqlProcessRepository]:
    with contextlib.closing(open_repository(f"sqlite:///{path}", clock=FrozenClock(), **options)) as repository:
        yield repository


@contextlib.contextmanager
def raw(path: Path) -> Iterator[Any]:
    with contextlib.closing(connect(path)) as connection:
        yield connection


def fingerprint(path: Path) -> str:
    """Of a file that nobody has open in this program: opening it would drop SQLite's locks."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def keep(repository: SqlProcessRepository, count: int = 1, **fields: Any) -> None:
    repository.add([a_process(**fields) for _ in range(count)], actor="program:tests")


def keep_until_full(repository: SqlProcessRepository) -> int:
    """Keep processes until the database refuses one; returns how many were acknowledged."""
    for kept in range(1000):
        try:
            keep(repository, store={"x": "y" * 1000})
        except StorageFull:
            return kept
    pytest.fail("it is never full")


# --- made ------------------------------------------------------------------------------------------------------


def test_a_new_file_and_its_companions_are_for_their_owner_alone(path: Path) -> None:
    with opened(path) as repository:
        keep(repository)
        found = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert found == dict.fromkeys((path.name, f"{path.name}-wal", f"{path.name}-shm"), 0o600)


@pytest.mark.parametrize("with_locks", ["locks", "no locks"])
def test_ten_programs_open_a_new_database_at_once(path: Path, with_locks: str) -> None:
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(path), with_locks, str(n)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for n in range(10)
    ]  # fmt: skip
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    answers = []
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        answers.append(program.communicate(timeout=120))
    assert answers == [("done\n", "")] * 10
    with opened(path) as repository:
        assert repository.counts().total == 30
        assert len(repository.page(Selection(), limit=99).rows) == 30
        assert all(well for _, well, _ in repository.check())


def test_a_database_that_is_made_while_it_is_judged_is_not_taken_for_another_programs(path: Path) -> None:
    class MadeMeanwhile:
        """A reader whose file another program fills after the first thing it read."""

        def __init__(self, connection: Any) -> None:
            self._connection = connection

        def execute(self, statement: str) -> Any:
            self.found = self._connection.execute(statement).fetchall()
            with opened(path):
                return self

        def fetchall(self) -> Any:
            return self.found

    path.touch(mode=0o600)
    with raw(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        assert judge(MadeMeanwhile(connection), path) is False
        assert judge(connection, path) is True


def test_making_a_database_says_nothing_and_leaves_logging_alone(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = (
        "import logging\nfrom jobboy.storage import open_repository\nfrom jobboy.testing import FrozenClock\n"
        f"open_repository('sqlite:///{path}', clock=FrozenClock()).close()\n"
        "assert not logging.getLogger().handlers and logging.getLogger().level == logging.WARNING\n"
        "assert not any(type(h) is not logging.NullHandler for h in logging.getLogger('alembic').handlers)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageNotReachable, match=f"folder {tmp_path}/none does not exist: create it"):
        open_repository(f"sqlite:///{tmp_path}/none/x.db", clock=FrozenClock())


def test_a_link_that_leads_nowhere_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to("gone.db")
    with (
        pytest.raises(StorageNotReachable, match=r"link\.db leads to .*/gone\.db, which is not there: mend the link"),
        opened(tmp_path / "link.db"),
    ):
        pass


@pytest.mark.parametrize("look", [refuse_others, require_current])
def test_a_name_that_no_file_can_have_is_told_as_such(look: Callable[[Path], None], tmp_path: Path) -> None:
    with pytest.raises(StorageNotReachable, match="cannot be made or opened: File name too long"):
        look(tmp_path / ("x" * 300))


def test_the_durability_is_what_was_asked_for(path: Path) -> None:
    for durability in ("full", "normal"):
        with opened(path, durability=durability) as repository:
            assert ("durability", True, f"synchronous {durability}") in repository.check()
    with pytest.raises(InvalidValue, match="durability: must be full or normal"):
        open_repository(f"sqlite:///{path}", clock=FrozenClock(), durability="none")


def test_a_file_that_others_can_read_is_pointed_out(path: Path) -> None:
    with opened(path) as repository:
        path.chmod(0o644)
        assert [what for what, well, _ in repository.check() if not well] == ["file"]


# --- brought up to date ----------------------------------------------------------------------------------------


_ONE_MORE = (
    "INSERT INTO tally (code, status, n) VALUES (new.code, new.status, 1)"
    " ON CONFLICT (code, status) DO UPDATE SET n = n + 1;"
)
_ONE_LESS = "UPDATE tally SET n = n - 1 WHERE code = old.code AND status = old.status;"
COUNTERS_OF_SCHEMA_1 = (
    "DROP TRIGGER process_first", "DROP TRIGGER process_added", "DROP TRIGGER process_moved",
    "ALTER TABLE tally DROP COLUMN first", "DELETE FROM tally WHERE n = 0",
    f"CREATE TRIGGER process_added AFTER INSERT ON process BEGIN {_ONE_MORE} END",
    "CREATE TRIGGER process_moved AFTER UPDATE OF status ON process WHEN new.status <> old.status"
    f" BEGIN {_ONE_LESS} {_ONE_MORE} END",
)  # fmt: skip


BEFORE_SCHEMA_6 = (
    "DROP INDEX process_left_failed", "DROP INDEX process_restarted", "ALTER TABLE process DROP COLUMN restarted_as",
)  # fmt: skip


def made_by_schema_1(path: Path, count: int = 3) -> None:
    """Make a database as the first schema had it, with processes in it."""
    with opened(path) as repository:
        keep(repository, count)
    with raw(path) as connection:
        for statement in (
            *BEFORE_SCHEMA_6, "ALTER TABLE process DROP COLUMN answer_schema",
            "DROP TABLE log", "DROP INDEX event_act", "ALTER TABLE worker DROP COLUMN version",
            "DROP TABLE schedule", "DROP TABLE schedule_start",
            *COUNTERS_OF_SCHEMA_1, "UPDATE alembic_version SET version_num = '0001'",
            "PRAGMA user_version = 1", "PRAGMA wal_checkpoint(TRUNCATE)",
        ):  # fmt: skip
            connection.execute(statement).fetchall()


def test_a_database_of_the_first_schema_is_upgraded_and_its_copy_is_as_it_was(path: Path) -> None:
    made_by_schema_1(path)
    with opened(path) as repository:
        assert repository.counts().total == 3
        assert repository.schedules() == []
        assert all(well for _, well, _ in repository.check())
    copy = path.with_name(f"{path.name}.schema-1")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with raw(copy) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert not {"schedule", "schedule_start"} & tables
        assert connection.execute("SELECT count(*) FROM process").fetchone()[0] == 3
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 1
    with opened(path):
        assert [file.name for file in path.parent.glob("*.schema*")] == [copy.name], "it is upgraded once"


def test_an_upgrade_knows_from_the_history_what_was_restarted_before_also_where_the_successor_is_gone(
    path: Path,
) -> None:
    with opened(path) as repository:
        for number, successor in ((1, "first"), (1, "second"), (2, "gone"), (3, None)):
            if number > repository.counts().total:
                keep(repository, status="failed")
            after = {"restarted_as": successor} if successor else {"status": "failed"}
            kind = EventKind.RESTARTED if successor else EventKind.FAILED
            process = repository.load([number])[0]
            event = an_event(kind, actor="anybody at all", after=after)
            repository.settle(Change(process=process, seen_token=process.token, events=(event,)))
    with raw(path) as connection:
        for statement in (*BEFORE_SCHEMA_6, "UPDATE alembic_version SET version_num = '0005'"):
            connection.execute(statement).fetchall()
        connection.execute("PRAGMA user_version = 5")
    with opened(path) as repository:
        assert [process.restarted_as for process in repository.load([1, 2, 3])] == ["second", "gone", None]
        assert [row.number for row in repository.page(read_filter("failed !restarted"), limit=9).rows] == [3]
    assert path.with_name(f"{path.name}.schema-5").is_file()


def test_a_copy_of_an_earlier_time_is_never_written_over(path: Path) -> None:
    made_by_schema_1(path, count=1)
    earlier = path.with_name(f"{path.name}.schema-1")
    earlier.write_text("precious")
    path.with_name(f"{path.name}.schema-1.2.part").write_text("of one that died")
    with opened(path):
        assert earlier.read_text() == "precious"
        assert sorted(file.name for file in path.parent.glob("*.schema*")) == [
            f"{path.name}.schema-1",
            f"{path.name}.schema-1.2",
        ]


def test_the_counters_of_an_upgraded_database_stay_exact(path: Path) -> None:
    made_by_schema_1(path)
    with opened(path) as repository:
        keep(repository, status="starting")
        keep(repository, code="new since then")
        with raw(path) as connection:
            connection.execute("UPDATE process SET status = 'ending' WHERE number IN (2, 3)")
            connection.execute("DELETE FROM process WHERE number = 1")
            counted = connection.execute(
                "SELECT code, status, count(*) FROM process GROUP BY code, status"
            ).fetchall()
            kept = connection.execute(
                "SELECT code, status, n FROM tally WHERE n > 0 ORDER BY code, status"
            ).fetchall()
        assert kept == counted
        assert repository.counts().total == 4


def test_a_database_that_cannot_be_copied_is_not_upgraded_and_its_bytes_are_unchanged(
    path: Path,
) -> None:
    made_by_schema_1(path)
    before = fingerprint(path)
    path.with_name(f"{path.name}.schema-1.part").mkdir()
    with pytest.raises(StorageError, match=r"schema-1\.part cannot be made"):
        open_repository(f"sqlite:///{path}", clock=FrozenClock())
    assert fingerprint(path) == before


# --- refused ---------------------------------------------------------------------------------------------------


def test_p11_a_newer_schema_is_refused_and_its_bytes_are_unchanged(path: Path) -> None:
    with opened(path) as repository:
        keep(repository)
    with raw(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    before = fingerprint(path)
    with pytest.raises(NewerSchema, match=f"schema {SCHEMA + 1}, this jobboy knows {SCHEMA}: upgrade"):
        open_repository(f"sqlite:///{path}", clock=FrozenClock())
    assert fingerprint(path) == before


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("CREATE TABLE orders (id)", "it has other tables"),
        ("PRAGMA application_id = 252006673", "it has another program's mark"),
        ("PRAGMA user_version = 7", "it has other tables"),
    ],
)
def test_a_database_of_another_program_is_refused_and_its_bytes_are_unchanged(
    path: Path, journal: str, statement: str, why: str
) -> None:
    path.touch()
    with raw(path) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute(statement)
    before = fingerprint(path)
    with pytest.raises(ForeignDatabase, match=why):
        open_repository(f"sqlite:///{path}", clock=FrozenClock())
    assert fingerprint(path) == before


def test_p10_a_database_whose_journal_was_cut_off_by_a_loss_of_power_is_opened(path: Path, tmp_path: Path) -> None:
    with opened(path) as repository:
        (kept,) = repository.add([a_process()], actor="program:test")
    found = tmp_path / "found" / path.name
    found.parent.mkdir()
    with contextlib.closing(connect(path)) as writer:
        for statement in ("PRAGMA journal_mode = DELETE", "PRAGMA cache_size = 1", "BEGIN"):
            writer.execute(statement)
        writer.executemany("UPDATE process SET error = ?", [["x" * 100_000] for _ in range(3)])
        for suffix in ("", "-journal"):  # half written, as a disk would have it
            shutil.copy(f"{path}{suffix}", f"{found}{suffix}")

    with opened(found) as repository:
        assert repository.get(kept.id) == kept


def test_a_file_that_is_no_database_is_refused_and_unchanged(path: Path) -> None:
    path.write_text("Dear diary, " * 500)
    before = fingerprint(path)
    with pytest.raises(ForeignDatabase, match="it is no SQLite file"):
        open_repository(f"sqlite:///{path}", clock=FrozenClock())
    assert fingerprint(path) == before


def make_text(path: Path) -> None:
    path.write_text("Dear diary, " * 500)


def make_other_tables(path: Path, journal: str = "WAL") -> None:
    path.touch()
    with raw(path) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("CREATE TABLE orders (id)")


def make_newer(path: Path) -> None:
    opened_once = open_adapters(f"sqlite:///{path}")
    opened_once.close()
    with raw(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    for companion in path.parent.glob(f"{path.name}.*"):
        companion.unlink()


@pytest.mark.parametrize("make", [make_text, make_other_tables, make_newer, os.mkfifo])
def test_a_file_that_is_refused_gets_nothing_beside_it(path: Path, make: Callable[[Path], None]) -> None:
    make(path)
    beside = list(path.parent.iterdir())
    for _ in range(2):
        with pytest.raises((ForeignDatabase, NewerSchema, StorageNotReachable)):
            open_adapters(f"sqlite:///{path}")
        assert list(path.parent.iterdir()) == beside == [path]


def test_a_file_that_another_program_is_making_is_looked_at_through_its_log(path: Path) -> None:
    make_other_tables(path)
    with raw(path) as other:
        other.execute("DROP TABLE orders")
        other.execute("PRAGMA application_id = 252006673")
        with pytest.raises(ForeignDatabase, match="it has another program's mark"):
            open_adapters(f"sqlite:///{path}")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StorageNotReachable, match="is not a file"):
        open_repository(f"sqlite:///{tmp_path}", clock=FrozenClock())


# --- lost ------------------------------------------------------------------------------------------------------


def test_p10_nothing_is_written_or_read_once_the_file_was_replaced_and_it_works_again_when_it_is_back(
    path: Path,
) -> None:
    aside = path.with_name("aside.db")
    with opened(path) as repository:
        keep(repository)
        path.rename(aside)
        for broken in (lambda: keep(repository), lambda: repository.page(Selection(), limit=5)):
            with pytest.raises(DatabaseReplaced, match="put it back"):
                broken()
        path.touch()
        with pytest.raises(DatabaseReplaced):
            keep(repository)
        aside.replace(path)
        keep(repository)
        assert repository.counts().total == 2


def test_p10_nothing_is_copied_but_the_database_that_was_opened(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.touch()
    with opened(path) as repository:
        keep(repository)
        path.rename(path.with_name("aside.db"))
        make_other_tables(path)
        with pytest.raises(DatabaseReplaced):
            repository.copy_to(copy)
    assert copy.read_bytes() == b""


def test_p10_a_full_database_keeps_what_was_acknowledged_and_goes_on_when_there_is_room(path: Path) -> None:
    with opened(path) as repository:
        keep(repository, store={"x": "y" * 1000})
        limit = repository._database._channel.pragma("page_count") + 20
        repository._database._channel.pragma(f"max_page_count = {limit}")
        kept = 1 + keep_until_full(repository)
        assert repository.counts().total == kept > 1
        repository._database._channel.pragma("max_page_count = 1000000")
        keep(repository)
        assert repository.counts().total == kept + 1


def test_an_interrupt_while_the_commit_waits_for_the_disk_reaches_only_its_own_thread(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(path) as repository:
        writer, channel = repository._database._writer, repository._database._channel
        commit, begun, go = channel.commit, threading.Event(), threading.Event()
        commits = itertools.count(1)

        def interrupted_commit() -> None:
            begun.set()
            assert go.wait(60)
            commit()
            if next(commits) == 2:
                raise KeyboardInterrupt

        monkeypatch.setattr(channel, "commit", interrupted_commit)
        with ThreadPoolExecutor(3) as threads:
            adding = []
            for place, name in enumerate("abc"):
                adding.append(threads.submit(repository.add, [a_process(id=name)], actor="program:test"))
                assert begun.wait(60)
                while len(writer._queue) < place:
                    threading.Event().wait(0.001)
            go.set()
        assert [type(one.exception()) for one in adding] == [type(None), KeyboardInterrupt, type(None)]
        assert [row.id for row in repository.page(Selection(), limit=10).rows] == ["c", "b", "a"]


def test_an_interrupt_while_a_failed_commit_is_undone_leaves_a_writer_that_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(path) as repository:
        channel = repository._database._channel

        def failing_commit() -> None:
            monkeypatch.undo()
            monkeypatch.setattr(channel, "rollback", interrupted_rollback)
            raise OSError("the disk fails")

        def interrupted_rollback() -> None:
            monkeypatch.undo()
            raise KeyboardInterrupt

        monkeypatch.setattr(channel, "commit", failing_commit)
        with pytest.raises(KeyboardInterrupt):
            keep(repository)
        assert not channel.is_open()
        keep(repository)
        assert repository.counts().total == 1


@pytest.mark.parametrize("waits_for_another", [True, False])
def test_the_limit_of_a_step_that_writes_leaves_the_writer_to_the_others(
    path: Path, monkeypatch: pytest.MonkeyPatch, waits_for_another: bool
) -> None:
    with opened(path) as repository:
        writer, channel = repository._database._writer, repository._database._channel
        commit, begun, go = channel.commit, threading.Event(), threading.Event()

        def slow_commit() -> None:
            begun.set()
            assert go.wait(60)
            commit()

        def add(name: str) -> str:
            return repository.add([a_process(id=name)], actor="program:test")[0].id

        def limited_add() -> str:
            return within(0.05, lambda: add("limited"), lambda: TimeoutError("the time of the step is over"))

        monkeypatch.setattr(channel, "commit", slow_commit)
        with ThreadPoolExecutor(3) as threads:
            first = threads.submit(add if waits_for_another else lambda _: "", "first")
            if waits_for_another:
                assert begun.wait(60)
            limited = threads.submit(limited_add)
            while not (writer._queue if waits_for_another else begun.is_set()):
                threading.Event().wait(0.001)
            while not sheltering._due:
                threading.Event().wait(0.001)
            go.set()
            assert isinstance(limited.exception(60), TimeoutError)
            assert first.result(60) is not None
            assert threads.submit(add, "after").result(60) == "after"


def test_p10_a_file_without_the_right_to_write_is_named(tmp_path: Path) -> None:
    folder = Path("/tmp") / f"jobboy-rights-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        path = folder / "processes.db"
        with opened(path) as repository:
            keep(repository)
        path.chmod(0o444)
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_RIGHTS, str(path)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "StorageForbidden" in done.stdout.splitlines()[-1], (done.stdout, done.stderr)
        assert str(path) in done.stdout.splitlines()[-1]
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def test_p10_a_writer_that_does_not_end_is_named_and_readers_go_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(path) as repository, raw(path) as other:
        keep(repository)
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
        with pytest.raises(StorageBusy, match="another program"):
            keep(repository)
        assert repository.counts().total == 1
        other.execute("ROLLBACK")
        keep(repository)


def test_a_reader_never_keeps_the_log_from_being_emptied(path: Path) -> None:
    with opened(path) as repository:
        keep(repository, 300, store={"x": "y" * 500})
        repository.page(Selection(), limit=5)
        repository.counts()
        repository.stamp()
        with raw(path) as other:
            busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
        assert busy == 0
        assert repository._database.log.length() == 0


@pytest.fixture
def short_log(monkeypatch: pytest.MonkeyPatch) -> int:
    """Bytes from which the log is emptied here; each commit looks."""
    monkeypatch.setattr(write_ahead, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(write_ahead, "WAL_AIM", 500_000)
    return write_ahead.WAL_AIM


def keep_much(repository: SqlProcessRepository) -> None:
    keep(repository, 100, store={"x": "y" * 10_000})


def test_the_commit_that_makes_the_log_long_empties_it(path: Path, short_log: int) -> None:
    with opened(path) as repository:
        keep_much(repository)
        assert repository._database.log.length() == 0
        keep(repository)
        assert 0 < repository._database.log.length() < short_log


def test_the_log_of_a_file_that_is_opened_by_a_link_is_emptied_too(path: Path, short_log: int) -> None:
    with opened(path):
        pass
    link = path.with_name("link.db")
    link.symlink_to(path)
    with opened(link) as repository:
        keep_much(repository)
        assert Path(f"{path}-wal").stat().st_size == repository._database.log.length() == 0


@pytest.mark.parametrize("statements", [("BEGIN", "SELECT * FROM process"), ("SELECT * FROM process",)])
def test_writing_goes_on_while_a_reader_stays_and_the_log_is_emptied_after_it(
    path: Path, short_log: int, statements: tuple[str, ...]
) -> None:
    with opened(path) as repository:
        keep(repository, 2)
        with raw(path) as reader:
            cursor = [reader.execute(statement) for statement in statements][-1]
            cursor.fetchone()
            for _ in range(10):
                keep_much(repository)
            assert repository._database.log.length() > short_log
            assert repository.counts().total == 2 + 1000
            cursor.close()
        deadline = time.monotonic() + 120
        while repository._database.log.length() > short_log:
            keep(repository)
            assert time.monotonic() < deadline
        assert repository.check()[-1][1]


def test_an_interrupt_while_the_log_is_emptied_comes_after_the_commit_and_leaves_a_writer_that_goes_on(
    path: Path, short_log: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(path) as repository, monkeypatch.context() as interrupted:

        def interrupt(channel: Any) -> bool:
            raise KeyboardInterrupt

        interrupted.setattr(sqlite._Channel, "_checkpoint", interrupt)
        with pytest.raises(KeyboardInterrupt):
            keep_much(repository)
        interrupted.undo()
        keep(repository)
        assert repository.counts().total == 101
        assert repository._database.log.length() == 0


def test_one_program_at_a_time_empties_the_log(path: Path, short_log: int) -> None:
    locks = open_locks(path.with_name("jobboy.lock"))
    with opened(path, locks=locks) as repository:
        with locks.take(EMPTYING_PLACE) or pytest.fail("nobody has it"):
            keep_much(repository)
            assert repository._database.log.length() > short_log
        keep(repository)
        assert repository._database.log.length() == 0
    locks.close()


def test_maintenance_empties_a_long_log(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "WAL_LIMIT", 10_000)
    with opened(path) as repository:
        keep(repository, 50)
        assert repository._database.log.length() > 10_000
        repository.maintain()
        assert repository._database.log.length() == 0


def _use_in_child(repository: SqlProcessRepository, answers: Any) -> None:
    for use in (lambda: keep(repository), lambda: repository.counts(), repository.stamp):
        try:
            use()
        except StorageError as error:
            answers.put(str(error))
    repository.close()


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_program_is_told_to_open_its_own_and_leaves_its_parents_alone(path: Path) -> None:
    with opened(path) as repository:
        keep(repository)
        forking = multiprocessing.get_context("fork")
        answers = forking.Queue()
        child = forking.Process(target=_use_in_child, args=(repository, answers))
        child.start()
        said = [answers.get(timeout=120) for _ in range(3)]
        child.join(60)
        assert all("open it again in the new program" in text for text in said)
        keep(repository)
        assert repository.counts().total == 2


def test_closing_leaves_nothing_but_the_database_file(path: Path) -> None:
    repository = open_repository(f"sqlite:///{path}", clock=FrozenClock())
    repository.close()
    repository.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
