"""The counters are exact whoever writes, in whatever order triggers run: they are kept by the database itself."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobboy.model.status import ProcessStatus
from jobboy.storage import open_repository
from jobboy.storage.driver import connect
from jobboy.storage.repository import SqlProcessRepository
from jobboy.testing import FrozenClock
from tests.factories import a_process

STATUSES = [status.value for status in ProcessStatus]
CODES = ("import", "export", "mail")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "processes.db"


@pytest.fixture
def repository(path: Path) -> Iterator[SqlProcessRepository]:
    with contextlib.closing(open_repository(f"sqlite:///{path}", clock=FrozenClock())) as opened:
        yield opened


@pytest.fixture(params=["as they were made", "the other way round"])
def connection(request: pytest.FixtureRequest, repository: SqlProcessRepository, path: Path) -> Iterator[Any]:
    """A connection of somebody else, to a file whose triggers were made in one order or the other."""
    with contextlib.closing(connect(path)) as opened:
        if request.param == "the other way round":
            triggers = opened.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                opened.execute(f"DROP TRIGGER {name}")
            for _, sql in reversed(triggers):
                opened.execute(sql)
        yield opened


def kept_and_counted(connection: Any) -> tuple[list[Any], list[Any]]:
    kept = "SELECT code, status, n FROM tally WHERE n <> 0 ORDER BY code, status"
    counted = "SELECT code, status, count(*) FROM process GROUP BY code, status ORDER BY code, status"
    return connection.execute(kept).fetchall(), connection.execute(counted).fetchall()


def add(repository: SqlProcessRepository, code: str, status: str) -> None:
    repository.add([a_process(code=code, status=status)], actor="program:test")


@pytest.mark.parametrize("status", STATUSES)
def test_the_first_process_of_a_code_is_counted_once(
    repository: SqlProcessRepository, connection: Any, status: str
) -> None:
    add(repository, "import", status)
    assert kept_and_counted(connection)[0] == [("import", status, 1)]
    add(repository, "import", status)
    assert kept_and_counted(connection)[0] == [("import", status, 2)]


def test_any_writes_by_anybody_are_counted(repository: SqlProcessRepository, connection: Any) -> None:
    chance = random.Random(7)
    for _ in range(120):
        code, status, verb = (
            chance.choice(CODES),
            chance.choice(STATUSES),
            chance.choice(["", "OR FAIL ", "OR IGNORE "]),
        )
        what = chance.randrange(4)
        if what == 0:
            add(repository, code, status)
        elif what == 1:
            columns = ", ".join(row[1] for row in connection.execute("PRAGMA table_info(process)").fetchall()[2:])
            copied = f"SELECT lower(hex(randomblob(16))), {columns} FROM process LIMIT 2"
            connection.execute(f"INSERT {verb}INTO process (id, {columns}) {copied}")
        elif what == 2:
            connection.execute(
                f"UPDATE {verb}process SET status = ? WHERE number % 5 = ?", (status, chance.randrange(5))
            )
        else:
            connection.execute("DELETE FROM process WHERE number % 9 = ?", (chance.randrange(9),))
        kept, counted = kept_and_counted(connection)
        assert kept == counted


def test_what_is_rolled_back_is_not_counted(repository: SqlProcessRepository, connection: Any) -> None:
    add(repository, "import", "starting")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE OR FAIL process SET status = 'running'")
    connection.execute("ROLLBACK")
    assert kept_and_counted(connection)[0] == [("import", "starting", 1)]
