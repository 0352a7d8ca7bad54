"""The console's own colours, dark and light: chrome recedes, so that red and amber mean something."""

from __future__ import annotations

from textual.theme import Theme

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
