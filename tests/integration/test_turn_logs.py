"""What real steps print and log is kept with their process, while they run too, and survives a kill -9."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.integration.worker_programs import Site, eventually


def lines(site: Site, process_id: str) -> list[list[str]]:
    """Return what each turn said, without the time in front."""
    return [
        [line[13:] if line[2:3] == ":" else line for line in log.lines]
        for log in site.operations.house.logs(process_id)
    ]


def test_what_is_logged_and_what_an_isolated_step_prints_is_kept(open_site: Callable[[str], Site]) -> None:
    site = open_site("said")
    process_id = site.start("said")
    worker = site.worker("--until-idle")
    assert worker.wait() == 0, worker.errors
    name = "tests.integration.apps.said"
    assert lines(site, process_id) == [
        [f"INFO {name}: 812 rows"],
        ["to standard output", "to standard error", f"INFO {name}: logged in a program"],
    ]
    assert "812 rows" not in worker.errors, "what is kept with a step is not printed by its worker too"
    told: list[dict[str, Any]] = site.jobboy_json("logs", process_id, "--step", "in_a_program")
    assert [(log["step"], log["attempt"], log["left_out"]) for log in told] == [("in_a_program", 1, 0)]


def test_a_step_is_read_while_it_runs_and_what_it_said_outlives_a_killed_worker(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("said")
    process_id = site.start("slow")
    worker = site.worker("--slots", "1")
    site.await_sign("said")
    eventually(lambda: lines(site, process_id) == [["half of it is done"]])
    worker.kill()
    site.leave("go-on")
    assert lines(site, process_id) == [["half of it is done"]]
    site.work_until_idle()
    assert [log.attempt for log in site.operations.house.logs(process_id)] == [1, 2]
