"""What a database is and how large; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class DatabaseFacts:
    """A database at one moment."""

    path: str
    """Of the file, absolute."""
    file_bytes: int
    log_bytes: int
    """Of the write-ahead log beside it."""
    page_bytes: int
    pages: int
    free_pages: int
    """Pages that hold nothing; new rows take them first."""
    schema: int
    identity: str
    """Made once with the file."""
    engine: str
    """Of the database, with its version: ``SQLite 3.53.0``."""
    last_seq: int
    """Number of the newest event."""
    oldest_at: datetime | None
    """When the oldest process that is kept was made; None when there is none."""
    newest_at: datetime | None
