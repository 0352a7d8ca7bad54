"""reconcile-bytecode: plain handlers that compile sources anew and compares the result with Python's cache."""

from __future__ import annotations

import importlib.util
import marshal
from enum import StrEnum
from itertools import islice
from pathlib import Path
from types import CodeType

from jobboy.demo.sources import SOURCE_NAME, library, sources
from jobboy.engine.handled_process import HandledProcess

BATCH = 40
"""Files an iteration compiles: about a second of work."""
_HEADER = 16  # bytes before the code in a cached file
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, OSError)


class Verdict(StrEnum):
    """How a source and its cached bytecode stand to each other."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_CACHED = "not_cached"
    NOT_COMPILED = "not_compiled"


def count_sources(process: HandledProcess) -> None:
    """Count the files that are to be compared."""
    found = islice(sources(library(process.parameters)), process.parameters.get("limit"))
    process.store.append({"total": sum(1 for _ in found), "files": 0, "position": ""})
    process.store.append({each.value: 0 for each in Verdict})
    process.run()


def compare_batch(process: HandledProcess) -> None:
    """Compare the next files; after the last one the process is completed."""
    root, store = library(process.parameters), process.store
    size = min(BATCH, store["total"] - store["files"])
    paths = list(islice(sources(root, store["position"]), size))
    for path in paths:
        store.inc(verdict(root / path))
        store.inc("files")
        store["position"] = path
    if not paths:
        process.complete({each.value: store[each] for each in Verdict})


def verdict(path: Path) -> Verdict:
    """Compile a source and compare it with its cached bytecode."""
    try:
        fresh = compile(path.read_bytes(), SOURCE_NAME, "exec", dont_inherit=True, optimize=0)
    except _UNREADABLE:
        return Verdict.NOT_COMPILED
    cached = Path(importlib.util.cache_from_source(str(path), optimization=""))
    if not cached.is_file():
        return Verdict.NOT_CACHED
    return Verdict.SAME if _is_same(fresh, _cached_code(cached)) else Verdict.DIFFERENT


def _cached_code(cached: Path) -> object:
    content = cached.read_bytes()
    if content[:4] != importlib.util.MAGIC_NUMBER:
        return None
    try:
        return marshal.loads(content[_HEADER:])
    except (EOFError, ValueError, TypeError):  # the file is cut off or damaged
        return None


def _is_same(one: object, other: object) -> bool:
    if not isinstance(one, CodeType) or not isinstance(other, CodeType):
        return False
    inner = [[constant for constant in code.co_consts if isinstance(constant, CodeType)] for code in (one, other)]
    same_here = one.co_code == other.co_code and one.co_names == other.co_names and len(inner[0]) == len(inner[1])
    return same_here and all(_is_same(*pair) for pair in zip(*inner, strict=True))
