"""A process at one moment: its rank, the dates of its moves, its release, and its JSON."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest

from jobboy import ProcessStatus
from jobboy.errors import StatusTransitionNotAllowed
from jobboy.model.process import Rank, iso
from tests.factories import NOW, a_process

LATER = NOW + timedelta(minutes=5)

# --- rank ---


@pytest.mark.parametrize(
    ("status", "marks", "rank"),
    [
        ("starting", {}, Rank.STARTING),
        ("running", {}, Rank.RUNNING),
        ("ending", {}, Rank.ENDING),
        ("failing", {}, Rank.FAILING),
        ("completed", {}, None),
        ("failed", {}, None),
        ("running", {"handled": True}, None),
        ("running", {"handled": True, "killed_at": NOW}, None),
        ("running", {"handled": True, "stuck": True}, None),
        ("running", {"handled": True, "stuck": True, "rescuable": True}, Rank.STUCK),
        ("failing", {"handled": True, "stuck": True, "rescuable": True}, Rank.STUCK),
        ("running", {"killed_at": NOW}, Rank.KILLED),
        ("starting", {"killed_at": NOW}, Rank.KILLED),
        ("ending", {"killed_at": NOW}, Rank.KILLED),
        ("failing", {"killed_at": NOW}, Rank.FAILING),
        ("failed", {"killed_at": NOW}, None),
        ("running", {"paused": True}, None),
        ("running", {"wait_until": LATER}, None),
        ("failing", {"wait_until": LATER}, None),
        ("running", {"paused": True, "killed_at": NOW}, Rank.KILLED),
        ("running", {"wait_until": LATER, "killed_at": NOW}, Rank.KILLED),
    ],
)
def test_the_rank_of_a_process(status: str, marks: dict[str, Any], rank: Rank | None) -> None:
    assert a_process(status=status, **marks).rank is rank


def test_ranks_sort_in_the_order_of_iteration() -> None:
    order = [Rank.STUCK, Rank.KILLED, Rank.FAILING, Rank.ENDING, Rank.RUNNING, Rank.STARTING]
    assert sorted(Rank) == order


# --- marks ---


@pytest.mark.parametrize(
    ("marks", "waiting"),
    [
        ({"wait_until": LATER}, True),
        ({}, False),
        ({"wait_until": LATER, "handled": True}, False),
        ({"wait_until": LATER, "paused": True}, False),
        ({"wait_until": LATER, "status": "failed"}, False),
    ],
)
def test_only_an_active_unhandled_process_waits(marks: dict[str, Any], waiting: bool) -> None:
    assert a_process(**marks).is_waiting is waiting


def test_a_kill_is_a_request_until_the_teardown_begins() -> None:
    killed = {status: a_process(status=status, killed_at=NOW).kill_requested for status in ProcessStatus}
    assert [status for status, requested in killed.items() if requested] == ["starting", "running", "ending"]
    assert not a_process(killed_at=None).kill_requested


# --- moves ---


def test_the_first_move_out_of_starting_is_its_start() -> None:
    running = a_process(status="starting").moved(ProcessStatus.RUNNING, LATER)
    assert (running.status, running.started_at, running.ended_at) == (ProcessStatus.RUNNING, LATER, None)
    ending = running.moved(ProcessStatus.ENDING, LATER + timedelta(hours=1))
    assert ending.started_at == LATER


@pytest.mark.parametrize("source", ["starting", "running"])
@pytest.mark.parametrize("target", [ProcessStatus.COMPLETED, ProcessStatus.FAILED])
def test_an_end_is_dated_and_begins_the_time_it_is_kept(source: str, target: ProcessStatus) -> None:
    ended = a_process(status=source, retention=timedelta(days=7)).moved(target, LATER)
    assert (ended.status, ended.ended_at) == (target, LATER)
    assert ended.expires_at == LATER + timedelta(days=7)


def test_staying_changes_nothing() -> None:
    process = a_process(status="starting")
    assert process.moved(ProcessStatus.STARTING, LATER) is process


def test_a_move_the_table_does_not_have_is_refused() -> None:
    with pytest.raises(StatusTransitionNotAllowed, match='from "failed" to "running"'):
        a_process(status="failed").moved(ProcessStatus.RUNNING, LATER)


# --- release ---


def test_a_released_process_is_in_nobodys_hands_and_at_the_end_of_its_queue() -> None:
    cause = {"kind": "holder died"}
    held = a_process(handled=True, stuck=True, rescuable=True, stuck_cause=cause, deadline_at=LATER, attempt=2)
    released = held.released(LATER)
    assert (released.handled, released.handled_at, released.handled_by) == (False, None, None)
    assert (released.stuck, released.rescuable, released.deadline_at) == (False, False, None)
    assert released.turn_at == LATER
    assert (released.stuck_cause, released.attempt, released.token) == (cause, 2, held.token)


def test_a_process_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        a_process().paused = True  # type: ignore[misc]  # the point of the test


# --- as JSON ---

FIELDS = [
    "id",
    "code",
    "status",
    "handled",
    "handled_by",
    "handled_at",
    "stuck",
    "stuck_cause",
    "paused",
    "wait_until",
    "step",
    "attempt",
    "priority",
    "parameters",
    "store",
    "reports",
    "output",
    "error",
    "created_at",
    "updated_at",
    "started_at",
    "ended_at",
    "killed_at",
    "token",
]


def test_a_process_as_json_has_the_promised_fields_in_their_order() -> None:
    told = a_process(
        handled=True, parameters={"a": 1}, store={"b": [2]}, output={"c": {}}, wait_until=LATER
    ).as_json()
    assert list(told)[: len(FIELDS)] == FIELDS
    assert json.loads(json.dumps(told)) == told
    assert (told["parameters"], told["store"], told["reports"], told["output"]) == (
        {"a": 1},
        {"b": [2]},
        {},
        {"c": {}},
    )
    assert told["status"] == "running"
    assert told["wait_until"] == "2026-01-05T12:05:00.000000Z"
    assert told["ended_at"] is None


def test_dates_are_iso_8601_in_utc() -> None:
    assert iso(NOW) == "2026-01-05T12:00:00.000000Z"
    assert iso(None) is None


def test_the_short_id_is_the_tail() -> None:
    process = a_process()
    assert process.id.endswith(process.short_id)
    assert len(process.short_id) == 8
