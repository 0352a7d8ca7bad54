from __future__ import annotations

from dataclasses import replace

import pytest

from jobboy_console.asking.census import census
from jobboy_console.asking.wording import command_line, effect
from jobboy_console.commands import COMMANDS, bindings, of_scope
from jobboy_console.facts.acts import Act
from jobboy_console.facts.changes import value_changes
from jobboy_console.facts.decisions import Decision, Plan
from jobboy_console.facts.house_snapshots import CheckLine
from jobboy_console.facts.snapshots import ErrorReport, Home, WorkState
from jobboy_console.facts.views import BUILT_IN
from jobboy_console.gateway import Gateway
from jobboy_console.looks.lines import cut, text_of, width_of, wrap
from jobboy_console.looks.states import State, state_of
from jobboy_console.places.information import checks_lines
from jobboy_console.reading.documents import document_lines, error_lines, output_lines
from jobboy_console.widgets.status_bar import Situation, counts_line, title_line
from tests.console.fake_operations import FakeOperations


def plan(operations: FakeOperations, act: Act) -> Plan:
    return Gateway(operations).verbs.plan(act, list(operations.processes))  # type: ignore[arg-type]  # same methods


def words(operations: FakeOperations, act: Act, decision: Decision | None = None) -> tuple[str, str, str]:
    found = effect(act, plan(operations, act).items[0].row, decision or Decision(reason=None))
    return found.before, found.after, found.next


def test_recover_says_who_holds_it_and_where_it_goes_on(operations: FakeOperations) -> None:
    operations.stuck(step="load")
    assert words(operations, Act.RECOVER) == (
        "running, stuck, held by w2:77:ab",
        "running, free",
        "The next free worker goes on from load.",
    )


def test_fail_tells_teardown_from_at_once(operations: FakeOperations) -> None:
    operations.add(paused=True)
    assert words(operations, Act.FAIL)[1:] == (
        "failing, free",
        "Its failing handlers tear down, then it is failed.",
    )
    assert words(operations, Act.FAIL, Decision(reason="x", now=True))[1] == "failed"


def test_kill_of_what_was_not_begun_is_the_end(operations: FakeOperations) -> None:
    operations.add(status="starting")
    assert words(operations, Act.KILL)[1] == "failed"


def test_proceed_with_no_step_left_completes(operations: FakeOperations) -> None:
    operations.add(paused=True)
    assert words(operations, Act.PROCEED)[1] == "completed"


def test_restart_leaves_the_old_one_as_it_is(operations: FakeOperations) -> None:
    operations.add(status="failed")
    assert words(operations, Act.RESTART)[1] == "failed (stays)"


def test_the_census_says_how_many_are_eligible_and_why_the_others_are_not(operations: FakeOperations) -> None:
    operations.stuck()
    operations.add(status="completed")
    operations.add(status="completed")
    assert census(plan(operations, Act.RECOVER), force=False) == (
        "3 marked → 1 eligible, 2 skipped: 2 are completed already"
    )


def test_the_command_line_can_be_pasted_into_a_shell(operations: FakeOperations) -> None:
    process = operations.stuck()
    decision = Decision(reason="it's the disk; rm -rf /", force=True)
    assert command_line(plan(operations, Act.RECOVER), decision) == (
        f"jobboy --database sqlite:////var/lib/jobs/nightly.db recover {process.id} --force"
        " --reason 'it'\"'\"'s the disk; rm -rf /'"
    )


def test_the_command_that_answers_a_pause_answers_no_other_one(operations: FakeOperations) -> None:
    process = operations.add(paused=True, token=7, output={"rows": 3})
    assert command_line(plan(operations, Act.PROCEED), Decision(reason=None, data={"rows": 2})) == (
        f"jobboy --database sqlite:////var/lib/jobs/nightly.db proceed {process.id}"
        " --data '{\"rows\": 2}' --token 7"
    )


def test_stuck_is_shown_before_everything_else() -> None:
    marks = {"handled": True, "stalled": True, "paused": True, "waiting": True, "killed": True}
    assert state_of("running", stuck=True, **marks) is State.STUCK
    assert state_of("running", stuck=False, **marks) is State.STALLED


@pytest.mark.parametrize(("status", "state"), [("failed", State.RESTARTED), ("completed", State.COMPLETED)])
def test_a_failure_that_was_started_anew_looks_like_what_is_over(status: str, state: State) -> None:
    marks = {"handled": False, "stuck": False, "stalled": False, "paused": False, "waiting": False}
    assert state_of(status, **marks, killed=True, restarted=True) is state


@pytest.mark.parametrize("status", ["starting", "running", "ending", "failing"])
def test_every_handled_status_has_a_look(status: str) -> None:
    state = state_of(status, handled=True, stuck=False, stalled=False, paused=False, waiting=False, killed=False)
    assert state.value.word == status
    assert state.value.glyph.startswith("H")


def test_changes_are_told_value_by_value() -> None:
    before = {"store": {"cursor": 17, "gone": 1, "same": {"a": 1}}, "status": "running"}
    after = {"store": {"cursor": 18, "new": [1, 2], "same": {"a": 1}}, "status": "ending"}
    told = [(change.operation, change.path, change.words) for change in value_changes(before, after)]
    assert told == [
        ("changed", "status", '"running" → "ending"'),
        ("changed", "store.cursor", "17 → 18"),
        ("removed", "store.gone", "1"),
        ("added", "store.new", "[1, 2]"),
    ]


def test_a_value_that_history_left_out_is_told_by_its_size() -> None:
    (change,) = value_changes({"store": {"x": 1}}, {"store": {"x": {"$omitted": 20_000}}})
    assert change.words == "1 → (20,000 characters)"


def test_true_and_one_are_different_values() -> None:
    assert value_changes({"a": True}, {"a": 1}) != []


def test_a_document_is_told_key_by_key_with_long_values_cut() -> None:
    lines = document_lines({"name": "x" * 500, "rows": [1, 2], "deep": {"a": None}}, name="store")
    text = text_of(lines)
    assert "…+380 characters · e expands" in text
    assert "rows  [2]" in text
    assert "  a  null" in text
    assert "x" * 500 in text_of(document_lines({"name": "x" * 500}, name="store", expanded=True))


def test_long_lists_are_cut_until_they_are_expanded() -> None:
    text = text_of(document_lines({"rows": list(range(200))}, name="store"))
    assert "… 150 more items · e expands" in text


def test_one_more_is_told_as_one() -> None:
    assert "  … 1 more line · e expands" in text_of(output_lines(["first", "last"], "last", expanded=False))
    assert "… 1 more item · e expands" in text_of(document_lines({"rows": list(range(51))}, name="store"))


def test_an_empty_document_says_so() -> None:
    assert text_of(document_lines({}, name="store")) == "The store is empty."
    assert text_of(document_lines(None, name="output")) == "No output yet."


def test_an_error_is_shown_with_its_traceback() -> None:
    text = text_of(error_lines(ErrorReport(type="ValueError", message="row 3", traceback="Traceback\n  here")))
    assert text == "ValueError: row 3\n\nTraceback\n  here"


def test_a_cut_line_carries_a_sign_and_a_wrapped_one_breaks_between_words() -> None:
    line = (("alpha beta ", "plain"), ("gamma delta", "bold"))
    assert text_of([cut(line, 10)]) == "alpha bet…"
    wrapped = wrap(line, 12, indent=2)
    assert text_of(wrapped) == "alpha beta\n  gamma\n  delta"
    assert all(width_of(part) <= 12 for part in wrapped)


def test_a_word_longer_than_the_line_is_broken() -> None:
    assert text_of(wrap((("x" * 25, "plain"),), 10)) == "\n".join(["x" * 10, "x" * 10, "x" * 5])


@pytest.mark.parametrize("width", [78, 118, 198])
def test_the_head_fits_its_line(width: int) -> None:
    home = Home(
        counts=dict.fromkeys(("starting", "running", "failed", "completed", "stuck", "paused"), 123456),
        total=7,
        work=WorkState(paused_by=None, workers_alive=3),
    )
    situation = Situation(
        database="sqlite:////" + "very/long/" * 30 + "jobs.db", read_only=True, worker="own process"
    )
    assert width_of(title_line(home, situation, width)) <= width
    assert width_of(counts_line(home, width)) <= width


def test_on_a_narrow_screen_the_usual_loses_its_word_before_what_needs_somebody() -> None:
    marks = {"handled": 3, "stuck": 1, "paused": 2, "waiting": 1}
    home = Home(
        counts={"running": 6, "failed": 12, "completed": 400, **marks},
        total=418,
        work=WorkState(paused_by=None, workers_alive=1),
    )
    line = text_of([counts_line(home, 78)])
    assert "✓ 400  " in line
    assert all(told in line for told in ("✗ 12 failed", "H! 1 stuck", "‖ 2 paused"))
    assert text_of([counts_line(home, 30)]).startswith("● 6  ✗ 12  ✓ 400")


def test_the_name_of_a_file_gives_way_to_its_end() -> None:
    situation = Situation(database="sqlite:////var/lib/jobs/nightly.db", read_only=False, worker="none here")
    assert "jobboy sqlite:////var/lib/jobs/nightly.db  " in text_of([title_line(None, situation, 80)])
    assert "jobboy /var/lib/jobs/nightly.db  " in text_of([title_line(None, situation, 57)])


def test_a_view_is_narrowed_in_every_section() -> None:
    view = replace(BUILT_IN[0], filter="code:a", handled="unhandled", statuses=frozenset({"failed"}))
    assert view.queries()[0] == "stuck code:a unhandled failed"
    assert view.without_narrowing() == BUILT_IN[0]


def test_every_command_has_its_own_id_and_a_help() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert all(command.help for command in COMMANDS)


def test_lower_case_looks_and_upper_case_changes() -> None:
    assert all(command.keys.isupper() for command in of_scope("change"))


def test_no_key_that_fingers_press_by_mistake_changes_anything() -> None:
    risky = {"ctrl+d", "ctrl+k", "backspace", "delete", "enter"}
    assert not risky & {key for command in of_scope("change") for key in command.keys.split(",")}


def test_keys_can_be_changed_by_id() -> None:
    assert all(getattr(binding, "id", None) for binding in bindings("change"))


def test_the_longest_name_of_a_check_keeps_its_distance_from_what_was_found() -> None:
    found = [CheckLine(name="write-ahead log", ok=True, detail="1,994,112 bytes")]
    lines = ["".join(text for text, _ in line) for line in checks_lines(found, busy=False, width=60)]
    assert lines[1].startswith("  ✓ write-ahead log ")
