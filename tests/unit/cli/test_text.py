"""Text that is printed: nothing in it can act."""

import json
import unicodedata

import pytest

from jobboy.cli.text import safe_json, safe_text, shorten


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x1b]0;owned\x07", "␛]0;owned␇"),
        ("a\nb\tc\rd", "a␊b␉c␍d"),
        ("\x7f", "␡"),
        ("\x9b31m", "\\x9b31m"),
        ("safe\u202egpj.exe", "safe\\u202egpj.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028end", "line\\u2028end"),
        ("half\ud800", "half\\ud800"),
        ("tag\U000e0041", "tag\\udb40\\udc41"),
        ("[/x] [@click=app.quit]x[/]", "[/x] [@click=app.quit]x[/]"),
        ("naïve 数据 ✓", "naïve 数据 ✓"),
    ],
)
def test_what_acts_on_a_terminal_becomes_a_visible_sign(hostile: str, shown: str) -> None:
    assert safe_text(hostile) == shown


def test_no_control_format_or_surrogate_character_of_unicode_is_left() -> None:
    everything = "".join(map(chr, range(0x110000)))
    kept = {unicodedata.category(character) for character in safe_text(everything)} & {"Cc", "Cs", "Zl", "Zp"}
    assert kept == set()


def test_lines_stay_lines_when_they_are_asked_for() -> None:
    assert safe_text("a\r\n\tb\x1b\n", lines=True) == "a\n    b␛\n"


def test_safe_json_means_the_same_as_before() -> None:
    value = {"text": "\x1b\x7f\x9b\u202e\u200b\U000e0041é", "rows": [1, 2]}
    printed = safe_json(json.dumps(value, ensure_ascii=False, indent=2))
    assert json.loads(printed) == value
    assert safe_text(printed, lines=True) == printed


@pytest.mark.parametrize(("text", "length", "short"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("", 0, "")])
def test_long_text_is_cut_with_a_visible_mark(text: str, length: int, short: str) -> None:
    assert shorten(text, length) == short
