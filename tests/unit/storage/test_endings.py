from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from jobboy.model.endings import minute_of
from jobboy.storage import open_repository
from jobboy.storage.endings import endings
from jobboy.testing import FrozenClock
from tests.factories import NOW, a_process


def test_what_more_ended_than_is_looked_at_is_said_to_be_unknown(tmp_path: Path) -> None:
    repository = open_repository(f"sqlite:///{tmp_path / 'processes.db'}", clock=FrozenClock())
    ended = [NOW - timedelta(minutes=minutes) for minutes in (9, 5, 1)]
    repository.add([a_process(status="completed", ended_at=at, started_at=at) for at in ended], actor="program:tests")
    with repository._database.read() as session:
        found = endings(session, NOW - timedelta(minutes=30), limit=2)
    repository.close()

    assert found.since == NOW - timedelta(minutes=5)
    assert {minute for minute, _ in found.numbers} == {minute_of(at) for at in ended[1:]}
