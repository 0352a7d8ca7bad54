"""The checker must see what it is there to see: each broken promise is planted by hand once, and found."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jobboy.storage.driver import connect
from tests.chaos.checker import Expected, Verdict, examine, keep_ledger
from tests.integration.apps.trails import LENGTH, NAMES
from tests.integration.worker_programs import Site

_STEP = "name, visit, position, status, attempts, output, error, started_at, ended_at"
_DEATH = (
    "INSERT INTO event (process, at, kind, actor, after)"
    """ VALUES (1, 0, 'stuck', 'sweep:x', '{"stuck": true, "stuck_cause": {"pid": 7}}')"""
)
PLANTED = {
    "lost": "DELETE FROM process",
    "left in hand": "UPDATE process SET handled = 1, handled_by = 'x', token = token + 1",
    "wrong end": "UPDATE process SET status = 'failed'",
    "wrong output": "UPDATE process SET output = '{}'",
    "token": "UPDATE process SET token = token - 1",
    "two holders": "UPDATE process SET handled = 1, handled_by = 'x', token = token + 1;"
    " UPDATE process SET handled_by = 'y', token = token + 1",
    "changed after its end": "UPDATE process SET store = '{}'",
    "written past the ledger": "DROP TRIGGER chaos_changed; UPDATE process SET token = token + 1",
    "recorded twice": f"INSERT INTO step (process, {_STEP}) SELECT process, name, visit + 1, position, status,"
    " attempts, output, error, started_at, ended_at FROM step LIMIT 1",
    "wrong records": f"INSERT INTO step (process, {_STEP}) SELECT process, 'unknown', visit, position, status,"
    " attempts, output, error, started_at, ended_at FROM step LIMIT 1",
    "integrity": "UPDATE tally SET n = n + 1",
}


@dataclass(frozen=True)
class Ended:
    """A database with a pipeline and a process of plain handlers that have come to their ends."""

    path: Path
    expected: dict[str, Expected]
    effects: list[dict[str, Any]]

    def examine(self) -> Verdict:
        return examine(self.path, self.expected, self.effects)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    site = Site(tmp_path_factory.mktemp("ended"), "trails")
    assert site.jobs.list() == []  # which makes the database
    path = Path(site.folder, "jobboy.db")
    keep_ledger(path)
    trail, turns = site.start("plain-trail"), site.start("turns")
    site.work_here()
    site.close()
    expected = {
        trail: Expected(output={"trail": NAMES}, steps=tuple(NAMES), effects=tuple(NAMES)),
        turns: Expected(output={"turns": LENGTH}, effects=tuple(map(str, range(LENGTH)))),
    }
    effects = sorted(site.notes("effects"), key=lambda effect: effect["name"], reverse=True)
    return Ended(path, expected, effects)  # the first effect is one of a step


@pytest.fixture
def ended(original: Ended, tmp_path: Path) -> Ended:
    """Give a copy to break."""
    path = tmp_path / "copy.db"
    with contextlib.closing(connect(original.path)) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))
    return Ended(path, dict(original.expected), list(original.effects))


def test_a_database_that_kept_its_promises_is_green(ended: Ended) -> None:
    verdict = ended.examine()

    assert verdict.complaints == {}
    assert verdict.figures() == {
        "processes": 2,
        "records": LENGTH,
        "lost": 0,
        "double_records": 0,
        "second_ends": 0,
        "stuck_left": 0,
        "complaints": 0,
        "deaths_recorded": 0,
        "fenced": 0,
        "effects": 2 * LENGTH,
        "effects_repeated": 0,
    }


@pytest.mark.parametrize("what", PLANTED)
def test_each_broken_promise_is_found(ended: Ended, what: str) -> None:
    with contextlib.closing(connect(ended.path)) as connection:
        connection.executescript(PLANTED[what])

    assert what in ended.examine().complaints


def test_a_process_that_nobody_asked_for_is_found(ended: Ended) -> None:
    ended.expected.popitem()

    assert "started unasked" in ended.examine().complaints


def test_an_effect_that_never_was_is_found(ended: Ended) -> None:
    del ended.effects[0]

    assert "no effect" in ended.examine().complaints


def test_an_effect_after_its_record_is_found(ended: Ended) -> None:
    ended.effects.append({**ended.effects[0], "at": "2999-01-01T00:00:00+00:00"})

    assert "done again after its record" in ended.examine().complaints


def test_deaths_of_programs_that_live_and_deaths_recorded_twice_are_found(ended: Ended) -> None:
    with contextlib.closing(connect(ended.path)) as connection:
        connection.executescript(_DEATH)
        assert _complaints(ended, killed={7}) == set()
        assert _complaints(ended, killed={8}) == {"living holder found dead"}
        connection.executescript(_DEATH)
        assert _complaints(ended, killed={7}) == {"death recorded twice"}


def _complaints(ended: Ended, *, killed: set[int]) -> set[str]:
    return set(examine(ended.path, ended.expected, ended.effects, killed=killed).complaints)
