"""What retention has chosen and what it finds when it comes to remove it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from jobboy.model.events import EventKind, NewEvent
from jobboy.storage import housekeeping
from jobboy.storage.repository import SqlProcessRepository
from jobboy.storage.sqlite import SqliteDatabase
from jobboy.testing import FrozenClock
from tests.factories import NOW, a_process, an_event


def removal(count: int) -> NewEvent:
    return an_event(EventKind.PRUNED, after={"pruned": count})


def test_what_is_in_hand_again_or_has_not_ended_is_left_alone_though_it_was_chosen(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "processes.db", durability="normal", locks=None)
    with contextlib.closing(SqlProcessRepository(database, clock=FrozenClock())) as repository:
        gone, held, active = repository.add(
            [
                a_process(status="failed", ended_at=NOW),
                a_process(status="failed", ended_at=NOW, handled=True),
                a_process(status="running"),
            ],
            actor="program:test",
        )

        chosen = housekeeping.removing([gone.number, held.number, active.number], removal)
        assert database.write(chosen) == (1, 3)
        assert repository.events(newest=True, limit=1)[0].after == {"pruned": 1}

        assert [process.id for process in repository.load([gone.number, held.number, active.number])] == [
            held.id,
            active.id,
        ]


def test_processes_with_long_histories_go_in_several_transactions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "MOST_EVENTS", 2)
    database = SqliteDatabase(tmp_path / "processes.db", durability="normal", locks=None)
    with contextlib.closing(SqlProcessRepository(database, clock=FrozenClock())) as repository:

        def some_ended() -> list[int]:
            ended = [a_process(status="failed", ended_at=NOW, expires_at=NOW) for _ in range(5)]
            return [process.number for process in repository.add(ended, actor="program:test")]

        numbers = some_ended()
        assert repository.remove(numbers, record=removal) == 5
        assert repository.load(numbers) == []
        told = [event.after for event in repository.events(limit=99)]
        assert told == [{"pruned": 2}, {"pruned": 2}, {"pruned": 1}]

        some_ended()
        assert [repository.prune(now=NOW, record=removal) for _ in range(4)] == [2, 2, 1, 0]
