from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobboy.errors import Refused
from jobboy.operations import Guardrail, GuardrailAction
from jobboy_console.facts.acts import Act
from jobboy_console.facts.decisions import Decision
from jobboy_console.facts.rows import RowsRequest
from jobboy_console.facts.views import BUILT_IN
from jobboy_console.gateway import FilterError, Gateway, check_filter, read_answer
from jobboy_console.looks.states import State
from tests.console.fake_operations import FakeOperations

ATTENTION, FAILED, ALL = BUILT_IN[0], BUILT_IN[4], BUILT_IN[-1]


def gateway(operations: FakeOperations, *, read_only: bool = False) -> Gateway:
    return Gateway(operations, read_only=read_only)  # type: ignore[arg-type]  # same methods


def test_attention_shows_stuck_before_paused_before_failed(operations: FakeOperations) -> None:
    stuck = operations.stuck()
    paused = operations.add(paused=True)
    failed = operations.add(status="failed")
    operations.add()
    rows = gateway(operations).rows(RowsRequest(view=ATTENTION))
    assert [row.id for row in rows.rows] == [stuck.id, paused.id, failed.id]
    assert (rows.total, rows.at_start, rows.at_end) == (3, True, True)


def test_what_was_restarted_leaves_attention_and_the_count_of_failures_and_names_its_successor(
    operations: FakeOperations,
) -> None:
    opened, failed = gateway(operations), operations.add(status="failed", error="ValueError: no")
    assert opened.rows(RowsRequest(view=ATTENTION)).rows[0].id == failed.id
    successor = operations.restart(failed.id, reason="the source is back")
    counts = opened.home().counts
    assert opened.rows(RowsRequest(view=ATTENTION)).rows == ()
    assert (counts["failed"], counts["restarted"]) == (0, 1)
    (row,) = opened.rows(RowsRequest(view=FAILED)).rows
    assert (row.state, row.note) == (State.RESTARTED, f"as {successor.short_id} · ValueError: no")
    assert opened.process(failed.id).explanation.endswith("T starts it once more.")


def test_rows_around_a_place_cross_the_border_between_sections(operations: FakeOperations) -> None:
    stuck = [operations.stuck() for _ in range(3)]
    failed = [operations.add(status="failed") for _ in range(3)]
    first = gateway(operations).rows(RowsRequest(view=ATTENTION))
    middle = first.rows[3]
    assert middle.id == failed[-1].id
    around = gateway(operations).rows(
        RowsRequest(view=ATTENTION, anchor=middle.key, index=3, before=2, after=2),
    )
    assert [row.id for row in around.rows] == [stuck[1].id, stuck[0].id, failed[2].id, failed[1].id]
    assert (around.first_index, around.at_start, around.at_end) == (1, False, False)


def test_the_end_of_a_list_is_read_backwards_and_knows_its_position(operations: FakeOperations) -> None:
    processes = [operations.add() for _ in range(30)]
    rows = gateway(operations).rows(RowsRequest(view=ALL, from_end=True, after=5))
    assert [row.id for row in rows.rows] == [process.id for process in reversed(processes[:5])]
    assert (rows.first_index, rows.at_end, rows.total) == (25, True, 30)


def test_walking_page_by_page_meets_every_process_once(operations: FakeOperations) -> None:
    expected = [operations.add().id for _ in range(57)][::-1]
    seen: list[str] = []
    request = RowsRequest(view=ALL, after=10)
    while True:
        rows = gateway(operations).rows(request)
        seen += [row.id for row in rows.rows if row.id not in seen]
        if rows.at_end:
            break
        request = RowsRequest(view=ALL, anchor=rows.rows[-1].key, index=len(seen) - 1, before=5, after=10)
        assert rows.rows[0].id == expected[rows.first_index]
    assert seen == expected


def test_a_filter_that_excludes_a_section_leaves_the_others(operations: FakeOperations) -> None:
    operations.stuck()
    failed = operations.add(status="failed")
    rows = gateway(operations).rows(RowsRequest(view=replace(ATTENTION, statuses=frozenset({"failed"}))))
    assert [row.id for row in rows.rows] == [failed.id]


def test_a_filter_error_says_where(operations: FakeOperations) -> None:
    with pytest.raises(FilterError, match="'faild' is not known") as caught:
        check_filter("failed,faild")
    assert caught.value.position == 7


def test_a_read_only_console_refuses_below_every_key_and_dialog(operations: FakeOperations) -> None:
    operations.stuck()
    door = gateway(operations, read_only=True)
    plan = door.verbs.plan(Act.RECOVER, list(operations.processes))
    assert [item.why_not for item in plan.items] == ["this console is read-only (it was opened with --read-only)"]
    writable = gateway(operations).verbs.plan(Act.RECOVER, list(operations.processes))
    (outcome,) = door.verbs.carry_out(writable, Decision(reason=None))
    assert not outcome.ok
    with pytest.raises(Refused, match="read-only"):
        door.pausing.pause(None)
    with pytest.raises(Refused, match="read-only"):
        door.pausing.resume(None)
    door.sweep()
    assert operations.calls == []
    assert operations.sweeps == 0


@pytest.mark.parametrize(
    ("fields", "told", "offered"),
    [
        ({"status": "failed"}, "It is over.", "T starts it anew"),
        ({"status": "completed"}, "It is done.", "T starts it anew"),
        ({"paused": True}, "It waits for an answer.", "P shows what the step returned"),
        (
            {"stuck": True, "handled_by": "w", "handled": True},
            "Its holder is dead and nobody may take it over.",
            "R recovers it, F",
        ),
    ],
)
def test_what_a_process_needs_names_only_keys_that_would_not_be_refused(
    operations: FakeOperations, fields: dict[str, Any], told: str, offered: str
) -> None:
    process = operations.add(**fields)
    assert offered in gateway(operations).process(process.id).explanation
    assert gateway(operations, read_only=True).process(process.id).explanation == told
    verbs = tuple(act.value for act in Act)
    operations.guardrails = (Guardrail(action=GuardrailAction.DENY, verbs=verbs, reason="month's end"),)
    assert gateway(operations).process(process.id).explanation == told


def test_a_verb_is_done_only_to_what_was_seen(operations: FakeOperations) -> None:
    process = operations.stuck()
    door = gateway(operations)
    plan = door.verbs.plan(Act.RECOVER, [process.id])
    operations.replace(process.id, token=7)
    (outcome,) = door.verbs.carry_out(plan, Decision(reason="x"))
    assert not outcome.ok
    assert outcome.text.startswith("somebody else was first")


def test_a_plan_leaves_out_what_is_gone(operations: FakeOperations) -> None:
    process = operations.stuck()
    assert len(gateway(operations).verbs.plan(Act.KILL, [process.id, "gone"]).items) == 1


def test_json_that_cannot_be_read_is_told_with_line_and_column() -> None:
    with pytest.raises(ValueError, match="line 2, column 7"):
        read_answer('{\n  "a" 1}')
    with pytest.raises(ValueError, match="must be a JSON object"):
        read_answer("[1]")
