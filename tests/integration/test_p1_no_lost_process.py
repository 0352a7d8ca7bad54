"""P1: once `start` returned an id, the process is on disk and in every list, whatever happens to the starter."""

from __future__ import annotations

from collections.abc import Callable

from jobboy.model.selection import Selection
from jobboy.model.status import ProcessStatus
from tests.integration.worker_programs import Program, Site, eventually

STARTERS = 4
STARTED_BY_EACH = 25
EVERYTHING = 1_000_000
ID_LENGTH = 36
"""Of a line that was written whole before the kill."""


def test_p1_a_started_process_survives_kill_9_of_the_starter(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    starters = [site.program("-m", "tests.integration.programs.starter", site.folder) for _ in range(STARTERS)]

    acknowledged = [process_id for starter in starters for process_id in _killed_while_starting(starter)]

    listed = {process.id: process for process in site.jobs.list(limit=EVERYTHING)}
    assert len(acknowledged) >= STARTERS * STARTED_BY_EACH
    assert set(acknowledged) <= set(listed)
    assert all(listed[process_id].parameters["folder"] == site.folder for process_id in acknowledged)
    assert {site.jobs.get(process_id).status for process_id in acknowledged} == {ProcessStatus.STARTING}
    assert set(acknowledged) <= {row.id for row in site.jobs.list("starting", limit=EVERYTHING)}
    assert site.operations.count(Selection(statuses=frozenset({ProcessStatus.STARTING}))) == len(listed)


def test_p1_a_start_that_was_killed_before_it_returned_is_whole_or_absent(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    starter = site.program("-m", "tests.integration.programs.starter", site.folder)
    acknowledged = set(_killed_while_starting(starter))

    unacknowledged = [process for process in site.jobs.list(limit=EVERYTHING) if process.id not in acknowledged]

    assert len(unacknowledged) <= 1
    for process in unacknowledged:
        assert [event.kind for event in site.jobs.history(process.id)] == ["started"]


def _killed_while_starting(starter: Program) -> list[str]:
    """Return the ids a starter was told, after kill -9 in the middle of its next start."""
    eventually(lambda: starter.output.count("\n") >= STARTED_BY_EACH)
    starter.kill()
    return [line for line in starter.output.splitlines() if len(line) == ID_LENGTH]
