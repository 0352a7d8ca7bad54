"""Schedules: what is due at a moment, what becomes of missed times, and clocks that jump."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboy.errors import InvalidValue
from jobboy.model.documents import Parameters
from jobboy.model.schedules import CATCH_UP, MissedPolicy, Schedule, SchedulePlan, Timetable
from tests.factories import NOW

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def a_plan(missed: str = "one", parameters: dict[str, Any] | None = None, **timetable: Any) -> SchedulePlan:
    """Make a plan; every full hour when nothing is said."""
    given = {"cron": None if "every" in timetable else "0 * * * *", "timezone": "UTC", "every": None, **timetable}
    return SchedulePlan(
        name="nightly",
        code="billing",
        timetable=Timetable.of(**given),
        parameters=Parameters(parameters),
        missed=MissedPolicy(missed),
    )


def a_schedule(missed: str = "one", **timetable: Any) -> Schedule:
    """Make a schedule that was planned at `NOW`, which is noon."""
    return Schedule.planned(a_plan(missed, **timetable), NOW)


def due_at(schedule: Schedule, now: datetime) -> list[datetime]:
    turn = schedule.turn(now)
    return [] if turn is None else list(turn.due)


# --- in time ---------------------------------------------------------------------------------------------------


def test_a_new_schedule_is_first_due_after_now() -> None:
    assert a_schedule().next_at == NOW + HOUR
    assert a_schedule(every=10 * MINUTE).next_at == NOW + 10 * MINUTE


@pytest.mark.parametrize("policy", MissedPolicy)
def test_a_time_is_due_when_it_has_come_whatever_the_policy(policy: MissedPolicy) -> None:
    schedule = a_schedule(policy)
    assert schedule.turn(NOW + HOUR - timedelta(microseconds=1)) is None

    turn = schedule.turn(NOW + HOUR)

    assert turn is not None
    assert (turn.due, turn.missed) == ((NOW + HOUR,), None)
    assert (turn.schedule.last_at, turn.schedule.next_at) == (NOW + HOUR, NOW + 2 * HOUR)
    assert turn.schedule.turn(NOW + HOUR) is None


def test_an_interval_does_not_drift_when_somebody_looks_late() -> None:
    turn = a_schedule(every=10 * MINUTE).turn(NOW + 10 * MINUTE + timedelta(seconds=7))
    assert turn is not None
    assert turn.schedule.next_at == NOW + 20 * MINUTE


def test_the_next_times_are_told_as_if_it_were_not_paused() -> None:
    paused = a_schedule().halted(NOW)
    assert paused.upcoming(NOW, 2) == [NOW + HOUR, NOW + 2 * HOUR]


# --- missed ----------------------------------------------------------------------------------------------------


def test_skip_starts_nothing_for_missed_times() -> None:
    turn = a_schedule("skip").turn(NOW + 5 * HOUR + 10 * MINUTE)
    assert turn is not None
    assert (turn.due, turn.missed) == ((), (NOW + HOUR, NOW + 5 * HOUR))
    assert (turn.schedule.next_at, turn.schedule.last_at) == (NOW + 6 * HOUR, None)


def test_skip_starts_what_is_less_than_a_minute_late() -> None:
    turn = a_schedule("skip").turn(NOW + 5 * HOUR + timedelta(seconds=50))
    assert turn is not None
    assert (turn.due, turn.missed) == ((NOW + 5 * HOUR,), (NOW + HOUR, NOW + 4 * HOUR))


def test_one_starts_the_newest_missed_time_only() -> None:
    turn = a_schedule("one").turn(NOW + 5 * HOUR + 10 * MINUTE)
    assert turn is not None
    assert (turn.due, turn.missed) == ((NOW + 5 * HOUR,), (NOW + HOUR, NOW + 4 * HOUR))


def test_all_starts_every_missed_time_oldest_first() -> None:
    turn = a_schedule("all").turn(NOW + 3 * HOUR + 10 * MINUTE)
    assert turn is not None
    assert (turn.due, turn.missed) == ((NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR), None)


@pytest.mark.parametrize("timetable", [{"every": timedelta(seconds=1)}, {"cron": "* * * * *"}])
def test_all_never_starts_more_than_the_cap_after_years(timetable: dict[str, Any]) -> None:
    now = NOW + timedelta(days=3 * 365)
    turn = a_schedule("all", **timetable).turn(now)
    assert turn is not None
    assert (len(turn.due), turn.due[-1]) == (CATCH_UP, now)
    assert turn.missed is not None
    assert turn.missed[0] == a_schedule(**timetable).next_at
    assert turn.missed[1] < turn.due[0]


def test_what_came_while_it_was_paused_is_not_missed() -> None:
    paused = a_schedule("all").halted(NOW)
    assert paused.turn(NOW + 5 * HOUR) is None

    resumed = paused.resumed(NOW + 5 * HOUR + MINUTE)

    assert resumed.turn(NOW + 5 * HOUR + MINUTE) is None
    assert resumed.next_at == NOW + 6 * HOUR


def test_it_is_overdue_when_the_time_after_the_next_has_come_too() -> None:
    schedule = a_schedule()
    assert not schedule.is_overdue(NOW + 2 * HOUR)
    assert schedule.is_overdue(NOW + 2 * HOUR + 2 * MINUTE)
    assert not schedule.halted(NOW).is_overdue(NOW + 9 * HOUR)


# --- clocks that jump ------------------------------------------------------------------------------------------


def test_a_clock_that_was_put_back_makes_it_look_from_there() -> None:
    jumped = a_schedule().turn(NOW + 5 * HOUR)
    assert jumped is not None
    assert jumped.schedule.next_at == NOW + 6 * HOUR

    back = jumped.schedule.turn(NOW + 10 * MINUTE)

    assert back is not None
    assert (back.due, back.schedule.next_at) == ((), NOW + HOUR)


@given(
    st.sampled_from(MissedPolicy),
    st.sampled_from([{"every": 7 * MINUTE}, {"cron": "*/10 * * * *"}, {"cron": "30 2 * * *"}]),
    st.lists(st.integers(-3700, 7300), max_size=40),
)
def test_whatever_a_clock_does_a_look_never_starts_more_than_its_policy_allows(
    policy: MissedPolicy, timetable: dict[str, Any], jumps: list[int]
) -> None:
    schedule, now = a_schedule(policy, timezone="Europe/Vienna", **timetable), NOW
    for seconds in jumps:
        now += timedelta(seconds=seconds)
        turn = schedule.turn(now)
        if turn is None:
            continue
        schedule = turn.schedule
        assert len(turn.due) <= (CATCH_UP if policy is MissedPolicy.ALL else 1)
        assert list(turn.due) == sorted(set(turn.due))
        assert all(due <= now for due in turn.due)
        assert schedule.next_at is not None
        assert schedule.next_at > now
    assert schedule.next_at is not None
    assert schedule.next_at - now <= timedelta(days=2), "it comes again soon"


@pytest.mark.parametrize("cron", ["0 3 * * *", "30 2 * * *", "*/30 * * * *"])
@pytest.mark.parametrize("month", [3, 10])
def test_no_time_is_lost_or_repeated_when_clocks_are_changed(cron: str, month: int) -> None:
    begun = datetime(2026, month, 20, tzinfo=UTC)
    schedule = Schedule.planned(a_plan("all", cron=cron, timezone="Europe/Vienna"), begun)
    expected = [due for due in schedule.upcoming(begun, 700) if due <= begun + timedelta(days=14)]
    started: list[datetime] = []
    for quarter in range(1, 14 * 24 * 4 + 1):
        turn = schedule.turn(begun + quarter * 15 * MINUTE)
        if turn is not None:
            schedule = turn.schedule
            started += turn.due
    assert started == expected


# --- plans -----------------------------------------------------------------------------------------------------


def test_an_app_may_change_everything_but_the_pause() -> None:
    paused = a_schedule().halted(NOW)
    changed = paused.replanned(a_plan("all", every=7 * MINUTE), NOW + MINUTE)
    assert changed.paused
    assert changed.by_app
    assert (changed.next_at, changed.anchor_at) == (NOW + 8 * MINUTE, NOW + MINUTE)


def test_what_is_due_stays_due_when_only_other_things_change() -> None:
    schedule = a_schedule()
    late = NOW + 3 * HOUR
    changed = schedule.replanned(replace(schedule.plan, parameters=Parameters({"a": 1})), late)
    assert due_at(changed, late) == [late]


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({}, "schedule: must have either a cron text or an interval"),
        ({"cron": "@daily", "every": HOUR}, "schedule: must have either a cron text or an interval"),
        ({"every": timedelta(0)}, "every: must be from 1 second to 366 days"),
        ({"every": timedelta(days=367)}, "every: must be from 1 second to 366 days"),
        ({"every": 60}, "every: must be a timedelta, such as timedelta(hours=1), not 60"),
        ({"cron": "61 * * * *"}, "cron.minute: must be from 0 to 59"),
        ({"cron": "@daily", "timezone": "Mars/Olympus"}, "timezone: must be one this machine knows"),
        ({"cron": "@daily", "timezone": "../../etc/passwd"}, "timezone: must be one this machine knows"),
        ({"cron": "@daily", "timezone": "America"}, "timezone: must be one this machine knows"),
        ({"cron": "@daily", "timezone": "\0"}, "timezone: must be one this machine knows"),
        ({"cron": "@daily", "timezone": "x" * 5000}, "timezone: must be one this machine knows"),
        ({"cron": "@daily", "timezone": ""}, "timezone: must be one this machine knows"),
    ],
)
def test_a_timetable_that_cannot_be_is_refused_naming_field_and_rule(given_: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        Timetable.of(**{"cron": None, "timezone": "UTC", "every": None, **given_})
    assert str(refused.value).startswith(message)


def test_the_parameters_of_a_plan_are_checked_at_once() -> None:
    with pytest.raises(InvalidValue, match=r"parameters\.due_at: is set to the due time"):
        a_plan(parameters={"due_at": "now"})
    with pytest.raises(InvalidValue, match=r"parameters\.rate"):
        a_plan(parameters={"rate": float("nan")})


def test_a_zone_that_is_gone_from_this_machine_is_told_when_it_is_asked_for() -> None:
    kept = Timetable(cron="@daily", timezone="Mars/Olympus")
    with pytest.raises(InvalidValue, match="timezone: must be one this machine knows"):
        next(kept.after(NOW, anchor=NOW))
