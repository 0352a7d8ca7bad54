"""The order for a step: written by the worker, read by its child program as far as the step asks for it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from jobboy.model.compact_json import encoder, read
from jobboy.model.documents import Document, Parameters, ProcessStore, Reports
from jobboy.model.process import Process
from jobboy.ports import StepOrder
from jobboy.runners import main_script
from jobboy.runners.frames import Layout

ORDER = Layout(6)
"""What is alike for all processes at the step, facts of the process, its input and its three documents."""
_FACTS = ("number", "id", "code", "status", "step", "attempt", "token")

_STAMP = struct.Struct("!qq")
_write = encoder(ascii_only=True, default=dict)


class StepSource(NamedTuple):
    """Where a child finds a step."""

    module: str
    """Module whose import registers the definition; ``__main__`` for the script of the worker."""
    code: str
    step: str
    database: str | None = None
    """URL of the worker's database, for what the step itself starts and reads; None for what the module says."""
    place: int = 0
    """Of the app among those of its module that define the code, the oldest first."""


class ReadOrder:
    """An order as the child program has it; each part is read when it is asked for.

    Args:
        parts: of its frame.
    """

    def __init__(self, parts: list[bytes]) -> None:
        head, facts, self._data, self._parameters, self._store, self._reports = parts
        self.stamp, self._facts = facts[: _STAMP.size], facts[_STAMP.size :]
        """To be put on the answer; see `stamp_of`."""
        self.head = _read_head(head)
        """``run_step``, ``module``, ``code``, ``step``, ``memory_limit``, and for a script ``main``."""

    @property
    def database(self) -> str | None:
        """URL of the worker's database; see `StepSource`."""
        database: str | None = self.head["database"]
        return database

    @property
    def place(self) -> int:
        """Of the app; see `StepSource`."""
        place: int = self.head["place"]
        return place

    @property
    def data(self) -> Document:
        """The input of the step, read anew."""
        return Document.from_text((self._data or self._parameters).decode(), "data")

    @property
    def process(self) -> dict[str, Any]:
        """What a step may see of its process, by name, read anew; its documents have their own types."""
        return {
            **dict(zip(_FACTS, read(self._facts.decode()), strict=True)),
            "parameters": Parameters.from_text(self._parameters.decode(), "parameters"),
            "store": ProcessStore.from_text(self._store.decode(), "store"),
            "reports": Reports.from_text(self._reports.decode(), "reports"),
        }


def stamp_of(order: StepOrder) -> bytes:
    """Return what shows an answer to be of this order: it is of one claim of one process."""
    return _STAMP.pack(order.process.number, order.process.token)


def order_frame(order: StepOrder, source: StepSource, run_step: str) -> bytes:
    """Write an order as one frame.

    Raises:
        InvalidValue: when a document of the process cannot be written as JSON.
    """
    process = order.process
    head = _head(source, run_step, order.memory_limit)
    if source.module == "__main__":
        head = b'%b,"main":%b}' % (head[:-1], _write(main_script.preparation()).encode())
    return ORDER.frame(
        head,
        stamp_of(order) + _facts(process).encode(),
        # The first step gets the parameters, which are there already.
        b"" if order.data is process.parameters else _document(order.data).encode(),
        process.parameters.text.encode(),
        process.store.text.encode(),
        process.reports.text.encode(),
    )


@lru_cache
def _head(source: StepSource, run_step: str, memory_limit: int | None) -> bytes:
    return _write({**source._asdict(), "run_step": run_step, "memory_limit": memory_limit}).encode()


@lru_cache
def _read_head(head: bytes) -> Mapping[str, Any]:
    found: dict[str, Any] = read(head.decode())
    return found


def _facts(process: Process) -> str:
    status = process.status.value
    return _write([process.number, process.id, process.code, status, process.step, process.attempt, process.token])


def _document(values: Mapping[str, Any]) -> str:
    return values.text if isinstance(values, Document) else _write(dict(values))
