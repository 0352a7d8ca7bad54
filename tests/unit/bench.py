"""A bench: one database in a folder, with a clock that stands still, worked on by hand one iteration at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from jobboy import IterationResponse, JobBoy, Process, bootstrap
from jobboy.engine.claimants import make_claimant
from jobboy.engine.handlers import DEFAULT_CHANNEL
from jobboy.engine.iteration_maker import IterationMaker
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.engine.sweep import Sweeper
from jobboy.model.events import Event
from jobboy.operations import Operations
from jobboy.ports import Held, StepOrder, StepResult
from jobboy.testing import FixedIdentifiers, FrozenClock

OPERATOR = "operator:ada@test"
WORKER = "test:1:00000001"


class ScriptedRunner:
    """Stands in for the programs of isolated steps: says what the test wants their end to be."""

    def __init__(self) -> None:
        self.answer: Callable[[StepOrder], StepResult] = lambda _order: StepResult(output={})
        self.stopped: list[tuple[int, int, str]] = []

    def run(self, order: StepOrder) -> StepResult:
        return self.answer(order)

    def stop(self, number: int, token: int, why: str) -> bool:
        self.stopped.append((number, token, why))
        return True

    def close(self) -> None:
        """Nothing runs."""


class Bench:
    """An app, its open database, and what one does with them in tests."""

    def __init__(self, folder: Path) -> None:
        self.clock = FrozenClock()
        self.path = folder / "bench.db"
        self.url = f"sqlite:///{self.path}"
        self.jobs = JobBoy(self.url, allow=["tests.unit"])
        self.runner = ScriptedRunner()
        opened = bootstrap.open_adapters(self.url, durability="normal", clock=self.clock)
        self.adapters = replace(opened, identifiers=FixedIdentifiers())
        self.operations = self.acting_as(OPERATOR)
        self.repository, self.locks = self.adapters.repository, self.adapters.locks

    def acting_as(self, actor: str) -> Operations:
        return bootstrap.open_operations(self.adapters, self.jobs.registry, actor=actor)

    def start(self, code: str, parameters: dict[str, Any] | None = None, **options: Any) -> str:
        return self.operations.start(code, parameters, **options)

    def put(self, process: Process) -> Process:
        """Keep a process as it is, however it came to be so."""
        return self.repository.add([process], actor="program:test")[0]

    # --- working ---

    def maker(self, *, channel: str = DEFAULT_CHANNEL, exclusive: bool = False) -> IterationMaker:
        registry = self.jobs.registry
        iterator = ProcessIterator(registry, self.clock, self.runner, actor=f"worker:{WORKER}", channel=channel)
        claimant = make_claimant(registry, self.locks, self.clock, WORKER, channel)
        return IterationMaker(self.repository, self.locks, iterator, claimant, exclusive=exclusive)

    def iterate(self, *, channel: str = DEFAULT_CHANNEL) -> IterationResponse:
        return self.maker(channel=channel).work()

    def finish(self, process_id: str) -> Process:
        """Iterate until nothing can be iterated at this moment, and return the process."""
        for _ in range(100):
            if not self.iterate().has_worked:
                return self.get(process_id)
        raise AssertionError("there is work without end")

    def pick(self) -> Held:
        """Claim the next process and keep it in hand."""
        held = self.repository.claim(make_claimant(self.jobs.registry, self.locks, self.clock, WORKER))
        assert held is not None, "there is nothing to pick"
        return held

    def die(self) -> Held:
        """Claim the next process and let go of its lock, as a holder does that is killed."""
        held = self.pick()
        held.lock.release()
        return held

    def sweep(self) -> list[Process]:
        return self.sweeper().sweep()

    def sweeper(self) -> Sweeper:
        return Sweeper(self.repository, self.locks, self.clock, self.adapters.bell, actor="sweep:test")

    def advance(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))

    # --- looking ---

    def get(self, process_id: str) -> Process:
        found = self.repository.get(process_id)
        assert found is not None
        return found

    def history(self, process_id: str) -> list[Event]:
        return list(self.operations.history(process_id))

    def kinds(self, process_id: str) -> list[str]:
        return [event.kind.value for event in self.history(process_id)]

    def close(self) -> None:
        self.adapters.close()
        self.jobs.close()
