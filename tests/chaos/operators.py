"""F15, many operators at once: ``python -m tests.chaos.operators --seed 1 --actions 10000 --answers 50``."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from jobboy import JobBoy
from jobboy.errors import Conflict, Refused
from jobboy.model.events import Event
from jobboy.operations import Operations
from tests.chaos.measured import Measured, say
from tests.chaos.operators_checks import Action, contradictions, read_actions
from tests.integration.worker_programs import Program, Site, eventually

PROGRAMS, ACTORS = 4, 8
"""Programs of operators, and the actors in all of them."""
CLIENTS = 20
"""Who answer the same question at the same moment."""
APP = "tests.chaos.operators_app"
LONGEST_LIFE = 2.0
"""Seconds until a worker is killed, so that there are stuck processes to fight over."""


def main() -> int:
    """Let the operators act and return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--actions", type=int, default=10_000, help="of all actors together")
    asked.add_argument("--answers", type=int, default=50, help="questions that 20 clients answer at the same moment")
    options = asked.parse_args()
    return measure(options.seed, options.actions, options.answers).finish()


def measure(seed: int, actions: int, answers: int, *, programs: int = PROGRAMS) -> Measured:
    """Let operators, workers and deaths act on the same processes, then twenty people answer each question."""
    begun, measured = time.monotonic(), Measured("operators", seed)
    with tempfile.TemporaryDirectory(prefix="operators-") as folder, closing(Site(Path(folder), APP)) as site:
        site.ready_worker("--slots", "2")
        done, deaths = _act(site, seed, actions, programs)
        _judge_actions(measured, done, _events(site.operations), deaths, actions)
        _judge_answers(measured, site, answers)
        well = {what: is_well for what, is_well, _ in site.operations.doctor()}
        measured.add("the database is whole", well["content"], exactly=True)
    measured.add("seconds", round(time.monotonic() - begun, 1))
    return measured


def _act(site: Site, seed: int, actions: int, count: int) -> tuple[list[Action], int]:
    """Let programs of operators come to their end while one worker after the other dies; returns how many did."""
    chance, deaths = random.Random(seed), 0
    share = [str(ACTORS // count), str(actions // count), str(seed)]
    programs = [site.program("-m", APP, f"program-{number}-", *share) for number in range(count)]
    while any(program.lives for program in programs):
        mortal = site.ready_worker("--slots", "2")
        deaths += _has_lived(programs, chance.uniform(0.2, LONGEST_LIFE))
        mortal.kill()
    return [action for program in programs for action in read_actions(program.output_file)], deaths


def _has_lived(programs: Sequence[Program], seconds: float) -> bool:
    """Wait so long; False when there is nothing to wait for any more."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(program.lives for program in programs):
            return False
        time.sleep(0.02)
    return True


def _events(operations: Operations) -> list[Event]:
    events: list[Event] = []
    while page := operations.feed(after=events[-1].seq if events else 0, limit=1000):
        events += page
    return events


def _judge_actions(measured: Measured, done: list[Action], events: list[Event], deaths: int, actions: int) -> None:
    measured.add("actions of 8 operators", len(done), at_least=actions // ACTORS * ACTORS)
    measured.add("workers killed meanwhile", deaths)
    verbs = Counter((action.verb, action.answer) for action in done)
    for (verb, answer), count in sorted(verbs.items()):
        measured.add(f"{verb}: {answer}", count)
    measured.add("late writes of workers fenced", sum(event.kind.value == "fenced" for event in events))
    found = contradictions(done, events)
    for words in found[:10]:
        say(words)
    measured.add("contradictions", len(found), exactly=0)


def _judge_answers(measured: Measured, site: Site, answers: int) -> None:
    accepted, refused = Counter[int](), 0
    clients = [JobBoy(site.database) for _ in range(CLIENTS)]
    for _ in range(answers):
        question = site.jobs.start("work")
        eventually(partial(_is_asked, site, question))
        outcomes = _answer_at_once(clients, question)
        accepted[sum(outcomes)] += 1
        refused += len(outcomes) - sum(outcomes)
    for client in clients:
        client.close()
    measured.add("questions that 20 clients answered at once", answers)
    measured.add("questions with exactly one accepted answer", accepted[1], exactly=answers)
    measured.add("answers refused", refused, exactly=answers * (CLIENTS - 1))


def _is_asked(site: Site, question: str) -> bool:
    return site.jobs.get(question).paused


def _answer_at_once(clients: Sequence[JobBoy], question: str) -> list[bool]:
    together, outcomes = threading.Barrier(len(clients)), []

    def answer(client: JobBoy, number: int) -> None:
        together.wait()
        try:
            client.proceed(question, {"answer": number}, reason=f"client {number}")
        except (Conflict, Refused):
            outcomes.append(False)
        else:
            outcomes.append(True)

    threads = [threading.Thread(target=answer, args=[client, number]) for number, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
