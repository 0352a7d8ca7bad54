"""The seed's own pattern of waiting: a moment in the store, and two handlers, one of which says it did not work."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.integration.worker_programs import Site, eventually


def test_a_handler_that_did_not_work_lets_the_worker_go_idle_and_others_go_on(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("turns")
    begun = time.monotonic()
    patient = site.start("patient", seconds=3600)
    site.ready_worker("--slots", "1", "--idle-time", "0.2")
    eventually(lambda: site.notes("waits"))

    others = [site.start("quick") for _ in range(5)]

    for process_id in others:
        site.await_status(process_id, "completed")
    eventually(lambda: len(site.notes("waits")) >= 3)
    asked = len(site.notes("waits"))
    assert asked <= (time.monotonic() - begun) / 1.0 + 1, "it is asked about once a second, not in a loop"
    kinds = [event.kind for event in site.jobs.history(patient)]
    assert kinds == ["started", "iterated"], "doing nothing is nothing to tell"


def test_a_handler_that_did_not_work_is_asked_again_until_it_is_time(open_site: Callable[[str], Site]) -> None:
    site = open_site("turns")
    patient = site.start("patient", seconds=0.2)
    site.worker("--slots", "1", "--idle-time", "0.2")

    assert site.await_status(patient, "completed").output == {"waited": True}


def test_a_worker_until_idle_does_not_stay_for_a_handler_that_did_not_work(open_site: Callable[[str], Site]) -> None:
    site = open_site("turns")
    patient = site.start("patient", seconds=3600)

    site.work_until_idle()

    assert site.jobs.get(patient).status == "running"
    assert site.notes("waits")
