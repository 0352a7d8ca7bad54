"""The console's own colours: chrome recedes, so that red and amber mean something; none is needed to read."""

from __future__ import annotations

from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="jobboy-dark",
    primary="#6cb6ff",
    secondary="#8ddb8c",
    accent="#dcbdfb",
    success="#7fb77e",
    warning="#f0b35f",
    error="#ff7b72",
    foreground="#d1d7e0",
    background="#14181d",
    surface="#1b2027",
    panel="#262c36",
    dark=True,
    variables={"input-cursor-background": "#d1d7e0"},
)
LIGHT = Theme(
    name="jobboy-light",
    primary="#0550ae",
    secondary="#116329",
    accent="#6639ba",
    success="#116329",
    warning="#8a4600",
    error="#b3121f",
    foreground="#1f2328",
    background="#ffffff",
    surface="#f3f5f8",
    panel="#e3e8ee",
    dark=False,
    variables={},
)
SAFE = Theme(
    # Okabe and Ito's colours, lightened for a dark ground: blue for good, orange and yellow for trouble, so that
    # nothing is told by red against green.
    name="jobboy-colour-blind",
    primary="#56b4e9",
    secondary="#8fc7f0",
    accent="#d9a3c7",
    success="#4aa3e0",
    warning="#f0e442",
    error="#ff9d2e",
    foreground="#d9dde3",
    background="#14181d",
    surface="#1b2027",
    panel="#262c36",
    dark=True,
    variables={"input-cursor-background": "#d9dde3"},
)
ANSI = Theme(
    # The terminal's own sixteen colours and its own ground, light or dark.
    name="jobboy-ansi",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_magenta",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    variables=dict(BUILTIN_THEMES["ansi-dark"].variables),
)
_ANSI_NAMES = frozenset({"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"})
OWN = {"dark": DARK, "light": LIGHT, "colour-blind": SAFE, "ansi": ANSI}
"""By the names that operators use."""


def frame_colour(theme: Theme) -> str:
    """Return the colour of what only frames: a little more than the ground, on a light one a little less."""
    return theme.to_color_system().generate()["panel-lighten-2" if theme.dark else "panel-darken-2"]


def theme_named(name: str) -> str:
    """Return Textual's name of a theme: one of ours, or one that Textual brings.

    Raises:
        ValueError: there is no such theme; the message names ours.
    """
    if name in OWN:
        return OWN[name].name
    if name in BUILTIN_THEMES or name in {theme.name for theme in OWN.values()}:
        return name
    raise ValueError(f"there is no theme {name!r}; there are {', '.join(OWN)}")


def theme_names() -> list[str]:
    """Return every name `theme_named` takes, ours first."""
    return [*OWN, *sorted(BUILTIN_THEMES)]


def theme_problem(name: str) -> str | None:
    """Return why there can be no theme of a name; None when there is one."""
    try:
        theme_named(name)
    except ValueError as error:
        return str(error)
    return None


def colour_problem(accent: str) -> str | None:
    """Return why a profile cannot have a colour; None when it can."""
    try:
        Color.parse(accent)
    except ColorParseError:
        return f"there is no colour {accent!r}; one is red, orange or #ff8800"
    return None


def profile_colour(accent: str, *, ansi: bool) -> str:
    """Return the colour of a profile; with a terminal's own colours the one of that name, where there is one."""
    return f"ansi_{accent}" if ansi and accent in _ANSI_NAMES else accent
