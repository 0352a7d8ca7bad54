"""The filter of lists: what its words select, and where it says a mistake stands."""

from datetime import timedelta

import pytest

from jobboy import ProcessStatus
from jobboy.errors import InvalidFilter
from jobboy.model.selection import Selection
from jobboy.operations import parse_filter
from jobboy.operations.filters import MAX_LENGTH


def statuses(*names: str) -> frozenset[ProcessStatus]:
    return frozenset(ProcessStatus(name) for name in names)


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("", Selection()),
        ("   ", Selection()),
        ("failed", Selection(statuses=statuses("failed"))),
        ("failed,failing", Selection(statuses=statuses("failed", "failing"))),
        ("status:failed", Selection(statuses=statuses("failed"))),
        ("active", Selection(statuses=statuses("starting", "running", "ending", "failing"))),
        ("evolving", Selection(statuses=statuses("running", "ending", "failing"))),
        ("active running,failed", Selection(statuses=statuses("running"))),
        ("handled", Selection(handled=True)),
        ("unhandled", Selection(handled=False)),
        ("stuck", Selection(stuck=True)),
        ("stalled", Selection(stalled=True)),
        ("paused waiting", Selection(paused=True, waiting=True)),
        ("handled handled", Selection(handled=True)),
        ("code:import", Selection(codes=frozenset({"import"}))),
        ("code:a,b", Selection(codes=frozenset({"a", "b"}))),
        ("code:a,b code:b,c", Selection(codes=frozenset({"b"}))),
        ("age<1d", Selection(younger_than=timedelta(days=1))),
        ("age>2h age>1.5h", Selection(older_than=timedelta(hours=2))),
        ("age<2w age<30m age>10s", Selection(younger_than=timedelta(minutes=30), older_than=timedelta(seconds=10))),
        ("code:x:y", Selection(codes=frozenset({"x:y"}))),
        (
            "failed\tcode:import  unhandled",
            Selection(statuses=statuses("failed"), codes=frozenset({"import"}), handled=False),
        ),
    ],
)
def test_a_filter_selects(text: str, selection: Selection) -> None:
    assert parse_filter(text) == selection


@pytest.mark.parametrize(
    ("text", "position", "rule"),
    [
        ("faild", 0, "the word 'faild' is not known; did you mean failed?"),
        ("handled faild", 8, "the word 'faild' is not known"),
        ("running,faild", 8, "the word 'faild' is not known"),
        ("Failed", 0, "the word 'Failed' is not known; did you mean failed?"),
        ("handled unhandled", 8, "nothing is both handled and unhandled"),
        ("!paused paused", 8, "nothing is both paused and not paused"),
        ("unhandled stuck", 10, "nothing is both unhandled and stuck"),
        ("handled code:", 13, "a value is missing after code; expected a name"),
        ("code:,", 6, "a value is missing after code"),
        ("failed age<1", 11, "expected a time ago or a date, as in age<1d, age>2h or age>2026-01-31; units: s m h"),
        ("age=1d", 4, "expected a time ago"),
        ("age<1y", 4, "expected a time ago"),
        ("age<-1d", 4, "expected a time ago"),
        ("status:", 7, "a value is missing after status"),
        (",", 0, "a status is missing"),
        ("running failed", 8, "no process can meet all its words"),
        ("code:a code:b", 7, "no process can meet all its words"),
        ("x" * (MAX_LENGTH + 1), MAX_LENGTH, "is longer than 1000 characters"),
        ("fai\x1bled", 0, "the word 'fai\\x1bled' is not known"),
        ("[b", 0, "a text to look for needs at least 3 characters"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, position: int, rule: str) -> None:
    with pytest.raises(InvalidFilter) as refused:
        parse_filter(text)
    assert refused.value.position == position
    assert refused.value.rule.startswith(rule)
    assert f"(at character {position + 1} of " in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("word", ["age", "age<", "age=1d", "age<1", "age<1x", "age<-1d", "age<1e9d"])
def test_an_age_that_cannot_be_read_is_refused_with_an_example(word: str) -> None:
    with pytest.raises(InvalidFilter, match="age<1d") as raised:
        parse_filter(f"failed {word}")
    assert 7 <= raised.value.position <= 11
