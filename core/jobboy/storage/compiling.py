"""Compiles SQLAlchemy Core to texts: at the first use of what only then is known, and before a release all the rest.

``python -m jobboy.storage.compiling`` writes the texts of every fixed statement, and of the lists everybody asks for,
into the files that `jobboy.storage.texts` reads.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.expression import ClauseElement

from jobboy.storage import expressions, listing
from jobboy.storage.expressions import Writing
from jobboy.storage.shapes import Edge, Shape
from jobboy.storage.texts import Prepared, Text, block, path_of

DIALECTS = {"sqlite": sqlite.dialect(paramstyle="qmark")}
_EDGES: tuple[Edge, ...] = ("newest", "below", "above")
_MARKS: tuple[dict[str, Any], ...] = (
    {"handled": True}, {"paused": True}, {"waiting": True}, {"handled": False}, {"handled": False, "paused": True},
    {"left_failed": True}, {"restarted": True}, {"restarted": True, "statuses": 1},
)  # fmt: skip
_HEADING = "-- Written by python -m jobboy.storage.compiling, from expressions.py and listing.py: change those.\n"


def compiled(statement: ClauseElement | Writing, dialect: str) -> Text:
    """Return the text of a statement with named parameters."""
    clause, columns = statement if isinstance(statement, Writing) else (statement, None)
    found: Any = clause.compile(dialect=DIALECTS[dialect], column_keys=None if columns is None else list(columns))
    given = set(columns or ())
    constants = {name: value for name, value in found.params.items() if name not in given and value is not None}
    sql = "\n".join(line.rstrip() for line in str(found).splitlines())
    return Text(sql, found.positiontup or (), constants)


def prepared(statement: ClauseElement) -> Prepared:
    """Return a statement that is compiled when it is first run."""
    return Prepared(functools.partial(compiled, statement))


def of_shape(question: str, shape: Shape, dialect: str) -> Text:
    """Return the text of a ``page`` or ``count`` of this shape."""
    return compiled({"page": listing.page, "count": listing.count}[question](shape), dialect)


def fixed(dialect: str) -> Iterator[tuple[str, Text]]:
    """Yield what is written at release time: names with their texts."""
    for name, found in vars(expressions).items():
        if not name.isupper():
            continue
        members = found if isinstance(found, dict) else {None: found}
        for member, statement in members.items():
            yield (name if member is None else f"{name} {member}"), compiled(statement, dialect)
    for shape in _plain_shapes():
        yield f"page {shape}", of_shape("page", shape, dialect)
        if shape.edge == "newest" and not shape.is_tallied:
            yield f"count {shape}", of_shape("count", shape, dialect)


def _plain_shapes() -> Iterator[Shape]:
    """Yield what the views of the console and the plainest filters look like; all others are compiled at run time."""
    for edge in _EDGES:
        for statuses in (0, 1, 2, 4):
            yield Shape(statuses, edge=edge)
        for statuses in (0, 1):
            yield Shape(statuses, codes=1, edge=edge)
        for marks in _MARKS:
            yield Shape(**marks, edge=edge)


def write() -> None:
    """Write the texts anew, for every kind of database."""
    for dialect in DIALECTS:
        blocks = [_HEADING, *(block(name, text) for name, text in fixed(dialect))]
        path_of(dialect).write_text("\n".join(blocks), encoding="utf-8")


if __name__ == "__main__":
    write()
