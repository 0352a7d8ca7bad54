"""Judges a database that was found after a loss of power: what is missing, and whether it is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobboy import JobBoy
from jobboy.errors import StorageError
from jobboy.storage.driver import connect, driver
from tests.chaos import power_app
from tests.chaos.power_app import STEPS

Rows = Sequence[Sequence[Any]]


@dataclass
class Verdict:
    """What was found in one image."""

    acknowledged: int
    lost: list[str]
    """Acknowledged lines whose facts are not there."""
    damage: str | None
    """What is not as it must be, None when the database is whole."""


def judge(database: Path, acknowledged: Sequence[str], *, works_on: bool) -> Verdict:
    """Open a database as any program would and compare it with what was acknowledged.

    Args:
        database: file that need not be there.
        acknowledged: lines of `tests.chaos.power_app`.
        works_on: also let a worker finish what is there.
    """
    power_app.jobs.database = f"sqlite:///{database}"
    try:
        damage = _damage_by_check(power_app.jobs)
        with closing(connect(database, read_only=True)) as connection:
            damage = damage or _contradiction(connection)
            lost = _lost(connection, acknowledged)
        if works_on and damage is None:
            damage = _left_undone(power_app.jobs)
        return Verdict(len(acknowledged), lost, damage)
    except (StorageError, driver().Error) as error:
        return Verdict(len(acknowledged), [], f"{type(error).__name__}: {error}")
    finally:
        power_app.jobs.close()


def _damage_by_check(jobs: JobBoy) -> str | None:
    for what, is_well, words in jobs.operations().doctor():
        if what == "content" and not is_well:
            return words
    return None


def _contradiction(connection: Any) -> str | None:
    """Look for what no single transaction of the engine can have written."""
    found = _rows(connection, "PRAGMA integrity_check")[0][0]
    if found != "ok":
        return f"integrity_check says {found}"
    kept = {
        (code, status): n for code, status, n in _rows(connection, "SELECT code, status, n FROM tally WHERE n > 0")
    }
    real = {
        (code, status): n
        for code, status, n in _rows(connection, "SELECT code, status, count(*) FROM process GROUP BY code, status")
    }
    if kept != real:
        return f"the counters say {kept}, the rows {real}"
    started = _one(connection, "SELECT count(DISTINCT process) FROM event WHERE kind = 'started'")
    if started != sum(real.values()):
        return f"{sum(real.values())} processes, but {started} were started"
    if _one(connection, "SELECT count(*) FROM event") != _last_seq(connection):
        return "events are missing in the middle of the history"
    return _step_out_of_order(connection)


def _step_out_of_order(connection: Any) -> str | None:
    """P3: whoever stands at a step has recorded those before it, and no other."""
    recorded = _recorded(connection)
    for process_id, code, status, step in _rows(connection, "SELECT id, code, status, step FROM process"):
        names = STEPS[code]
        wanted = names if status == "completed" or step is None else names[: names.index(step)]
        if set(wanted) != {name for name in names if (process_id, name) in recorded}:
            return f"{process_id} is {status} at {step}, which does not fit its records"
    return None


def _lost(connection: Any, acknowledged: Iterable[str]) -> list[str]:
    known = {row[0] for row in _rows(connection, "SELECT id FROM process")}
    answers = Counter(row[0] for row in _rows(connection, _ANSWERED))
    recorded, last = _recorded(connection), _last_seq(connection)

    def is_there(line: str) -> bool:
        match line.split():
            case "started", process_id:
                return process_id in known
            case "recorded", process_id, step:
                return (process_id, step) in recorded
            case "answered", process_id:
                return answers[process_id] == 1
            case "seen", seq:
                return int(seq) <= last
        raise ValueError(f"not an acknowledgement: {line!r}")

    return [line for line in acknowledged if not is_there(line)]


_ANSWERED = "SELECT p.id FROM event AS e JOIN process AS p ON p.number = e.process WHERE e.kind = 'proceeded'"


def _recorded(connection: Any) -> set[tuple[str, str]]:
    question = "SELECT p.id, s.name FROM step AS s JOIN process AS p ON p.number = s.process"
    return {(row[0], row[1]) for row in _rows(connection, f"{question} WHERE s.status = 'completed'")}


def _left_undone(jobs: JobBoy) -> str | None:
    """Let a worker finish: those whose holder died with the power are taken up again, those that ask wait."""
    jobs.worker(until_idle=True).run()
    counts = jobs.operations().overview().counts
    undone = sum(n for status, n in counts.by_status.items() if status.is_active) - counts.paused
    return f"{undone} processes were not finished by a worker" if undone else None


def _last_seq(connection: Any) -> int:
    return _one(connection, "SELECT coalesce(max(seq), 0) FROM event")


def _one(connection: Any, question: str) -> int:
    return int(_rows(connection, question)[0][0])


def _rows(connection: Any, question: str) -> Rows:
    return list(connection.execute(question).fetchall())
