"""The SQL that statements come to, for each kind of database: written at release time, or made at the first use.

Loading SQLAlchemy and compiling the statements of a program takes longer than most programs have to do with a
database, so what is known beforehand is compiled beforehand: ``python -m jobboy.storage.compiling`` writes
``sqlite.sql``, and a test keeps it in step with `jobboy.storage.expressions`.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Picker = Callable[[Mapping[str, Any]], Sequence[Any]]


class Text:
    """SQL, and the order of its parameters.

    Args:
        sql: with a question mark for each parameter.
        names: of the parameters, in their order.
        constants: parameters that stand for what is not given.
    """

    __slots__ = ("_variants", "constants", "in_order", "names", "sql")

    def __init__(self, sql: str, names: Sequence[str], constants: Mapping[str, Any] | None = None) -> None:
        self.sql = sql
        self.names = tuple(names)
        self.constants = constants or {}
        self.in_order = _picker(self.names, self.constants)
        """Picks the parameters out of values by name."""
        self._variants: dict[tuple[bool, ...], str] = {}

    def with_nulls(self, parameters: Sequence[Any]) -> str:
        """Return the SQL with NULL written out where a parameter is None.

        Python's driver takes longer to hand over twenty times None than the database takes for the whole
        statement, and only a few of the patterns occur.
        """
        pattern = tuple([value is None for value in parameters])
        if pattern not in self._variants:
            pieces = self.sql.split("?")
            marks = ("NULL" if is_null else "?" for is_null in pattern)
            self._variants[pattern] = "".join(itertools.chain(*zip(pieces, marks, strict=False), pieces[-1:]))
        return self._variants[pattern]

    def writing(self, columns: Sequence[str]) -> Text:
        """Return the text of an UPDATE that writes only some of the columns that this one writes."""
        head, _, rest = self.sql.partition(" SET ")
        assignments, _, where = rest.partition(" WHERE ")
        each = assignments.split(", ")
        kept = [place for place, name in enumerate(self.names[: len(each)]) if name in columns]
        chosen = ", ".join(each[place] for place in kept)
        names = [*(self.names[place] for place in kept), *self.names[len(each) :]]
        return Text(f"{head} SET {chosen} WHERE {where}", names)

    def inserting(self, columns: tuple[str, ...], *, own: int = 0, rows: int = 1) -> Text:
        """Return the text of an INSERT that writes some of the columns that this one writes.

        Args:
            columns: in the order of the parameters.
            own: how many of them, the last ones, each row has of its own; the others are given once, before all rows.
            rows: how many are inserted, in their order.
        """
        head, _, rest = self.sql.partition(" (")
        quoted = dict(zip(self.names, rest.partition(")")[0].split(", "), strict=True))
        listed = ", ".join(quoted[name] for name in columns)
        if rows == 1:
            return Text(f"{head} ({listed}) VALUES ({_marks(len(columns))})", columns)
        shared = len(columns) - own
        taken = ", ".join(f"column{place + 1}" for place in range(own))  # so SQLite and PostgreSQL call them
        each = ", ".join([f"({_marks(own)})"] * rows)
        names = (*columns[:shared], *columns[shared:] * rows)
        return Text(f"{head} ({listed}) SELECT {_marks(shared)}, {taken} FROM (VALUES {each})", names)


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _picker(names: Sequence[str], constants: Mapping[str, Any]) -> Picker:
    """Return what picks parameters out of values by name; constants stand for what is not given."""
    if len(names) > 1 and not constants:
        return operator.itemgetter(*names)
    return lambda values: [values[name] if name in values else constants[name] for name in names]


class Prepared:
    """A statement that knows its text for each kind of database once it was asked for.

    Args:
        text: returns it for the name of a kind of database, such as ``sqlite``.
    """

    def __init__(self, text: Callable[[str], Text]) -> None:
        self._find = text
        self._texts: dict[str, Text] = {}

    def text(self, dialect: str) -> Text:
        """Return the SQL, and the order of its parameters."""
        text = self._texts.get(dialect)
        if text is None:
            text = self._texts[dialect] = self._find(dialect)
        return text

    def bound(self, dialect: str, values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """Return the SQL and its parameters in order, for these values."""
        text = self.text(dialect)
        parameters = text.in_order(values)
        if None not in parameters:
            return text.sql, parameters
        return text.with_nulls(parameters), [value for value in parameters if value is not None]


# --- what was written at release time --------------------------------------------------------------------------


def path_of(dialect: str) -> Path:
    """Return the file that holds the texts for a kind of database."""
    return Path(__file__).with_name(f"{dialect}.sql")


@functools.cache
def written(dialect: str) -> dict[str, Text]:
    """Return the texts that were written for a kind of database, by the names of their statements."""
    _, *blocks = path_of(dialect).read_text(encoding="utf-8").split("\n\n")
    return dict(map(read, blocks))


def read(block: str) -> tuple[str, Text]:
    """Read ``-- NAME: first, second`` and, from the second line on, the SQL."""
    head, _, sql = block.removeprefix("-- ").partition("\n")
    name, _, names = head.partition(":")
    return name, Text(sql.rstrip("\n"), [each.strip() for each in names.split(",") if each.strip()])


def block(name: str, text: Text) -> str:
    """Write what `read` reads."""
    return f"-- {name}: {', '.join(text.names)}".rstrip(" ") + f"\n{text.sql}\n"
