"""Places where a program can be told to kill itself, so that tests can prove what a crash there leaves behind.

``JOBBOY_CRASH_AT=claim-written`` ends every program that has it in its environment with SIGKILL when it reaches that
point; ``claim-written:3`` when it reaches it for the third time. The environment is read once, when this module is
imported, and nothing else can set a point off: no parameter, no database, no message. Unset, a point costs one call.
"""

from __future__ import annotations

import itertools
import os
import signal
from dataclasses import dataclass, field

from jobboy.errors import InvalidValue

CRASH_VARIABLE = "JOBBOY_CRASH_AT"

POINTS = {
    "tables-made": "the tables of a new database are made and not committed",
    "lock-taken": "a claimant has the lock of a process; the claim is not written",
    "claim-noted": "what is claimed ahead is noted as not begun; the claim is not written",
    "claim-written": "a claim is written and not committed",
    "claim-committed": "a process is in hand and in the database; its handler is not asked yet",
    "note-erased": "what was claimed ahead counts as begun; its handler is not asked yet",
    "step-begun": "the code of a step or handler is about to run",
    "step-returned": "it has run, with its effects outside; nothing of it is handed in",
    "child-asked": "a worker has sent an isolated step to its child program",
    "child-entered": "the child program is about to run the code of the step",
    "child-returned": "the code has run in the child, with its effects; the worker is not told",
    "child-answered": "the child has told the worker; it holds the lock of the process no more",
    "answer-received": "the worker has the answer of the child",
    "change-written": "a result, or what a sweep or an operator decided, is written and not committed",
    "commit-asked": "a group of writes is about to be committed",
    "commit-done": "it is committed; none of the threads that wait for it is told",
    "result-committed": "a result, and the next claim, are committed; the lock of the process is not free yet",
    "hand-relieved": "what a long turn held up is settled and given back; the turn goes on",
    "lock-freed": "a lock has just been given up: of a process, of process-management, of a worker",
    "start-committed": "new processes are committed; the caller has no id yet, the workers are not woken",
    "verb-judged": "an operator's verb has been found to apply; nothing is written",
    "verb-committed": "it is committed; the operator is not told, the workers are not woken",
    "sweep-judged": "a holder has been found dead; nothing is written",
    "sweep-recorded": "its death is committed; the workers are not woken",
}
"""Every point, with what is true when it is reached."""


@dataclass
class _Bomb:
    """Kills this program at the nth arrival at one point."""

    point: str
    arrival: int
    _arrivals: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def reached(self, point: str) -> None:
        # One `next` is one step of the interpreter: two threads never get the same number.
        if point == self.point and next(self._arrivals) == self.arrival:
            os.kill(os.getpid(), signal.SIGKILL)


def _read(order: str) -> _Bomb | None:
    if not order:
        return None
    point, _, arrival = order.partition(":")
    number = arrival or "1"
    if point not in POINTS or not (number.isascii() and number.isdigit() and int(number) > 0):
        raise InvalidValue(CRASH_VARIABLE, f"must be POINT or POINT:N, POINT one of {', '.join(POINTS)}")
    return _Bomb(point, int(number))


_bomb = _read(os.environ.get(CRASH_VARIABLE, ""))


def reach(point: str) -> None:
    """Say that a point of `POINTS` is reached; does not return when this program is to die there."""
    if _bomb is not None:
        _bomb.reached(point)
