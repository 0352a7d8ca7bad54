"""What was written at release time is what SQLAlchemy Core says now, and nobody has to load it to run it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboy.storage import compiling, expressions, rows, statements, texts
from jobboy.storage.expressions import Writing
from jobboy.storage.shapes import Shape
from jobboy.storage.statements import CHANGED
from jobboy.storage.tables import process
from jobboy.storage.texts import Prepared, Text


@pytest.mark.parametrize("dialect", compiling.DIALECTS)
def test_the_texts_are_what_core_compiles_now(dialect: str) -> None:
    written = {name: (text.sql, text.names) for name, text in texts.written(dialect).items()}
    assert written == {name: (text.sql, text.names) for name, text in compiling.fixed(dialect)}, (
        "run python -m jobboy.storage.compiling"
    )


@pytest.mark.parametrize("dialect", compiling.DIALECTS)
def test_every_parameter_of_a_written_text_has_a_name(dialect: str) -> None:
    for name, text in compiling.fixed(dialect):
        assert text.constants == {}, name
        assert text.sql.count("?") == len(text.names), name


@pytest.mark.parametrize("dialect", compiling.DIALECTS)
def test_every_statement_has_a_text_and_every_text_a_statement(dialect: str) -> None:
    named = {name: found for name, found in vars(statements).items() if isinstance(found, (Prepared, dict))}
    members = [
        (name if member is None else f"{name} {member}", found)
        for name, value in named.items()
        for member, found in (value.items() if isinstance(value, dict) else [(None, value)])
        if isinstance(found, Prepared)
    ]
    written = texts.written(dialect)
    assert {name for name, _ in members} == {name for name in written if name[0].isupper()}
    assert all(found.text(dialect) is written[name] for name, found in members)


@given(names=st.sets(st.sampled_from(CHANGED), min_size=1))
def test_an_update_of_some_columns_is_what_core_compiles_for_them(names: set[str]) -> None:
    whole = expressions.UPDATE_PROCESS.clause
    expected = compiling.compiled(Writing(whole, [name for name in CHANGED if name in names]), "sqlite")
    found = statements.guarded_update(tuple(names)).text("sqlite")
    assert (found.sql, found.names) == (expected.sql, expected.names)


def test_a_shape_that_was_not_written_is_compiled_when_it_is_asked_for() -> None:
    shape = Shape(statuses=3, codes=2)
    assert f"page {shape}" not in texts.written("sqlite")
    assert statements.listing(shape).text("sqlite").sql == compiling.of_shape("page", shape, "sqlite").sql


def test_shapes_that_differ_have_names_that_differ() -> None:
    marks = (None, True, False)
    shapes = [
        Shape(statuses, codes, handled, paused, waiting, from_number=aged)
        for statuses, codes, aged in itertools.product((0, 1), (0, 1), (False, True))
        for handled, paused, waiting in itertools.product(marks, repeat=3)
    ]
    assert len({str(shape) for shape in shapes}) == len(shapes)


def test_a_text_is_read_as_it_was_written() -> None:
    text = Text("SELECT a\nFROM b\nWHERE c = ?", ["c"])
    name, found = texts.read(texts.block("NAME", text))
    assert (name, found.sql, found.names) == ("NAME", text.sql, text.names)


def test_nothing_that_is_written_to_a_process_is_missing() -> None:
    assert set(CHANGED) == {column.name for column in process.c} - set(rows.GIVEN) - {"parameters"}


def test_rows_that_are_alike_are_inserted_with_what_they_share_given_once() -> None:
    text = Text('INSERT INTO a (x, "key", y, z) VALUES (?, ?, ?, ?)', ["x", "key", "y", "z"])
    one = text.inserting(("z", "key", "x"), own=2)
    assert (one.sql, one.names) == ('INSERT INTO a (z, "key", x) VALUES (?, ?, ?)', ("z", "key", "x"))
    two = text.inserting(("z", "key", "x"), own=2, rows=2)
    assert two.sql == 'INSERT INTO a (z, "key", x) SELECT ?, column1, column2 FROM (VALUES (?, ?), (?, ?))'
    assert two.names == ("z", "key", "x", "key", "x")
