"""P13: every operator action is in the history, with who, when, why, and what it changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from jobboy.model.events import Event
from jobboy.operations import Operations
from jobboy.system import user
from tests.integration.worker_programs import OPERATOR, Site

WHY = "because I say so; ùñï"


class Action(NamedTuple):
    """What an operator does to a process in some state, and what its line in the history says."""

    prepare: Callable[[Site], str]
    act: Callable[[Operations, str], object]
    command: list[str]
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any]


def _paused(site: Site) -> str:
    process_id = site.start("asking")
    site.work_until_idle()
    return process_id


def _ended(site: Site) -> str:
    process_id = site.start("trail")
    site.work_until_idle()
    return process_id


ACTIONS = {
    "recover": Action(
        Site.leave_stuck,
        lambda operations, one: operations.recover(one, reason=WHY),
        ["recover"],
        "recovered",
        {"handled": True, "stuck": True},
        {"handled": False, "stuck": False},
    ),
    "fail": Action(
        _paused,
        lambda operations, one: operations.fail(one, reason=WHY),
        ["fail"],
        "failed",
        {"status": "running", "paused": True},
        {"status": "failing", "paused": False},
    ),
    "fail now": Action(
        lambda site: site.start("trail"),
        lambda operations, one: operations.fail(one, now=True, reason=WHY),
        ["fail", "--now"],
        "failed",
        {"status": "starting"},
        {"status": "failed"},
    ),
    "kill": Action(
        _paused,
        lambda operations, one: operations.kill(one, reason=WHY),
        ["kill"],
        "kill_requested",
        {"kill_requested": False},
        {"kill_requested": True},
    ),
    "proceed": Action(
        _paused,
        lambda operations, one: operations.proceed(one, {"answer": 8}, reason=WHY),
        ["proceed", "--data", '{"answer": 8}'],
        "proceeded",
        {"paused": True, "output": {"answer": None}},
        {"paused": False, "output": {"answer": 8}},
    ),
    "restart": Action(
        _ended,
        lambda operations, one: operations.restart(one, reason=WHY),
        ["restart"],
        "restarted",
        None,
        {"from_step": "step-1"},
    ),
}


@pytest.mark.parametrize("through", ["operations", "command line"])
@pytest.mark.parametrize("name", ACTIONS)
def test_p13_an_action_on_a_process_is_in_its_history(
    open_site: Callable[[str], Site], name: str, through: str
) -> None:
    site, action = open_site("trails"), ACTIONS[name]
    process_id = action.prepare(site)
    earliest = site.operations.now()

    if through == "operations":
        action.act(site.operations, process_id)
    else:
        verb, *options = action.command
        assert site.jobboy(verb, process_id, *options, "--reason", WHY).wait() == 0

    (line,) = site.events(process_id, action.kind)
    assert line.actor == (OPERATOR if through == "operations" else f"operator:{user()}")
    assert line.reason == WHY
    assert earliest <= line.at <= site.operations.now()
    assert (action.before or {}).items() <= (line.before or {}).items()
    assert action.after.items() <= (line.after or {}).items()


def test_p13_pause_and_resume_of_all_work_are_in_the_history(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    earliest = site.operations.now()

    site.operations.pause(reason="the disk is changed")
    assert site.jobboy("resume", "--reason", "it was changed").wait() == 0

    paused, resumed = (event for event in _feed(site) if event.kind in ("work_paused", "work_resumed"))
    assert (paused.kind, paused.actor, paused.reason) == ("work_paused", OPERATOR, "the disk is changed")
    assert (resumed.kind, resumed.actor, resumed.reason) == ("work_resumed", f"operator:{user()}", "it was changed")
    assert earliest <= paused.at <= resumed.at <= site.operations.now()
    assert (paused.before, paused.after) == ({"paused": False}, {"paused": True})
    assert (resumed.before, resumed.after) == ({"paused": True}, {"paused": False})


def test_p13_a_refused_action_leaves_no_line(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    process_id = site.start("trail")
    history = site.jobs.history(process_id)

    for verb in ("recover", "proceed", "restart"):
        assert site.jobboy(verb, process_id, "--reason", WHY).wait() == 1

    assert site.jobs.history(process_id) == history


def test_p13_retention_that_removes_processes_says_who_and_how_many(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    _ended(site)

    assert site.jobboy_json("prune", "--older-than", "0s") == {"pruned": 1, "dry_run": False}

    (line,) = (event for event in _feed(site) if event.kind == "pruned")
    assert (line.actor, line.after) == (f"operator:{user()}", {"pruned": 1})


def _feed(site: Site) -> list[Event]:
    return list(site.operations.feed(after=0))
