"""Values as they are typed."""

import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from jobboy.cli.values import read_duration, read_object, read_seconds
from jobboy.errors import InvalidValue
from jobboy.model.json_rules import MAX_BYTES


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30s", timedelta(seconds=30)),
        ("10m", timedelta(minutes=10)),
        ("2h", timedelta(hours=2)),
        ("90d", timedelta(days=90)),
        ("1w", timedelta(weeks=1)),
        ("1h30m", timedelta(minutes=90)),
        ("0.5s", timedelta(milliseconds=500)),
        ("0s", timedelta(0)),
    ],
)
def test_durations_are_numbers_with_units(text: str, duration: timedelta) -> None:
    assert read_duration(text, "--delay") == duration


@pytest.mark.parametrize("text", ["", "10", "m", "-5m", "5 m", "10x", "1e3s", "99999999999d", "٣m", "1h 30m"])
def test_a_duration_that_cannot_be_read_names_the_option(text: str) -> None:
    with pytest.raises(InvalidValue, match="--delay"):
        read_duration(text, "--delay")


def test_a_bare_number_is_seconds_only_where_seconds_are_asked_for() -> None:
    assert read_seconds("90", "--timeout") == timedelta(seconds=90)
    assert read_seconds("1.5", "--timeout") == timedelta(seconds=1.5)
    assert read_seconds("2m", "--timeout") == timedelta(minutes=2)
    with pytest.raises(InvalidValue, match="--timeout"):
        read_seconds("soon", "--timeout")


def test_an_object_is_read_in_place_from_a_file_and_from_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "data.json"
    file.write_text('{"a": "é"}', encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 3}')))
    assert read_object('{"a": 1}', "data") == {"a": 1}
    assert read_object(f"@{file}", "data") == {"a": "é"}
    assert read_object("@-", "data") == {"a": 3}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{", "data: is not JSON"),
        ("[1]", "data: must be a JSON object"),
        ('{"a": NaN}', "data: has a number that cannot be kept"),
        ('{"a": 1, "a": 2}', "data: has the key 'a' twice"),
        ("@/nowhere/at-all", "data: cannot be read from '/nowhere/at-all'"),
        ("@/", "data: cannot be read from '/'"),
        ("@", "data: cannot be read from ''"),
        ("@a\0b", "data: cannot be read"),
    ],
)
def test_what_is_no_object_is_refused_with_the_reason(text: str, rule: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_object(text, "data")
    assert str(refused.value).startswith(rule)


def test_a_file_is_read_no_further_than_an_object_may_be_long(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b'{"a": "' + b"x" * MAX_BYTES + b'"}')
    with pytest.raises(InvalidValue, match="longer than"):
        read_object(f"@{file}", "data")
