"""catalogue-sources: plain handlers that read thousands of files, a batch an iteration."""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path

from jobboy.demo.sources import SourceFile, library, read_source, sources
from jobboy.engine.handled_process import HandledProcess

BATCH = 20
"""Files an iteration reads: a fraction of a second, so that others get their turn and little is done twice."""
MOST_ERRORS = 20
"""Errors that are kept by their path; beyond that they are only counted."""


def list_sources(process: HandledProcess) -> None:
    """Count the files; the list itself stays on disk, the store keeps the place in it."""
    limit = process.parameters.get("limit")
    total = sum(1 for _ in islice(sources(library(process.parameters)), limit))
    process.store.append(
        {
            "total": total,
            "files": 0,
            "position": "",
            "lines": 0,
            "bytes": 0,
            "functions": 0,
            "classes": 0,
            "unparsed": 0,
            "errors": {},
            "slowest": {"path": None, "ms": 0.0},
            "digest": hashlib.sha256().hexdigest(),
        }
    )
    process.run()


def read_batch(process: HandledProcess) -> None:
    """Read the next files; after the last one the process ends."""
    root, store = library(process.parameters), process.store
    size = min(BATCH, store["total"] - store["files"])
    paths = list(islice(sources(root, store["position"]), size))
    for path in paths:
        _add(process, path, read_source(root / path))
    if not paths:
        process.end()


def write_report(process: HandledProcess) -> None:
    """Sum up for people and for whoever started it."""
    store = process.store
    process.reports["summary"] = (
        f"{store['files']:,} files, {store['lines']:,} lines, {store['functions']:,} functions "
        f"and {store['classes']:,} classes in {_name(library(process.parameters))}"
    )
    if store["unparsed"]:
        process.reports["warning"] = f"{store['unparsed']:,} files are not what this Python can parse"
    kept = ("files", "lines", "bytes", "functions", "classes", "unparsed", "digest", "slowest")
    process.complete({key: store[key] for key in kept})


def resume(process: HandledProcess) -> None:
    """Go on after the worker died: what it had not committed is read again, nothing is counted twice."""
    process.reports.inc("resumed")


def _add(process: HandledProcess, path: str, found: SourceFile) -> None:
    store = process.store
    store["position"] = path
    store.inc("files")
    for key in ("lines", "bytes", "functions", "classes"):
        store.inc(key, getattr(found, key))
    store["digest"] = hashlib.sha256(f"{store['digest']} {path} {found.digest}".encode()).hexdigest()
    milliseconds = round(found.seconds * 1000, 1)
    if milliseconds > store["slowest"]["ms"]:
        store["slowest"] = {"path": path, "ms": milliseconds}
    if found.error is not None:
        store.inc("unparsed")
        if len(store["errors"]) < MOST_ERRORS:
            store["errors"] = {**store["errors"], path: found.error}


def _name(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"
