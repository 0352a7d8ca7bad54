"""When a writer tries to empty the write-ahead log."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobboy.storage import write_ahead
from jobboy.storage.write_ahead import FIRST_PAUSE, LONGEST_PAUSE, LOOK_EVERY, WriteAheadLog


class Ground:
    """A log of any length, and a clock that is put forward by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = 1000.0
        self._path = folder / "jobboy.db"
        self.log = WriteAheadLog(self._path, now=lambda: self.now)

    def write(self, length: int) -> None:
        self._path.with_name("jobboy.db-wal").write_bytes(b"x" * length)

    def tries(self, seconds: float, *, in_vain: bool) -> int:
        """Commit every millisecond for so long, and return how often that led to a try."""
        count = 0
        for _ in range(round(seconds * 1000)):
            self.now += 0.001
            if self.log.is_due():
                self.log.tried(in_vain=in_vain)
                count += 1
        return count


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setattr(write_ahead, "WAL_AIM", 100)
    return Ground(tmp_path)


def test_a_short_log_and_none_are_let_be(ground: Ground) -> None:
    assert ground.tries(1, in_vain=False) == 0
    ground.write(100)
    assert ground.tries(1, in_vain=False) == 0


def test_a_long_log_is_due_at_once_but_not_looked_at_after_each_commit(ground: Ground) -> None:
    ground.write(101)
    assert ground.log.is_due()
    ground.now += LOOK_EVERY / 2
    assert not ground.log.is_due()
    ground.now += LOOK_EVERY
    assert ground.log.is_due()


def test_a_reader_that_never_ends_costs_few_tries(ground: Ground) -> None:
    ground.write(101)
    assert ground.tries(600, in_vain=True) <= 10 + 600 / LONGEST_PAUSE


def test_the_log_is_tried_again_soon_after_the_first_try_in_vain_and_at_last_every_longest_pause(
    ground: Ground,
) -> None:
    ground.write(101)
    assert ground.tries(0.001, in_vain=True) == 1
    assert ground.tries(FIRST_PAUSE + 0.001, in_vain=True) == 1
    ground.tries(60, in_vain=True)
    assert ground.tries(LONGEST_PAUSE + 0.001, in_vain=True) == 1


def test_pauses_begin_anew_when_the_log_has_been_emptied(ground: Ground) -> None:
    ground.write(101)
    ground.tries(60, in_vain=True)
    ground.write(0)
    ground.tries(LONGEST_PAUSE + 0.001, in_vain=True)
    ground.write(101)
    ground.tries(0.02, in_vain=True)
    assert ground.tries(FIRST_PAUSE + 0.001, in_vain=True) == 1


def test_a_log_that_cannot_be_looked_at_breaks_no_commit(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    now = iter((0.0, 1.0, 1.0))
    log = WriteAheadLog(tmp_path / "file" / "jobboy.db", now=lambda: next(now))
    assert not log.is_due()
