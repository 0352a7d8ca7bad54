"""Says whether a database kept its promises through whatever was done to it: no trust in the engine, only its rows.

`keep_ledger` puts triggers into the database, so that each change of a process and each record of a step is written
down in its own transaction, whoever makes it. Afterwards `examine` compares that ledger, the tables, and what the
steps did outside with what was to be::

    keep_ledger(path)
    ...  # start processes, kill programs, fill the disk
    verdict = examine(path, {process_id: Expected(output={"done": True}, steps=("first", "second"))}, effects)
    assert verdict.is_green, verdict.complaints

Every start that was acknowledged belongs into what is expected. An effect is a mapping with ``id`` of the process,
``name`` and ``at`` (ISO 8601), such as `tests.integration.apps.signs.notes` yields.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from jobboy.storage.driver import connect

TERMINAL = frozenset({"completed", "failed"})
CLOCK_GRAIN = 0.002
"""Seconds: SQLite tells the time in whole milliseconds."""

_MOMENT = "(julianday('now') - 2440587.5) * 86400.0"
_LEDGER = f"""
CREATE TABLE chaos_change (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, process INTEGER, token_before INTEGER, token INTEGER,
    status_before TEXT, status TEXT, holder_before TEXT, holder TEXT, stuck_before INTEGER, stuck INTEGER,
    is_rewritten INTEGER
);
CREATE TABLE chaos_record (seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, process INTEGER, step TEXT, status TEXT);
CREATE TRIGGER chaos_changed AFTER UPDATE ON process BEGIN
    INSERT INTO chaos_change VALUES (
        NULL, {_MOMENT}, NEW.number, OLD.token, NEW.token, OLD.status, NEW.status,
        CASE WHEN OLD.handled THEN OLD.handled_by END, CASE WHEN NEW.handled THEN NEW.handled_by END,
        OLD.stuck, NEW.stuck,
        (OLD.output, OLD.store, OLD.reports, OLD.ended_at) IS NOT (NEW.output, NEW.store, NEW.reports, NEW.ended_at)
    );
END;
CREATE TRIGGER chaos_inserted AFTER INSERT ON step BEGIN
    INSERT INTO chaos_record VALUES (NULL, {_MOMENT}, NEW.process, NEW.name, NEW.status);
END;
CREATE TRIGGER chaos_replaced AFTER UPDATE ON step BEGIN
    INSERT INTO chaos_record VALUES (NULL, {_MOMENT}, NEW.process, NEW.name, NEW.status);
END;
"""


@dataclass(frozen=True)
class Expected:
    """How one process must have ended."""

    output: Mapping[str, Any] | None
    """None where it does not matter."""
    steps: tuple[str, ...] = ()
    """Those recorded as completed, in order; each once."""
    effects: tuple[str, ...] = ()
    """Names of what its steps do outside; each at least once."""
    status: str = "completed"


@dataclass(frozen=True)
class Written:
    """One committed change of a process, as the ledger has it."""

    at: float
    """Seconds since 1970, at the moment of the write; the commit is a little later."""
    process: int
    token_before: int
    token: int
    status_before: str
    status: str
    holder_before: str | None
    holder: str | None
    """Who has it in hand, None when nobody has."""
    stuck_before: bool
    stuck: bool
    is_rewritten: bool
    """Output, store, reports or the date of its end became other ones."""

    @property
    def is_claim(self) -> bool:
        """Whether somebody took it in hand."""
        return self.holder is not None and (self.holder != self.holder_before or self.token != self.token_before)


@dataclass(frozen=True)
class Death:
    """A holder that a sweep found dead."""

    process_id: str
    at: float
    """Seconds since 1970, when it was found."""
    pid: int
    """Of the holder."""
    found_by: str
    """Actor of the sweep."""
    is_given_up: bool
    """It was one death too many; otherwise the process may be claimed again."""


@dataclass(frozen=True)
class Verdict:
    """What was found; see `examine`."""

    complaints: Mapping[str, list[str]]
    """By what went wrong; empty when all is green."""
    processes: int
    records: int
    """Steps recorded as completed."""
    claims: int
    stuck: int
    """Deaths of holders that were recorded."""
    fenced: int
    effects: int
    effects_repeated: int
    """Beyond the first of each process and name."""

    @property
    def is_green(self) -> bool:
        """Whether every promise was kept."""
        return not self.complaints

    def count(self, what: str) -> int:
        """Return how many complaints of one kind there are."""
        return len(self.complaints.get(what, ()))

    def figures(self) -> dict[str, int]:
        """Return what is published."""
        return {
            "processes": self.processes,
            "records": self.records,
            "lost": self.count("lost"),
            "double_records": self.count("recorded twice"),
            "second_ends": self.count("changed after its end"),
            "stuck_left": self.count("left in hand"),
            "complaints": sum(map(len, self.complaints.values())),
            "deaths_recorded": self.stuck,
            "fenced": self.fenced,
            "effects": self.effects,
            "effects_repeated": self.effects_repeated,
        }


def keep_ledger(path: Path) -> None:
    """Write down from now on what is committed to processes of a database; called before the first is started."""
    with contextlib.closing(connect(path)) as connection:
        connection.executescript(_LEDGER)


def ledger(path: Path) -> dict[str, list[Written]]:
    """Return every committed change of every process that still exists, by its id, in order."""
    with contextlib.closing(connect(path, read_only=True)) as connection:
        return _Rows(connection).changes()


def deaths(path: Path) -> list[Death]:
    """Return the deaths that sweeps have recorded, in order."""
    with contextlib.closing(connect(path, read_only=True)) as connection:
        return _Rows(connection).deaths()


def examine(
    path: Path,
    expected: Mapping[str, Expected],
    effects: Iterable[Mapping[str, Any]],
    *,
    killed: Collection[int] | None = None,
) -> Verdict:
    """Compare a database whose programs have all ended with what was to be.

    Args:
        path: of the database, with a ledger from before the first process.
        expected: the end of each process whose start was acknowledged.
        effects: what the steps did outside.
        killed: pids of all programs that did not end in order; None when that is not known.
    """
    with contextlib.closing(connect(path, read_only=True)) as connection:
        return _Examination(_Rows(connection), expected, list(effects), killed).verdict()


class _Rows:
    """What one reading connection sees."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def all(self, question: str) -> list[Any]:
        return list(self._connection.execute(question).fetchall())

    def processes(self) -> dict[str, Any]:
        return {
            row[0]: row[1:]
            for row in self.all("SELECT id, number, status, handled, handled_by, token, output FROM process")
        }

    def changes(self) -> dict[str, list[Written]]:
        found: dict[str, list[Written]] = defaultdict(list)
        for process_id, *row in self.all(
            "SELECT p.id, c.at, c.process, c.token_before, c.token, c.status_before, c.status, c.holder_before,"
            " c.holder, c.stuck_before, c.stuck, c.is_rewritten"
            " FROM chaos_change c JOIN process p ON p.number = c.process ORDER BY c.seq"
        ):
            found[process_id].append(Written(*row[:-3], *map(bool, row[-3:])))
        return found

    def deaths(self) -> list[Death]:
        found = []
        for process_id, at, actor, after in self.all(
            "SELECT p.id, e.at, e.actor, e.after FROM event e JOIN process p ON p.number = e.process"
            " WHERE e.kind = 'stuck' ORDER BY e.seq"
        ):
            told = json.loads(after or "{}")
            pid = told.get("stuck_cause", {}).get("pid", 0)  # an event that tells nothing is nobody's death
            found.append(Death(process_id, at / 1e6, pid, actor, is_given_up="status" in told))
        return found

    def records(self) -> dict[str, list[tuple[str, float]]]:
        """Return the steps recorded as completed, with the moment, by process."""
        return self._by_process(
            "SELECT p.id, r.step, r.at FROM chaos_record r JOIN process p ON p.number = r.process"
            " WHERE r.status = 'completed' ORDER BY r.seq"
        )

    def told(self, kind: str) -> dict[str, list[tuple[Any, ...]]]:
        """Return step and attempt of the events of a kind, by process."""
        return self._by_process(
            "SELECT p.id, e.step, e.attempt FROM event e JOIN process p ON p.number = e.process"
            f" WHERE e.kind = '{kind}' ORDER BY e.seq"
        )

    def _by_process(self, question: str) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for process_id, *row in self.all(question):
            found[process_id].append(tuple(row))
        return found


@dataclass
class _Examination:
    """One look at everything; each method complains about one thing."""

    rows: _Rows
    expected: Mapping[str, Expected]
    effects: list[Mapping[str, Any]]
    killed: Collection[int] | None
    complaints: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def verdict(self) -> Verdict:
        processes, changes, records = self.rows.processes(), self.rows.changes(), self.rows.records()
        self._ends(processes)
        for process_id, written in changes.items():
            self._tokens(process_id, written)
            self._holds(process_id, written)
            self._finality(process_id, written)
        self._last_words(processes, changes)
        self._deaths()
        self._recorded(records)
        counted = self._effects(records)
        self._integrity()
        return Verdict(
            complaints=dict(self.complaints),
            processes=len(processes),
            records=sum(map(len, records.values())),
            claims=sum(one.is_claim for written in changes.values() for one in written),
            stuck=len(self.rows.deaths()),
            fenced=sum(map(len, self.rows.told("fenced").values())),
            effects=counted.total(),
            effects_repeated=counted.total() - len(counted),
        )

    def _complain(self, what: str, about: str) -> None:
        self.complaints[what].append(about)

    def _ends(self, processes: Mapping[str, Any]) -> None:
        for process_id, wanted in self.expected.items():
            if process_id not in processes:
                self._complain("lost", process_id)
                continue
            _, status, handled, by, _, output = processes[process_id]
            if handled:
                self._complain("left in hand", f"{process_id} in the hands of {by}")
            if status != wanted.status:
                self._complain("wrong end", f"{process_id} is {status}, not {wanted.status}")
            elif wanted.output is not None and (output is None or json.loads(output) != wanted.output):
                self._complain("wrong output", f"{process_id}: {output}")
        for process_id in processes.keys() - self.expected.keys():
            self._complain("started unasked", process_id)

    def _tokens(self, process_id: str, written: list[Written]) -> None:
        """P2: they never fall, rise with each claim, and nothing was written behind the ledger's back."""
        token = 0
        for one in written:
            if one.token_before != token or one.token < token:
                self._complain("token", f"{process_id}: {token}, then {one.token_before} to {one.token}")
            if one.is_claim and one.token <= one.token_before:
                self._complain("token", f"{process_id}: claimed with the token {one.token} of the one before")
            token = one.token

    def _holds(self, process_id: str, written: list[Written]) -> None:
        """P2 and P7: nobody takes what another has in hand, unless that one was found dead."""
        for one in written:
            if one.is_claim and one.holder_before is not None and not one.stuck_before:
                self._complain("two holders", f"{process_id}: {one.holder_before}, then {one.holder}")

    def _deaths(self) -> None:
        """P5 and P7: nobody who lives is found dead, and nobody twice."""
        found = self.rows.deaths()
        for (process_id, pid), times in Counter((death.process_id, death.pid) for death in found).items():
            if times > 1:
                self._complain("death recorded twice", f"{process_id}: {pid}")
        for death in found:
            if self.killed is not None and death.pid not in self.killed:
                self._complain("living holder found dead", f"{death.process_id}: {death.pid}")

    def _finality(self, process_id: str, written: list[Written]) -> None:
        """P4: an end is written once, and nothing but the token of a restart after it."""
        for one in written:
            if one.status_before in TERMINAL and (one.status != one.status_before or one.is_rewritten or one.holder):
                self._complain("changed after its end", f"{process_id}: {one}")

    def _last_words(self, processes: Mapping[str, Any], changes: Mapping[str, list[Written]]) -> None:
        for process_id, (_, status, *_, token, _) in processes.items():
            known = changes.get(process_id)
            if known and (known[-1].status, known[-1].token) != (status, token):
                self._complain("written past the ledger", process_id)

    def _recorded(self, records: Mapping[str, list[tuple[str, float]]]) -> None:
        """P3: each step once, in its table and in the history, and no step that was not to be."""
        told = self.rows.told("step_completed")
        for process_id, wanted in self.expected.items():
            names = tuple(step for step, _ in records.get(process_id, ()))
            events = tuple(step for step, _ in told.get(process_id, ()))
            for name, times in (Counter(names) | Counter(events)).items():
                if times > 1:
                    self._complain("recorded twice", f"{process_id}: {name}")
            if tuple(dict.fromkeys(names)) != wanted.steps or tuple(dict.fromkeys(events)) != wanted.steps:
                self._complain("wrong records", f"{process_id}: {names}, told as {events}")

    def _effects(self, records: Mapping[str, list[tuple[str, float]]]) -> Counter[tuple[str, str]]:
        """P3: each at least once, and none after its step was recorded."""
        counted = Counter((effect["id"], effect["name"]) for effect in self.effects)
        for process_id, wanted in self.expected.items():
            for name in wanted.effects:
                if not counted[process_id, name]:
                    self._complain("no effect", f"{process_id}: {name}")
        for effect in self.effects:
            late = datetime.fromisoformat(effect["at"]).timestamp() - CLOCK_GRAIN
            if any(step == effect["name"] and at < late for step, at in records.get(effect["id"], ())):
                self._complain("done again after its record", f"{effect['id']}: {effect['name']} at {effect['at']}")
        return counted

    def _integrity(self) -> None:
        for line in self._broken():
            self._complain("integrity", line)

    def _broken(self) -> Iterator[str]:
        checked = [row[0] for row in self.rows.all("PRAGMA integrity_check")]
        yield from [] if checked == ["ok"] else checked
        kept = self.rows.all("SELECT code, status, n FROM tally WHERE n <> 0 ORDER BY code, status")
        real = self.rows.all("SELECT code, status, count(*) FROM process GROUP BY code, status ORDER BY code, status")
        if kept != real:
            yield f"the kept counters say {kept}, the rows {real}"
