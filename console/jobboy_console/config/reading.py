"""Turns a TOML file into a `Config`, telling everything that is wrong with it at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jobboy_console.config.tables import Notes, Table
from jobboy_console.config.values import WORKERS, Config, Profile, SavedView


def read_config(file: Path | None) -> tuple[Config, list[str]]:
    """Return what a file says, and everything that is wrong with it, a line each.

    Every line names the file, then the path of the value (``profiles.prod.worker``, ``views[2].name``) or the line
    of a mistake in the TOML itself, then the rule. Where something is wrong the `Config` holds the rest. Unknown
    keys are warnings: a file may be shared with a newer console. What needs more than the file (whether a filter can
    be read, whether a command is there) is not judged here.

    Args:
        file: the file; None for none, which is never wrong.
    """
    if file is None:
        return Config(), []
    notes = Notes(str(file))
    document = _parse(file, notes)
    config = _config(file, Table(document, "", notes), notes)
    return config, notes.problems


def _parse(file: Path, notes: Notes) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        notes.problems.append(f"{notes.file}: {error}")
    except UnicodeDecodeError as error:
        notes.problems.append(f"{notes.file}: must be UTF-8, and is not at byte {error.start}")
    except OSError as error:
        notes.problems.append(f"{notes.file}: cannot be read: {error.strerror or error}")
    return {}


def _config(file: Path, top: Table, notes: Notes) -> Config:
    default_profile = top.text("default_profile")
    profiles = _profiles(top.table("profiles"))
    if default_profile is not None and default_profile not in profiles:
        top.wrong("default_profile", f"there is no [profiles.{default_profile}]")
    views = _views(top)
    keymap = _keymap(top.table("keymap"))
    guardrails = tuple(MappingProxyType(table.raw()) for table in top.tables("guardrails"))
    mouse, theme = top.table("mouse"), top.table("theme")
    enabled, name, ascii_only = mouse.flag("enabled", True), theme.text("name"), theme.flag("ascii", False)
    for table in (mouse, theme, top):
        table.end()
    return Config(
        source=file,
        default_profile=default_profile,
        profiles=profiles,
        views=views,
        keymap=keymap,
        guardrails=guardrails,
        mouse=enabled,
        theme=name,
        ascii=ascii_only,
        warnings=tuple(notes.warnings),
    )


def _profiles(tables: Table) -> MappingProxyType[str, Profile]:
    return MappingProxyType({name: _profile(name, tables.table(name)) for name in tables.keys()})  # noqa: SIM118  # a Table is no mapping


def _profile(name: str, table: Table) -> Profile:
    profile = Profile(
        name=name,
        database=table.text("database"),
        app=table.text("app"),
        worker=table.choice("worker", WORKERS),
        read_only=table.flag("read_only", False),
        protected=table.flag("protected", False),
        theme=table.text("theme"),
        accent=table.text("accent"),
        filter=table.text("filter", "", empty=True) or "",
    )
    if profile.read_only and profile.worker in ("process", "thread"):
        table.wrong("worker", "a worker changes processes: with read_only = true it must be 'none'")
    table.end()
    return profile


def _views(top: Table) -> tuple[SavedView, ...]:
    views: list[SavedView] = []
    for table in top.tables("views"):
        name = table.name()
        filter, sort = table.text("filter", "", empty=True) or "", table.text("sort", "", empty=True) or ""
        columns = table.texts("columns")
        table.end()
        if name is not None and name.casefold() in {view.name.casefold() for view in views}:
            table.wrong("name", f"there is another view {name!r}")
        elif name is not None:
            views.append(SavedView(name, filter, sort, columns))
    return tuple(views)


def _keymap(table: Table) -> MappingProxyType[str, str]:
    return MappingProxyType({command: keys for command in table.keys() if (keys := table.text(command)) is not None})  # noqa: SIM118  # a Table is no mapping
