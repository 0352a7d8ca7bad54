"""P13: every operator action is in the history, with who, when, why, and what it changed."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from jobboy.errors import Refused
from jobboy.failpoints import CRASH_VARIABLE
from jobboy.model.events import Event
from jobboy.operations import Operations
from jobboy.system import user
from tests.integration.worker_programs import OPERATOR, Site

WHY = "because I say so; ùñï"


class Action(NamedTuple):
    """What an operator does to a process in some state, and what its line in the history says."""

    prepare: Callable[[Site], str]
    act: Callable[[Operations, str], object]
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any]


def _paused(site: Site) -> str:
    process_id = site.start("asking")
    site.work_here()
    return process_id


def _ended(site: Site) -> str:
    process_id = site.start("trail")
    site.work_here()
    return process_id


ACTIONS = {
    "recover": Action(
        Site.leave_stuck,
        lambda operations, one: operations.recover(one, reason=WHY),
        "recovered",
        {"handled": True, "stuck": True},
        {"handled": False, "stuck": False},
    ),
    "fail": Action(
        _paused,
        lambda operations, one: operations.fail(one, reason=WHY),
        "failed",
        {"status": "running", "paused": True},
        {"status": "failing", "paused": False},
    ),
    "fail now": Action(
        lambda site: site.start("trail"),
        lambda operations, one: operations.fail(one, now=True, reason=WHY),
        "failed",
        {"status": "starting"},
        {"status": "failed"},
    ),
    "kill": Action(
        _paused,
        lambda operations, one: operations.kill(one, reason=WHY),
        "kill_requested",
        {"kill_requested": False},
        {"kill_requested": True},
    ),
    "proceed": Action(
        _paused,
        lambda operations, one: operations.proceed(one, {"answer": 8}, reason=WHY),
        "proceeded",
        {"paused": True, "output": {"answer": None}},
        {"paused": False, "output": {"answer": 8}},
    ),
    "restart": Action(
        _ended,
        lambda operations, one: operations.restart(one, reason=WHY),
        "restarted",
        None,
        {"from_step": "step-1"},
    ),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_p13_an_action_on_a_process_is_in_its_history(open_site: Callable[[str], Site], name: str) -> None:
    site, action = open_site("trails"), ACTIONS[name]
    process_id = action.prepare(site)
    earliest = site.operations.now()

    action.act(site.operations, process_id)

    (line,) = site.events(process_id, action.kind)
    assert (line.actor, line.reason) == (OPERATOR, WHY)
    assert earliest <= line.at <= site.operations.now()
    assert (action.before or {}).items() <= (line.before or {}).items()
    assert action.after.items() <= (line.after or {}).items()


def test_p13_actions_from_the_command_line_are_signed_by_whoever_typed_them(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("trails")
    process_id = _paused(site)
    calls = [["proceed", process_id, "--data", '{"answer": 8}'], ["kill", process_id], ["fail", process_id, "--now"]]
    calls.append(["restart", process_id])

    for call in calls:
        assert site.jobboy(*call, "--reason", f"{call[0]}: {WHY}").wait() == 0

    lines = site.jobs.history(process_id)[-len(calls) :]
    assert [line.kind for line in lines] == ["proceeded", "kill_requested", "failed", "restarted"]
    assert [line.reason for line in lines] == [f"{call[0]}: {WHY}" for call in calls]
    assert {line.actor for line in lines} == {f"operator:{user()}"}


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

    for name in ("recover", "proceed", "restart"):
        with pytest.raises(Refused):
            ACTIONS[name].act(site.operations, process_id)

    assert site.jobs.history(process_id) == history


def test_p13_retention_that_removes_processes_says_who_and_how_many(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    _ended(site)

    pruned = site.jobboy_json("prune", "--older-than", "0s", "--reason", WHY)
    assert pruned == {"pruned": 1, "dry_run": False}

    (line,) = (event for event in _feed(site) if event.kind == "pruned")
    assert (line.actor, line.reason, line.after) == (f"operator:{user()}", WHY, {"pruned": 1})


def test_p13_what_operators_did_is_told_after_the_process_was_removed(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    process_id = _paused(site)
    site.operations.proceed(process_id, {"answer": "a secret"}, reason=WHY)
    site.operations.fail(process_id, now=True, reason="not needed")

    assert site.operations.prune(older_than=timedelta(0), reason="a year old") == 1

    told = site.jobboy_json("audit", process_id)
    assert [(act["kind"], act["actor"], act["reason"]) for act in told] == [
        ("pruned", OPERATOR, "a year old"),
        ("failed", OPERATOR, "not needed"),
        ("proceeded", OPERATOR, WHY),
    ]
    assert {(act["id"], act["code"]) for act in told} == {(process_id, "asking")}
    assert "a secret" not in str(told)


@pytest.mark.parametrize("point", ["commit-asked", "commit-done"])
def test_p13_a_prune_that_is_killed_has_recorded_what_it_removed(
    open_site: Callable[[str], Site], point: str
) -> None:
    site = open_site("trails")
    _ended(site)

    # Its first commit forgets dead workers.
    died = site.program("-m", "jobboy", "prune", "--older-than", "0s", **{CRASH_VARIABLE: f"{point}:2"}).wait()

    gone = not site.jobs.list()
    assert (died, gone) == (-signal.SIGKILL, point == "commit-done")
    assert [event.after for event in _feed(site) if event.kind == "pruned"] == [{"pruned": 1}] * gone


def _feed(site: Site) -> list[Event]:
    return list(site.operations.feed(after=0))
