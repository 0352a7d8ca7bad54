"""Short turns that real workers take in hand several at a time, and what happens when one of them is not short."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress

import pytest

from jobboy.errors import Refused
from jobboy.model.documents import Parameters
from jobboy.model.process import CRASH_LIMIT, Process
from jobboy.ports import process_place
from tests.factories import fields
from tests.integration.worker_programs import Program, Site, Supervisor, eventually

WARMING = 150
"""Short processes by which a worker learns that their turns are short."""
AROUND = 12
"""Short processes before and after the one that is not."""


class Batch:
    """Processes of one code of which the one in the middle is not like the others.

    Args:
        site: to start them on, while all work is paused: so that they are claimed together.
    """

    def __init__(self, site: Site, code: str = "brief", **odd: str) -> None:
        folder = site.folder
        site.operations.pause(reason="a batch is put together")
        plain = {"folder": folder}
        parameters = [*[plain] * AROUND, {**plain, **odd}, *[plain] * AROUND]
        ids = site.jobs.start_many([(code, one) for one in parameters])
        self._site = site
        self.odd = ids[AROUND]
        self.others = [one for one in ids if one != self.odd]
        site.operations.resume(reason="the batch is complete")

    def all(self) -> list[Process]:
        return [self._site.jobs.get(one) for one in [self.odd, *self.others]]

    def innocent(self) -> list[Process]:
        return [self._site.jobs.get(one) for one in self.others]

    def active(self) -> list[str]:
        """The ids of those that have not ended."""
        return [one.id for one in self._site.jobs.list("active")]

    def completed(self) -> bool:
        return not set(self.active()) & set(self.others) and all(one.status == "completed" for one in self.innocent())

    def held(self) -> list[Process]:
        return [one for one in self.all() if one.handled]

    def ahead(self) -> list[Process]:
        """Those that their holder has not begun."""
        locks = self._site.operations._context.locks
        return [one for one in self.held() if locks.is_ahead(process_place(one.number, one.token))]


def attempt_of(process: Process) -> int:
    """Which attempt of its turn completed a process."""
    return int((process.output or Parameters())["attempt"])


def warm_worker(site: Site, code: str, *options: str) -> Program:
    """Start a worker and let it learn that the turns of a code are short."""
    worker = site.ready_worker(*options)
    ids = site.jobs.start_many([(code, {"folder": site.folder})] * WARMING)
    eventually(lambda: site.jobs.get(ids[-1]).status == "completed" and not site.jobs.list("active"))
    return worker


@pytest.mark.parametrize(("code", "how"), [("brief", "kill -9"), ("brief-isolated", "kill worker")])
def test_a_poison_pill_fails_and_its_innocent_neighbours_complete(
    open_site: Callable[[str], Site], code: str, how: str
) -> None:
    site = open_site("hands")
    worker = warm_worker(site, code, "--slots", "1")
    batch = Batch(site, code, how=how)
    assert worker.wait() == -signal.SIGKILL

    ahead = {one.id for one in batch.ahead()}
    assert {one.attempt for one in batch.held()} == {1}
    assert batch.odd not in ahead
    # What ends the worker from its child does so each time: in another slot an innocent could be caught three times.
    supervisor = Supervisor(site, "--slots", "2" if code == "brief" else "1")
    supervisor.keep_working(until=lambda: not batch.active())
    failed = [
        (one.id, one.crashes, one.error, one.reports.text) for one in batch.innocent() if one.status != "completed"
    ]
    assert failed == []

    pill = site.jobs.get(batch.odd)
    assert pill.status == "failed"
    assert [note["attempt"] for note in site.notes("deaths")] == list(range(1, CRASH_LIMIT + 1))
    for process in batch.innocent():
        had_begun = bool(site.events(process.id, "stuck"))
        assert had_begun == (attempt_of(process) > 1)
        assert not (had_begun and process.id in ahead and supervisor.deaths == 0)
        assert (process.crashes, process.attempt) == (0, 0)
        assert [record.attempts for record in site.operations.details(process.id).steps] == [attempt_of(process)]


@pytest.mark.parametrize(("code", "slots"), [("brief", "1"), ("brief", "4"), ("brief-isolated", "1")])
def test_a_turn_that_is_not_short_holds_up_no_other(open_site: Callable[[str], Site], code: str, slots: str) -> None:
    site = open_site("hands")
    worker = warm_worker(site, code, "--slots", slots)
    batch = Batch(site, code, how="wait", sign="go")
    site.await_status(batch.odd, "running")
    before = batch.others[:AROUND]
    eventually(lambda: all(site.jobs.get(one).status == "completed" for one in before))
    if slots == "1":  # its one slot is at the long turn: another program takes what it gave back
        eventually(lambda: not any(one.handled for one in batch.innocent()))
        assert {one.attempt for one in batch.innocent()} == {0}
        site.work_here()
    eventually(batch.completed)

    odd = site.jobs.get(batch.odd)
    assert (odd.status, odd.handled) == ("running", True)
    site.leave("go")
    site.await_status(batch.odd, "completed")
    assert {attempt_of(one) for one in batch.all()} == {1}
    assert {len(list(site.jobs.history(one.id))) for one in batch.all()} == {2}  # started, step_completed
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 0, worker.errors


def test_under_hold_only_what_a_dead_worker_had_begun_waits_for_an_operator(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("hands")
    worker = warm_worker(site, "brief-handler", "--slots", "1")
    batch = Batch(site, "brief-handler", how="kill -9")
    assert worker.wait() == -signal.SIGKILL
    ahead = {one.id for one in batch.ahead()}

    site.work_here()

    stuck = {one.id for one in batch.all() if one.stuck}
    assert batch.odd in stuck
    assert not stuck & ahead
    for process in batch.all():
        if process.id not in stuck:
            assert fields(process, "status", "output", "crashes") == ("completed", {"attempt": 1}, 0)
    for one in stuck - {batch.odd}:
        site.operations.recover(one, reason="looked at it")
    site.work_here()
    assert batch.completed()


def test_a_worker_that_is_asked_to_end_with_a_hand_ends_in_order(open_site: Callable[[str], Site]) -> None:
    site = open_site("hands")
    worker = warm_worker(site, "brief", "--slots", "1")
    batch = Batch(site, how="wait", sign="go")
    eventually(lambda: site.notes("waits"))
    worker.signal(signal.SIGTERM)
    eventually(lambda: [one.id for one in batch.held()] == [batch.odd])
    site.leave("go")

    assert worker.wait() == 0, worker.errors
    assert site.jobs.get(batch.odd).status == "completed"
    assert not batch.held()
    assert not any(site.events(one.id, "stuck") or one.crashes for one in batch.all())
    site.work_here()
    assert batch.completed()
    assert {attempt_of(one) for one in batch.all()} == {1}


def test_operators_act_on_what_is_in_a_hand_as_on_anything_else(open_site: Callable[[str], Site]) -> None:
    site = open_site("hands")
    worker = warm_worker(site, "brief", "--slots", "1")
    batch = Batch(site, how="wait", sign="go")
    eventually(lambda: site.notes("waits"))
    killed, taken = batch.others[-1], batch.others[-2]
    site.operations.kill(killed, reason="not needed")
    with suppress(Refused):  # the lookout may have given it back by now
        site.operations.recover(taken, reason="it hangs", force=True)
    site.operations.pause(reason="maintenance")
    eventually(lambda: [one.id for one in batch.held()] == [batch.odd])
    site.leave("go")
    site.await_status(batch.odd, "completed")  # what is in hand is finished, nothing else is begun
    assert site.jobs.get(batch.others[-3]).status == "starting"
    site.operations.resume(reason="done")
    site.await_status(killed, "failed")
    site.await_status(taken, "completed")
    eventually(lambda: all(site.jobs.get(one).status == "completed" for one in batch.others[:-1]))
    assert not any(one.crashes for one in batch.all())
    assert worker.lives


def test_a_child_that_dies_in_a_hand_is_told_and_no_other_notices(open_site: Callable[[str], Site]) -> None:
    site = open_site("hands")
    worker = warm_worker(site, "brief-isolated", "--slots", "2")
    batch = Batch(site, "brief-isolated", how="kill -9")
    pill = site.await_status(batch.odd, "failed")
    eventually(batch.completed)

    assert [note["attempt"] for note in site.notes("deaths")] == list(range(1, CRASH_LIMIT + 1))
    causes = [(event.after or {})["stuck_cause"] for event in site.events(pill.id, "crashed")]
    assert [cause["signal"] for cause in causes] == ["SIGKILL"] * CRASH_LIMIT
    assert {attempt_of(one) for one in batch.innocent()} == {1}
    assert {len(list(site.jobs.history(one.id))) for one in batch.innocent()} == {2}  # started, step_completed
    assert worker.lives


@pytest.mark.parametrize("verb", ["kill", "recover"])
def test_an_operator_ends_the_isolated_step_that_a_hand_is_at(open_site: Callable[[str], Site], verb: str) -> None:
    site = open_site("hands")
    worker = warm_worker(site, "brief-isolated", "--slots", "1")
    batch = Batch(site, "brief-isolated", how="wait", sign="go")
    (first,) = eventually(lambda: site.notes("waits"))
    if verb == "kill":
        site.operations.kill(batch.odd, reason="not needed")
        site.await_status(batch.odd, "failed")
    else:
        site.operations.recover(batch.odd, reason="it hangs", force=True)
        eventually(lambda: len(site.notes("waits")) > 1)
        site.leave("go")
        assert attempt_of(site.await_status(batch.odd, "completed")) == first["attempt"] + 1
    eventually(batch.completed)
    assert {attempt_of(one) for one in batch.innocent()} == {1}
    assert worker.lives


def test_a_worker_ends_when_idle_only_after_the_last_of_its_hands(open_site: Callable[[str], Site]) -> None:
    site = open_site("hands")
    ids = site.jobs.start_many([("brief", {"folder": site.folder})] * 400)
    site.work_until_idle("--slots", "4")
    assert {site.jobs.get(one).status for one in ids} == {"completed"}
