"""Judges in a configuration what more than the file decides: filters, columns, keys, colours, guardrails.

What judges filters, columns and guardrails loads the engine, so it is loaded only for a file that has some.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from jobboy_console.commands.keymap import keymap_problems
from jobboy_console.config import Config
from jobboy_console.looks.text import safe_text
from jobboy_console.looks.themes import colour_problem, theme_problem


def broken_rules(config: Config) -> list[str]:
    """Return what is wrong with a configuration that could be read, a line each, in the form of `read_config`."""
    keys = ((f"keymap.{command}", rule) for command, rule in keymap_problems(config.keymap))
    found = [*_filters(config), *_shapes(config), *_colours(config), *keys, *_guardrails(config)]
    return [f"{config.source}: {safe_text(path)}: {safe_text(rule)}" for path, rule in found]


def _filters(config: Config) -> list[tuple[str, str]]:
    named = [(f"profiles.{profile.name}.filter", profile.filter) for profile in config.profiles.values()]
    named += [(f"views[{number}].filter", view.filter) for number, view in enumerate(config.views, 1)]
    return [(path, rule) for path, text in named if (rule := _filter_rule(text)) is not None]


def _shapes(config: Config) -> Iterator[tuple[str, str]]:
    for number, view in enumerate(config.views, 1):
        if view.sort and (rule := _filter_rule(f"sort:{view.sort}")) is not None:
            yield f"views[{number}].sort", rule
        for name in view.columns:
            if not _is_column(name):
                yield f"views[{number}].columns", f"there is no column {name!r}{_meant(name)}"


def _is_column(name: str) -> bool:
    from jobboy_console.listing.columns import is_known

    return is_known(name) or ("." in name and _filter_rule(f"{name}:*") is None)


def _meant(name: str) -> str:
    from jobboy_console.listing.columns import KNOWN

    near = get_close_matches(name, [column.name for column in KNOWN], n=1)
    return f"; did you mean {near[0]}?" if near else "; a value in the store is store.PATH"


def _colours(config: Config) -> list[tuple[str, str]]:
    themes = [("theme.name", config.theme)]
    themes += [(f"profiles.{profile.name}.theme", profile.theme) for profile in config.profiles.values()]
    wrong = [(path, rule) for path, name in themes if name is not None and (rule := theme_problem(name)) is not None]
    accents = [(f"profiles.{profile.name}.accent", profile.accent) for profile in config.profiles.values()]
    return wrong + [(path, rule) for path, name in accents if name and (rule := colour_problem(name)) is not None]


def _guardrails(config: Config) -> list[tuple[str, str]]:
    if not config.guardrails:
        return []
    from jobboy_console.gateway import guardrail_problems

    return guardrail_problems(config.guardrails)


def _filter_rule(text: str) -> str | None:
    if not text:
        return None
    from jobboy_console.gateway import FilterError, check_filter

    try:
        check_filter(text)
    except FilterError as error:
        return f"{error} (at character {error.position + 1})"
    return None
