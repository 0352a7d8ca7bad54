"""A clock that is put back must not stop what a worker does by the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from jobboy import JobBoy
from tests.factories import a_process

PATIENCE = 60.0
READERS = [
    "apscheduler.schedulers.base.datetime",
    "apscheduler.triggers.date.datetime",
    "jobboy.system.datetime",
    "jobboy.worker.steady.datetime",
    "jobboy.worker.ticks.datetime",
    "jobboy.worker.parts.datetime",
]


class SetClock(datetime):
    """The clock of a machine that somebody sets."""

    shift = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # not a SetClock itself
        return datetime.now(tz or UTC) + cls.shift  # noqa: TID251  # the one that is set


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[SetClock]:
    monkeypatch.setattr(SetClock, "shift", timedelta(0))
    for reader in READERS:
        monkeypatch.setattr(reader, SetClock)
    return SetClock


def test_a_worker_goes_on_sweeping_and_starting_what_is_due_when_the_clock_is_put_back(
    clock: type[SetClock], jobs: JobBoy
) -> None:
    jobs.steps("billing").step(lambda data: {}, name="bill")
    jobs.schedule("often", code="billing", every=timedelta(seconds=1))
    worker = jobs.worker()
    worker.start()
    try:
        operations = jobs.operations()
        wait_until(lambda: bool(operations.schedule_starts("often")))

        clock.shift = timedelta(hours=-1)
        repository = operations._context.repository
        repository.add([a_process(handled=True, handled_by="dead:1:x", code="elsewhere")], actor="program:test")

        wait_until(lambda: any(event.kind == "stuck" for event in operations.feed(after=0, limit=9999)))
        put_back = operations.now() + timedelta(minutes=30)
        wait_until(lambda: any(start.at < put_back for start in operations.schedule_starts("often", limit=999)))
    finally:
        worker.stop()


def wait_until(condition: object) -> None:
    assert callable(condition)
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)
