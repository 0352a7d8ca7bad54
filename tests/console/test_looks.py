"""Colours, signs and badges: what the console looks like, and that nothing needs colour to be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from jobboy_console.commanded import Appearance
from jobboy_console.config import Config, Profile
from jobboy_console.looks.ascii import ascii_text
from jobboy_console.looks.states import State
from jobboy_console.looks.themes import OWN, colour_problem, profile_colour, theme_named, theme_names, theme_problem
from jobboy_console.machine.memory import Memory
from tests.console.conftest import opened
from tests.console.fake_operations import FakeOperations


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colours as WCAG 2 measures it."""

    def luminance(colour: Color) -> float:
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
        return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


PROD = Profile(name="prod", accent="red", protected=True, theme="light")


@pytest.mark.parametrize("name", theme_names())
def test_every_theme_that_is_offered_is_there(name: str) -> None:
    assert theme_problem(name) is None
    assert theme_named(name)


def test_a_theme_that_is_not_there_is_told_with_ours() -> None:
    assert theme_problem("drak") == "there is no theme 'drak'; there are dark, light, colour-blind, ansi"


def test_a_colour_that_is_none_is_refused() -> None:
    assert colour_problem("orange") is None
    assert colour_problem("#ff8800") is None
    assert colour_problem("rde") == "there is no colour 'rde'; one is red, orange or #ff8800"


def test_a_profile_keeps_to_the_terminals_colours_where_it_can() -> None:
    assert profile_colour("red", ansi=True) == "ansi_red"
    assert profile_colour("red", ansi=False) == "red"
    assert profile_colour("#ff8800", ansi=True) == "#ff8800"


@pytest.mark.parametrize("theme", [theme for theme in OWN.values() if not theme.ansi], ids=lambda theme: theme.name)
def test_every_colour_can_be_read_on_its_ground(theme: Theme) -> None:
    for name in ("primary", "accent", "success", "warning", "error", "foreground"):
        colour = Color.parse(getattr(theme, name))
        for ground in (theme.background, theme.surface):
            assert contrast(colour, Color.parse(ground or "")) >= 4.5, (name, ground)


def test_the_safe_theme_has_no_red_against_green() -> None:
    theme = OWN["colour-blind"]
    good, bad = Color.parse(theme.success or ""), Color.parse(theme.error or "")
    assert good.b > good.r
    assert bad.r > bad.b
    assert not bad.r > 1.8 * bad.g
    assert not good.g > 1.2 * good.b


@pytest.mark.parametrize("state", State)
def test_every_glyph_has_a_sign_in_ascii_of_its_own_width(state: State) -> None:
    drawn = ascii_text(state.value.glyph)
    assert drawn.isascii()
    assert "?" not in drawn
    assert len(drawn) == len(state.value.glyph)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("╭─ a ─╮│╰┴┤", "+- a -+|+++"),
        ("12 → 13 …", "12 > 13 >"),
        ("Zoë, naïve", "Zoe, naive"),
        ("日本", "????"),
        ("日a", "??a"),
        ("👍🏽!", "??!"),
        ("plain", "plain"),
    ],
)
def test_whatever_is_drawn_becomes_ascii_as_wide_as_it_was(text: str, drawn: str) -> None:
    assert ascii_text(text) == drawn


async def test_with_ascii_nothing_else_is_drawn_on_any_screen(operations: FakeOperations) -> None:
    operations.stuck(code="名前", store={"ü": "…"})
    async with opened(operations, appearance=Appearance(ascii=True)) as console:
        for key in ("question_mark", "R", "colon", "ctrl+p", "f2", "enter"):
            await console.press(key)
            shown = console.text
            assert shown.isascii(), (key, sorted({character for character in shown if not character.isascii()}))
            await console.press("escape")


async def test_the_head_names_the_profile_and_what_is_held_back(operations: FakeOperations) -> None:
    async with opened(operations, appearance=Appearance(profile=PROD)) as console:
        head = console.text.splitlines()[0]
        assert " prod " in head
        assert " PROTECTED " in head
        assert console.app.theme == "jobboy-light"
        assert console.app.theme_variables["profile"] == "red"


async def test_the_screen_of_a_process_names_the_profile_too(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations, read_only=True, appearance=Appearance(profile=PROD)) as console:
        await console.press("6", "enter")
        assert " prod   READ-ONLY  import-orders" in console.text.splitlines()[0]


async def test_a_theme_of_the_command_line_goes_before_those_of_profile_and_configuration(
    operations: FakeOperations,
) -> None:
    appearance = Appearance(theme="ansi", profile=PROD)
    async with opened(operations, config=Config(theme="dark"), appearance=appearance) as console:
        assert console.app.theme == "jobboy-ansi"
        assert console.app.theme_variables["profile"] == "ansi_red"


async def test_no_color_sends_no_colour_and_the_cursor_is_seen(
    operations: FakeOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    operations.stuck()
    async with opened(operations) as console:
        segments = [segment for line in console.app.screen._compositor.render_strips() for segment in line]
        styles = [segment.style for segment in segments if segment.style is not None]
        assert {style.color.name for style in styles if style.color} <= {"default"}
        assert {style.bgcolor.name for style in styles if style.bgcolor} <= {"default"}
        assert any(style.reverse for style in styles)


async def test_a_theme_that_was_typed_is_there_again_next_time(operations: FakeOperations, tmp_path: Path) -> None:
    file = tmp_path / "remembered.json"
    async with opened(operations, memory=Memory(file)) as console:
        await console.press("colon", *"theme", "space", *"light", "enter")
        assert console.said == ""
    async with opened(operations, memory=Memory(file)) as console:
        assert console.app.theme == "jobboy-light"


async def test_a_theme_that_the_configuration_names_goes_before_the_remembered_one(
    operations: FakeOperations, tmp_path: Path
) -> None:
    memory = Memory(tmp_path / "remembered.json")
    memory.remember("theme", "light")
    async with opened(operations, memory=memory, config=Config(theme="colour-blind")) as console:
        assert console.app.theme == "jobboy-colour-blind"
        await console.press("colon", *"theme", "space", *"light", "enter")
        assert "For this run: --theme, the profile or config.toml names colour-blind." in console.said


@pytest.mark.parametrize("remembered", ["no such theme", 7, ["light"]])
async def test_a_remembered_theme_that_is_none_is_passed_over(operations: FakeOperations, remembered: object) -> None:
    memory = Memory()
    memory.remember("theme", remembered)
    async with opened(operations, memory=memory) as console:
        assert console.app.theme == "jobboy-dark"


async def test_a_theme_that_cannot_be_remembered_says_so(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await console.press("colon", *"theme", "space", *"light", "enter")
        assert "For this run: it could not be remembered." in console.said
