"""Several workers, a clock that jumps, clocks that are changed: nothing is started twice, nothing is lost unsaid."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta

import pytest

from jobboy import JobBoy
from jobboy.model.process import iso
from jobboy.model.schedules import MissedPolicy
from tests.unit.bench import Bench

SEEDS = range(int(os.environ.get("CLOCK_SEEDS", "10")))
LOOKS = 40
BEGINNINGS = [
    datetime(2026, 3, 28, 22, tzinfo=UTC),  # a night of 23 hours in Vienna
    datetime(2026, 10, 24, 22, tzinfo=UTC),  # and one of 25
    datetime(2028, 2, 28, 12, tzinfo=UTC),  # before a leap day
]
JUMPS = [timedelta(hours=1), timedelta(hours=-1), timedelta(seconds=45), timedelta(seconds=-45), timedelta(hours=9)]
TIMETABLES = [
    {"cron": "*/20 * * * *", "timezone": "Europe/Vienna"},
    {"cron": "30 2 * * *", "timezone": "Europe/Vienna"},
    {"cron": "0 0 29 2 *"},
    {"every": timedelta(minutes=17)},
]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_due_time_is_started_once_or_told_as_missed_whatever_the_clock_does(
    bench: Bench, jobs: JobBoy, seed: int
) -> None:
    chance = random.Random(seed)
    jobs.steps("billing").step(lambda data: {}, name="bill")
    bench.clock.advance(chance.choice(BEGINNINGS) - bench.clock.now())
    workers = [bench.acting_as(f"worker:{number}") for number in range(3)]
    policy = chance.choice(list(MissedPolicy))
    made = bench.operations.add_schedule("x", "billing", missed=policy, **chance.choice(TIMETABLES))  # type: ignore[arg-type]  # of several kinds
    latest = bench.clock.now()

    for _ in range(LOOKS):
        jump = chance.choice(JUMPS) if chance.random() < 0.3 else timedelta(0)
        now = bench.clock.advance(jump + timedelta(minutes=chance.uniform(0, 25)))
        latest = max(latest, now)
        for worker in chance.sample(workers, chance.randint(1, 3)):
            worker.start_due()

    expected = {iso(due) for due in made.upcoming(made.anchor_at, 2000) if due <= latest}
    started = [iso(start.due_at) for start in bench.operations.schedule_starts("x", limit=9999)]
    told = [
        event.after or {} for event in bench.operations.feed(after=0, limit=9999) if event.kind == "schedule_missed"
    ]
    left_out = {due for due in expected if due and any(one["from"] <= due <= one["until"] for one in told)}
    assert len(started) == len(set(started)) == bench.repository.counts().total
    assert expected <= set(started) | left_out
