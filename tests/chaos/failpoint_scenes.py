"""What is going on when a program reaches its failpoint: for each kind of program, a scene it dies in.

A scene prepares the ground, lets one program run that is to die at its point, says whether it did, and does what a
person would do then: give the same order again. Finishing the work is the second worker's, later.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

from jobboy.failpoints import CRASH_VARIABLE
from tests.chaos.checker import Expected
from tests.chaos.ground import PIPELINE, Ground
from tests.integration.apps.trails import ISOLATED
from tests.integration.worker_programs import Program

Scene = Callable[[Ground, str, int], bool]
"""Called with the ground, ``POINT:N`` and the number of the round; True when the program died at its point."""

WAYS_TO_WORK = (("--slots", "1"), ("--slots", "4"), ("--exclusive",))
DEAD_HANDS = 5
"""Processes that a sweep finds in dead hands."""
ISOLATED_STEPS = 3
"""In one scene, one after the other in the same warm child program."""

ISOLATED_HANDS = 60
"""Isolated steps in another scene: enough of them for a worker to learn that they are short."""


def worker(ground: Ground, crash_at: str, number: int) -> bool:
    """A worker dies among pipelines and plain handlers."""
    ground.start("plain-trail", times=6)
    ground.start("turns", times=2)
    return _dies(ground, crash_at, "work", "--until-idle", *WAYS_TO_WORK[number % len(WAYS_TO_WORK)])


def hand(ground: Ground, crash_at: str, number: int) -> bool:
    """A worker dies with many short turns in hand, some done, some not begun, one that holds up the others."""
    ground.start("quick-trail", times=60)
    ground.start("quick-trail", times=3, pause=0.05)
    return _dies(ground, crash_at, "work", "--until-idle", "--slots", "2")


def parent(ground: Ground, crash_at: str, number: int) -> bool:
    """A worker dies while it talks with the child program of an isolated step."""
    ground.start("trail", times=ISOLATED_STEPS)
    return _dies(ground, crash_at, "work", "--until-idle", "--slots", "1")


def isolated_hand(ground: Ground, crash_at: str, number: int) -> bool:
    """A worker dies with short isolated steps in hand, some done, some not begun."""
    ground.start("trail", times=ISOLATED_HANDS)
    return _dies(ground, crash_at, "work", "--until-idle", "--slots", "2")


def child(ground: Ground, crash_at: str, number: int) -> bool:
    """The child program of an isolated step dies; its worker lives on, and sees it."""
    ids = ground.start("trail", times=ISOLATED_STEPS)
    lives = _run(ground, crash_at, "work", "--until-idle", "--slots", "1").wait() == 0
    crashes = [event for process_id in ids for event in ground.site.events(process_id, "crashed")]
    return lives and any((event.after or {})["stuck_cause"].get("signal") == "SIGKILL" for event in crashes)


def answered_child(ground: Ground, crash_at: str, number: int) -> bool:
    """The child dies when its answer is given: nothing is lost, the next step gets a new one."""
    ids = ground.start("trail", times=ISOLATED_STEPS)
    lives = _run(ground, crash_at, "work", "--until-idle", "--slots", "1").wait() == 0
    notes = [note for note in ground.site.notes("effects") if note["id"] in ids and note["name"] == ISOLATED]
    return lives and len({note["pid"] for note in notes}) > 1


def sweeper(ground: Ground, crash_at: str, number: int) -> bool:
    """A worker dies while it records that another one is dead."""
    ground.leave_in_dead_hands(DEAD_HANDS)
    return _dies(ground, crash_at, "work", "--until-idle")


def starter(ground: Ground, crash_at: str, number: int) -> bool:
    """A program dies that starts a process; the same order with the same key gives one process, not two."""
    parameters = json.dumps({"folder": ground.site.folder})
    order = ("start", "plain-trail", "-p", parameters, "--key", f"{crash_at} {number}")
    is_dead = _dies(ground, crash_at, *order)
    ground.expected[ground.site.jobboy_json(*order)["id"]] = PIPELINE
    return is_dead


def opener(ground: Ground, crash_at: str, number: int) -> bool:
    """A program dies that makes the tables of a new database; here the ground is not prepared before."""
    is_dead = _dies(ground, crash_at, "work", "--until-idle")
    ground.prepare()
    return is_dead


def operator(ground: Ground, crash_at: str, number: int) -> bool:
    """The program of an operator dies; the operator looks, and gives the order again if it was not carried out."""
    verbs = (_proceed, _kill, _fail, _restart, _recover)
    return verbs[number % len(verbs)](ground, crash_at)


def _proceed(ground: Ground, crash_at: str) -> bool:
    process_id = ground.site.start("asking")
    ground.expected[process_id] = Expected(output={"used": 7}, steps=("ask", "use_answer"))
    ground.finish_until(lambda: ground.site.jobs.get(process_id).paused)
    return _ordered_twice(ground, crash_at, "proceed", process_id, "proceeded", "--data", '{"answer": 7}')


def _kill(ground: Ground, crash_at: str) -> bool:
    process_id = ground.site.start("plain-trail")
    ground.expected[process_id] = Expected(output=None, status="failed")
    return _ordered_twice(ground, crash_at, "kill", process_id, "kill_requested")


def _fail(ground: Ground, crash_at: str) -> bool:
    process_id = ground.site.start("plain-trail")
    ground.expected[process_id] = Expected(output=None, status="failed")
    return _ordered_twice(ground, crash_at, "fail", process_id, "failed", "--now")


def _recover(ground: Ground, crash_at: str) -> bool:
    (process_id,) = ground.leave_in_dead_hands(1)
    return _ordered_twice(ground, crash_at, "recover", process_id, "recovered")


def _restart(ground: Ground, crash_at: str) -> bool:
    (process_id,) = ground.start("plain-trail")
    ground.finish()
    is_dead = _ordered_twice(ground, crash_at, "restart", process_id, "restarted")
    (successor,) = [one.id for one in ground.site.jobs.list(limit=2) if one.previous_id == process_id]
    ground.expected[successor] = PIPELINE
    return is_dead


def _ordered_twice(ground: Ground, crash_at: str, verb: str, process_id: str, event: str, *options: str) -> bool:
    """Let a program die with an order; look whether it was carried out, and give it again if not."""
    order = (verb, process_id, "--reason", "a test", *options)
    is_dead = _dies(ground, crash_at, *order)
    if not ground.site.events(process_id, event):
        ground.site.jobboy_json(*order)
    assert len(ground.site.events(process_id, event)) == 1, "P13: each action is recorded, once"
    return is_dead


def _dies(ground: Ground, crash_at: str, *order: str) -> bool:
    return _run(ground, crash_at, *order).wait() == -signal.SIGKILL


def _run(ground: Ground, crash_at: str, *order: str) -> Program:
    return ground.site.program("-m", "jobboy", *order, **{CRASH_VARIABLE: crash_at})
