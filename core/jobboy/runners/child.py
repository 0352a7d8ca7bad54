"""The child program: runs one step after another for its worker, and answers what became of each."""

from __future__ import annotations

import ctypes
import faulthandler
import importlib
import os
import resource
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import spawn
from types import TracebackType
from typing import Any

from jobboy.capturing import log_to_output
from jobboy.errors import InvalidValue
from jobboy.failpoints import reach
from jobboy.model.json_rules import write_json
from jobboy.runners import main_script
from jobboy.runners.frames import CHUNK, Frames, frame, write_object, write_value

_SET_CHILD_SUBREAPER = 36
_LONGEST_MESSAGE = 10_000
_LONGEST_TRACEBACK = 50_000
_ENOUGH_LOCKS = 4


def main(descriptor: int) -> None:
    """Serve the worker at the other end of a socket until it closes it.

    Args:
        descriptor: the inherited socket.
    """
    os.set_inheritable(descriptor, False)
    program = os.getpid()
    with socket.socket(fileno=descriptor) as control:
        _settle_in()
        control.sendall(frame('{"ready":true}'))
        with suppress(BrokenPipeError, ConnectionResetError):  # the worker is gone, and so is our work
            for order, locks in _orders(control):
                answer, is_as_before = _carry_out(order["head"], order["message"])
                if os.getpid() != program:  # the step forked, and its copy came here too: one answers
                    os._exit(0)
                leaves_something = _something_still_runs()
                if not leaves_something:
                    # Before the answer: afterwards nobody but the worker may keep the process held.
                    _close(locks)
                left_behind = write_value(leaves_something or not is_as_before)
                control.sendall(frame(write_object(answer=answer, left_behind=left_behind)))
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


def _orders(control: socket.socket) -> Iterator[tuple[dict[str, Any], list[int]]]:
    frames, locks = Frames(), list[int]()
    flags = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
    while True:
        chunk, received, _, _ = socket.recv_fds(control, CHUNK, _ENOUGH_LOCKS, flags)
        if not chunk:
            return
        for descriptor in received:
            os.set_inheritable(descriptor, False)
        locks += received
        frames.add(chunk)
        order = frames.next()
        if order is not None:
            yield order, locks
            locks = []


def _carry_out(head: Mapping[str, Any], message: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the answer, and whether this program is fit for another step."""
    before = None
    try:
        _import_definitions(head)
        log_to_output()
        before = _surroundings()
        began = time.perf_counter()
        with _memory_limited(head["memory_limit"]):
            answer = _run_step(head, message)
        seconds = time.perf_counter() - began
        text = write_object(
            output=_written(answer, "output"),
            store=write_json(answer.get("store"), "store"),
            reports=write_json(answer.get("reports"), "reports"),
            seconds=repr(seconds),
        )
    except BaseException as error:  # noqa: BLE001  # the fence around the step: whatever it raises is its answer
        text = write_object(raised=write_value(_described(error)))
    return text, before == _surroundings()


_LIMITS = [getattr(resource, f"RLIMIT_{name}") for name in ("AS", "CPU", "DATA", "FSIZE", "NOFILE", "NPROC", "STACK")]


def _surroundings() -> tuple[object, ...]:
    """Return what the step of one process may change for itself, but not for the step of the next."""
    try:
        folder = os.getcwd()
    except OSError:  # it was removed
        folder = ""
    users = os.getuid(), os.geteuid(), os.getgid(), os.getegid()
    return folder, users, [resource.getrlimit(limit) for limit in _LIMITS]


def _import_definitions(head: Mapping[str, Any]) -> None:
    """Import what the step is defined in: what the import itself changes is there for every step."""
    if head["module"] == "__main__":
        _prepare_main(head["main"])
    else:
        importlib.import_module(head["module"])


def _run_step(head: Mapping[str, Any], message: Mapping[str, Any]) -> Mapping[str, Any]:
    run_step = _resolved(head["run_step"])
    reach("child-entered")
    answer = run_step(head["module"], head["code"], head["step"], message)
    reach("child-returned")
    if not isinstance(answer, Mapping):
        raise InvalidValue("answer", "must be a JSON object")
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


@contextmanager
def _memory_limited(limit: int | None) -> Iterator[None]:
    if limit is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _written(answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    if value is None:
        raise InvalidValue(key, "must be a JSON object, not null")
    return write_json(value, key)


def _described(error: BaseException) -> dict[str, str]:
    """Write an exception as text that every database keeps, without the frames of this module."""
    step_frames = error.__traceback__
    while step_frames is not None and step_frames.tb_frame.f_code.co_filename == __file__:
        step_frames = step_frames.tb_next
    return {
        "type": type(error).__name__,
        "message": _text(_message(error))[:_LONGEST_MESSAGE],
        "traceback": _text(_traceback(error, step_frames))[-_LONGEST_TRACEBACK:],
    }


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


def _something_still_runs() -> bool:
    """Say whether the step left threads, or programs in our process group, that go on without it."""
    if threading.active_count() > 1:
        return True
    group = os.getpgrp()
    try:
        while os.waitpid(-group, os.WNOHANG) != (0, 0):
            pass  # that one had ended; nobody will ask for its status any more
    except ChildProcessError:
        return False
    return True


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        with suppress(OSError):  # the step closed it
            os.close(descriptor)
