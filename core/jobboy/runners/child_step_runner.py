"""Runs steps in warm child programs, one for each step that runs at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from jobboy.capturing import current
from jobboy.errors import StepTimedOut
from jobboy.failpoints import reach
from jobboy.ports import StepOrder, StepRaised, StepResult
from jobboy.runners import main_script
from jobboy.runners.answers import Answer
from jobboy.runners.causes import crash, not_started
from jobboy.runners.child_program import ChildEnded, ChildProgram, Ending
from jobboy.runners.guard import Guard
from jobboy.runners.orders import StepSource, order_frame, stamp_of

GRACE = 1.0
"""Seconds between asking a step to end (SIGTERM) and ending it (SIGKILL); a worker that ends waits no longer."""
_CLOSING = "the worker ends"

Claim = tuple[int, int]
"""Number and token: an operator may take a process from a step that runs, and the same worker claim it again."""


class ChildStepRunner:
    """Runs steps in child programs; see `jobboy.ports.StepRunner`.

    A run takes an idle child or starts one, so there are never more than runs at once. A child is used again when
    its step left nothing running; threads and programs that it leaves behind are ended with the child when the step
    returns. Only a program that moved itself to another session is left alone, and keeps the process held if it
    inherited the lock.

    Args:
        host: name of this machine, told with every crash.
        sources: where a child finds the step of an order.
        run_step: ``module:function`` called in the child as ``run_step(module, code, step, message)``, the message
            a `jobboy.runners.orders.ReadOrder`; it returns ``{"output", "store", "reports"}``.
        grace: seconds between SIGTERM and SIGKILL.
    """

    def __init__(
        self,
        *,
        host: str,
        sources: Callable[[StepOrder], StepSource],
        run_step: str = "jobboy.engine.isolated:run_step",
        grace: float = GRACE,
    ) -> None:
        self._host = host
        self._sources = sources
        self._run_step = run_step
        self._grace = grace
        self._guard = Guard()
        self._mutex = threading.Lock()
        self._changed = threading.Condition(self._mutex)
        """Told of children that are busy no more, once somebody closes."""
        self._idle: list[ChildProgram] = []
        self._busy: dict[ChildProgram, Claim] = {}
        self._starting = 0
        self._closed = False

    def run(self, order: StepOrder) -> StepResult:
        """Run one attempt and wait for it.

        Raises:
            StepTimedOut: it was ended at its limit.
            StepCrashed: its program died or was stopped; with the cause and its last lines of output.
            StepRaised: the step raised; with type, message and traceback as text.
            InvalidValue: the order cannot be written as JSON.
            RuntimeError: after `close`, and in a child that imports the script of its worker.
        """
        main_script.refuse_while_imported("run an isolated step")
        content = order_frame(order, self._sources(order), self._run_step)
        lock = None if order.lock is None else order.lock.fileno()
        answer = None
        while answer is None:  # an idle child may have died unseen
            try:
                child = self._child_for((order.process.number, order.process.token))
            except OSError as error:
                raise not_started(order, self._host, error) from error
            answer = self._ask(child, order, content, lock)
        if isinstance(answer.became, StepRaised):
            raise answer.became
        return answer.became

    def stop(self, number: int, token: int, why: str) -> bool:
        """End the step that runs for this claim of a process; its `run` raises StepCrashed. False when none does."""
        with self._mutex:
            children = [child for child, claim in self._busy.items() if claim == (number, token)]
            for child in children:
                child.stop(why)
        return bool(children)

    def close(self) -> None:
        """Stop the steps that run and end every child; all are dead when this returns."""
        with self._mutex:
            self._closed = True
            for child in self._busy:
                child.stop(_CLOSING)
            self._changed.wait_for(lambda: not self._busy and not self._starting)
            idle, self._idle = self._idle, []
        for child in idle:
            child.hang_up()
        for child in idle:
            child.dismiss()
        self._guard.close()

    # --- children ----------------------------------------------------------------------------------------------

    def _child_for(self, claim: Claim) -> ChildProgram:
        with self._mutex:
            if self._closed:
                raise RuntimeError("this step runner is closed")
            if self._idle:
                child = self._idle.pop()
                self._busy[child] = claim
                return child
            self._starting += 1
        return self._new_child(claim)

    def _new_child(self, claim: Claim) -> ChildProgram:
        child = None
        try:
            child = ChildProgram(self._guard, grace=self._grace)
            return child
        finally:
            with self._mutex:
                self._starting -= 1
                if child is not None:
                    self._busy[child] = claim
                    if self._closed:
                        child.stop(_CLOSING)
                self._changed.notify_all()

    def _ask(self, child: ChildProgram, order: StepOrder, content: bytes, lock: int | None) -> Answer | None:
        """Return the answer, None of a child that has died without beginning."""
        limit = None if order.timeout is None else order.timeout.total_seconds()
        stamp = stamp_of(order)
        try:
            answer = _heard(child, lambda: child.ask(content, stamp, lock, limit))
            reach("answer-received")
        except ChildEnded as ended:
            self._forget(child)
            if ended.ending is Ending.GONE:
                return None
            if ended.ending is Ending.TIMED_OUT and limit is not None:
                raise StepTimedOut(order.step, limit, order.timeout_of) from ended
            raise crash(order, self._host, ended, child.stopped_why) from ended
        except BaseException:  # Ctrl+C in the thread that waits: nothing of the step may go on
            child.kill()
            self._forget(child)
            raise
        self._give_back(child, order, keep=not answer.left_behind)
        return answer

    def _give_back(self, child: ChildProgram, order: StepOrder, *, keep: bool) -> None:
        with self._mutex:
            why = child.stopped_why
            if keep and why is None:
                del self._busy[child]
                self._idle.append(child)
                if self._closed:
                    self._changed.notify_all()
                return
        ended = child.kill()
        self._forget(child)
        if why is not None:  # whoever stopped it was told so: the answer came too late
            raise crash(order, self._host, ended, why)

    def _forget(self, child: ChildProgram) -> None:
        with self._mutex:
            del self._busy[child]
            self._changed.notify_all()


def _heard(child: ChildProgram, ask: Callable[[], Answer]) -> Answer:
    """Keep what a child prints while it is asked, with what the turn of this thread says."""
    capture = current()
    if capture is None:
        return ask()
    capture.source = child.printed
    try:
        return ask()
    finally:
        capture.source = None
        capture.printed(child.printed())
