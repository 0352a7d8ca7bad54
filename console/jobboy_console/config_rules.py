"""Judges in a configuration what more than the file decides: whether its filters can be read."""

from __future__ import annotations

from jobboy_console.config import Config
from jobboy_console.gateway import FilterError, check_filter


def broken_rules(config: Config) -> list[str]:
    """Return what is wrong with a configuration that could be read, a line each, in the form of `read_config`."""
    return [f"{config.source}: {path}: {rule}" for path, rule in _filters(config)]


def _filters(config: Config) -> list[tuple[str, str]]:
    named = [(f"profiles.{profile.name}.filter", profile.filter) for profile in config.profiles.values()]
    named += [(f"views[{number}].filter", view.filter) for number, view in enumerate(config.views, 1)]
    return [(path, rule) for path, text in named if (rule := _filter_rule(text)) is not None]


def _filter_rule(text: str) -> str | None:
    try:
        check_filter(text)
    except FilterError as error:
        return f"{error} (at character {error.position + 1})"
    return None
