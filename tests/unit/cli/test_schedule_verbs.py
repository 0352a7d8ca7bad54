"""``jobboy schedules``: its verbs on a database, and what people read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from jobboy import JobBoy
from jobboy.cli.program import program
from jobboy.cli.schedule_views import print_schedule, print_schedules, timetable_text
from jobboy.model.documents import Parameters
from jobboy.model.schedules import Schedule, SchedulePlan, ScheduleStart, Timetable
from jobboy.system import user
from tests.factories import NOW
from tests.unit.bench import Bench
from tests.unit.cli.test_views import HOSTILE

DAILY = Timetable(cron="0 3 * * *", timezone="Europe/Vienna")


@pytest.fixture(autouse=True)
def definitions(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("billing").step(lambda data: {}, name="bill")
    bench.start("billing")  # leaves the definition in the database


def call(bench: Bench, *arguments: str) -> Result:
    return CliRunner().invoke(program, ["--database", bench.url, "schedules", *arguments], prog_name="jobboy")


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def a_schedule(parameters: dict[str, Any] | None = None) -> Schedule:
    plan = SchedulePlan(name="nightly", code="billing", timetable=DAILY, parameters=Parameters(parameters))
    return Schedule.planned(plan, NOW)


# --- the verbs -------------------------------------------------------------------------------------------------


def test_a_schedule_is_made_listed_shown_paused_resumed_started_and_removed(bench: Bench) -> None:
    made = document(
        call(bench, "add", "nightly", "billing", "--cron", "@daily", "--missed", "all", "-p", '{"a": 1}', "--json")
    )
    assert {key: made[key] for key in ("name", "code", "cron", "timezone", "every", "missed", "parameters")} == {
        "name": "nightly", "code": "billing", "cron": "@daily", "timezone": "UTC", "every": None, "missed": "all",
        "parameters": {"a": 1},
    }  # fmt: skip
    assert document(call(bench, "--json")) == document(call(bench, "list", "--json")) == [made]
    assert document(call(bench, "pause", "nightly", "--json"))["next_at"] is None
    assert document(call(bench, "resume", "nightly", "--json"))["next_at"] == made["next_at"]
    process_id = document(call(bench, "start", "nightly", "--json"))["id"]
    shown = document(call(bench, "--json", "show", "nightly", "--count", "2"))
    assert len(shown["next"]) == 2
    assert shown["next"][0] == made["next_at"]
    assert [start["id"] for start in shown["starts"]] == [process_id]
    removed = document(call(bench, "remove", "nightly", "--json"))
    assert removed == {"name": "nightly", "removed": True, "by_app": False}
    assert document(call(bench, "--json")) == []


def test_an_action_is_signed_by_whoever_typed_it_with_the_reason(bench: Bench) -> None:
    call(bench, "add", "often", "billing", "--every", "1h30m", "--reason", "to try it")
    (event,) = (event for event in bench.operations.feed(after=0) if event.kind == "schedule_added")
    assert (event.actor, event.reason) == (f"operator:{user()}", "to try it")


def test_people_are_told_what_comes_next(bench: Bench) -> None:
    assert call(bench).stderr == "jobboy: there is no schedule; `jobboy schedules add` makes one\n"
    assert call(bench, "add", "often", "billing", "--every", "1h30m").stdout.startswith(
        "schedule often is due next 20"
    )
    assert call(bench, "pause", "often").stdout.endswith("`jobboy schedules resume often` lets it go on\n")
    listed = call(bench).stdout.splitlines()
    assert listed[0].split() == ["NAME", "STATE", "NEXT", "LAST", "MISSED", "WHEN", "CODE"]
    assert "paused" in listed[1]
    assert "every 1h30m" in listed[1]
    assert call(bench, "remove", "often").stdout == "schedule often is removed\n"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["add", "x", "billing"], 2, "schedule: must have either a cron text or an interval"),
        (["add", "x", "billing", "--cron", "0 25 * * *"], 2, "cron.hour: must be from 0 to 23, not '25'"),
        (["add", "x", "billing", "--cron", "@daily", "--timezone", "Mars"], 2, "timezone: must be one this machine"),
        (["add", "x", "billing", "--every", "10m", "--missed", "some"], 2, "missed: must be one of skip, one, all"),
        (["add", "x", "nothing", "--every", "10m"], 1, "no definition for code 'nothing'"),
        (["show", "x"], 1, "no schedule is named 'x'"),
        (["pause", "\x1b[2J"], 1, "no schedule is named '\\x1b[2J'"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(bench: Bench, arguments: list[str], code: int, says: str) -> None:
    result = call(bench, *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (code, "", 1)
    assert result.stderr.startswith(f"jobboy: {says}")


# --- what people read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "text"),
    [
        (timedelta(seconds=1), "every 1s"),
        (timedelta(minutes=90), "every 1h30m"),
        (timedelta(days=1, seconds=0.5), "every 1d0.5s"),
    ],
)
def test_an_interval_is_told_exactly(every: timedelta, text: str) -> None:
    assert timetable_text(Timetable(every=every)) == text


def test_the_next_times_are_told_by_the_clock_of_their_zone_too(capsys: pytest.CaptureFixture[str]) -> None:
    starts = [ScheduleStart(due_at=NOW, process_id="0198-abc", at=NOW)]
    print_schedule(a_schedule(), starts, NOW, 2)
    printed = capsys.readouterr().out
    assert "2026-01-06 02:00:00Z  Tue 03:00 +0100  in 14h" in printed
    assert "2026-01-05 12:00:00Z  0198-abc" in printed


def test_an_overdue_schedule_and_one_that_cannot_be_followed_here_are_marked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    planned, of_mars = a_schedule(), Timetable(cron="@daily", timezone="Mars/Base")
    foreign = replace(planned, plan=replace(planned.plan, timetable=of_mars))
    print_schedules([planned, foreign], NOW + timedelta(days=3))
    print_schedule(foreign, [], NOW, 5)
    overdue, unreadable, *_, next_times = capsys.readouterr().out.splitlines()[1:]
    assert "overdue" in overdue
    assert "unreadable" in unreadable
    assert next_times == "next times"


def test_no_text_from_a_schedule_acts_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = a_schedule({HOSTILE: HOSTILE})
    hostile = replace(hostile, plan=replace(hostile.plan, name=HOSTILE, code=HOSTILE))
    print_schedules([hostile], NOW)
    print_schedule(hostile, [ScheduleStart(due_at=NOW, process_id=HOSTILE, at=NOW)], NOW, 1)
    printed = capsys.readouterr().out
    assert "[/x]" in printed
    assert not {"\x1b", "\x07", "\u202e"} & set(printed)
