"""A database on which programs are killed: what was started there, how it must end, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Collection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import MappingProxyType

from tests.chaos.checker import Expected, Verdict, examine, keep_ledger
from tests.chaos.forked import fork_worker, kill
from tests.integration.apps.trails import LENGTH, NAMES
from tests.integration.worker_programs import PATIENCE, Site, eventually

PIPELINE = Expected(output={"trail": NAMES}, steps=tuple(NAMES), effects=tuple(NAMES))
ENDS = MappingProxyType(
    {
        "plain-trail": PIPELINE,
        "quick-trail": PIPELINE,
        "trail": PIPELINE,
        "turns": Expected(output={"turns": LENGTH}, effects=tuple(map(str, range(LENGTH)))),
    }
)
"""How a process of each code ends when everything is recovered."""


class Ground:
    """One database of the app ``trails`` with a ledger.

    Args:
        folder: empty, for the database and the signs of the steps.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.site = Site(folder, "trails")
        self.path = folder / "jobboy.db"
        self.expected: dict[str, Expected] = {}
        """By id of each process that was started."""
        self.killed: set[int] = set()
        """Pids of what was killed by `kill`."""

    def prepare(self) -> None:
        """Make the database with its ledger, and leave the definitions there."""
        self.site.jobs.list()
        keep_ledger(self.path)
        for code in ENDS:
            self.start(code)
        self.finish()

    def close(self) -> None:
        """End every program that still runs."""
        self.site.close()

    def start(self, code: str, *, times: int = 1, **parameters: object) -> list[str]:
        """Start processes that are expected to end as their code does; returns their ids."""
        orders = [(code, {"folder": self.site.folder, **parameters})] * times
        ids = self.site.jobs.start_many(orders)
        self.expected |= dict.fromkeys(ids, ENDS[code])
        return ids

    def leave_in_dead_hands(self, count: int) -> list[str]:
        """Start processes and kill the worker that has them all in hand; no sweep has seen it when this returns."""
        ids = self.start("plain-trail", times=count, dies_in=NAMES[0])
        worker = fork_worker(self.site, slots=count)
        eventually(lambda: self.site.operations.overview().counts.handled == count)
        self.kill(worker)
        return ids

    def kill(self, program: BaseProcess) -> None:
        """End a program with kill -9; it is gone when this returns."""
        assert program.pid is not None
        self.killed.add(program.pid)
        kill(program)

    def finish(self) -> None:
        """Let workers do what can be done until nothing is active."""
        self.finish_until(lambda: not self.site.jobs.list("active", limit=1))

    def finish_until(self, is_enough: Callable[[], bool]) -> None:
        """Let one worker after the other do what can be done now, until a condition is met."""

        def worked() -> bool:
            fork_worker(self.site, until_idle=True).join(PATIENCE)
            return is_enough()

        eventually(worked)

    def verdict(self, *, killed: Collection[int] | None = None) -> Verdict:
        """Examine the database when nobody works on it; `killed` are all that did not end in order, if known."""
        return examine(self.path, self.expected, self.site.notes("effects"), killed=killed)
