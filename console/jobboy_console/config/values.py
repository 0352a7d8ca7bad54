"""What a configuration says, as frozen values; whoever reads them cannot see the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

WORKERS = ("process", "thread", "none")
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One place to operate, such as production, with how the console is to behave there."""

    name: str
    database: str | None = None
    """URL; None for what the command line, the environment or the app says."""
    app: str | None = None
    """``module:object`` of the app whose work the embedded worker does."""
    worker: str | None = None
    """``process``, ``thread`` or ``none``; None: a process when there is an app."""
    read_only: bool = False
    protected: bool = False
    """Whether every verb is confirmed by typing what it is for."""
    theme: str | None = None
    accent: str | None = None
    """Colour of the profile in every head, such as ``red`` or ``#ff8800``."""
    filter: str = ""
    """With which the list begins."""


@dataclass(frozen=True)
class SavedView:
    """A list of one's own."""

    name: str
    filter: str = ""
    sort: str = ""
    """A field of the filter language, with ``-`` before it for falling order; empty: newest first."""
    columns: tuple[str, ...] = ()
    """Names of columns, ``store.<path>`` and ``parameters.<path>`` too; empty: the usual ones."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything a configuration file says; without a file nothing is said and everything is as usual."""

    source: Path | None = None
    """The file it was read from."""
    default_profile: str | None = None
    profiles: Mapping[str, Profile] = field(default_factory=lambda: NOTHING)
    """By name, in the order of the file."""
    views: tuple[SavedView, ...] = ()
    keymap: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Id of a command to its keys, commas between alternatives, as they were typed."""
    guardrails: tuple[Mapping[str, Any], ...] = ()
    """The tables as they stand; `jobboy.operations` reads them."""
    mouse: bool = True
    theme: str | None = None
    ascii: bool = False
    """Whether only ASCII is drawn."""
    warnings: tuple[str, ...] = ()
    """What was passed over, a line each."""
