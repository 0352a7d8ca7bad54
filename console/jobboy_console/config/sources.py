"""Where the configuration file is."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_config_path

VARIABLE = "JOBBOY_CONSOLE_CONFIG"


def default_file() -> Path:
    """Return the file that is read when no other is named: `config.toml` in the user's folder for configuration."""
    return user_config_path("jobboy-console") / "config.toml"


def find_file(named: str | None) -> Path | None:
    """Return the file to read: the named one, that of ``$JOBBOY_CONSOLE_CONFIG``, or the default one if it is there.

    A file that was named is returned whether it is there or not: to read it says what is wrong.
    """
    chosen = named or os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    usual = default_file()
    return usual if usual.exists() else None
