"""export-archive: sources packed in a program of their own, left to rest, and then compared with what is there."""

from __future__ import annotations

import hashlib
import os
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from jobboy.demo.folders import own_folder
from jobboy.demo.sources import library, sources
from jobboy.engine.handled_process import HandledProcess, StepProcess
from jobboy.model.process import Process

REST_S = 60
"""Seconds between packing and verifying, when the parameters do not say."""


def compress(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Pack the sources of a package, the whole archive or none of it."""
    root = library(data)
    archive = own_folder(process) / "sources.zip"
    unfinished = archive.with_suffix(".unfinished")
    # Times before 1980 are none in a zip file, and reproducible builds of Python have them.
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packing:
        for path in sources(root):
            packing.write(root / path, path)
        members = packing.infolist()
    os.replace(unfinished, archive)
    return {
        "archive": str(archive),
        "files": len(members),
        "bytes": sum(member.file_size for member in members),
        "packed_bytes": archive.stat().st_size,
    }


class Rest:
    """Makes a packed archive wait before it is verified, once; a handler that stands before the pipeline."""

    code = "export-archive"

    def supports(self, process: Process) -> bool:
        """Say yes when the archive is to be verified and has not rested."""
        at_verifying = process.code == self.code and process.step == "verify" and process.status.is_evolving
        return at_verifying and not process.handled and not process.store.has("rested_s")

    def handle(self, process: HandledProcess) -> None:
        """Leave the process alone for a while."""
        rest = process.parameters.get("rest_s", REST_S)
        process.store["rested_s"] = rest
        process.wait(timedelta(seconds=rest))


def verify(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Compare every file in the archive with the one on disk."""
    root = library(process.parameters)
    with zipfile.ZipFile(data["archive"]) as packed:
        changed = [name for name in packed.namelist() if _digest(packed.read(name)) != _digest_of(root / name)]
    share = 100 * data["packed_bytes"] / max(data["bytes"], 1)
    process.reports["summary"] = f"{data['files']:,} files packed to {share:.0f} % of {data['bytes']:,} bytes"
    if changed:
        process.reports["warning"] = f"{len(changed):,} files changed since they were packed"
    return {**data, "changed": changed}


def _digest_of(path: Path) -> str | None:
    try:
        return _digest(path.read_bytes())
    except FileNotFoundError:
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
