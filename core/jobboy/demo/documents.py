"""parse-untrusted: documents that do harm to the program that reads them, read in a program of its own.

Each is a known kind of attack and really does what it does: a pointer that is believed, a pickle that calls a
function, a length that is believed. Only the program of the step dies of it.
"""

from __future__ import annotations

import ctypes
import pickle
import shutil
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobboy.demo.folders import own_folder
from jobboy.engine.handled_process import StepProcess
from jobboy.errors import InvalidValue

_POINTER = struct.Struct("<QI")
_LENGTH = struct.Struct("<Q")
_EXIT_CODE = 3
MEMORY_LIMIT = 1_000
"""Megabytes the step may take: plenty for Python, nothing beside what a document may declare."""


def receive(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Write the document that is to be parsed.

    ``crash`` says what it does: ``segfault``, ``exit``, ``memory``, or null for an honest one.

    Raises:
        InvalidValue: ``crash`` is none of these.
    """
    kind = data.get("crash") or "honest"
    if kind not in _DOCUMENTS:
        raise InvalidValue("parameters.crash", f"must be segfault, exit, memory or null, not {kind!r}")
    content, _ = _DOCUMENTS[kind]
    document = own_folder(process) / f"document.{kind}"
    document.write_bytes(content)
    return {"document": str(document), "bytes": len(content)}


def parse(data: dict[str, Any]) -> dict[str, Any]:
    """Read the document the way its format asks for, believing every word."""
    document = Path(data["document"])
    _say(f"reading {data['bytes']} bytes of {document.name}")
    _, read = _DOCUMENTS[document.suffix.removeprefix(".")]
    return {**data, "content": read(document.read_bytes())}


def clean_up(process: StepProcess) -> None:
    """Remove the document: the teardown of a process that could not parse it."""
    shutil.rmtree(own_folder(process))
    process.reports["teardown"] = "the document was removed"


def _read_pointer(content: bytes) -> str:
    address, length = _POINTER.unpack(content)
    _say(f"following a pointer to {address:#x}")
    return ctypes.string_at(address, length).hex()


def _read_pickle(content: bytes) -> object:
    _say("unpickling")
    return pickle.loads(content)


def _read_length(content: bytes) -> int:
    (length,) = _LENGTH.unpack(content)
    _say(f"making room for {length:,} bytes")
    try:
        return len(bytearray(length))
    except MemoryError as error:  # Python's own says nothing
        raise MemoryError(f"the document declares {length:,} bytes") from error


def _say(line: str) -> None:
    """Write a line to the output of the step, whose last lines are told when it dies."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


_DOCUMENTS: dict[str, tuple[bytes, Callable[[bytes], Any]]] = {
    "honest": (pickle.dumps({"python": list(sys.version_info[:3]), "platform": sys.platform}), _read_pickle),
    "segfault": (_POINTER.pack(8, 16), _read_pointer),
    "exit": (f"cos\n_exit\n(I{_EXIT_CODE}\ntR.".encode(), _read_pickle),
    "memory": (_LENGTH.pack(1 << 46), _read_length),
}
