"""A tiny program that ends the children of a worker which was killed.

It is started as a script, without site packages, and imports nothing of jobboy. The worker writes ``+GROUP`` and
``-GROUP`` lines to its standard input. When the worker dies, however that happens, every group that is left is
killed: the child, even inside C code that holds the interpreter lock, and every program its step had started.

A parent-death signal cannot do this: the kernel sends it when the *thread* that started the child ends, and only to
the child itself. A thread in the child cannot either, while a step holds the interpreter lock.
"""

import os
import select
import signal
import sys


def main(worker: int) -> None:
    """Follow what the worker writes until it closes the pipe or is gone."""
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    os.set_blocking(0, False)
    groups: set[int] = set()
    rest, open_end = b"", True
    signs = _signs_of(worker)
    while open_end:
        signs.poll()
        # Asked before reading: what a dead worker had written is all there.
        gone = os.getppid() != worker
        written, open_end = _read_all()
        *lines, rest = (rest + written).split(b"\n")
        _follow(lines, groups)
        if gone:
            break
    _kill(groups)


def _signs_of(worker: int) -> select.poll:
    signs = select.poll()
    signs.register(0, select.POLLIN)
    # The pipe alone does not tell: a program that the worker forked may keep its other end open.
    if hasattr(os, "pidfd_open"):
        try:
            signs.register(os.pidfd_open(worker), select.POLLIN)
        except OSError:  # an old kernel, or the worker is dead, which its pipe tells
            return signs
    return signs


def _read_all() -> tuple[bytes, bool]:
    read = b""
    while True:
        try:
            chunk = os.read(0, 4096)
        except BlockingIOError:
            return read, True
        if not chunk:
            return read, False
        read += chunk


def _follow(lines: list[bytes], groups: set[int]) -> None:
    for line in lines:
        change = groups.add if line.startswith(b"+") else groups.discard
        change(int(line[1:]))


def _kill(groups: set[int]) -> None:
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except OSError:
            continue


if __name__ == "__main__":
    main(int(sys.argv[1]))
