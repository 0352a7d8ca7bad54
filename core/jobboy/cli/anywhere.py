"""Lets the global options that name a database and an app stand after the verb too, as ``--json`` may."""

from __future__ import annotations

import copy
from typing import Any

from typer.core import TyperGroup

NAMES = ("database", "app")
"""The last one that is given counts."""


def allow_after_verbs(group: TyperGroup) -> None:
    """Give every verb below a group the options of `NAMES` that the group has."""
    options = [_repeated(option) for option in group.params if option.name in NAMES]
    _give(group, options)


def _give(group: Any, options: list[Any]) -> None:
    for verb in group.commands.values():
        verb.params = [*verb.params, *options]
        if hasattr(verb, "commands"):
            _give(verb, options)


def _repeated(option: Any) -> Any:
    """Return a copy for a verb: not in its help, not an argument of its function, and blind to the environment."""
    repeated = copy.copy(option)
    repeated.hidden, repeated.expose_value, repeated.envvar = True, False, None
    repeated.callback = _keep
    return repeated


def _keep(context: Any, option: Any, value: str | None) -> str | None:
    if value is not None:
        root = context.find_root()
        root.params[option.name] = value
        root.set_parameter_source(option.name, context.get_parameter_source(option.name))
    return value
