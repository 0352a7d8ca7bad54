"""The operator's configuration: read once from a TOML file, never written by the console."""

from __future__ import annotations

from jobboy_console.config.reading import read_config
from jobboy_console.config.sources import VARIABLE, default_file, find_file
from jobboy_console.config.values import Config, Profile, SavedView

__all__ = ["VARIABLE", "Config", "Profile", "SavedView", "default_file", "find_file", "read_config"]
