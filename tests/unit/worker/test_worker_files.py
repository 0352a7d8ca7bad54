"""What a worker has open."""

from __future__ import annotations

import os

from jobboy import bootstrap
from jobboy.worker import WorkerSettings
from tests.unit.bench import Bench


def test_a_worker_that_is_never_started_has_nothing_open(bench: Bench) -> None:
    before = len(os.listdir("/dev/fd"))
    worker = bootstrap.make_worker(bench.adapters, bench.jobs.registry, WorkerSettings())
    assert len(os.listdir("/dev/fd")) == before
    assert worker.stop()
