"""How large an SQLite database is, asked in a few pages' reads."""

from __future__ import annotations

import os
from datetime import datetime

from sqlalchemy import literal_column, select

from jobboy.model.facts import DatabaseFacts
from jobboy.storage import history, rows, statements
from jobboy.storage.compiling import prepared
from jobboy.storage.driver import driver
from jobboy.storage.sqlite import SqliteDatabase
from jobboy.storage.statements import Session
from jobboy.storage.tables import process
from jobboy.storage.texts import Prepared

OLDEST_MADE = prepared(select(process.c.created_at).order_by(process.c.number).limit(literal_column("1")))
NEWEST_MADE = prepared(select(process.c.created_at).order_by(process.c.number.desc()).limit(literal_column("1")))


def facts(database: SqliteDatabase) -> DatabaseFacts:
    """Return what a database is and how large."""
    with database.read() as session:
        return DatabaseFacts(
            path=str(database.path),
            file_bytes=os.stat(database.path).st_size,  # looked at from outside, never opened
            log_bytes=database.log.length(),
            page_bytes=_pragma(session, "page_size"),
            pages=_pragma(session, "page_count"),
            free_pages=_pragma(session, "freelist_count"),
            schema=_pragma(session, "user_version"),
            identity=session.one(statements.DATABASE_UUID)[0],
            engine=f"SQLite {driver().sqlite_version}",
            last_seq=history.last_seq(session),
            oldest_at=_moment(session, OLDEST_MADE),
            newest_at=_moment(session, NEWEST_MADE),
        )


def _pragma(session: Session, name: str) -> int:
    return int(session.connection.execute(f"PRAGMA {name}").fetchall()[0][0])


def _moment(session: Session, statement: Prepared) -> datetime | None:
    row = session.one(statement)
    return None if row is None else rows.moment(row[0])
