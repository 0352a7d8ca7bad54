"""Lists and counts go through indexes: nothing reads or sorts all processes at once, however many there are."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobboy.model.filter_language.selecting import alternatives, read_filter
from jobboy.storage import audit, compiling, filtering, open_repository, rows, statements
from jobboy.storage.driver import connect
from jobboy.storage.scans import Question
from jobboy.storage.shapes import Edge, Shape
from jobboy.storage.tables import process
from jobboy.storage.texts import Prepared
from jobboy.testing import BEGINNING, FrozenClock

DIALECT = "sqlite"
STATEMENTS = (
    {name: value for name, value in vars(statements).items() if isinstance(value, Prepared)}
    | {
        f"{name} {size}": statement
        for name in ("SEEN", "LOAD", "CLAIM", "READY")
        for size, statement in getattr(statements, name).items()
    }
    | {
        f"{update.__name__} of {len(names)}": update((*names, "rank", "wake_at"))
        for update in (statements.guarded_update, statements.update_as_claimed)
        for names in (rows.CHANGEABLE, rows.RESULT, ("status", "handled"))
    }
)
EDGES: tuple[Edge, ...] = ("newest", "below", "above")
MARK = (None, True, False)
SHAPES = (
    [
        Shape(statuses, codes, handled, paused, waiting, edge=edge, from_number=aged, until_number=aged)
        for statuses, codes in itertools.product((0, 1, 3), (0, 1, 2, 200))
        for handled, paused, waiting in (itertools.product(MARK, MARK, MARK) if codes < 200 else [(None, None, None)])
        for edge in EDGES
        for aged in (False, True)
    ]
    + [
        Shape(statuses, codes, handled, restarted=restarted, edge=edge, from_number=aged, until_number=aged)
        for statuses, codes, handled in itertools.product((0, 1, 3), (0, 1, 2), MARK)
        for restarted, edge, aged in itertools.product((True, False), EDGES, (False, True))
    ]
    + [
        Shape(handled=handled, left_failed=True, edge=edge, from_number=aged, until_number=aged)
        for handled, edge, aged in itertools.product((None, False), EDGES, (False, True))
    ]
)
OF_MARKS = ("process_handled", "process_paused", "process_waiting", "process_restarted", "process_left_failed")


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = tmp_path_factory.mktemp("plans") / "processes.db"
    open_repository(f"sqlite:///{path}", clock=FrozenClock()).close()
    opened = connect(path)
    yield opened
    opened.close()


def plan(connection: Any, statement: Prepared) -> list[str]:
    values = _Anything()
    sql, parameters = statement.bound(DIALECT, values)
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]


class _Anything(dict[str, Any]):
    """A value for whatever a statement asks for."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> int:
        return 1


def scans(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(("SCAN process", "SCAN event", "SCAN step"))]


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_goes_straight_to_its_rows(connection: Any, name: str) -> None:
    lines = plan(connection, STATEMENTS[name])
    allowed = {
        "HANDLED": ["SCAN process USING INDEX process_handled"],
        "PUT_IN_TURN": ["SCAN process USING COVERING INDEX process_ready"],  # when a clock was put back
        "COUNT_EXPIRED_HELD": ["SCAN process USING INDEX process_handled"],
        "MARKED": [
            *["SCAN process USING COVERING INDEX process_handled", "SCAN process USING INDEX process_handled"],
            "SCAN process USING COVERING INDEX process_paused",
            "SCAN process USING INDEX process_restarted",  # what the index knows already is not asked of the row
        ],
        "IDS_WITH": ["SCAN process USING COVERING INDEX process_id"],  # any part of an id: the price is known
    }
    assert scans(lines) == allowed.get(name, [])
    few = name in ("STEPS", "ENDINGS")  # the steps of one process; the minutes of a bounded number
    assert few or not any("TEMP B-TREE" in line for line in lines)


@pytest.mark.parametrize("kinds", [0, 2])
@pytest.mark.parametrize("has_text", [True, False])
def test_the_audit_walks_through_the_acts_of_people_alone(connection: Any, has_text: bool, kinds: int) -> None:
    for statement in (audit.FLOOR, audit.acts(kinds, has_text, has_text)):
        lines = plan(connection, statement)
        assert lines[0].startswith("SEARCH event USING")
        assert "INDEX event_act (seq" in lines[0]
        assert not any("TEMP B-TREE" in line for line in lines)


@pytest.fixture(scope="module")
def plans(connection: Any) -> dict[Shape, list[str]]:
    return {shape: plan(connection, statements.listing(shape)) for shape in SHAPES}


def test_a_list_is_never_sorted(plans: dict[Shape, list[str]]) -> None:
    for shape, lines in plans.items():
        assert not any("TEMP B-TREE" in line for line in lines), (shape, lines)


def test_a_list_scans_only_what_has_a_mark_or_what_it_returns(plans: dict[Shape, list[str]]) -> None:
    for shape, planned in plans.items():
        lines = scans(planned)
        if shape.is_marked:
            assert all(line.rpartition(" ")[2] in OF_MARKS for line in lines), (shape, lines)
        elif 0 < shape.codes < 200 or (shape.statuses and not shape.codes):
            assert lines == [], shape


@pytest.mark.parametrize("text", ["failed !restarted", "failed !restarted unhandled", "failed restarted:no age<1d"])
def test_what_failed_and_was_left_so_is_read_from_its_own_index_past_all_that_was_restarted(
    connection: Any, text: str
) -> None:
    selection = read_filter(text)
    assert not selection.is_scanned
    for edge in EDGES:
        lines = plan(connection, statements.listing(Shape.of(selection, edge)))
        assert len(lines) == 1
        assert "process_left_failed" in lines[0]


def test_a_count_reads_an_index(connection: Any) -> None:
    for shape in SHAPES:
        if shape.edge == "newest" and shape.is_marked:
            lines = scans(plan(connection, statements.counting(shape)))
            assert all(line.rpartition(" ")[2] in OF_MARKS for line in lines), (shape, lines)


@pytest.mark.parametrize(
    "text",
    [
        "", "failed", "failed,failing code:a,b", "active age<1d", "handled", "unhandled code:a", "stuck", "stalled",
        "paused", "restarted", "waiting failed", "code:a age>2h", "created>2026-01-05 failed", "failed sort:-age",
        "!failed", "failed OR running",
    ],
)  # fmt: skip
def test_a_simple_filter_needs_no_scan(text: str) -> None:
    assert not read_filter(text).is_scanned


SCANNED = {
    "error:x": ["INTEGER PRIMARY KEY"],
    "error:x age<1d": ["INTEGER PRIMARY KEY"],
    "(failed OR id:3) key:x": ["INTEGER PRIMARY KEY"],
    "failed error:x": ["INDEX process_status"],
    "failed,failing store.rows>3": ["COVERING INDEX process_status"],
    "failed code:a,b (id:x OR key:y)": ["COVERING INDEX process_code_status"],
    "paused code:a error:x": ["INDEX process_paused"],
    "handled failed error:x": ["INDEX process_handled"],
    "waiting (id:3 OR !handled)": ["INDEX process_waiting"],
    "failed !restarted error:x": ["INDEX process_left_failed"],
    "stuck OR paused OR failed !restarted": [
        "COVERING INDEX process_handled", "COVERING INDEX process_paused", "INDEX process_left_failed",
    ],
    "failed,paused": ["COVERING INDEX process_status", "COVERING INDEX process_paused"],
    "stuck OR stalled OR paused OR failed age<1d": [
        "COVERING INDEX process_handled", "COVERING INDEX process_paused", "COVERING INDEX process_status",
    ],
    "(code:a OR waiting error:x) id:3": ["COVERING INDEX process_code_status", "INDEX process_waiting"],
}  # fmt: skip
"""Filters that no index answers whole, and the indexes that find their candidates."""


@pytest.mark.parametrize("edge", ["below", "above"])
@pytest.mark.parametrize("text", SCANNED)
def test_a_scan_goes_through_an_index_of_its_candidates_in_order_and_stays_in_its_piece(
    connection: Any, text: str, edge: Edge
) -> None:
    selection = read_filter(text)
    assert selection.condition is not None
    number = process.c.number
    order = number.asc() if edge == "above" else number.desc()
    wanted = filtering.expression(selection.condition, BEGINNING)
    shapes = [Shape.of(one, edge, f"or_{place}_") for place, one in enumerate(alternatives(selection))]
    question = Question.of(shapes, wanted, (order,))
    for statement in (question.look, question.take):
        lines = plan(connection, statement)
        assert scans(lines) == []
        assert not any("TEMP B-TREE" in line for line in lines), lines
        for used in SCANNED[text]:
            assert any(line.startswith("SEARCH process USING " + used) for line in lines), lines


def test_what_was_typed_never_becomes_sql() -> None:
    hostile = "'; DROP TABLE process; -- \\\\ % ] ?"
    text = f'error:"{hostile}" store."{hostile.replace(chr(92), "")}":"{hostile}" step:"{hostile}"* "{hostile}"'
    condition = read_filter(text).condition
    assert condition is not None
    sql, parameters = compiling.prepared(select(filtering.expression(condition, BEGINNING))).bound(DIALECT, {})
    assert "DROP" not in sql
    assert sum("DROP" in str(parameter) for parameter in parameters) >= 7


def test_what_ended_lately_is_a_bounded_walk_through_the_index_of_its_status(connection: Any) -> None:
    lines = plan(connection, statements.ENDINGS)
    assert "SEARCH process USING INDEX process_status (status=?)" in lines
    assert scans(lines) == []


def test_the_tables_are_those_the_migrations_make(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    from jobboy.storage.driver import driver
    from jobboy.storage.tables import metadata

    path = tmp_path / "processes.db"
    open_repository(f"sqlite:///{path}", clock=FrozenClock()).close()
    engine = create_engine(f"sqlite:///{path}", module=driver())
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


@pytest.mark.parametrize("names", [("store",), ("status", "token", "handled")])
def test_p2_an_update_of_a_process_names_the_token_that_was_seen(names: tuple[str, ...]) -> None:
    sql, _ = statements.guarded_update(names).bound(DIALECT, _Anything())

    assert sql.partition(" WHERE ")[2] == "process.number = ? AND process.token = ?"
