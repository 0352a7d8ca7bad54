"""Which verb applies to which state: one table, asked of the rule and tried through the door."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from jobboy import JobBoy, Process, Refused
from jobboy.operations import Operations, Verb
from jobboy.operations.eligibility import describe, eligibility
from jobboy.ports import process_place
from tests.factories import NOW, WORKER, a_process
from tests.unit.bench import Bench

STATES: dict[str, dict[str, Any]] = {
    "starting": {"status": "starting"},
    "running": {"status": "running"},
    "ending": {"status": "ending"},
    "failing": {"status": "failing"},
    "completed": {"status": "completed"},
    "failed": {"status": "failed"},
    "waiting": {"wait_until": NOW + timedelta(minutes=1)},
    "paused": {"paused": True, "output": {"question": 1}},
    "killed": {"killed_at": NOW},
    "held": {"handled": True},
    "held starting": {"handled": True, "status": "starting"},
    "held failing": {"handled": True, "status": "failing"},
    "stalled": {"handled": True, "deadline_at": NOW - timedelta(seconds=1)},
    "stuck": {"handled": True, "stuck": True},
    "stuck failing": {"handled": True, "stuck": True, "status": "failing"},
}
LIVING = {"held", "held starting", "held failing", "stalled"}
VERBS = ["recover", "recover --force", "fail", "fail --force", "kill", "proceed", "restart"]
TABLE = """
                recover  recover!  fail  fail!  kill  proceed  restart
starting        -        -         yes   yes    yes   -        -
running         -        -         yes   yes    yes   -        -
ending          -        -         yes   yes    yes   -        -
failing         -        -         -     yes    -     -        -
completed       -        -         -     -      -     -        yes
failed          -        -         -     -      -     -        yes
waiting         -        -         yes   yes    yes   -        -
paused          -        -         yes   yes    yes   yes      -
killed          -        -         yes   yes    -     -        -
held            force    yes       force yes    yes   -        -
held_starting   force    yes       force yes    yes   -        -
held_failing    force    yes       -     yes    -     -        -
stalled         force    yes       force yes    yes   -        -
stuck           yes      yes       yes   yes    yes   -        -
stuck_failing   yes      yes       yes   yes    -     -        -
"""
CELLS = [
    (state.replace("_", " "), verb, answer)
    for state, *answers in (line.split() for line in TABLE.strip().splitlines()[1:])
    for verb, answer in zip(VERBS, answers, strict=True)
]
CALLS: dict[str, Callable[[Operations, str], Process]] = {
    "recover": lambda door, part: door.recover(part),
    "recover --force": lambda door, part: door.recover(part, force=True),
    "fail": lambda door, part: door.fail(part),
    "fail --force": lambda door, part: door.fail(part, force=True),
    "kill": lambda door, part: door.kill(part),
    "proceed": lambda door, part: door.proceed(part, {"answer": 2}),
    "restart": lambda door, part: door.restart(part),
}


def test_the_table_has_every_state_and_every_verb() -> None:
    assert {state for state, _, _ in CELLS} == set(STATES)
    assert {verb.partition(" ")[0] for verb in VERBS} == set(Verb)


@pytest.mark.parametrize(("state", "verb", "answer"), CELLS)
def test_the_rule_says_what_the_table_says(state: str, verb: str, answer: str) -> None:
    word, _, force = verb.partition(" ")
    verdict = eligibility(Verb(word), a_process(**STATES[state]), NOW, force=bool(force))
    assert verdict.allowed is (answer == "yes")
    assert verdict.needs_force is (answer == "force")
    assert (verdict.why_not is None) is verdict.allowed


@contextmanager
def kept(bench: Bench, state: str) -> Iterator[Process]:
    """Keep a process in a state; where its holder lives, its lock is held while the block runs."""
    process = bench.put(a_process(**STATES[state]))
    lock = bench.locks.take(process_place(process.number, process.token)) if state in LIVING else None
    try:
        yield process
    finally:
        if lock is not None:
            lock.release()


@pytest.mark.parametrize(("state", "verb", "answer"), CELLS)
def test_the_door_does_what_the_table_says_or_changes_nothing(
    bench: Bench, jobs: JobBoy, state: str, verb: str, answer: str
) -> None:
    jobs.handler("import")(lambda process: None)
    with kept(bench, state) as process:
        if answer == "yes":
            CALLS[verb](bench.operations, process.id)
            last = bench.history(process.id)[-1]
            assert (last.actor, last.kind == "started") == ("operator:ada@test", False)
            return
        with pytest.raises(Refused, match=f"^cannot {verb.partition(' ')[0]} {process.id}: "):
            CALLS[verb](bench.operations, process.id)
        assert bench.get(process.id) == process
        assert bench.kinds(process.id) == ["started"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("running", "running"),
        ("failed", "failed"),
        ("waiting", "waiting"),
        ("paused", "paused"),
        ("held", f"running, in the hands of {WORKER}"),
        ("stalled", f"stalled in the hands of {WORKER}"),
        ("stuck", "stuck"),
    ],
)
def test_a_state_in_words(state: str, words: str) -> None:
    assert describe(a_process(**STATES[state]), NOW) == words


def test_a_process_whose_waiting_is_over_is_not_called_waiting() -> None:
    assert describe(a_process(wait_until=NOW), NOW) == "running"


@pytest.mark.parametrize(
    ("state", "verb", "why"),
    [
        ("completed", Verb.KILL, "it is completed"),
        ("failed", Verb.RECOVER, "it is failed"),
        ("failing", Verb.KILL, "it is failing already"),
        ("killed", Verb.KILL, "its kill was asked for already"),
        ("waiting", Verb.RECOVER, "it is not handled but waiting: there is nothing to recover"),
        ("stalled", Verb.RECOVER, f"it has stalled, but its holder is alive ({WORKER}); force takes it away"),
        ("held", Verb.FAIL, f"its holder is alive ({WORKER}); kill asks it to end, force takes it away"),
        ("running", Verb.PROCEED, "it is not paused but running"),
        ("paused", Verb.RESTART, "it has not ended, it is paused"),
    ],
)  # fmt: skip
def test_a_refusal_says_why(state: str, verb: Verb, why: str) -> None:
    assert (eligibility(verb, a_process(**STATES[state]), NOW).why_not or "").startswith(why)
