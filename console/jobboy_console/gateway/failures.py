"""What may go wrong below the gateway, by name; loads nothing else of the engine."""

from __future__ import annotations

from jobboy.errors import JobBoyError, StorageError

__all__ = ["JobBoyError", "StorageError"]
