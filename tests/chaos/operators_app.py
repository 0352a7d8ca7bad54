"""The work that operators fight over, and one program of them.

Usage: ``python -m tests.chaos.operators_app NAME ACTORS ACTIONS SEED``; the database is ``$JOBBOY_DATABASE_URL``.
Each actor is a thread; every action is told on standard output, one JSON object a line, when its answer is there.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from jobboy import JobBoy
from jobboy.errors import Conflict, ProcessNotFound, Refused
from jobboy.model.process import Process, ProcessSummary
from jobboy.model.selection import Selection
from jobboy.operations import Operations

MOST_ACTIVE = 12
"""Processes at a time: few enough for actors to stand in each other's way."""
LONG = 0.2
"""Seconds of a step: long enough to be taken away in."""
VERBS = ("recover", "fail", "kill", "proceed", "proceed", "proceed", "restart")

jobs = JobBoy()
work = jobs.steps("work", on_crash="hold")


@work.step
def prepare(data: dict[str, Any]) -> dict[str, Any]:
    time.sleep(LONG)
    return {"rows": 3}


@work.step(interrupts=True)
def ask(data: dict[str, Any]) -> dict[str, Any]:
    return data


@work.step
def finish(data: dict[str, Any]) -> dict[str, Any]:
    time.sleep(LONG)
    return data


class Actor:
    """One operator who does whatever comes to mind, often by what was on the screen a moment ago."""

    def __init__(self, operations: Operations, name: str, seed: str) -> None:
        self._operations = operations
        self._name = name
        self._chance = random.Random(seed)

    def act(self, count: int) -> None:
        """Do so many things, one after the other."""
        for number in range(count):
            rows = self._look()
            if sum(row.status.is_active for row in rows) < MOST_ACTIVE:
                self._operations.start("work")
                rows = self._look()
            self._do(f"{self._name}-{number}", self._pick(rows))

    def _look(self) -> Sequence[ProcessSummary]:
        return self._operations.page(Selection(), limit=3 * MOST_ACTIVE).rows

    def _pick(self, rows: Sequence[ProcessSummary]) -> ProcessSummary:
        """Choose one that is held, one that is paused, or any, each as often where there are such."""
        held, paused = [row for row in rows if row.handled], [row for row in rows if row.paused]
        return self._chance.choice(self._chance.choice([some for some in (held, paused, rows) if some]))

    def _do(self, reason: str, row: ProcessSummary) -> None:
        verb = self._chance.choice(VERBS)
        seen = row.token if self._chance.random() < 0.5 else None
        told: dict[str, Any] = {"reason": reason, "verb": verb, "id": row.id, "seen": seen}
        told["from"] = time.monotonic_ns()
        try:
            became = self._call(verb, row, reason, seen)
        except (Refused, Conflict, ProcessNotFound) as error:
            told["answer"] = type(error).__name__
        else:
            told |= {"answer": "accepted", "token": became.token, "became": became.id}
        told["to"] = time.monotonic_ns()
        os.write(sys.stdout.fileno(), f"{json.dumps(told)}\n".encode())

    def _call(self, verb: str, row: ProcessSummary, reason: str, seen: int | None) -> Process:
        force = self._chance.random() < 0.5
        match verb:
            case "recover":
                return self._operations.recover(row.id, reason=reason, force=force, token=seen)
            case "fail":
                at_once = self._chance.random() < 0.5
                return self._operations.fail(row.id, reason=reason, now=at_once, force=force, token=seen)
            case "kill":
                return self._operations.kill(row.id, reason=reason, token=seen)
            case "proceed":
                return self._operations.proceed(row.id, {"by": reason}, reason=reason, token=seen)
        return self._operations.restart(row.id, reason=reason, token=seen)


def main(name: str, actors: int, actions: int, seed: str) -> None:
    """Let the actors of this program act until each has done its share."""
    threads = []
    for number in range(actors):
        own = f"{name}{number}"
        actor = Actor(jobs.operations(f"operator:{own}@test"), own, f"{seed} {own}")
        threads.append(threading.Thread(target=actor.act, args=[actions // actors]))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
