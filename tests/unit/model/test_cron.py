"""Cron text: what it allows, what it refuses, and what is due when clocks are changed."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboy.errors import InvalidValue
from jobboy.model.cron import MAX_TEXT, Cron

VIENNA = ZoneInfo("Europe/Vienna")
SPRING = datetime(2026, 3, 28, 12, tzinfo=UTC)
"""The noon before 02:00 became 03:00 in Vienna."""
AUTUMN = datetime(2026, 10, 24, 12, tzinfo=UTC)
"""The noon before 03:00 became 02:00 in Vienna."""
MINUTE = timedelta(minutes=1)


def due(text: str, after: datetime, count: int, zone: str = "Europe/Vienna") -> list[str]:
    """Return the next due times as clocks in the zone show them."""
    moments = itertools.islice(Cron.read(text).after(after, ZoneInfo(zone)), count)
    return [f"{moment.astimezone(ZoneInfo(zone)):%m-%d %H:%M %z}" for moment in moments]


# --- what it allows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 3 * * *", ["01-06 03:00", "01-07 03:00"]),
        ("*/20 * * * *", ["01-05 12:20", "01-05 12:40"]),
        ("5/25 12 * * *", ["01-05 12:05", "01-05 12:30"]),
        ("15,45 8-9 * * *", ["01-06 08:15", "01-06 08:45"]),
        ("0 0 1 */6 *", ["07-01 00:00", "01-01 00:00"]),
        ("0 9 * * mon", ["01-12 09:00", "01-19 09:00"]),
        ("0 9 * * 0", ["01-11 09:00", "01-18 09:00"]),
        ("0 9 * * 7", ["01-11 09:00", "01-18 09:00"]),
        ("0 9 * * SAT-Sun", ["01-10 09:00", "01-11 09:00"]),
        ("0 9 * jan-feb fri", ["01-09 09:00", "01-16 09:00"]),
        ("0 0 13 * fri", ["01-09 00:00", "01-13 00:00"]),
        ("0 0 */2 * fri", ["01-09 00:00", "01-23 00:00"]),
        ("@daily", ["01-06 00:00", "01-07 00:00"]),
        (" @Weekly ", ["01-11 00:00", "01-18 00:00"]),
    ],
)
def test_a_text_allows_what_cron_allows(text: str, expected: list[str]) -> None:
    monday_noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert due(text, monday_noon, 2, "UTC") == [f"{time} +0000" for time in expected]


def test_what_is_due_at_a_moment_is_not_due_after_it() -> None:
    third = datetime(2026, 1, 6, 3, tzinfo=UTC)
    assert next(Cron.read("0 3 * * *").after(third, UTC)) == third + timedelta(days=1)
    assert next(Cron.read("0 3 * * *").after(third - timedelta(microseconds=1), UTC)) == third


def test_the_29th_of_february_comes_in_leap_years_only() -> None:
    leap = Cron.read("0 0 29 2 *").after(datetime(2097, 1, 1, tzinfo=UTC), UTC)
    assert [day.year for day in itertools.islice(leap, 2)] == [2104, 2108]
    on_a_sunday = Cron.read("0 0 29 2 */7").after(datetime(2088, 3, 1, tzinfo=UTC), UTC)
    assert next(on_a_sunday) == datetime(2128, 2, 29, tzinfo=UTC)


# --- when clocks are changed -----------------------------------------------------------------------------------


def test_a_time_that_clocks_skip_is_due_once_at_the_end_of_the_gap() -> None:
    assert due("30 2 * * *", SPRING, 2) == ["03-29 03:00 +0200", "03-30 02:30 +0200"]
    assert due("*/15 2,3 * * *", SPRING, 2) == ["03-29 03:00 +0200", "03-29 03:15 +0200"]


def test_a_time_that_clocks_show_twice_is_due_once_at_the_first_of_them() -> None:
    assert due("30 2 * * *", AUTUMN, 2) == ["10-25 02:30 +0200", "10-26 02:30 +0100"]
    between = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time
    assert due("30 2 * * *", between, 1) == ["10-26 02:30 +0100"]


def test_what_is_due_every_hour_follows_the_time_that_passes() -> None:
    night = datetime(2026, 3, 29, 0, 10, tzinfo=UTC)
    assert due("*/30 * * * *", night, 3) == ["03-29 01:30 +0100", "03-29 03:00 +0200", "03-29 03:30 +0200"]
    night = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)
    assert due("*/30 * * * *", night, 3) == ["10-25 02:30 +0200", "10-25 02:00 +0100", "10-25 02:30 +0100"]


def test_a_day_that_begins_in_a_gap_begins_after_it() -> None:
    before = datetime(2026, 4, 23, 12, tzinfo=UTC)  # in Cairo the 24th begins at 01:00
    assert due("0 0 * * *", before, 2, "Africa/Cairo") == ["04-24 01:00 +0300", "04-25 00:00 +0300"]
    assert due("0 * 24 4 *", before, 2, "Africa/Cairo") == ["04-24 01:00 +0300", "04-24 02:00 +0300"]


def test_a_whole_day_that_was_left_out_is_due_when_the_next_begins() -> None:
    before = datetime(2011, 12, 29, 22, tzinfo=UTC)  # in Apia there was no 30th of December 2011
    assert due("0 3 30 12 *", before, 1, "Pacific/Apia") == ["12-31 00:00 +1400"]


FIELDS = st.tuples(
    st.sampled_from(["*", "0", "30", "*/7", "15,45", "50-59"]),
    st.sampled_from(["*", "0-23", "2", "0,2,3", "*/2", "1-4"]),
    st.sampled_from(["*", "29", "25-29", "*/2"]),
    st.sampled_from(["*", "3,10", "mar-apr"]),
    st.sampled_from(["*", "sun", "0-6", "sat,sun"]),
)
CHANGES = st.sampled_from(
    [
        ("Europe/Vienna", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("Europe/Vienna", datetime(2026, 10, 25, 1, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # half an hour only
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),  # at midnight
        ("Africa/Cairo", datetime(2026, 10, 29, 21, tzinfo=UTC)),
        ("UTC", datetime(2026, 3, 1, tzinfo=UTC)),  # none
    ]
)


@given(FIELDS, CHANGES, st.integers(-300, 120))
def test_what_is_due_round_a_change_of_clocks_is_what_a_walk_through_its_minutes_finds(
    fields: tuple[str, ...], change: tuple[str, datetime], minutes: int
) -> None:
    zone, start = ZoneInfo(change[0]), change[1] + minutes * MINUTE
    end = start + timedelta(hours=7)
    cron = Cron.read(" ".join(fields))
    found = list(itertools.takewhile(lambda moment: moment <= end, cron.after(start, zone)))
    assert found == walked(cron, start, end, zone)


def walked(cron: Cron, start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """Find the due times by looking at what the clock on the wall shows each minute."""
    moment, found = start - timedelta(hours=3), []
    seen = moment.astimezone(zone).replace(tzinfo=None)
    while (moment := moment + MINUTE) <= end:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        if len(cron.hours) == 24:
            shown = [wall]
        else:
            shown = [seen + MINUTE * step for step in range(1, (wall - seen) // MINUTE + 1)]
            seen = max(seen, wall)
        if moment > start and any(allows(cron, time) for time in shown):
            found.append(moment)
    return found


def allows(cron: Cron, wall: datetime) -> bool:
    fits = wall.day in cron.days, wall.isoweekday() % 7 in cron.weekdays
    day = wall.month in cron.months and (all(fits) if cron.needs_both else any(fits))
    return day and wall.hour in cron.hours and wall.minute in cron.minutes


# --- what it refuses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cron: must have five fields (minute, hour, day-of-month, month, day-of-week) or be one of @hourly"),
        ("0 0 * * * *", "cron: must have five fields"),
        ("@reboot", "cron: must have five fields"),
        ("60 * * * *", "cron.minute: must be from 0 to 59, not '60'"),
        ("0 24 * * *", "cron.hour: must be from 0 to 23, not '24'"),
        ("0 0 0 * *", "cron.day-of-month: must be from 1 to 31, not '0'"),
        ("0 0 * 13 *", "cron.month: must be from 1 to 12 or jan to dec, not '13'"),
        ("0 0 * * 8", "cron.day-of-week: must be from 0 to 7 or sun to sat, not '8'"),
        ("0 0 * * noday", "cron.day-of-week: must be from 0 to 7 or sun to sat, not 'noday'"),
        ("5-1 * * * *", "cron.minute: must rise in a range, not '5-1'"),
        ("*/0 * * * *", "cron.minute: must have a step from 1 to 60 after the slash, not '0'"),
        ("*/90 * * * *", "cron.minute: must have a step from 1 to 60 after the slash, not '90'"),
        ("1,,2 * * * *", "cron.minute: must be from 0 to 59, not ''"),
        ("-1 * * * *", "cron.minute: must be from 0 to 59, not ''"),
        ("٣ * * * *", "cron.minute: must be from 0 to 59, not '٣'"),
        ("0 0 L * *", "cron.day-of-month: must be from 1 to 31, not 'L'"),
        ("0 0 30 2 *", "cron.day-of-month: never comes in the months that are named: '0 0 30 2 *'"),
        ("0 0 31 4,6,9,11 *", "cron.day-of-month: never comes"),
        ("\x1b[2J * * * *", r"cron.minute: must be from 0 to 59, not '\x1b[2J'"),
        ("9" * 5000, f"cron: must be text of at most {MAX_TEXT} characters"),
    ],
)
def test_a_text_that_breaks_a_rule_is_refused_naming_field_and_rule(text: str, message: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        Cron.read(text)
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


@given(st.text(max_size=MAX_TEXT) | st.text("0123456789*/-,@ monsujaL#?", max_size=40))
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    try:
        cron = Cron.read(text)
    except InvalidValue:
        return
    assert next(cron.after(SPRING, VIENNA)) > SPRING
