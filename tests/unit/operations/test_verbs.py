"""What each verb does to a process, how it is recorded, and who wins when two act at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from jobboy import Conflict, CrashPolicy, Fenced, InvalidValue, JobBoy, Process, ProcessStatus, Refused
from jobboy.errors import AmbiguousProcessId, ProcessNotFound, StepNotFound
from jobboy.model.events import MAX_KEPT, Event, EventKind
from jobboy.operations import parse_filter
from jobboy.ports import Change, process_place
from tests.factories import NOW, a_process, an_event, fields
from tests.unit.bench import OPERATOR, Bench
from tests.unit.bench import WORKER as BENCH_WORKER


def put(bench: Bench, **wanted: Any) -> Process:
    return bench.put(a_process(**wanted))


def last(bench: Bench, process_id: str) -> Event:
    return bench.history(process_id)[-1]


# --- recover ---


def test_recover_releases_a_stuck_process_and_counts_its_crash(bench: Bench) -> None:
    process = put(bench, handled=True, step="load", attempt=2, on_crash=CrashPolicy.HOLD)
    recovered = bench.operations.recover(process.id, reason="worker was killed")
    assert fields(recovered, "handled", "handled_by", "stuck", "crashes", "attempt") == (False, None, False, 1, 2)
    assert (recovered.stuck_cause or {})["kind"] == "holder died"
    assert recovered.token == process.token + 1


def test_a_crash_that_a_sweep_has_counted_is_not_counted_again(bench: Bench) -> None:
    process = put(bench, handled=True, on_crash=CrashPolicy.HOLD)
    bench.sweep()
    assert bench.operations.recover(process.id).crashes == 1


def test_recover_with_force_fences_the_living_holder(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import")(lambda process: process.complete())
    process_id = bench.start("import")
    maker, held = bench.maker(), bench.pick()
    with held.lock:
        recovered = bench.operations.recover(process_id, force=True, reason="it hangs")
        assert (recovered.stuck_cause or {})["kind"] == "taken away"
        iteration = maker._iterator.iterate(held)
        with pytest.raises(Fenced):
            bench.repository.settle(iteration.change)
    assert bench.finish(process_id).status is ProcessStatus.COMPLETED
    assert bench.kinds(process_id) == ["started", "recovered", "fenced", "iterated"]


def test_a_late_turn_that_did_nothing_is_fenced_under_the_name_of_its_worker(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import")(lambda process: False)
    process_id, maker, held = bench.start("import"), bench.maker(), bench.pick()
    with held.lock:
        bench.operations.recover(process_id, force=True)
        with pytest.raises(Fenced):
            bench.repository.settle(maker._iterator.iterate(held).change)
    assert fields(last(bench, process_id), "kind", "actor") == ("fenced", f"worker:{BENCH_WORKER}")


# --- fail ---


@pytest.mark.parametrize("state", [{}, {"paused": True}, {"wait_until": NOW + timedelta(days=1)}, {"handled": True}])
def test_fail_makes_a_process_failing_so_that_it_tears_down(bench: Bench, state: dict[str, Any]) -> None:
    failed = bench.operations.fail(put(bench, **state).id, reason="wrong file")
    assert fields(failed, "status", "error", "handled") == (ProcessStatus.FAILING, "wrong file", False)
    assert fields(failed, "paused", "wait_until", "ended_at") == (False, None, None)
    assert failed.reports["reason"]["message"] == "wrong file"


def test_fail_now_ends_a_process_without_a_teardown(bench: Bench) -> None:
    failed = bench.operations.fail(put(bench, paused=True).id, now=True)
    assert fields(failed, "status", "error", "paused") == (ProcessStatus.FAILED, "failed by an operator", False)
    assert failed.ended_at == NOW


def test_fail_of_a_stuck_teardown_lets_it_begin_again_and_with_now_ends_it(bench: Bench) -> None:
    stuck = {"status": "failing", "handled": True}
    again = bench.operations.fail(put(bench, **stuck).id)
    assert fields(again, "status", "handled") == (ProcessStatus.FAILING, False)
    assert bench.operations.fail(put(bench, **stuck).id, now=True).status is ProcessStatus.FAILED


# --- kill ---


def test_a_starting_process_is_failed_by_a_kill_at_once(bench: Bench) -> None:
    killed = bench.operations.kill(put(bench, status="starting").id, reason="not wanted")
    assert fields(killed, "status", "killed_at", "error") == (ProcessStatus.FAILED, NOW, "not wanted")


@pytest.mark.parametrize("state", [{}, {"paused": True}, {"wait_until": NOW + timedelta(days=1)}])
def test_the_kill_of_another_process_is_a_request_for_its_next_turn(bench: Bench, state: dict[str, Any]) -> None:
    killed = bench.operations.kill(put(bench, **state).id)
    assert fields(killed, "status", "kill_requested", "paused") == (ProcessStatus.RUNNING, True, False)
    assert killed.rank is not None


def test_a_kill_leaves_a_living_holder_its_hold(bench: Bench) -> None:
    process = put(bench, handled=True)
    with bench.locks.take(process_place(process.number, process.token)) or pytest.fail("taken"):
        killed = bench.operations.kill(process.id)
    assert fields(killed, "handled", "token", "kill_requested") == (True, process.token, True)


def test_the_kill_of_a_stuck_process_releases_it(bench: Bench) -> None:
    killed = bench.operations.kill(put(bench, handled=True).id)
    assert fields(killed, "handled", "kill_requested") == (False, True)


# --- proceed ---


def test_proceed_merges_at_the_top_level_only(bench: Bench) -> None:
    process = put(bench, paused=True, step="load", output={"a": {"x": 1, "y": 2}, "b": 1})
    assert bench.operations.proceed(process.id, {"a": {"x": 3}}).output == {"a": {"x": 3}, "b": 1}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ([1], "data: must be a JSON object, not a list"),
        ([], "data: must be a JSON object, not a list"),
        ("", "data: must be a JSON object, not text"),
        ({"a": {"b": float("nan")}}, "data.a.b: is nan"),
        ({"a": "x" * 999_990}, "data: takes"),
    ],
)
def test_data_that_is_no_json_object_is_refused_and_the_process_stays_paused(
    bench: Bench, data: Any, error: str
) -> None:
    process = put(bench, paused=True, output={"a": 1, "question": "ok?"})
    with pytest.raises(InvalidValue) as refused:
        bench.operations.proceed(process.id, data)
    assert str(refused.value).startswith(error)
    assert bench.get(process.id) == process


def test_an_answer_after_a_kill_is_refused_and_takes_nothing_from_the_worker_that_ends_it(
    bench: Bench, jobs: JobBoy
) -> None:
    jobs.steps("import").step(name="ask", interrupts=True)(lambda data: data)
    process_id, maker = bench.start("import"), bench.maker()
    asking = bench.pick()
    bench.operations.kill(process_id)
    bench.repository.settle(maker._iterator.iterate(asking).change)
    asking.lock.release()
    with bench.pick().lock:
        ending = bench.get(process_id)
        with pytest.raises(Refused, match="its kill was asked for"):
            bench.operations.proceed(process_id)
        assert ending.handled
        assert bench.sweep() == []
        assert bench.get(process_id) == ending


def test_of_many_answers_at_once_one_is_accepted(bench: Bench) -> None:
    process = put(bench, paused=True, step="load", output={})

    def answer(number: int) -> bool:
        try:
            bench.operations.proceed(process.id, {"by": number})
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(answer, range(8)))
    assert accepted.count(True) == 1
    assert bench.get(process.id).output == {"by": accepted.index(True)}
    assert bench.kinds(process.id) == ["started", "proceeded"]


# --- restart ---


def an_ended_pipeline(bench: Bench, jobs: JobBoy) -> Process:
    pipeline = jobs.steps("nightly", retention=timedelta(days=3))
    pipeline.step(lambda data: {"first": data["n"]}, name="first")
    pipeline.step(lambda data: {"second": data["first"] + 1}, name="second")
    pipeline.step(lambda data: {"third": data["second"] + 1}, name="third")
    return bench.finish(bench.start("nightly", {"n": 1}, priority=7, key="once"))


def test_a_restart_is_a_new_generation_from_the_beginning(bench: Bench, jobs: JobBoy) -> None:
    old = an_ended_pipeline(bench, jobs)
    new = bench.operations.restart(old.id, reason="again, please")
    assert fields(new, "status", "step", "generation", "previous_id") == ("starting", "first", 2, old.id)
    assert fields(new, "parameters", "priority", "key", "output") == ({"n": 1}, 7, None, None)
    assert new.id != old.id
    assert new.retention == timedelta(days=3)
    assert bench.finish(new.id).output == {"third": 3}
    assert fields(bench.get(old.id), "status", "output") == (ProcessStatus.COMPLETED, {"third": 3})


def test_a_restart_from_a_step_begins_with_the_recorded_output_before_it(bench: Bench, jobs: JobBoy) -> None:
    old = an_ended_pipeline(bench, jobs)
    new = bench.operations.restart(old.id, from_step="third")
    assert fields(new, "step", "output", "generation") == ("third", {"second": 2}, 2)
    assert bench.finish(new.id).output == {"third": 3}
    event = last(bench, old.id)
    assert (event.kind, event.after) == ("restarted", {"restarted_as": new.id, "from_step": "third"})
    assert bench.history(new.id)[0].actor == OPERATOR


def test_what_failed_is_no_trouble_any_more_once_it_is_restarted_and_its_successor_is_if_it_fails_too(
    bench: Bench, jobs: JobBoy
) -> None:
    jobs.steps("fragile", retention=timedelta(days=3)).step(lambda data: 1 // data["n"], name="only")
    old = bench.finish(bench.start("fragile", {"n": 0}))
    troubles = parse_filter("failed !restarted")
    assert [row.id for row in bench.operations.page(troubles).rows] == [old.id]

    second = bench.operations.restart(old.id, reason="the source is back")

    assert bench.operations.count(troubles) == 0
    assert fields(bench.get(old.id), "status", "restarted_as", "restarted") == ("failed", second.id, True)
    bench.finish(second.id)
    assert [row.id for row in bench.operations.page(troubles).rows] == [second.id]
    assert bench.operations.count(troubles) == 1
    counts = bench.operations.overview().counts
    assert (counts.by_status[ProcessStatus.FAILED], counts.restarted, counts.left_failed) == (2, 1, 1)


def test_a_process_that_is_restarted_twice_names_its_last_successor_and_each_names_it(
    bench: Bench, jobs: JobBoy
) -> None:
    old = an_ended_pipeline(bench, jobs)
    first, second = bench.operations.restart(old.id), bench.operations.restart(old.id, from_step="third")
    assert bench.get(old.id).restarted_as == second.id
    assert (first.previous_id, second.previous_id) == (old.id, old.id)


def test_a_restarted_process_stays_so_when_its_successor_is_removed(bench: Bench, jobs: JobBoy) -> None:
    old = an_ended_pipeline(bench, jobs)
    new = bench.finish(bench.operations.restart(old.id).id)
    assert bench.operations.house.prune(bench.operations.house.prunable(parse_filter("generation:2"))) == 1
    assert bench.repository.get(new.id) is None
    assert bench.get(old.id).restarted_as == new.id


def test_a_restart_from_the_first_step_takes_the_parameters(bench: Bench, jobs: JobBoy) -> None:
    new = bench.operations.restart(an_ended_pipeline(bench, jobs).id, from_step="first")
    assert fields(new, "step", "output") == ("first", None)


def test_a_restart_from_the_step_that_failed_keeps_what_a_person_answered(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("reviewed")
    pipeline.step(lambda data: {"rows": 3}, name="read", interrupts=True)
    pipeline.step(lambda data: {"rows": 3 // data["parts"]}, name="split")
    old = bench.start("reviewed")
    bench.finish(old)
    bench.operations.proceed(old, {"parts": 0})
    assert bench.finish(old).error == "ZeroDivisionError: integer division or modulo by zero"
    second = bench.operations.restart(old, from_step="split")
    assert second.output == {"rows": 3, "parts": 0}
    bench.finish(second.id)
    assert bench.operations.restart(second.id, from_step="split").output == {"rows": 3, "parts": 0}


@pytest.mark.parametrize("note", ["keep two", "x" * 2 * MAX_KEPT])
def test_a_restart_from_any_step_takes_what_it_really_got(bench: Bench, jobs: JobBoy, note: str) -> None:
    pipeline = jobs.steps("reviewed")
    pipeline.step(lambda data: {"rows": 3, "split": {"by": "day", "at": 4}}, name="read", interrupts=True)
    pipeline.step(lambda data: {"parts": data["parts"]}, name="split", interrupts=True)
    pipeline.step(lambda data: {"done": True}, name="load")
    old = bench.start("reviewed")
    bench.finish(old)
    bench.operations.proceed(old, {"parts": 2, "split": {"by": "week"}, "note": note})
    bench.finish(old)
    bench.operations.proceed(old)
    assert bench.finish(old).status == "completed"

    restarted = bench.operations.restart(old, from_step="split")

    assert restarted.output == {"rows": 3, "split": {"by": "week"}, "parts": 2, "note": note}
    assert bench.operations.restart(old, from_step="load").output == {"parts": 2}


def test_a_restart_is_refused_when_an_old_history_left_out_what_was_answered(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("reviewed")
    pipeline.step(lambda data: {}, name="read", interrupts=True)
    pipeline.step(lambda data: {}, name="load")
    old = bench.get(bench.start("reviewed"))
    bench.finish(old.id)
    bench.operations.proceed(old.id)
    ended = bench.finish(old.id)
    cut = an_event(EventKind.PROCEEDED, step="load", after={"output": {"note": {"$omitted": 40_000}}})
    bench.repository.settle(Change(process=ended, seen_token=ended.token, events=(cut,)))
    with pytest.raises(Refused, match="what was answered after step 'read' is too long for the history"):
        bench.operations.restart(old.id, from_step="load")


def test_p8_a_restart_does_not_pass_a_pause_that_nobody_answered(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")
    pipeline.step(lambda data: {"rows": 3}, name="ask", interrupts=True)
    pipeline.step(lambda data: {"paid": data["approved"]}, name="pay")
    for verb in ("fail", "kill"):
        old = bench.start("nightly")
        bench.finish(old)
        getattr(bench.operations, verb)(old, reason="late")
        assert bench.finish(old).step == "pay"
        with pytest.raises(Refused, match="it cannot begin at 'pay', what step 'ask' paused for was never answered"):
            bench.operations.restart(old, from_step="pay")
        assert bench.finish(bench.operations.restart(old, from_step="ask").id).paused


def test_a_restart_of_a_restart_begins_where_the_first_one_did(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")
    for name in ("first", "second", "third"):
        pipeline.step(lambda data, name=name: {**data, name: True}, name=name)
    pipeline.step(lambda data: 1 / 0, name="last")
    old = bench.start("nightly")
    bench.finish(old)
    second = bench.operations.restart(old, from_step="third").id
    bench.finish(second)
    assert bench.operations.restart(second, from_step="third").output == {"first": True, "second": True}
    assert bench.operations.restart(second, from_step="second").output == {"first": True}
    assert bench.operations.restart(second, from_step="last").output == {"first": True, "second": True, "third": True}


def test_a_restart_from_the_beginning_inherits_no_step_it_has_not_come_to(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")
    pipeline.step(lambda data: {}, name="first")
    pipeline.step(lambda data: {"made": True}, name="second")
    pipeline.step(lambda data: {}, name="third")
    old = bench.start("nightly")
    bench.finish(old)
    again = bench.operations.restart(old).id
    bench.iterate()
    bench.operations.fail(again, now=True, reason="wrong day")
    with pytest.raises(Refused, match="step 'second' before it has no recorded output"):
        bench.operations.restart(again, from_step="third")


def test_a_restart_from_an_unknown_step_is_refused_naming_the_steps(bench: Bench, jobs: JobBoy) -> None:
    old = an_ended_pipeline(bench, jobs)
    with pytest.raises(StepNotFound, match="'nightly' has no step 'fourth'; its steps: first, second, third"):
        bench.operations.restart(old.id, from_step="fourth")


def test_a_restart_from_a_step_whose_input_is_not_recorded_is_refused(bench: Bench, jobs: JobBoy) -> None:
    an_ended_pipeline(bench, jobs)
    old = put(bench, code="nightly", status="failed", step="first")
    with pytest.raises(Refused, match="it cannot begin at 'third', step 'second' before it has no recorded output"):
        bench.operations.restart(old.id, from_step="third")


# --- recording (P13) ---

ACTS: list[tuple[str, dict[str, Any], str]] = [
    ("recover", {"handled": True}, "recovered"),
    ("fail", {}, "failed"),
    ("kill", {}, "kill_requested"),
    ("proceed", {"paused": True, "output": {}}, "proceeded"),
    ("restart", {"status": "failed"}, "restarted"),
]


@pytest.mark.parametrize(("verb", "state", "kind"), ACTS)
def test_every_operator_action_is_recorded(bench: Bench, verb: str, state: dict[str, Any], kind: str) -> None:
    process = put(bench, step="load", **state)
    bench.advance(seconds=30)
    getattr(bench.operations, verb)(process.id, reason="  because  ")
    event = last(bench, process.id)
    assert fields(event, "kind", "actor", "reason", "step") == (kind, OPERATOR, "because", "load")
    assert event.at == NOW + timedelta(seconds=30)
    assert event.after is not None
    assert bench.get(process.id).updated_at == event.at


@pytest.mark.parametrize(("verb", "state", "kind"), ACTS)
def test_a_verb_with_an_old_token_is_a_conflict_and_changes_nothing(
    bench: Bench, verb: str, state: dict[str, Any], kind: str
) -> None:
    process = put(bench, **state)
    with pytest.raises(Conflict, match=f"cannot {verb} {process.id}: it was changed by somebody else meanwhile"):
        getattr(bench.operations, verb)(process.id, token=process.token + 5)
    assert bench.get(process.id) == process
    assert bench.kinds(process.id) == ["started"]


def test_a_verb_that_no_longer_applies_is_a_conflict_for_who_saw_an_older_state(bench: Bench) -> None:
    process = put(bench, paused=True, output={})
    bench.operations.proceed(process.id, token=process.token)
    with pytest.raises(Conflict, match="it is not paused but completed"):
        bench.operations.proceed(process.id, token=process.token)
    with pytest.raises(Refused) as refused:
        bench.operations.proceed(process.id)
    assert not isinstance(refused.value, Conflict)


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_reason_of_nothing_is_no_reason(bench: Bench, reason: str | None) -> None:
    process = put(bench)
    bench.operations.fail(process.id, reason=reason)
    assert last(bench, process.id).reason is None


def test_a_reason_no_database_can_keep_is_refused(bench: Bench) -> None:
    process = put(bench)
    with pytest.raises(InvalidValue, match=r"^reason: holds the character NUL"):
        bench.operations.fail(process.id, reason="a\0b")
    assert bench.get(process.id) == process


# --- several at once ---


def test_a_verb_on_several_ids_gives_a_result_for_each(bench: Bench) -> None:
    running, failed, other = put(bench), put(bench, status="failed"), put(bench)
    parts = [running.id, failed.id, "ffffffff", other.id[-12:]]
    results = bench.operations.each(parts, lambda part: bench.operations.fail(part, reason="all of them"))
    assert [result.as_json() for result in results] == [
        {"id": running.id, "ok": True, "error": None},
        {"id": failed.id, "ok": False, "error": f"cannot fail {failed.id}: it is failed"},
        {"id": "ffffffff", "ok": False, "error": "no process matches id 'ffffffff': see `jobboy list`"},
        {"id": other.id, "ok": True, "error": None},
    ]


def test_the_same_id_twice_is_acted_on_once(bench: Bench) -> None:
    process = put(bench, paused=True, output={})
    results = bench.operations.each([process.id, process.short_id], bench.operations.proceed)
    assert [result.ok for result in results] == [True, False]


@pytest.mark.parametrize("verb", ["get", "details", "history", "recover", "fail", "kill", "proceed", "restart"])
def test_an_id_nobody_has_is_told(bench: Bench, verb: str) -> None:
    put(bench)
    for part in ("ffffffff", "", "  ", "no hex at all", "%", "_"):
        with pytest.raises(ProcessNotFound, match="no process matches id"):
            getattr(bench.operations, verb)(part)


def test_a_part_that_several_ids_have_is_told_with_the_candidates(bench: Bench) -> None:
    ids = [put(bench).id for _ in range(3)]
    with pytest.raises(AmbiguousProcessId) as refused:
        bench.operations.kill(ids[0][:8])
    assert sorted(refused.value.candidates) == sorted(ids)
    assert all(bench.kinds(process_id) == ["started"] for process_id in ids)


def test_an_id_is_found_by_any_part_in_any_case(bench: Bench) -> None:
    process, _ = put(bench), put(bench)
    for part in (process.id, process.id.upper(), process.short_id, f" {process.id} "):
        assert bench.operations.get(part).id == process.id


@pytest.mark.parametrize(("given", "kept"), [("  ", None), (" moving ", "moving"), (f" {'x' * 1000} ", "x" * 1000)])
def test_the_reason_of_a_pause_of_all_work_follows_the_rule_of_every_reason(
    bench: Bench, given: str, kept: str | None
) -> None:
    assert bench.operations.pause(reason=given).reason == kept
    assert bench.repository.events(newest=True, limit=1)[0].reason == kept


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        (7, "must be text, not int"),
        (["moving"], "must be text, not list"),
        ("x" * 100_000, "must have at most 1,000 characters, not 100,000"),
    ],
)
def test_a_reason_that_cannot_be_kept_whole_is_refused_by_every_verb_before_anything_is_done(
    bench: Bench, reason: Any, rule: str
) -> None:
    active, ended = put(bench, paused=True), put(bench, status="failed", ended_at=NOW)
    verbs: list[Callable[..., object]] = [
        partial(getattr(bench.operations, verb), active.id) for verb in ("recover", "fail", "kill", "proceed")
    ]
    verbs += [partial(bench.operations.restart, ended.id), bench.operations.pause, bench.operations.prune]
    for verb in verbs:
        with pytest.raises(InvalidValue, match=f"^reason: {rule}$"):
            verb(reason=reason)
    assert bench.kinds(active.id) == bench.kinds(ended.id) == ["started"]
    assert bench.operations.overview().pause is None
