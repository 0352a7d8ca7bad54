"""Tells what an error of the engine means for who looks at the screen."""

from __future__ import annotations

from jobboy.errors import (
    DatabaseReplaced,
    ForeignDatabase,
    NewerSchema,
    StorageBusy,
    StorageForbidden,
    StorageFull,
)
from jobboy_console.facts.troubles import Kind, Trouble

_KINDS: tuple[tuple[type[Exception], Kind], ...] = (
    (DatabaseReplaced, Kind.GONE),
    (NewerSchema, Kind.NEWER),
    (ForeignDatabase, Kind.FOREIGN),
    (StorageBusy, Kind.BUSY),
    (StorageForbidden, Kind.FORBIDDEN),
    (StorageFull, Kind.FULL),
)


def trouble_of(error: Exception) -> Trouble:
    """Return the trouble an error stands for."""
    kind = next((kind for known, kind in _KINDS if isinstance(error, known)), Kind.OTHER)
    return Trouble(kind, str(error) or type(error).__name__)
