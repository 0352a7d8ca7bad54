"""A small world for F7: programs that see the same database by clocks of their own, which jump."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from jobboy import JobBoy, bootstrap
from jobboy.engine.claimants import make_claimant
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.engine.sweep import Sweeper
from jobboy.errors import Fenced, Refused
from jobboy.model.process import ProcessSummary
from jobboy.model.selection import Selection
from jobboy.ports import Held
from jobboy.testing import FixedIdentifiers, FrozenClock
from tests.chaos.databases import new_database
from tests.chaos.model_app import KINDS, Script

EDGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # summer time begins in Rome
    datetime(2026, 10, 25, 1, tzinfo=UTC),  # and ends
    datetime(2028, 2, 29, tzinfo=UTC),  # a leap day begins
    datetime(2028, 3, 1, tzinfo=UTC),  # and ends
    datetime(2026, 1, 1, tzinfo=UTC),
)
"""Moments that clocks are known to stumble at; each world passes one of them."""
JUMPS = tuple(timedelta(seconds=sign * seconds) for seconds in (3600, 45, 2) for sign in (1, -1))
PROGRAMS = 3
MOST = 10
OUTCOMES = ("return", "return", "end", "raise", "crash", "wait")
ACTIONS = ("start", "claim", "claim", "finish", "finish", "die", "jump", "jump", "pass_time", "recover", "offer")


class JumpingClock:
    """The time of the world, wrong by what was set last.

    Args:
        world: the right time.
    """

    def __init__(self, world: FrozenClock) -> None:
        self._world = world
        self.error = timedelta(0)

    def now(self) -> datetime:
        """Return what this clock shows."""
        return self._world.now() + self.error


class Program:
    """One program with everything of its own: connections, locks, clock, and what it has in hand."""

    def __init__(self, url: str, name: str, jobs: JobBoy, world: FrozenClock) -> None:
        self.clock = JumpingClock(world)
        opened = bootstrap.open_adapters(url, durability="normal", clock=self.clock)
        self.adapters = replace(opened, identifiers=FixedIdentifiers(world.now() + timedelta(days=int(name))))
        self.operations = bootstrap.open_operations(self.adapters, jobs.registry, actor=f"operator:{name}@test")
        self.id = f"test:{name}:0000000{name}"
        self.sweeper = Sweeper(opened.repository, opened.locks, self.clock, opened.bell, actor=f"sweep:{self.id}")
        self.claimant = make_claimant(jobs.registry, opened.locks, self.clock, self.id)


@dataclass
class Hold:
    """What a program has in hand."""

    program: Program
    held: Held


class World:
    """Programs, a database, and what must hold whatever their clocks show.

    Args:
        seed: says all that happens.
        happened: counts it; ``false takeovers``, ``dead unseen`` and ``left undone`` are what must not.
    """

    def __init__(self, seed: int, happened: Counter[str]) -> None:
        self._chance = random.Random(seed)
        self._happened = happened
        edge = EDGES[seed % len(EDGES)]
        self._world = FrozenClock(edge - timedelta(seconds=self._chance.uniform(1, 60)))
        self._jobs = JobBoy()
        self._script = Script(self._jobs)
        self._holds: list[Hold] = []
        self._dead: dict[str, int] = {}

    def live(self, actions: int) -> None:
        """Let things happen, then put the clocks right and see that everything comes to its end."""
        with new_database() as path:
            self._programs = [
                Program(f"sqlite:///{path}", str(number), self._jobs, self._world) for number in range(PROGRAMS)
            ]
            try:
                for _ in range(actions):
                    getattr(self, f"_{self._chance.choice(ACTIONS)}")()
                    self._look()
                self._come_to_an_end()
            finally:
                self._close()

    def _close(self) -> None:
        for hold in self._holds:
            hold.held.lock.release()
        for program in self._programs:
            program.adapters.close()

    # --- what happens ---

    def _start(self) -> None:
        program = self._any_program()
        if len(self._active()) < MOST:
            program.operations.start(self._chance.choice(sorted(KINDS)))
            self._count("started")

    def _claim(self) -> None:
        program = self._any_program()
        held = program.adapters.repository.claim(program.claimant)
        if held is None:
            return
        if any(hold.held.process.id == held.process.id for hold in self._holds):
            self._count("false takeovers")
        self._dead.pop(held.process.id, None)
        self._holds.append(Hold(program, held))
        self._count("claimed")

    def _finish(self) -> None:
        if self._holds:
            self._settle(self._holds.pop(self._chance.randrange(len(self._holds))), self._chance.choice(OUTCOMES))

    def _settle(self, hold: Hold, outcome: str) -> None:
        self._script.outcome = outcome
        program = hold.program
        iterator = ProcessIterator(self._jobs.registry, program.clock, self._script, actor=f"worker:{program.id}")
        with hold.held.lock:
            change = iterator.iterate(hold.held).change
            try:
                program.adapters.repository.settle(change)
            except Fenced:
                self._count("false takeovers")
        self._count("finished")

    def _die(self) -> None:
        if self._holds:
            hold = self._holds.pop(self._chance.randrange(len(self._holds)))
            hold.held.lock.release()
            self._dead[hold.held.process.id] = hold.held.process.token
            self._count("died")

    def _jump(self) -> None:
        program = self._any_program()
        program.clock.error += self._chance.choice(JUMPS)
        if self._chance.random() < 0.3:
            program.clock.error = timedelta(0)
        self._count("jumps of clocks")

    def _pass_time(self) -> None:
        self._world.advance(timedelta(seconds=self._chance.choice([0.1, 1, 10, 60])))

    def _recover(self) -> None:
        """An operator believes that a living holder is dead, because her clock says so."""
        if self._holds:
            operator, hold = self._any_program(), self._chance.choice(self._holds)
            with suppress(Refused):
                operator.operations.recover(hold.held.process.id, reason="it takes so long")
                self._count("false takeovers")

    def _offer(self) -> None:
        self._any_program().sweeper.offer(self._jobs.registry)

    # --- what must hold ---

    def _look(self) -> None:
        """Any program sweeps, and reads what is held: by its clock, whatever it shows."""
        program = self._any_program()
        living = {hold.held.process.id for hold in self._holds}
        found = {process.id for process in program.sweeper.sweep()}
        self._happened["false takeovers"] += len(found & living)
        for hold in self._holds:
            shown = program.operations.get(hold.held.process.id)
            is_so = shown.handled and not shown.stuck and shown.token == hold.held.process.token
            self._happened["false takeovers"] += not is_so
        for process_id, token in self._dead.items():
            shown = program.operations.get(process_id)
            self._happened["dead unseen"] += shown.handled and shown.token == token and not shown.stuck
        self._happened["found dead"] += len(found)
        self._dead.clear()

    def _come_to_an_end(self) -> None:
        for program in self._programs:
            program.clock.error = timedelta(0)
        for hold in self._holds:
            self._settle(hold, "end")
        self._holds.clear()
        for _ in range(MOST * len(KINDS)):
            self._world.advance(timedelta(hours=2))
            self._look()
            self._claim()
            if self._holds:
                self._settle(self._holds.pop(), "end")
        self._happened["left undone"] += sum(not row.paused and not row.stuck for row in self._active())

    def _active(self) -> list[ProcessSummary]:
        rows = self._programs[0].adapters.repository.page(Selection(), limit=1000).rows
        return [row for row in rows if row.status.is_active]

    def _any_program(self) -> Program:
        return self._chance.choice(self._programs)

    def _count(self, what: str) -> None:
        self._happened[what] += 1
