"""Statements are ended while they run: by time, by a cancellation, and by the key that the driver swallows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobboy.model.selection import ScanLimits, ScanStop
from jobboy.storage import open_repository
from jobboy.storage.driver import connect, driver
from jobboy.storage.watch import Watch
from jobboy.testing import FrozenClock

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "processes.db"
    open_repository(f"sqlite:///{path}", clock=FrozenClock()).close()
    opened = connect(path)
    yield opened
    opened.close()


def test_time_ends_a_statement_once_it_is_kept(connection: Any) -> None:
    watch = Watch(ScanLimits(seconds=0))
    assert not watch.is_over()
    watch.keep_time()
    with watch.over(connection):
        connection.execute(ENDLESS).fetchall()
    assert watch.stopped is ScanStop.TIME


def test_a_cancellation_ends_a_statement(connection: Any) -> None:
    asked = iter([False] * 5 + [True])
    watch = Watch(ScanLimits(is_cancelled=lambda: next(asked)))
    with watch.over(connection):
        connection.execute(ENDLESS).fetchall()
    assert watch.stopped is ScanStop.CANCELLED


def test_a_statement_that_somebody_else_ends_was_ended_by_the_key(connection: Any) -> None:
    def interrupt() -> bool:
        connection.interrupt()
        return False

    with pytest.raises(KeyboardInterrupt), Watch(ScanLimits(is_cancelled=interrupt)).over(connection):
        connection.execute(ENDLESS).fetchall()


def test_other_errors_of_the_database_pass(connection: Any) -> None:
    with pytest.raises(driver().OperationalError), Watch(ScanLimits()).over(connection):
        connection.execute("SELECT * FROM nowhere")


def test_a_connection_is_free_of_its_watch_afterwards(connection: Any) -> None:
    with Watch(ScanLimits(is_cancelled=lambda: True)).over(connection):
        connection.execute(ENDLESS).fetchall()
    assert connection.execute("SELECT count(*) FROM (SELECT 1 FROM sqlite_master, sqlite_master)").fetchone()[0] > 0
