"""Notices that the terminal is gone, also where no signal tells of it."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def hangup_watched(descriptor: int, gone: Callable[[], None]) -> Iterator[None]:
    """Call `gone`, once and from a thread of its own, when the terminal of a descriptor is closed meanwhile.

    SIGHUP goes to programs whose controlling terminal it is and that do not ignore it. Others, begun by ``setsid``,
    by ``nohup`` or in a container, would read the end of nothing for ever. The thread waits without waking up
    (poll(2): POLLHUP is reported whether it was asked for or not). What is no terminal is not watched.
    """
    if not os.isatty(descriptor):
        yield
        return
    wakes, waker = os.pipe()
    thread = threading.Thread(target=_watch, args=(descriptor, wakes, gone), name="console-hangup", daemon=True)
    thread.start()
    try:
        yield
    finally:
        os.close(waker)
        thread.join()
        os.close(wakes)


def _watch(descriptor: int, wakes: int, gone: Callable[[], None]) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)
    poll.register(wakes, 0)
    if any(which == descriptor and events & select.POLLHUP for which, events in poll.poll()):
        gone()
