from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from jobboy_console.looks.text import ago, amount, fit, fit_end, lasting, safe_json, safe_lines, safe_text, when

NOW = datetime(2031, 5, 6, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("a\nb\tc\rd", "a␊b␉c␍d"),
        ("\x7f", "␡"),
        ("\x9b31m", "\\u009b31m"),
        ("\u202eevil", "\\u202eevil"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\ud800", "\\ud800"),
        ("\0", "␀"),
    ],
)
def test_what_could_act_becomes_a_visible_sign(hostile: str, shown: str) -> None:
    assert safe_text(hostile) == shown


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_no_safe_text_holds_a_control_format_or_surrogate_character(text: str) -> None:
    safe = safe_text(text, limit=None)
    assert not {unicodedata.category(character) for character in safe} & {"Cc", "Cs", "Zl", "Zp"}
    assert "\u202e" not in safe
    assert "\u200b" not in safe


def test_ordinary_text_of_any_language_stays_as_it_is() -> None:
    assert safe_text("Überweisung 試験 №5 [/x]") == "Überweisung 試験 №5 [/x]"


def test_long_text_is_cut_with_a_sign() -> None:
    assert safe_text("x" * 500, limit=10) == "x" * 9 + "…"


def test_lines_of_long_text_are_each_safe() -> None:
    assert safe_lines("a\n\tb\x1b") == ["a", "    b␛"]
    assert safe_lines("x" * 30, limit=10) == ["x" * 10 + "… (+20 characters)"]


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_fitting_text_takes_exactly_its_cells(text: str, width: int) -> None:
    assert cell_len(fit(safe_text(text), width)) == width


def test_the_end_of_a_url_is_kept() -> None:
    assert fit_end("sqlite:////var/lib/jobs.db", 10) == "…b/jobs.db"
    assert fit_end("short", 10) == "short"


def test_json_for_the_editor_shows_harmlessly_and_means_the_same() -> None:
    data = {"a": "\u202e\x9b\x7f é 試", "b": ["\u200b"]}
    shown = safe_json(json.dumps(data, ensure_ascii=False, indent=2))
    assert "\u202e" not in shown
    assert "é 試" in shown
    assert json.loads(shown) == data


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (999, "999"), (1234, "1.2k"), (35_400, "35k"), (1_203_441, "1.2M")]
)
def test_counts_stay_short(number: int, shown: str) -> None:
    assert amount(number) == shown


def test_ages_have_one_unit() -> None:
    ages = [timedelta(milliseconds=10), timedelta(seconds=12), timedelta(minutes=90), timedelta(days=9)]
    assert [ago(NOW - age, NOW) for age in ages] == ["now", "12s", "1h", "9d"]


def test_a_moment_of_another_day_shows_its_day() -> None:
    assert when(NOW, NOW) == "12:30:00"
    assert when(NOW - timedelta(days=2), NOW) == "04 May 12:30"


@pytest.mark.parametrize(("milliseconds", "words"), [(0, "<1s"), (999, "<1s"), (1000, "1s"), (90_000, "1m")])
def test_what_lasts_less_than_a_second_is_no_moment(milliseconds: int, words: str) -> None:
    assert lasting(timedelta(milliseconds=milliseconds)) == words
