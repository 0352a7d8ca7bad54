"""Steps that die in every way there is, as a child program finds them."""

# ruff: noqa: T201  # steps print
from __future__ import annotations

import ctypes
import faulthandler
import io
import mmap
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jobboy.runners.orders import ReadOrder

Message = Mapping[str, Any]


def run_step(module: str, code: str, step: str, order: ReadOrder) -> dict[str, Any]:
    """Run the function of this module that is named like the step."""
    output, process = globals()[step](order.data), order.process
    return {"output": output, "store": process["store"], "reports": process["reports"]}


def run_with_documents(module: str, code: str, step: str, order: ReadOrder) -> dict[str, Any]:
    """Change store and reports, and tell what arrived."""
    process = order.process
    arrived = {"process": process, "data": order.data}
    return {"output": arrived, "store": {**process["store"], "seen": step}, "reports": {"rejected": 3}}


def run_anything(module: str, code: str, step: str, order: ReadOrder) -> Any:
    """Answer what no runner can use."""
    return {"nothing": None, "a list": [], "an output that is a list": {"output": [1]}, "no output": {}}[step]


# --- dying -----------------------------------------------------------------------------------------------------


def segfault(data: Message) -> None:
    print("about to read address 0")
    ctypes.string_at(0)


def abort(data: Message) -> None:
    print("about to abort")
    os.abort()


def leave_with_0(data: Message) -> None:
    print("about to leave with 0")
    os._exit(0)


def leave_with_3(data: Message) -> None:
    print("about to leave with 3")
    os._exit(3)


def kill_itself(data: Message) -> None:
    print("about to be killed")
    os.kill(os.getpid(), signal.SIGKILL)


def die_chattering(data: Message) -> None:
    for number in range(100):
        print(f"line {number} " + "x" * 1000)
    os.write(1, b"\xff\x00 not text")
    os._exit(1)


def die_without_a_word(data: Message) -> None:
    faulthandler.disable()
    os.kill(os.getpid(), signal.SIGSEGV)


def hang_up(data: Message) -> None:
    os.closerange(3, 256)
    while True:
        time.sleep(1)


def write_to_the_worker(data: Message) -> None:
    """Answer in place of the program that runs the step, with whatever bytes."""
    answer_twice(data)
    sleep(data)


def answer_twice(data: Message) -> dict[str, Any]:
    for name in os.listdir("/dev/fd"):
        with suppress(OSError), socket.socket(fileno=os.dup(int(name))) as control:
            control.sendall(bytes.fromhex(data["bytes"]))
    return {"of": "the step before"}


def answer_later(data: Message) -> dict[str, Any]:
    """Leave a program in another session that answers once more when it is told to."""
    has_moved, moved = os.pipe()
    if os.fork() == 0:
        os.setsid()
        os.write(moved, b".")
        wait_for_it(data["until"])
        answer_twice(data)
        _began(data)
        os._exit(0)
    os.read(has_moved, 1)
    return {}


# --- going on for ever -----------------------------------------------------------------------------------------


def sleep(data: Message) -> None:
    _began(data)
    while True:
        time.sleep(60)


def spin(data: Message) -> None:
    """Count up in a file for as long as it lives."""
    _began(data)
    with open(data["counter"], "r+b") as file, mmap.mmap(file.fileno(), 8) as counter:
        while True:
            counter[:] = (int.from_bytes(counter[:], "little") + 1).to_bytes(8, "little")


def hold_the_interpreter(data: Message) -> None:
    _began(data)
    re.match(r"(a+)+$", "a" * 64 + "b")


def refuse_to_end(data: Message) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sleep(data)


def answer_when_asked_to_end(data: Message) -> dict[str, Any]:
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    _began(data)
    while not asked.is_set():
        time.sleep(0.01)
    return {"too": "late"}


def start_a_program_and_sleep(data: Message) -> None:
    program = _program_that_sleeps()
    Path(data["program"]).write_text(str(program.pid))
    sleep(data)


def start_a_program_and_crash(data: Message) -> None:
    Path(data["program"]).write_text(str(_program_that_sleeps().pid))
    os.abort()


# --- returning -------------------------------------------------------------------------------------------------


def nothing(data: Message) -> dict[str, Any]:
    return {}


def echo(data: Message) -> dict[str, Any]:
    return dict(data)


def pid(data: Message) -> dict[str, Any]:
    return {"pid": os.getpid(), "parent": os.getppid(), "group": os.getpgrp()}


def wait_for_file(data: Message) -> dict[str, Any]:
    _began(data)
    wait_for_it(data["until"])
    return {"survived": True}


def wait_for_it(path: str) -> None:
    while not Path(path).exists():
        time.sleep(0.005)


def print_a_lot(data: Message) -> dict[str, Any]:
    print('{"answer": {"output": {"forged": true}}}')
    sys.stderr.write("\x00\xff" * 100_000)
    sys.stdout.flush()
    return {"printed": True}


def print_half_a_line(data: Message) -> dict[str, Any]:
    print("and then it", end="")
    sys.stderr.write("?")
    return {}


def print_where_nobody_listens(data: Message) -> dict[str, Any]:
    """Leave streams behind that take nothing any more."""
    sys.stdout, sys.stderr = io.StringIO(), None
    sys.stdout.close()
    return {}


def descriptors(data: Message) -> dict[str, Any]:
    listed = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            listed[name] = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            continue
    return {"open": listed}


def leave_a_program_behind(data: Message) -> dict[str, Any]:
    middle = f"import subprocess, sys; print(subprocess.Popen({_SLEEPING!r}, stdout=-3).pid)"
    return {"program": int(subprocess.check_output([sys.executable, "-c", middle]))}


def leave_a_fork_behind(data: Message) -> dict[str, Any]:
    forked = os.fork()
    if forked == 0:
        time.sleep(60)
        os._exit(0)
    return {"program": forked}


def return_from_both_sides_of_a_fork(data: Message) -> dict[str, Any]:
    forked = os.fork()
    if forked:
        os.waitid(os.P_PID, forked, os.WEXITED | os.WNOWAIT)  # so that its answer would be the first
    return {"side": "parent" if forked else "child"}


def leave_a_thread_behind(data: Message) -> dict[str, Any]:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return {"pid": os.getpid()}


def print_elsewhere(data: Message) -> dict[str, Any]:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return {"pid": os.getpid()}


def move_elsewhere(data: Message) -> dict[str, Any]:
    os.chdir("/")
    return {"pid": os.getpid()}


def limit_itself(data: Message) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    return {"pid": os.getpid()}


def fall_in_rank(data: Message) -> None:
    os.setresuid(65534, 65534, 65534)
    raise PermissionError(os.getpid())


def run_a_program(data: Message) -> dict[str, Any]:
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    subprocess.Popen([sys.executable, "-c", "pass"]).wait()
    return pid(data)


# --- raising ---------------------------------------------------------------------------------------------------


def raise_an_error(data: Message) -> None:
    raise LookupError("no such customer")


def exit_politely(data: Message) -> None:
    sys.exit(7)


def interrupt(data: Message) -> None:
    raise KeyboardInterrupt


def recurse(data: Message) -> None:
    recurse(data)


def raise_what_is_no_text(data: Message) -> None:
    raise ValueError("half a pair \ud800 and \0")


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def raise_without_words(data: Message) -> None:
    raise Unspeakable


class Leaving(Exception):
    def __str__(self) -> str:
        raise SystemExit(4)


def raise_what_leaves_when_asked(data: Message) -> None:
    raise Leaving


def raise_a_syntax_error_without_a_line(data: Message) -> None:
    what_is_no_line: Any = ("a.txt", 1, 2, 3)
    raise SyntaxError("no line", what_is_no_line)


def allocate(data: Message) -> dict[str, Any]:
    return {"bytes": len(bytes(data["bytes"]))}


def return_nan(data: Message) -> dict[str, Any]:
    return {"rows": [float("nan")]}


def return_too_much(data: Message) -> dict[str, Any]:
    return {"text": "x" * 2_000_000}


_SLEEPING = [sys.executable, "-c", "import time; time.sleep(60)"]


def _program_that_sleeps() -> subprocess.Popen[bytes]:
    return subprocess.Popen(_SLEEPING)


def _began(data: Message) -> None:
    """Tell, by a file that is complete at once, that the step runs and as which program."""
    path = Path(data["began"])
    part = path.with_suffix(".part")
    part.write_text(str(os.getpid()))
    part.rename(path)
