"""Schedules through the door: made, paused, started, removed, and followed by workers."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from jobboy import Conflict, InvalidValue, JobBoy, Process, Refused
from jobboy.errors import CodeNotFound, ScheduleNotFound
from jobboy.model.events import Event
from jobboy.model.schedules import CATCH_UP, Schedule
from jobboy.model.selection import Selection
from tests.factories import NOW, fields
from tests.unit.bench import OPERATOR, Bench

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def definitions(jobs: JobBoy) -> None:
    jobs.steps("billing").step(lambda data: {"for": data["due_at"]}, name="bill")


def add(bench: Bench, name: str = "hourly", **options: Any) -> Schedule:
    return bench.operations.add_schedule(name, "billing", **{"cron": "0 * * * *", **options})


def started(bench: Bench) -> list[Process]:
    """Return the processes there are, oldest first."""
    return list(reversed(bench.operations.list(Selection(), limit=1000)))


def due_times(bench: Bench) -> list[str]:
    return [process.parameters["due_at"] for process in started(bench)]


def told(bench: Bench, kind: str) -> list[Event]:
    return [event for event in bench.operations.feed(after=0) if event.kind == kind]


# --- what is due -----------------------------------------------------------------------------------------------


def test_what_is_due_is_started_once_with_its_due_time_in_its_parameters(bench: Bench) -> None:
    add(bench, parameters={"country": "AT"})
    assert bench.operations.start_due() == NOW + HOUR
    bench.advance(hours=1)
    assert bench.operations.start_due() == NOW + 2 * HOUR
    assert bench.operations.start_due() == NOW + 2 * HOUR
    (process,) = started(bench)
    assert process.parameters == {"country": "AT", "due_at": "2026-01-05T13:00:00.000000Z"}
    assert fields(bench.history(process.id)[0], "kind", "actor") == ("started", "schedule:hourly")
    assert bench.finish(process.id).output == {"for": "2026-01-05T13:00:00.000000Z"}
    (start,) = bench.operations.schedule_starts("hourly")
    assert fields(start, "due_at", "process_id", "at") == (NOW + HOUR, process.id, NOW + HOUR)


def test_the_next_due_time_of_all_is_told(bench: Bench) -> None:
    assert bench.operations.start_due() is None
    add(bench)
    add(bench, "often", cron=None, every=timedelta(minutes=10))
    assert bench.operations.start_due() == NOW + timedelta(minutes=10)
    bench.operations.pause_schedule("often")
    assert bench.operations.start_due() == NOW + HOUR


@pytest.mark.parametrize(("missed", "hours"), [("skip", []), ("one", [15]), ("all", [13, 14, 15])])
def test_missed_times_follow_the_policy_and_what_is_left_out_is_told(
    bench: Bench, missed: str, hours: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    add(bench, missed=missed)
    bench.advance(hours=3, minutes=10)
    with caplog.at_level(logging.WARNING):
        bench.operations.start_due()
    assert due_times(bench) == [f"2026-01-05T{hour}:00:00.000000Z" for hour in hours]
    assert "schedule hourly was overdue since 2026-01-05T13:00:00.000000Z" in caplog.text
    left_out = [event.after for event in told(bench, "schedule_missed")]
    until = {"skip": 15, "one": 14}.get(missed)
    expected = {"schedule": "hourly", "from": "2026-01-05T13:00:00.000000Z", "missed": missed}
    assert left_out == ([expected | {"until": f"2026-01-05T{until}:00:00.000000Z"}] if until else [])


def test_a_clock_far_ahead_starts_no_more_than_the_cap_and_then_goes_on_where_it_is_put_back(bench: Bench) -> None:
    add(bench, missed="all")
    bench.advance(days=365)
    bench.operations.start_due()
    assert len(started(bench)) == CATCH_UP
    bench.advance(days=-365)
    assert bench.operations.start_due() == NOW + HOUR
    bench.advance(hours=1)
    bench.operations.start_due()
    assert len(started(bench)) == CATCH_UP + 1


def test_a_clock_that_is_put_back_starts_nothing_a_second_time(bench: Bench) -> None:
    add(bench)
    for hours in (1, 1, -1.5, 1, 0.5, 1):
        bench.advance(hours=hours)
        bench.operations.start_due()
    assert due_times(bench) == [f"2026-01-05T{hour}:00:00.000000Z" for hour in (13, 14, 15)]


def test_while_all_work_is_paused_nothing_is_started_and_then_the_policy_decides(bench: Bench) -> None:
    add(bench, missed="one")
    bench.operations.pause()
    bench.advance(hours=5)
    assert bench.operations.start_due() is None
    assert started(bench) == []
    bench.operations.resume()
    bench.operations.start_due()
    assert due_times(bench) == ["2026-01-05T17:00:00.000000Z"]


def test_a_schedule_that_cannot_be_followed_here_is_told_and_stops_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    add(bench, "foreign", cron="0 * * * *", timezone="Europe/Vienna")
    add(bench)
    bench.advance(hours=1)
    monkeypatch.setattr("jobboy.model.schedules._zone", _without("Europe/Vienna"))
    bench.operations.start_due()
    assert len(started(bench)) == 1
    assert "schedule foreign cannot be followed: timezone: must be one this machine knows" in caplog.text
    (check,) = (check for check in bench.operations.doctor() if check[0] == "schedules")
    assert check[1] is False
    assert "foreign cannot be followed here: timezone" in check[2]


def _without(missing: str) -> Any:
    """Know every time zone but one, as a machine does without its package."""
    from jobboy.model.schedules import _zone

    def zone(name: str) -> Any:
        if name == missing:
            raise InvalidValue("timezone", "must be one this machine knows")
        return _zone(name)

    return zone


# --- by operators ----------------------------------------------------------------------------------------------


def test_every_action_is_in_the_history_with_who_when_and_why(bench: Bench) -> None:
    add(bench, reason="month end", parameters={"country": "AT"})
    bench.operations.pause_schedule("hourly", reason="too early")
    process_id = bench.operations.start_schedule("hourly", reason="by hand")
    bench.operations.resume_schedule("hourly", reason="now")
    bench.operations.remove_schedule("hourly", reason="over")
    events = [event for event in bench.operations.feed(after=0) if event.process_id is None]
    assert [fields(event, "kind", "actor", "reason") for event in events] == [
        ("schedule_added", OPERATOR, "month end"),
        ("schedule_paused", OPERATOR, "too early"),
        ("schedule_started", OPERATOR, "by hand"),
        ("schedule_resumed", OPERATOR, "now"),
        ("schedule_removed", OPERATOR, "over"),
    ]
    added, paused, by_hand, _resumed, removed = events
    assert added.after is not None
    assert added.after.items() >= {"schedule": "hourly", "cron": "0 * * * *", "parameters": {"country": "AT"}}.items()
    assert (paused.before, paused.after) == (
        {"schedule": "hourly", "paused": False},
        {"schedule": "hourly", "paused": True},
    )
    assert by_hand.after == {"schedule": "hourly", "id": process_id, "due_at": "2026-01-05T12:00:00.000000Z"}
    assert removed.before == added.after


def test_a_start_by_hand_moves_no_due_time(bench: Bench) -> None:
    before = add(bench)
    process_id = bench.operations.start_schedule("hourly")
    assert bench.operations.schedule("hourly") == before
    assert fields(bench.history(process_id)[0], "kind", "actor") == ("started", OPERATOR)
    with pytest.raises(Conflict, match="cannot start schedule hourly: another one was started at this very moment"):
        bench.operations.start_schedule("hourly")  # the clock stands still: it would be the same time
    assert len(started(bench)) == len(told(bench, "schedule_started")) == 1


def test_a_verb_that_does_not_apply_is_refused_and_leaves_no_line(bench: Bench) -> None:
    add(bench)
    last = bench.operations.overview().last_seq
    with pytest.raises(Refused, match="cannot add schedule hourly: there is one of this name"):
        add(bench)
    with pytest.raises(Refused, match="cannot resume schedule hourly: it is not paused"):
        bench.operations.resume_schedule("hourly")
    bench.operations.pause_schedule("hourly")
    with pytest.raises(Refused, match="cannot pause schedule hourly: it is paused already"):
        bench.operations.pause_schedule("hourly")
    assert bench.operations.overview().last_seq == last + 1


def test_an_unknown_name_or_code_is_told(bench: Bench) -> None:
    for verb in ("schedule", "pause_schedule", "resume_schedule", "start_schedule", "remove_schedule"):
        with pytest.raises(ScheduleNotFound, match="no schedule is named 'x': see `jobboy schedules`"):
            getattr(bench.operations, verb)("x")
    with pytest.raises(CodeNotFound, match="no definition for code 'nothing'"):
        bench.operations.add_schedule("x", "nothing", cron="@daily")
    assert bench.operations.schedules() == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "a b"}, "name: 'a b' must have no blanks"),
        ({"name": "x\x1b[2J"}, "name: "),
        ({"missed": "none"}, "missed: must be one of skip, one, all, not 'none'"),
        ({"cron": "99 * * * *"}, r"cron\.minute: must be from 0 to 59, not '99'"),
        ({"parameters": [1]}, r"parameters: must be a JSON object \(dict\), not list"),
        ({"parameters": {"due_at": 1}}, r"parameters\.due_at: is set to the due time"),
        ({"every": HOUR}, "schedule: must have either a cron text or an interval"),
    ],
)
def test_bad_input_is_refused_naming_field_and_rule_and_nothing_is_written(
    bench: Bench, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidValue, match=message):
        add(bench, **options)
    assert bench.operations.schedules() == []


# --- by apps ---------------------------------------------------------------------------------------------------


def define(bench: Bench, **options: Any) -> Schedule:
    """Let another version of the app define its one schedule."""
    app = JobBoy(bench.url)
    app.schedule("hourly", **{"code": "billing", "cron": "0 * * * *", **options})
    bench.acting_as("worker:w").define_schedules(app.registry.schedules())
    return bench.operations.schedule("hourly")


def test_a_definition_makes_its_schedule_and_changes_it_once(bench: Bench) -> None:
    made = define(bench)
    assert fields(made, "by_app", "next_at") == (True, NOW + HOUR)
    assert define(bench) == made
    changed = define(bench, every=timedelta(minutes=10), cron=None, missed="all")
    assert changed.next_at == NOW + timedelta(minutes=10)
    assert [event.actor for event in told(bench, "schedule_added")] == ["worker:w"]
    (event,) = told(bench, "schedule_changed")
    assert event.before == {"schedule": "hourly", "cron": "0 * * * *", "every": None, "missed": "one"}
    assert event.after == {"schedule": "hourly", "cron": None, "every": 600.0, "missed": "all"}


def test_a_pause_by_an_operator_stays_when_its_app_starts_again(bench: Bench) -> None:
    define(bench)
    bench.operations.pause_schedule("hourly")
    assert define(bench, missed="skip").paused
    bench.advance(hours=1)
    bench.operations.start_due()
    assert started(bench) == []


def test_an_app_takes_over_the_name_of_an_operators_schedule(bench: Bench) -> None:
    add(bench, cron="@daily")
    assert fields(define(bench), "by_app", "next_at") == (True, NOW + HOUR)


def test_an_app_has_each_name_once_and_only_codes_that_are_known(bench: Bench, jobs: JobBoy) -> None:
    jobs.schedule("nightly", code="billing", cron="@daily")
    with pytest.raises(InvalidValue, match="nightly: an app has each schedule name once"):
        jobs.schedule("nightly", code="billing", every=HOUR)
    with pytest.raises(CodeNotFound):
        define(bench, code="nothing")


# --- keeping house ---------------------------------------------------------------------------------------------


def test_the_doctor_tells_what_is_overdue(bench: Bench) -> None:
    def schedules() -> tuple[str, bool, str]:
        return next(check for check in bench.operations.doctor() if check[0] == "schedules")

    assert schedules() == ("schedules", True, "0, none overdue")
    add(bench)
    assert schedules() == ("schedules", True, "1, none overdue")
    bench.advance(hours=2, minutes=5)
    assert schedules() == (
        "schedules",
        False,
        "hourly is overdue since 2026-01-05T13:00:00.000000Z: is a worker alive?",
    )


def test_retention_forgets_starts_of_long_ago(bench: Bench) -> None:
    add(bench)
    bench.advance(hours=1)
    bench.operations.start_due()
    bench.operations.prune()
    assert len(bench.operations.schedule_starts("hourly")) == 1
    bench.advance(days=91)
    bench.operations.prune()
    assert bench.operations.schedule_starts("hourly") == []
