"""The language of filters: how words become conditions, and what is said about those that cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboy.errors import InvalidFilter
from jobboy.model.filter_language.conditions import (
    AllOf,
    AnyOf,
    AtPath,
    Comparison,
    Condition,
    HasStatus,
    HasValue,
    IsMarked,
    IsOneOf,
    Lasts,
    LiesBetween,
    LooksLike,
    Measures,
    Mentions,
    Not,
)
from jobboy.model.filter_language.fields import BY_KEY, FIELDS, Kind
from jobboy.model.filter_language.parser import MAX_DEPTH, parse
from jobboy.model.filter_language.patterns import Pattern
from jobboy.model.filter_language.selecting import read_filter
from jobboy.model.filter_language.tokens import MAX_LENGTH, MAX_VALUES, MAX_WILDCARDS, MAX_WORDS, quoted
from jobboy.model.filter_language.words import MAX_PATH
from jobboy.model.ordering import Order
from jobboy.model.process import Process
from jobboy.model.selection import Selection
from jobboy.model.status import ProcessStatus

FAILED = HasStatus(frozenset({ProcessStatus.FAILED}))
DAY = datetime(2026, 1, 5, tzinfo=UTC)


def inside(*pieces: str) -> Pattern:
    return Pattern(pieces, inside=True)


def condition(text: str) -> Condition | None:
    return read_filter(text).condition


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("timed", Mentions(inside("timed"))),
        ('"or"s', Mentions(inside("ors"))),
        ("im*t", Mentions(inside("im", "t"))),
        ("failed,timed", AnyOf((FAILED, Mentions(inside("timed"))))),
        ("failed,paused", AnyOf((FAILED, IsMarked("paused")))),
        ("failed OR paused", AnyOf((FAILED, IsMarked("paused")))),
        ("failed OR paused timed", AnyOf((FAILED, AllOf((IsMarked("paused"), Mentions(inside("timed"))))))),
        ("(failed OR paused) AND timed", AllOf((AnyOf((FAILED, IsMarked("paused"))), Mentions(inside("timed"))))),
        ("!timed", Not(Mentions(inside("timed")))),
        ("NOT ! timed", Mentions(inside("timed"))),
        ("!(failed paused)", Not(AllOf((FAILED, IsMarked("paused"))))),
        ("step:load,save", IsOneOf("step", frozenset({"load", "save"}))),
        ("step!=load", Not(IsOneOf("step", frozenset({"load"})))),
        ("code:mail*", LooksLike("code", Pattern(("mail", "")))),
        ('step:"mail*"', IsOneOf("step", frozenset({"mail*"}))),
        ('error:"timed out"*3', LooksLike("error", inside("timed out", "3"))),
        (r'error:"say \"no\" \\"', LooksLike("error", inside('say "no" \\'))),
        ("error:*", HasValue("error")),
        ("!ended:*", Not(HasValue("ended_at"))),
        ("att>=3", Measures("attempt", Comparison.AT_LEAST, 3)),
        ("priority=7.5", Measures("priority", Comparison.EQUAL, 7.5)),
        ("duration>1h30m", Lasts("duration", Comparison.MORE, timedelta(minutes=90))),
        ("updated<5m", LiesBetween("updated_at", start=timedelta(minutes=-5))),
        ("updated>=5m", LiesBetween("updated_at", end=timedelta(minutes=-5))),
        ("wait<5m", LiesBetween("wait_until", end=timedelta(minutes=5))),
        ("wait>5m", LiesBetween("wait_until", start=timedelta(minutes=5))),
        ("ended:2026-01-05", LiesBetween("ended_at", DAY, DAY + timedelta(days=1))),
        ("ended>2026-01-05", LiesBetween("ended_at", start=DAY + timedelta(days=1))),
        ("ended>=2026-01-05", LiesBetween("ended_at", start=DAY)),
        ("ended<2026-01-05T10:30", LiesBetween("ended_at", end=DAY + timedelta(hours=10, minutes=30))),
        (
            "ended<=2026-01-05T10:30:05Z",
            LiesBetween("ended_at", end=DAY + timedelta(hours=10, minutes=30, seconds=6)),
        ),
        ("store.a.b[2]:x", AtPath("store", ("a", "b", 2), Pattern(("x",)))),
        ('params."a b"."c.d":*', AtPath("parameters", ("a b", "c.d"))),
        ("output.rows>100", AtPath("output", ("rows",), (Comparison.MORE, 100))),
        ("cause.signal=9", AtPath("stuck_cause", ("signal",), Pattern(("9",)))),
        ("policy:hold", IsOneOf("on_crash", frozenset({"hold"}))),
        ("handled_by:w2", LooksLike("handled_by", inside("w2"))),
    ],
)
def test_a_word_asks(text: str, meant: Condition) -> None:
    assert condition(text) == meant


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("!failed", Selection(statuses=frozenset(ProcessStatus) - {ProcessStatus.FAILED})),
        ("status!=failed,completed active", Selection(statuses=frozenset(s for s in ProcessStatus if s.is_active))),
        ("(failed) (code:a)", Selection(statuses=FAILED.statuses, codes=frozenset({"a"}))),
        ("failed AND code:a", Selection(statuses=FAILED.statuses, codes=frozenset({"a"}))),
        ("failed OR running", Selection(statuses=FAILED.statuses | {ProcessStatus.RUNNING})),
        ("!paused waiting:no", Selection(paused=False, waiting=False)),
        ("handled:no", Selection(handled=False)),
        ("!stuck", Selection(stuck=False)),
        ("created:2026-01-05", Selection(created_from=DAY, created_until=DAY + timedelta(days=1))),
        ("created>=2026-01-05 age<1d", Selection(created_from=DAY, younger_than=timedelta(days=1))),
        ("sort:age", Selection()),
        ("sort:-created", Selection()),
        ("failed sort:-age", Selection(statuses=FAILED.statuses, order=Order(descending=False))),
        ("sort:updated", Selection(order=Order("updated_at", descending=False))),
        ("sort:-att", Selection(order=Order("attempt", descending=True))),
    ],
)
def test_what_an_index_knows_is_said_in_its_own_field(text: str, selection: Selection) -> None:
    assert read_filter(text) == selection


@pytest.mark.parametrize(
    ("text", "position", "length", "rule"),
    [
        ("xx", 0, 2, "a text to look for needs at least 3 characters"),
        ("cod:import", 0, 3, "the key 'cod' is not known; did you mean code?"),
        ("failed xyzzy:3", 7, 5, "the key 'xyzzy' is not known; keys are status, code"),
        ("status:faild", 7, 5, "status is never 'faild'; did you mean failed"),
        ("handled:maybe", 8, 5, "handled is never 'maybe'; expected yes, no"),
        ("policy:hol", 7, 3, "policy is never 'hol'; did you mean hold?"),
        ("failed OR", 9, 1, "a condition is missing after 'OR'"),
        ("OR failed", 0, 2, "a condition is missing before 'OR'"),
        ("failed AND AND paused", 11, 3, "a condition is missing before 'AND'"),
        ("NOT", 3, 1, "a condition is missing after 'NOT'"),
        ("()", 1, 1, "a condition is missing before ')'"),
        ("(failed", 0, 1, "this parenthesis is never closed"),
        ("failed ) paused", 7, 1, "this parenthesis was never opened"),
        ("failed or paused", 7, 2, "OR is written in capitals"),
        ("-code:x", 0, 7, "what shall not hold has ! or NOT before it"),
        ("code", 0, 4, "code needs a value: a name"),
        ("store.rows", 0, 10, "expected a path and a value, as in store.name:value"),
        ("store:rows", 6, 4, "expected a path and a value"),
        ("store.rows>many", 11, 4, "expected a number, as in store.name>=3"),
        ('store."a\\b":1', 5, 1, "a part of a path is a name"),
        ("code.x:3", 4, 2, "code has no parts; expected a name"),
        ("code>3", 4, 1, "code cannot be compared; expected a name"),
        ("store>3", 5, 1, "store cannot be compared"),
        ("attempt>3,4", 10, 1, "> compares with one value"),
        ("attempt:some", 8, 4, "expected a number"),
        ("duration:3m", 9, 2, "expected a duration, as in duration>10m"),
        ("ended>2026-13-01", 6, 10, "expected a time ago or a date"),
        ('code:"a', 5, 1, "this quote is never closed"),
        ("code:a(b)", 6, 1, "put a blank before (, or quotes"),
        ("sort:colour", 5, 6, "lists are not sorted by 'colour'; expected code, step, age"),
        ("sort:update", 5, 6, "lists are not sorted by 'update'; did you mean updated"),
        ("sort:", 5, 1, "expected code, step, age"),
        ("sort:age sort:step", 9, 9, "sort: stands once"),
        ("(sort:age)", 1, 8, "sort: stands outside all parentheses"),
        ("!sort:age", 1, 1, "an order cannot be negated"),
        ("a\0b", 1, 1, "holds a character that no text has"),
        ("\ud800abc", 0, 1, "holds a character that no text has"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_expected(
    text: str, position: int, length: int, rule: str
) -> None:
    with pytest.raises(InvalidFilter) as refused:
        parse(text)
    assert refused.value.rule.startswith(rule)
    assert (refused.value.position, refused.value.length, refused.value.text) == (position, length, text)


def test_what_was_probably_meant_is_named() -> None:
    with pytest.raises(InvalidFilter) as refused:
        parse("updatd<5m")
    assert refused.value.suggestions[0] == "updated"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("x" * (MAX_LENGTH + 1), "is longer than"),
        ("paused " * (MAX_WORDS + 1), "has more than 128 words"),
        ("code:" + "a," * (MAX_VALUES + 1), "has more than 100 alternatives"),
        ("code:" + "a*" * (MAX_WILDCARDS + 1), "has more than 8 wildcards"),
        ("(" * (MAX_DEPTH + 1) + "failed" + ")" * (MAX_DEPTH + 1), "parentheses and negations go at most 10 deep"),
        ("!" * (MAX_DEPTH + 1) + "failed", "parentheses and negations go at most 10 deep"),
        ("store" + ".a" * (MAX_PATH + 1) + ":1", "a path has at most 16 parts"),
    ],
)
def test_a_filter_has_bounds(text: str, rule: str) -> None:
    with pytest.raises(InvalidFilter) as refused:
        parse(text)
    assert refused.value.rule.startswith(rule)


@given(st.text(alphabet='ab.:<>=!,*()" -\\[0]OR\x1b\u202eé', max_size=30) | st.text(max_size=40))
def test_any_text_is_read_or_refused_in_one_line_with_a_place_inside_it(text: str) -> None:
    refused: InvalidFilter | None = None
    try:
        read_filter(text)
    except InvalidFilter as error:
        refused = error
    assert refused is None or (0 <= refused.position <= len(text) and str(refused).isprintable())


@given(st.text(min_size=1, max_size=20).filter(lambda text: "\0" not in text))
def test_any_name_can_be_asked_for_in_quotes(name: str) -> None:
    assert condition(f"step:{quoted(name)}") == IsOneOf("step", frozenset({name}))


def test_every_field_of_a_process_has_a_key() -> None:
    named = {field.attribute for field in FIELDS}
    fields = set(Process.__dataclass_fields__) - {"answer_schema"}  # says what may be answered, nothing of a process
    assert fields <= named
    assert fields <= BY_KEY.keys() | {"on_crash", "retention"}


def test_no_two_fields_share_a_key() -> None:
    assert len(BY_KEY) == sum(1 + len(field.aliases) for field in FIELDS)
    assert all(field.kind is not Kind.DOCUMENT or not field.sorts for field in FIELDS)


# --- patterns --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (Pattern(("abc",)), "abc", True),
        (Pattern(("abc",)), "abcd", False),
        (Pattern(("ab", "")), "abc", True),
        (Pattern(("", "bc")), "abc", True),
        (Pattern(("ab", "bc")), "abc", False),
        (Pattern(("a", "b", "c")), "a-b-b-c", True),
        (Pattern(("a", "b", "c")), "a-c", False),
        (Pattern(("A",)), "a", False),
        (inside("B"), "abc", True),
        (inside("É"), "é", False),
        (inside("c", "a"), "abcabc", True),
        (inside("c", "c"), "abc", False),
        (inside(""), "", True),
    ],
)
def test_a_pattern_matches(pattern: Pattern, text: str, matches: bool) -> None:
    assert pattern.matches(text) is matches


def test_wildcards_take_no_more_time_than_the_text_is_long() -> None:
    assert not Pattern(("", *["a"] * 8, "b")).matches("a" * 100_000)
