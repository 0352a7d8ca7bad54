"""One copy of SQLite in a program, and which."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from jobboy.storage import driver as drivers
from jobboy.storage import open_repository
from jobboy.testing import FrozenClock


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 51, 3), True),
        ((3, 51, 2), False),
        ((3, 53, 0), True),
        ((3, 50, 7), True),
        ((3, 50, 6), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 40, 1), False),
    ],
)
def test_versions_with_the_race_are_known(version: tuple[int, int, int], safe: bool) -> None:
    assert drivers.is_safe(version) is safe


def test_an_old_sqlite_without_the_wheel_is_used_with_one_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
    drivers.driver.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert drivers.driver() is drivers.driver() is sqlite3
    drivers.driver.cache_clear()
    assert len(caplog.records) == 1
    assert "install the pysqlite3 package" in caplog.text


def test_the_whole_repository_uses_the_one_driver(tmp_path: Path) -> None:
    repository = open_repository(f"sqlite:///{tmp_path}/x.db", clock=FrozenClock())
    (_, well, words), *_ = repository.check()
    repository.close()
    assert well is drivers.is_safe(drivers.driver().sqlite_version_info)
    assert words.startswith(drivers.driver().sqlite_version)


def test_asking_for_the_path_of_a_database_loads_no_database_library() -> None:
    script = "import sys, jobboy.storage; print('sqlalchemy' in sys.modules, 'alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["False", "False"]


def test_a_file_that_is_up_to_date_is_opened_without_the_migration_library(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    open_repository(url, clock=FrozenClock()).close()
    script = (
        "import sys\nfrom jobboy.storage import open_repository\nfrom jobboy.testing import FrozenClock\n"
        f"open_repository({url!r}, clock=FrozenClock()).counts()\nprint('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "False"
