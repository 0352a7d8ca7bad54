"""sample-machine: plain handlers that look at the machine once a second, so that one sees a store change."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import timedelta

from jobboy.engine.handled_process import HandledProcess
from jobboy.system import SystemClock

SAMPLES = 300
EVERY = timedelta(seconds=1)
RECENT = 5
"""Loads that are kept; of the others only the highest."""


def begin(process: HandledProcess) -> None:
    """Make an empty record."""
    process.store.append({"samples": 0, "processors": os.cpu_count(), "highest": {"load": 0.0, "at": None}})
    process.run()


def look(process: HandledProcess) -> None:
    """Take one sample and come back a second later; after the last one the process ends."""
    store, load = process.store, round(os.getloadavg()[0], 2)
    store["at"] = SystemClock().now().strftime("%H:%M:%S")
    store["free_gb"] = round(shutil.disk_usage(tempfile.gettempdir()).free / 1e9, 2)
    store["recent_loads"] = [*store.get("recent_loads", []), load][-RECENT:]
    _judge(process, load)
    store.inc("samples")
    if store["samples"] >= process.parameters.get("samples", SAMPLES):
        store.unset("at")
        process.end()
    else:
        process.wait(EVERY)


def sum_up(process: HandledProcess) -> None:
    """Say in a sentence how busy the machine was."""
    store = process.store
    process.reports["summary"] = f"{store['samples']:,} samples, the highest load {store['highest']['load']:g}"
    process.complete({key: store[key] for key in ("samples", "processors", "highest", "free_gb")})


def _judge(process: HandledProcess, load: float) -> None:
    """Note the highest load, and since when there is more to do than the processors can."""
    store = process.store
    if load > store["highest"]["load"]:
        store["highest"] = {"load": load, "at": store["at"]}
    if load <= (store["processors"] or 1):
        store.unset("overloaded_since")
    elif "overloaded_since" not in store:
        store["overloaded_since"] = store["at"]
