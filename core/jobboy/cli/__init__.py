"""The command line: the verbs of operations for scripts, and for people without a screen."""

from jobboy.cli.program import main

__all__ = ["main"]
