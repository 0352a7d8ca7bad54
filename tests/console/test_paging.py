from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jobboy.operations import parse_filter
from jobboy_console.facts.rows import Row, Rows, RowsRequest
from jobboy_console.facts.views import BUILT_IN, View
from jobboy_console.gateway import Gateway, Look, check_filter, completions, is_quick, read_path, sort_choices
from jobboy_console.gateway.marking import MOST_MARKED
from tests.console.fake_operations import NOW, FakeOperations

ATTENTION, ALL = BUILT_IN[0], BUILT_IN[-1]


def gateway(operations: FakeOperations) -> Gateway:
    return Gateway(operations)  # type: ignore[arg-type]  # same methods


def walked(door: Gateway, view: View, *, back: bool = False) -> list[str]:
    """Ids of a whole view, page by page from either end."""
    rows: list[Row] = []
    request = RowsRequest(view=view, after=7, from_end=back)
    while True:
        found = door.rows(request)
        known = {row.id for row in rows}
        fresh = [row for row in found.rows if row.id not in known]
        rows = [*fresh, *rows] if back else [*rows, *fresh]
        if (found.at_start if back else found.at_end) or not fresh:
            return [row.id for row in rows]
        edge = rows[0] if back else rows[-1]
        request = RowsRequest(view=view, anchor=edge.key, index=1, before=7, after=7)


@pytest.mark.parametrize("sort", ["", "created", "-updated", "updated", "code", "-code", "step", "-attempt", "wait"])
@pytest.mark.parametrize("back", [False, True])
def test_a_sorted_list_has_every_process_once_from_either_end(
    operations: FakeOperations, sort: str, back: bool
) -> None:
    for number in range(40):
        operations.add(
            ["b", "a"][number % 2],
            step=["load", None, "parse"][number % 3],
            attempt=number % 4,
            age=timedelta(minutes=number * 7 % 11),
            wait_until=NOW + timedelta(minutes=number % 5) if number % 2 else None,
        )
    view = replace(ALL, sort=sort)
    expected = [row.id for row in operations.page(parse_filter(f"sort:{sort}" if sort else ""), limit=100).rows]
    assert walked(gateway(operations), view, back=back) == expected


def test_each_section_is_sorted_and_attention_stays_first(operations: FakeOperations) -> None:
    failed = [operations.add(code, "failed").id for code in ("b", "a")]
    stuck = [operations.stuck(code=code).id for code in ("d", "c")]
    rows = gateway(operations).rows(RowsRequest(view=replace(ATTENTION, sort="code")))
    assert [row.id for row in rows.rows] == [*reversed(stuck), *reversed(failed)]


def test_what_is_out_of_time_needs_attention_and_says_for_how_long(operations: FakeOperations) -> None:
    operations.add(timeout_at=NOW + timedelta(minutes=1))
    operations.add(timeout_at=NOW - timedelta(minutes=1), paused=True)
    late = operations.add(timeout_at=NOW - timedelta(minutes=3))
    rows = gateway(operations).rows(RowsRequest(view=ATTENTION)).rows
    assert [(row.state.value.word, row.note) for row in rows if row.id == late.id] == [
        ("overdue", "out of time for 3m")
    ]
    assert len(rows) == 2


def test_a_held_row_says_who_holds_it_and_since_when(operations: FakeOperations) -> None:
    operations.stuck()
    (row,) = gateway(operations).rows(RowsRequest(view=ATTENTION)).rows
    assert row.note == "w2:77 died"
    assert NOW - row.since == timedelta(minutes=3)


# --- looking where no index answers ---


def a_slow_world(operations: FakeOperations) -> View:
    operations.piece = 10
    for number in range(100):
        operations.add(error="Boom" if number % 20 == 0 else None)
    return replace(ALL, filter="error:boom")


def test_a_look_tells_how_far_it_is_and_what_it_has_found(operations: FakeOperations) -> None:
    view, told = a_slow_world(operations), list[Rows]()
    rows = gateway(operations).rows(RowsRequest(view=view, thorough=True), Look(told.append))
    assert len(rows.rows) == 5
    assert rows.looked is not None
    assert (rows.looked.stopped, rows.looked.looked_at) == ("", 100)
    far = [found.looked.looked_at for found in told if found.looked and found.looked.is_under_way]
    assert far == list(range(10, 100, 10))
    assert [len(found.rows) for found in told] == sorted(len(found.rows) for found in told)


def test_a_look_that_is_ended_keeps_what_it_found_and_goes_on_from_there(operations: FakeOperations) -> None:
    view, look = a_slow_world(operations), Look()
    operations.between_looks = lambda number: look.cancel() if number == 5 else None
    door = gateway(operations)
    stopped = door.rows(RowsRequest(view=view, thorough=True), look)
    assert stopped.looked is not None
    assert stopped.looked.stopped
    assert stopped.looked.looked_at == 50
    assert (len(stopped.rows), stopped.total_is_floor) == (2, True)
    request = RowsRequest(view=view, thorough=True, kept=stopped.rows, go_on=stopped.looked.goes_on_from)
    whole = door.rows(request)
    assert len({row.id for row in whole.rows}) == 5
    assert whole.rows[:2] == stopped.rows


def test_the_first_view_looks_for_what_is_overdue_only_a_little_way(operations: FakeOperations) -> None:
    a_slow_world(operations)
    rows = gateway(operations).rows(RowsRequest(view=ATTENTION))
    assert operations.looks == 1
    assert rows.looked is not None
    assert rows.looked.stopped


def test_rows_that_are_wanted_at_once_do_not_wait_for_what_no_index_answers(operations: FakeOperations) -> None:
    a_slow_world(operations)
    rows = gateway(operations).rows(RowsRequest(view=ATTENTION, at_once=True))
    assert operations.looks == 0
    assert rows.leaves_out
    assert rows.total > len(rows.rows), "there is room for the sign that something is still read"


# --- marks ---


def test_all_that_match_are_marked_by_id_while_they_are_few(operations: FakeOperations) -> None:
    ids = [operations.add("import").id for _ in range(30)]
    operations.add("export")
    found = gateway(operations).matching(replace(ALL, filter="code:import"))
    assert [row.id for row in found.rows] == ids[::-1]
    assert (found.is_whole, found.total, found.filter) == (True, 30, "code:import")


def test_many_that_match_are_meant_by_their_filter(operations: FakeOperations) -> None:
    for _ in range(MOST_MARKED + 5):
        operations.add()
    found = gateway(operations).matching(ALL)
    assert (len(found.rows), found.total, found.is_whole) == (MOST_MARKED, MOST_MARKED + 5, False)


def test_a_range_has_both_its_ends(operations: FakeOperations) -> None:
    ids = [operations.add().id for _ in range(30)][::-1]
    door = gateway(operations)
    rows = door.rows(RowsRequest(view=ALL)).rows
    assert [row.id for row in door.between(ALL, rows[3].key, rows[20].key).rows] == ids[3:21]


# --- news and values ---


def test_news_are_the_processes_before_the_known_ones(operations: FakeOperations) -> None:
    known = frozenset(operations.add().id for _ in range(5))
    door = gateway(operations)
    assert door.news(ALL, known).number == 0
    for _ in range(3):
        operations.add()
    assert (door.news(ALL, known).number, door.news(ALL, known).is_floor) == (3, False)


def test_what_follows_when_others_leave_is_no_news(operations: FakeOperations) -> None:
    first = operations.add()
    known = frozenset({operations.add().id})
    assert first.id not in known
    assert gateway(operations).news(ALL, known).number == 0


def test_values_at_paths_are_read_once_until_their_process_changes(operations: FakeOperations) -> None:
    process = operations.add(store={"rows": 812, "name": "x\x1b"}, parameters={"tenant": {"name": "acme"}})
    operations.add()
    view = replace(ALL, columns=("state", "store.rows", "store.name", "parameters.tenant.name"))
    door = gateway(operations)
    rows = {row.id: dict(row.values) for row in door.rows(RowsRequest(view=view)).rows}
    assert rows[process.id] == {"store.rows": "812", "store.name": "x␛", "parameters.tenant.name": "acme"}
    door.rows(RowsRequest(view=view))
    assert operations.loaded == 2
    operations.replace(process.id, token=process.token + 1)
    door.rows(RowsRequest(view=view))
    assert operations.loaded == 3


@pytest.mark.parametrize("path", ["store", "nothing.x", "store.", "store.a b", "status", "", " store.a", "store.a:b"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="expected a path such as"):
        read_path(path)


# --- words ---


def test_words_of_the_database_complete_a_filter_and_are_read_once(operations: FakeOperations) -> None:
    operations.add("nightly-import", store={"rows": 3})
    door = gateway(operations)
    words = door.words()
    assert [offer.text for offer in completions("code:ni", 7, words)] == ["nightly-import"]
    assert words.paths == ["store.rows"]
    assert door.words() is words


def test_every_choice_of_order_can_be_typed() -> None:
    for key, _ in sort_choices():
        check_filter(f"sort:{key}")
    assert is_quick("failed sort:created")
    assert not is_quick("sort:-updated")
