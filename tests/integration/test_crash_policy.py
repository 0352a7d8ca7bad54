"""What becomes of plain handlers whose worker died: held for a handler of the handled case, or for an operator."""

from __future__ import annotations

from collections.abc import Callable

from tests.integration.worker_programs import Site, Supervisor


def test_a_held_process_is_given_to_the_handler_of_the_handled_case(open_site: Callable[[str], Site]) -> None:
    site = open_site("deaths")
    process_id = site.start("held-known", how="kill -9")
    supervisor = Supervisor(site)

    supervisor.keep_working(until=lambda: site.jobs.get(process_id).status == "completed")

    found = site.jobs.get(process_id)
    assert found.store == {"was_stuck": True, "cause": "holder died"}
    assert found.output == {"found": True}
    assert len(site.notes("attempts")) == 1, "the handler that died is not asked again"


def test_a_held_process_without_such_a_handler_stays_stuck_and_blocks_nobody(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("deaths")
    stuck = site.start("held-unknown", how="kill -9")
    assert site.worker("--slots", "1").wait() != 0
    site.leave("neighbour-may-end")
    others = [site.start("neighbour") for _ in range(3)]

    site.work_until_idle("--slots", "1")
    site.work_until_idle("--exclusive")

    assert [site.jobs.get(process_id).status for process_id in others] == ["completed"] * 3
    assert site.jobs.get(stuck).stuck
    assert [process["id"] for process in site.jobboy_json("list", "stuck")] == [stuck]
    site.operations.recover(stuck, reason="looked at it")
    site.work_until_idle()
    assert site.jobs.get(stuck).output == {"survived": 2}
