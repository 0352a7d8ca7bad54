"""P3, with P1 and P2 on the way: workers die at random moments, and every step is recorded exactly once.

``JOBBOY_CHAOS_SCALE=20`` makes a long run of it, ``JOBBOY_CHAOS_SEED`` another one.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from jobboy.model.process import CRASH_LIMIT, Process, ProcessSummary
from jobboy.model.selection import Selection
from tests.integration.apps.trails import LENGTH, NAMES
from tests.integration.worker_programs import Program, Site, eventually

SCALE = float(os.environ.get("JOBBOY_CHAOS_SCALE", "1"))
SEED = int(os.environ.get("JOBBOY_CHAOS_SEED", "20260725"))
PROCESSES = max(6, round(150 * SCALE))
KILLS = max(2, round(8 * SCALE))
WORKERS = 4
PAUSE = 0.04
"""Seconds each step takes, so that a random moment is often inside one."""
EVERYTHING = 10_000_000


@dataclass
class Crew:
    """Workers of one site, some of which are killed at random moments and replaced."""

    site: Site
    chance: random.Random
    workers: list[Program] = field(default_factory=list)
    kills_in_hand: int = 0
    """How many of the killed had a process in hand."""

    def gather(self) -> None:
        """Bring it to its full number."""
        while len(self.workers) < WORKERS:
            self.workers.append(self.site.worker("--slots", "2"))

    def lose_one(self) -> None:
        """Kill one and replace it; one whose process has crashed to its limit but one is spared: that is P6."""
        for victim in self.chance.sample(self.workers, len(self.workers)):
            victim.freeze()  # what it holds now, it dies with
            held = [row for row in self._held() if f":{victim.pid}:" in (row.handled_by or "")]
            if not any(row.crashes >= CRASH_LIMIT - 1 for row in held):
                self.kills_in_hand += bool(held)
                victim.kill()
                self.workers.remove(victim)
                break
            victim.thaw()
        self.gather()

    def is_at_work(self) -> bool:
        """Whether one of those that live has a process in hand."""
        pids = [f":{worker.pid}:" for worker in self.workers]
        return any(pid in (row.handled_by or "") for row in self._held() for pid in pids)

    def _held(self) -> Sequence[ProcessSummary]:
        return self.site.operations.page(Selection(handled=True), limit=1000).rows


@dataclass
class Witness:
    """Looks at all processes again and again, and remembers what may never happen."""

    site: Site
    tokens: dict[str, int] = field(default_factory=dict)
    ended: dict[str, Process] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def look(self) -> int:
        """Compare with the last look; returns how many are still active."""
        found = self.site.jobs.list(limit=EVERYTHING)
        for process in found:
            self._compare(process)
        missing = self.tokens.keys() - {process.id for process in found}
        self.complaints += [f"{process_id} is lost" for process_id in missing]
        return sum(process.status.is_active for process in found)

    def _compare(self, process: Process) -> None:
        if process.token < self.tokens.get(process.id, 0):
            self.complaints.append(f"the token of {process.id} fell to {process.token}")
        if process.id in self.ended and self.ended[process.id] != process:
            self.complaints.append(f"{process.id} changed after its end")
        self.tokens[process.id] = process.token
        if not process.status.is_active:
            self.ended[process.id] = process


def test_p3_each_step_is_recorded_once_though_workers_are_killed_at_random(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("trails")
    chance = random.Random(SEED)
    ids = site.jobs.start_many(
        [(_code(number), {"folder": site.folder, "pause": PAUSE}) for number in range(PROCESSES)]
    )
    crew, witness = Crew(site, chance), Witness(site)
    crew.gather()
    eventually(lambda: site.notes("effects"))

    _disturb(crew, witness)
    eventually(lambda: witness.look() == 0, within=60 + 60 * SCALE)

    assert witness.complaints == []
    assert crew.kills_in_hand > 0
    assert [site.jobs.get(process_id).status for process_id in ids] == ["completed"] * PROCESSES
    _assert_recorded_once(site, ids)
    _assert_every_effect_happened(site, ids)
    assert {check: well for check, well, _ in site.operations.doctor()}["content"]


def _code(number: int) -> str:
    return "turns" if number % 3 == 2 else "trail"


def _disturb(crew: Crew, witness: Witness) -> None:
    moments = threading.Event()  # never set: the random moments are the point, nothing waits for them
    for _ in range(KILLS):
        eventually(lambda: crew.is_at_work() or witness.look() == 0)
        moments.wait(crew.chance.uniform(0.0, 0.3))
        crew.lose_one()
        witness.look()


def _assert_recorded_once(site: Site, ids: list[str]) -> None:
    for number, process_id in enumerate(ids):
        details, history = site.operations.details(process_id), site.jobs.history(process_id)
        if _code(number) == "turns":
            counts = [(event.after or {}).get("store", {}).get("turns") for event in history]
            assert [count for count in counts if count is not None] == list(range(LENGTH + 1))
            continue
        assert [step.name for step in details.steps if step.status == "completed"] == NAMES
        assert [event.step for event in history if event.kind == "step_completed"] == NAMES
        assert details.process.output == {"trail": NAMES}


def _assert_every_effect_happened(site: Site, ids: list[str]) -> None:
    effects = Counter((note["id"], note["name"]) for note in site.notes("effects"))
    names = [
        NAMES if _code(number) == "trail" else [str(turn) for turn in range(LENGTH)] for number in range(len(ids))
    ]
    expected = {(process_id, name) for process_id, own in zip(ids, names, strict=True) for name in own}
    assert effects.keys() == expected
    keys = {(note["id"], note["name"], note["key"]) for note in site.notes("effects") if "step" in note["name"]}
    assert len(keys) == sum(LENGTH for number in range(len(ids)) if _code(number) == "trail")
