"""The child program: runs one step after another for its worker, and answers what became of each."""

from __future__ import annotations

import ctypes
import faulthandler
import importlib
import os
import resource
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing import spawn
from types import TracebackType
from typing import Any

from jobboy.capturing import log_to_output
from jobboy.failpoints import reach
from jobboy.runners import main_script
from jobboy.runners.answers import ANSWER, READY, Became, answer_frame, raised, returned
from jobboy.runners.frames import CHUNK, Frames
from jobboy.runners.left_behind import Surroundings, holds_anything, something_still_runs
from jobboy.runners.orders import ORDER, ReadOrder

_SET_CHILD_SUBREAPER = 36
_LONGEST_MESSAGE = 10_000
_LONGEST_TRACEBACK = 50_000
_ROOM_FOR_LOCKS = socket.CMSG_SPACE(4 * struct.calcsize("@i"))


def main(descriptor: int) -> None:
    """Serve the worker at the other end of a socket until it closes it.

    Args:
        descriptor: the inherited socket.
    """
    os.set_inheritable(descriptor, False)
    program = os.getpid()
    with socket.socket(fileno=descriptor) as control:
        _settle_in()
        output, surroundings = os.dup(sys.stdout.fileno()), Surroundings()
        control.sendall(ANSWER.frame(*READY))
        with suppress(BrokenPipeError, ConnectionResetError):  # the worker is gone, and so is our work
            for order, locks in _orders(control):
                became = _carry_out(order, surroundings)
                if os.getpid() != program:  # the step forked, and its copy came here too: one answers
                    os._exit(0)
                _print_the_rest()
                leaves_something = something_still_runs()
                if not leaves_something:
                    # Before the answer: afterwards nobody but the worker may keep the process held.
                    _close(locks)
                left_behind = leaves_something or surroundings.are_changed()
                answer = answer_frame(
                    became, order.stamp, left_behind=left_behind, has_printed=holds_anything(output)
                )
                control.sendall(answer)
                reach("child-answered")


def _settle_in() -> None:
    """Make signals, limits and output those of a program that may die at any moment and must leave evidence."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]  # real files
    if sys.platform == "linux":
        # What a step's own children leave behind becomes our child, so that we notice it.
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _orders(control: socket.socket) -> Iterator[tuple[ReadOrder, list[int]]]:
    frames, locks = Frames(ORDER), list[int]()
    closes_on_exec = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
    while True:
        chunk, handed_over, _, _ = control.recvmsg(CHUNK, _ROOM_FOR_LOCKS, closes_on_exec)
        if not chunk:
            return
        for _, _, descriptors in handed_over:
            locks.extend(memoryview(descriptors).cast("i"))
        if not closes_on_exec:
            for descriptor in locks:
                os.set_inheritable(descriptor, False)
        frames.add(chunk)
        parts = frames.next()
        if parts is not None:
            yield ReadOrder(parts), locks
            locks = []


def _carry_out(order: ReadOrder, surroundings: Surroundings) -> Became:
    memory_limit = order.head["memory_limit"]
    try:
        _import_definitions(order.head, surroundings)
        log_to_output()
        began = time.perf_counter()
        with _NO_LIMIT if memory_limit is None else _memory_limited(memory_limit):
            answer = _run_step(order)
        return returned(answer, time.perf_counter() - began)
    except BaseException as error:  # noqa: BLE001  # the fence around the step: whatever it raises is its answer
        return _described(error)


def _import_definitions(head: Mapping[str, Any], surroundings: Surroundings) -> None:
    """Import what the step is defined in: what the import itself changes is there for every step."""
    module = head["module"]
    if module in _imported:
        return
    surroundings.forget()
    if module == "__main__":
        _prepare_main(head["main"])
    else:
        importlib.import_module(module)
    _imported.add(module)
    surroundings.look()


_imported: set[str] = set()


def _run_step(order: ReadOrder) -> object:
    head = order.head
    run_step = _resolved(head["run_step"])
    reach("child-entered")
    answer = run_step(head["module"], head["code"], head["step"], order)
    reach("child-returned")
    return answer


def _prepare_main(main: dict[str, Any]) -> None:
    """Import the script of the worker as multiprocessing does: its guarded part does not run again."""
    if not main_script.is_imported():
        with main_script.being_imported():
            spawn.prepare(main)


_functions: dict[str, Callable[..., Any]] = {}


def _resolved(reference: str) -> Callable[..., Any]:
    if reference not in _functions:
        module, _, name = reference.partition(":")
        _functions[reference] = getattr(importlib.import_module(module), name)
    return _functions[reference]


_NO_LIMIT = nullcontext()


@contextmanager
def _memory_limited(limit: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _described(error: BaseException) -> Became:
    """Write an exception as text that every database keeps, without the frames of this module."""
    step_frames = error.__traceback__
    while step_frames is not None and step_frames.tb_frame.f_code.co_filename == __file__:
        step_frames = step_frames.tb_next
    return raised(
        type(error).__name__,
        _text(_message(error))[:_LONGEST_MESSAGE],
        _text(_traceback(error, step_frames))[-_LONGEST_TRACEBACK:],
    )


def _traceback(error: BaseException, frames: TracebackType | None) -> str:
    try:
        return "".join(traceback.format_exception(type(error), error, frames))
    except Exception as broken:  # noqa: BLE001  # a syntax error, for one, can hold anything in place of its line
        return f"<its traceback raised {type(broken).__name__}>"


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException as broken:  # noqa: BLE001  # the step's own class, whose __str__ raises
        return f"<its text raised {type(broken).__name__}>"


def _text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _print_the_rest() -> None:
    """Print the line that a step has only begun: it would be the beginning of the next step's."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the step may have put anything in their place
            stream.flush()


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        with suppress(OSError):  # the step closed it
            os.close(descriptor)
