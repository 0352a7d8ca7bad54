"""``python -m jobboy.demo.attended ARGUMENTS``: ``jobboy ARGUMENTS``, ended in order when standard input ends.

Standard input is a pipe from the program that opened the demo. However that program ends, kill -9 included, the
system closes the pipe, and no worker stays behind.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def _attend() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_attend, name="jobboy-attending", daemon=True).start()
    runpy.run_module("jobboy", run_name="__main__")
