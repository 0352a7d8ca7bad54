"""Why processes are passed over, in the words of the command line."""

from __future__ import annotations

from jobboy.operations.skipping import skip_reasons

__all__ = ["skip_reasons"]
