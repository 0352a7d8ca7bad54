"""P4: completed and failed never change, except by an audited restart that makes a new generation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jobboy.errors import Conflict, Refused
from jobboy.model.process import Process
from jobboy.operations import Operations
from tests.integration.worker_programs import OPERATOR, Site

VERBS: dict[str, Callable[[Operations, str], Process]] = {
    "recover": lambda operations, one: operations.recover(one, reason="again"),
    "recover with force": lambda operations, one: operations.recover(one, force=True, reason="again"),
    "fail": lambda operations, one: operations.fail(one, reason="no"),
    "fail now with force": lambda operations, one: operations.fail(one, now=True, force=True, reason="no"),
    "kill": lambda operations, one: operations.kill(one, reason="no"),
    "proceed": lambda operations, one: operations.proceed(one, {"answer": 1}, reason="late"),
}
ENDS = {"completed": "trail", "failed": "failing"}


@pytest.mark.parametrize("status", ENDS)
def test_p4_every_verb_but_restart_is_refused_on_what_has_ended_and_no_worker_takes_it(
    open_site: Callable[[str], Site], status: str
) -> None:
    site = open_site("trails")
    process_id = _ended(site, status)
    before, history = site.operations.details(process_id), site.jobs.history(process_id)

    for name, verb in VERBS.items():
        with pytest.raises(Refused, match=status) as refusal:
            verb(site.operations, process_id)
        assert not isinstance(refusal.value, Conflict), name

    site.work_until_idle()
    assert site.operations.details(process_id) == before
    assert site.jobs.history(process_id) == history


@pytest.mark.parametrize("status", ENDS)
def test_p4_a_restart_makes_a_linked_new_generation_and_leaves_the_old_one_ended(
    open_site: Callable[[str], Site], status: str
) -> None:
    site = open_site("trails")
    old = site.jobs.get(_ended(site, status))

    new = site.operations.restart(old.id, reason="the source is back")

    kept = site.jobs.get(old.id)
    assert (new.previous_id, new.generation, new.status) == (old.id, 2, "starting")
    assert new.parameters == old.parameters
    assert (kept.status, kept.ended_at, kept.output) == (old.status, old.ended_at, old.output)
    assert kept.restarted_as == new.id
    line = site.events(old.id, "restarted")[0]
    assert (line.actor, line.reason) == (OPERATOR, "the source is back")
    assert (line.after or {})["restarted_as"] == new.id
    site.work_here()
    assert site.jobs.get(new.id).status == status
    assert site.operations.restart(new.id, reason="once more").generation == 3


def _ended(site: Site, status: str) -> str:
    process_id = site.start(ENDS[status])
    site.work_here()
    assert site.jobs.get(process_id).status == status
    return process_id
