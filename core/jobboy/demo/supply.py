"""Keeps the demo going: starts new processes at a steady pace, never too many of a kind, and clears away old ones."""

from __future__ import annotations

import itertools
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from jobboy.demo import stuck
from jobboy.errors import ProcessNotFound, StorageError
from jobboy.operations import Operations, parse_filter

_log = logging.getLogger(__name__)

CLEAR_EVERY = 60.0  # seconds
NEXT_STUCK_AFTER = 120.0  # seconds after the last one was left
MOST_ACTIVE = {
    "catalogue-sources": 2,
    "import-locales": 5,
    "export-archive": 4,
    "parse-untrusted": 3,
    "sample-machine": 1,
}
"""Beyond that many none is started; imports pause until a person answers, and nobody may be looking."""


@dataclass(frozen=True)
class Order:
    """A process to start."""

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


FIRST = (
    Order("catalogue-sources"),
    Order("import-locales", {"initials": "t"}),
    Order("export-archive", {"package": "asyncio"}),
    Order("parse-untrusted", {"crash": "segfault"}),
    Order("import-locales", {"initials": "acek"}),
    Order("parse-untrusted", {"crash": None}),
    Order("sample-machine"),
)
"""Started when the demo is opened."""
THEN = (
    Order("parse-untrusted", {"crash": "exit"}),
    Order("catalogue-sources", {"package": "email"}),
    Order("export-archive", {"package": "json"}),
    Order("import-locales", {"initials": "hilv"}),
    Order("parse-untrusted", {"crash": None}),
    Order("catalogue-sources", {"package": "encodings"}),
    Order("parse-untrusted", {"crash": "memory"}),
    Order("export-archive", {"package": "email"}),
    Order("sample-machine"),
    Order("catalogue-sources", {"package": "asyncio"}),
    Order("parse-untrusted", {"crash": None}),
    Order("import-locales"),
    Order("export-archive", {"package": "xml"}),
    Order("catalogue-sources", {"package": "unittest"}),
    Order("parse-untrusted", {"crash": "segfault"}),
)
"""Started afterwards, one at a time, over and over."""


class Supply:
    """Starts what the demo shows; `run` is for a thread of its own.

    Args:
        operations: of the database.
        database: its absolute URL.
        folder: for the files of processes and workers.
        pace: seconds between two starts.
    """

    def __init__(self, operations: Operations, database: str, folder: Path, *, pace: float) -> None:
        self._operations = operations
        self._database = database
        self._folder = folder
        self._pace = pace
        self._orders: Iterator[Order] = itertools.cycle(THEN)
        self._ended = threading.Event()
        self._cleared_at = self._stuck_at = time.monotonic()

    def start_first(self) -> None:
        """Start the first processes, except for codes that a database in use has active ones of."""
        idle = {code for code in MOST_ACTIVE if self._active(code) == 0}
        wanted = [order for order in FIRST if order.code in idle]
        self._operations.start_many([(order.code, self._parameters(order)) for order in wanted])

    def start_next(self) -> None:
        """Start the next process, or none when there are enough of its kind."""
        order = next(self._orders)
        if self._active(order.code) < MOST_ACTIVE[order.code]:
            self._operations.start(order.code, self._parameters(order))

    def run(self) -> None:
        """Leave a process stuck, then go on until `end`; what the database refuses now is tried again later."""
        self._safely(self._leave_stuck)
        while not self._ended.wait(self._pace):
            self._safely(self.start_next)
            if time.monotonic() - self._stuck_at > NEXT_STUCK_AFTER:
                self._safely(self._leave_stuck)
            if time.monotonic() - self._cleared_at > CLEAR_EVERY:
                self._safely(self.clear)

    def end(self) -> None:
        """Make `run` return soon."""
        self._ended.set()

    def clear(self) -> None:
        """Remove processes whose retention is over, and the files of those that are gone."""
        self._cleared_at = time.monotonic()
        self._operations.prune()
        for folder in self._folder.iterdir():
            if _is_id(folder.name) and not self._is_there(folder.name):
                shutil.rmtree(folder, ignore_errors=True)  # what is in use now goes the next time

    def _safely(self, part: Callable[[], None]) -> None:
        try:
            part()
        except StorageError as error:
            _log.warning("the demo pauses: %s", error)

    def _leave_stuck(self) -> None:
        self._stuck_at = time.monotonic()
        if self._active(stuck.CODE) == 0:
            stuck.leave_stuck(self._operations, self._database, self._folder, self._ended)

    def _parameters(self, order: Order) -> dict[str, Any]:
        return {**order.parameters, "folder": str(self._folder)}

    def _active(self, code: str) -> int:
        return self._operations.count(parse_filter(f"active code:{code}"), limit=100)

    def _is_there(self, process_id: str) -> bool:
        try:
            self._operations.get(process_id)
        except ProcessNotFound:
            return False
        return True


def _is_id(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True
