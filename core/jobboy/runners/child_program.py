"""One warm child program, seen from the worker: asked, listened to, and ended for certain."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from enum import StrEnum

from jobboy.failpoints import reach
from jobboy.runners.answers import ANSWER, READY, Answer, read_answer
from jobboy.runners.frames import CHUNK, BrokenFrame, Frames
from jobboy.runners.groups import signal_group, wait_for_group
from jobboy.runners.guard import Guard
from jobboy.runners.output import Output

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop());"
    "from jobboy.runners.child import main; main(int(sys.argv.pop()))"
)
_START_LIMIT = 60.0
"""Seconds a new child may take until it is ready for its first step."""
_LAST_BREATH = 1.0
"""Seconds between the end of a child's connection and its own, before it is killed."""
_GROUP_LIMIT = 2.0
"""Seconds to wait for killed programs of a step to be gone; longer only if the kernel cannot end them."""
_LOOK_EVERY = 0.01
"""Seconds between looks at a child where the system has no descriptor for its end."""
_SHORT = 0.01
"""Seconds in which nothing is looked at but the answer: short steps have answered by then, with one call for it."""
_DESCRIPTOR = socket.SOL_SOCKET, socket.SCM_RIGHTS
_INTEGER = struct.Struct("@i")
_SHORT_LIMIT = struct.pack("@ll", 0, int(_SHORT * 1_000_000))
"""As the system has it: seconds and microseconds."""


class Ending(StrEnum):
    """Why a child did not answer."""

    GONE = "gone"
    """While nobody asked it, or before it had read its order: no step has begun."""
    DIED = "died"
    SILENT = "silent"
    NOT_STARTED = "not started"
    TIMED_OUT = "timed out"
    STOPPED = "stopped"


@dataclass(eq=False)
class ChildEnded(Exception):  # the runner turns it into an error with the facts of the order
    """The child is dead, and with it everything its step had running."""

    ending: Ending
    pid: int
    exit_status: int
    """As `subprocess` has it: negative for the number of a signal."""
    last_lines: list[str]


class ChildProgram:
    """A child in a session of its own, which it shares only with what its steps start.

    One thread asks at a time; `stop` comes from any thread.

    Raises:
        OSError: when no program can be started.
    """

    def __init__(self, guard: Guard, *, grace: float) -> None:
        self._guard = guard
        self._grace = grace
        self._frames = Frames(ANSWER)
        self._is_ready = False
        self._has_served = False
        self._has_printed = True
        self._stamp = b""
        self.stopped_why: str | None = None
        with ExitStack() as opened:
            self._output = opened.enter_context(closing(Output()))
            self._control, inherited = map(opened.enter_context, socket.socketpair())
            self._stopper, self._stopped = map(opened.enter_context, socket.socketpair())
            self._stopper.setblocking(False)
            self._control.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _SHORT_LIMIT)
            self._process = self._start(inherited.fileno())
            inherited.close()
            self.pid = self._process.pid
            self._death = os.pidfd_open(self.pid) if hasattr(os, "pidfd_open") else None
            opened.pop_all()
        self._signs = self._poll_for(self._control, self._stopped)
        self._watched()

    def _poll_for(self, *ends: socket.socket) -> select.poll:
        signs = select.poll()
        for end in ends:
            signs.register(end, select.POLLIN)
        if self._death is not None:
            signs.register(self._death, select.POLLIN)
        return signs

    def _watched(self) -> None:
        try:
            self._guard.watch(self.pid)
        except OSError:
            self.kill()
            raise

    def _start(self, control: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", _BOOT, str(control), json.dumps(sys.path)],
            stdin=subprocess.DEVNULL,
            stdout=self._output.fileno(),
            stderr=self._output.fileno(),
            pass_fds=(control,),
            start_new_session=True,
        )

    def ask(self, order: bytes, stamp: bytes, lock: int | None, limit: float | None) -> Answer:
        """Give it an order and wait for the answer.

        Args:
            order: a frame.
            stamp: of the order; an answer that has another one is none.
            lock: descriptor to hand over, which the child closes before it answers.
            limit: seconds from the moment it can begin, None for no limit.

        Raises:
            ChildEnded: when there is none; the child is dead then, and so is what its step had started.
        """
        self._stamp = stamp
        if self._has_printed:
            self._output.clear()
        self._has_printed = True
        unsent = memoryview(order)[self._send_first(order, lock) :]
        reach("child-asked")
        until = _moment(limit if self._is_ready else _START_LIMIT)
        answer = None
        if self._has_served and not unsent and (limit is None or limit > _SHORT):
            answer = self._received(0)
        if answer is None:
            answer = self._awaited(unsent, until, limit)
        answer.left_behind |= self._frames.has_more  # nobody of ours says more than one answer
        self._has_served, self._has_printed = True, answer.has_printed
        return answer

    def printed(self) -> str:
        """Return the end of what it printed since it got its order, also when it is dead. From any thread."""
        return self._output.text() if self._has_printed else ""

    def stop(self, why: str) -> None:
        """Make the thread that asks end this child and raise `ChildEnded`, within 10 ms; the first reason stays."""
        self.stopped_why = self.stopped_why or why
        with suppress(OSError):
            self._stopper.send(b".")

    def hang_up(self) -> None:
        """Tell an idle child that no order will come, so that it ends in order."""
        self._control.close()

    def dismiss(self) -> None:
        """Wait for the end of a child that was told, then end it if it takes too long; it is dead after this."""
        self._wait_for_death(self._grace)
        self._bury()

    def kill(self) -> ChildEnded:
        """End it and everything its steps had started; it is dead when this returns."""
        return self._bury(Ending.STOPPED)

    # --- talking -----------------------------------------------------------------------------------------------

    def _awaited(self, unsent: memoryview, until: float | None, limit: float | None) -> Answer:
        while True:
            self._wait(until, sending=bool(unsent))
            if self.stopped_why is not None:
                raise self._end(Ending.STOPPED)
            unsent = unsent[self._send(unsent) :]
            was_ready = self._is_ready
            answer = self._received(socket.MSG_DONTWAIT)
            if answer is not None:
                return answer
            if not was_ready and self._is_ready:
                until = _moment(limit)
            elif until is not None and time.monotonic() >= until:
                raise self._end(Ending.TIMED_OUT if self._is_ready else Ending.NOT_STARTED)

    def _send_first(self, order: bytes, lock: int | None) -> int:
        handed_over = [] if lock is None else [(*_DESCRIPTOR, _INTEGER.pack(lock))]
        try:
            return self._control.sendmsg([order], handed_over, socket.MSG_DONTWAIT)
        except OSError as error:  # what is wrong shows when we read
            if self._has_served and isinstance(error, (BrokenPipeError, ConnectionResetError)):
                raise self._end(Ending.GONE) from error
            return 0

    def _send(self, unsent: memoryview) -> int:
        if unsent:
            with suppress(OSError):
                return self._control.send(unsent, socket.MSG_DONTWAIT)
        return 0

    def _received(self, flags: int) -> Answer | None:
        try:
            chunk = self._control.recv(CHUNK, flags)
        except BlockingIOError:
            return self._last_of_the_dead() if self._has_ended() else None
        except ConnectionResetError as error:  # it died with the order unread
            raise self._end(Ending.GONE if self._has_served else Ending.DIED) from error
        if not chunk:
            raise self._end(Ending.DIED)
        self._frames.add(chunk)
        return self._whole_answer()

    def _last_of_the_dead(self) -> Answer:
        # Its answer may have come between the look at the socket and the look at the program.
        with suppress(OSError):
            self._frames.add(self._control.recv(CHUNK, socket.MSG_DONTWAIT))
        answer = self._whole_answer()
        if answer is None:
            raise self._end(Ending.DIED)
        return answer

    def _whole_answer(self) -> Answer | None:
        try:
            parts = self._frames.next()
            if parts is not None and not self._is_ready:
                if parts != READY:
                    raise BrokenFrame("not ready")
                self._is_ready = True
                parts = self._frames.next()  # the answer may have come together with the sign of readiness
            return None if parts is None else read_answer(parts, self._stamp)
        except BrokenFrame as error:
            raise self._end(Ending.SILENT) from error

    def _wait(self, until: float | None, *, sending: bool) -> None:
        self._signs.modify(self._control, select.POLLIN | (select.POLLOUT if sending else 0))
        left = None if until is None else max(0.0, until - time.monotonic())
        if self._death is None:
            left = _LOOK_EVERY if left is None else min(left, _LOOK_EVERY)
        self._signs.poll(None if left is None else left * 1000)

    # --- ending ------------------------------------------------------------------------------------------------

    def _has_ended(self) -> bool:
        if self._death is None:
            return self._process.poll() is not None
        return bool(self._poll_for().poll(0))

    def _wait_for_death(self, limit: float) -> bool:
        if self._death is not None:
            return bool(self._poll_for().poll(limit * 1000))
        until = time.monotonic() + limit
        while self._process.poll() is None:
            if time.monotonic() >= until:
                return False
            time.sleep(_LOOK_EVERY)
        return True

    def _end(self, ending: Ending) -> ChildEnded:
        if ending is Ending.DIED:
            if not self._wait_for_death(_LAST_BREATH):
                ending = Ending.SILENT
        elif ending is Ending.GONE and self.stopped_why is not None:
            ending = Ending.STOPPED
        elif ending in (Ending.TIMED_OUT, Ending.NOT_STARTED, Ending.STOPPED):
            signal_group(self.pid, signal.SIGTERM)
            self._wait_for_death(self._grace)
        return self._bury(ending)

    def _bury(self, ending: Ending = Ending.DIED) -> ChildEnded:
        signal_group(self.pid, signal.SIGKILL)
        # Before its number is free: the guardian must never kill a group that got the same one.
        self._guard.forget(self.pid)
        status = self._process.wait()
        wait_for_group(self.pid, _GROUP_LIMIT)
        ended = ChildEnded(ending, self.pid, status, self._output.last_lines())
        self._close()
        return ended

    def _close(self) -> None:
        for end in (self._control, self._stopper, self._stopped, self._output):
            end.close()
        if self._death is not None:
            os.close(self._death)


def _moment(limit: float | None) -> float | None:
    return None if limit is None else time.monotonic() + limit
