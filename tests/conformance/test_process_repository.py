"""What every repository of processes promises, whatever database it keeps them in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from jobboy.errors import Fenced, InvalidValue, Refused, StorageError
from jobboy.model.documents import Parameters, ProcessStore
from jobboy.model.endings import minute_of
from jobboy.model.events import EventKind, NewEvent
from jobboy.model.identifiers import process_id
from jobboy.model.process import CrashPolicy, Process
from jobboy.model.selection import Selection
from jobboy.model.status import ProcessStatus
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.model.workers import WorkerInfo
from jobboy.ports import Alike, Change, DefinitionRecord, Held, Pattern, ProcessRepository, WorkPause
from jobboy.testing import FrozenClock
from tests.conformance.conftest import SECOND, Claims, HandLock, Places
from tests.factories import NOW, a_process, an_event

HOSTILE = "[/x] [@click=app.quit]y[/] \x1b]52;c;aGk=\x07 \x9b2J \u202e'; DROP TABLE process; -- % _ \\ é 🙂\n\r\t"
BROKEN = "cut\0off \ud800 half"


def keep(repository: ProcessRepository, *processes: Process) -> list[Process]:
    return repository.add(processes, actor="program:tests")


def removed(count: int) -> NewEvent:
    """Make the event of a removal, as whoever prunes does."""
    return an_event(EventKind.PRUNED, after={"removed": count})


def keep_one(repository: ProcessRepository, **fields: Any) -> Process:
    return keep(repository, a_process(**{"status": "starting", **fields}))[0]


def numbers(processes: Sequence[Any]) -> list[int]:
    return [process.number for process in processes]


def must_claim(repository: ProcessRepository, claims: Claims) -> Held:
    held = repository.claim(claims)
    assert held is not None
    return held


def result_of(held: Held, **fields: Any) -> Change:
    """What a turn that changes these fields hands in."""
    process = held.process.released(NOW).changed(**fields)
    return Change(process=process, seen_token=held.process.token, events=(an_event(),))


def must_get(repository: ProcessRepository, process: Process) -> Process:
    found = repository.get(process.id)
    assert found is not None
    return found


def a_result(position: int = 0, **fields: Any) -> StepRecord:
    record = StepRecord(
        position=position, name=f"step-{position}", status=StepStatus.COMPLETED, attempts=1,
        output=Parameters({"rows": position}), started_at=NOW, ended_at=NOW,
    )  # fmt: skip
    return replace(record, **fields)


# --- starting and reading --------------------------------------------------------------------------------------


def test_a_kept_process_is_read_as_it_was_given(repository: ProcessRepository) -> None:
    given = a_process(
        status="failing", code="bills", priority=7, handled=True, stuck=True, rescuable=True,
        stuck_cause={"kind": "signal", "signal": 9}, wait_until=NOW + SECOND, step="load", crashes=2,
        on_crash=CrashPolicy.FAIL, error="ValueError: no", started_at=NOW, ended_at=NOW + SECOND, killed_at=NOW,
        timeout_at=NOW + 2 * SECOND, deadline_at=NOW + 3 * SECOND, retention=timedelta(days=3, microseconds=1),
        expires_at=NOW + 4 * SECOND, token=41, key="once", generation=3, previous_id="before",
        parameters={"a": [1, None, 2.5]}, store={"b": {"c": True}}, reports={"warnings": ["x"]}, output={"rows": 1},
    )  # fmt: skip
    kept = keep(repository, given)[0]
    assert must_get(repository, given) == given.changed(number=kept.number) == kept
    assert repository.load([kept.number]) == [kept]


def test_dates_come_back_aware_in_utc_with_their_microseconds(repository: ProcessRepository) -> None:
    elsewhere = datetime(2026, 3, 29, 2, 30, 0, 123457, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    process = keep_one(repository, created_at=elsewhere, updated_at=datetime.min.replace(tzinfo=UTC))
    found = must_get(repository, process)
    assert found.created_at == elsewhere
    assert found.created_at.tzinfo is UTC
    assert found.updated_at == datetime.min.replace(tzinfo=UTC)


def test_numbers_count_up_and_are_never_given_again(repository: ProcessRepository) -> None:
    first, second = keep(repository, a_process(), a_process(status="failed", ended_at=NOW, expires_at=NOW))
    assert repository.prune(record=removed, now=NOW) == 1
    third = keep_one(repository)
    assert first.number < second.number < third.number


def test_a_start_leaves_an_event_by_its_actor(repository: ProcessRepository) -> None:
    process = keep_one(repository)
    (event,) = repository.events(limit=10)
    assert (event.kind, event.actor, event.process_id) == (EventKind.STARTED, "program:tests", process.id)


def test_a_known_key_gives_the_process_that_has_it(repository: ProcessRepository) -> None:
    first = keep_one(repository, key="once")
    again, other = keep(repository, a_process(key="once"), a_process(key="twice"))
    assert again == first
    assert other.number != first.number
    assert repository.counts().total == 2
    assert len(repository.events(limit=10)) == 2


def test_the_same_key_twice_in_one_start_is_one_process(repository: ProcessRepository) -> None:
    first, second = keep(repository, a_process(key="once"), a_process(key="once"))
    assert first == second


def test_a_key_that_twenty_threads_start_at_once_is_one_process(repository: ProcessRepository) -> None:
    gate = threading.Barrier(20)

    def start(_: int) -> str:
        gate.wait(timeout=60)
        return keep_one(repository, key="once").id

    with ThreadPoolExecutor(20) as threads:
        assert len(set(threads.map(start, range(20)))) == 1
    assert repository.counts().total == 1


def test_several_processes_start_all_or_none(repository: ProcessRepository) -> None:
    with pytest.raises(InvalidValue, match="parameters"):
        keep(repository, a_process(), a_process(parameters={"n": float("nan")}))
    assert repository.counts().total == 0


def an_alike(count: int, wait_until: datetime | None = None, **fields: Any) -> Alike:
    pattern = Pattern(a_process(**{"status": "starting", **fields}))
    return Alike(pattern, NOW, wait_until, [(a_process().id, Parameters({"n": n})) for n in range(count)])


@pytest.mark.parametrize("count", [1, 2, 10, 141])
def test_processes_that_are_alike_are_kept_as_each_would_be_alone(repository: ProcessRepository, count: int) -> None:
    waiting = an_alike(count, code="import", wait_until=NOW + SECOND)
    several = [waiting, an_alike(count, code="export", priority=7, step="first"), an_alike(1, code="import")]
    repository.add_alike(several, actor="program:tests")
    wanted = [process for one in several for process in one.processes()]
    found = [must_get(repository, process) for process in wanted]
    numbered = range(found[0].number, found[0].number + len(found))
    assert found == [process.changed(number=number) for process, number in zip(wanted, numbered, strict=True)]
    for process in found:
        alone = keep(repository, process.changed(id=a_process().id))[0]
        (event,) = repository.events(number=process.number, limit=5)
        (event_alone,) = repository.events(number=alone.number, limit=5)
        assert replace(event, seq=0, process_id=None) == replace(event_alone, seq=0, process_id=None)


def test_of_processes_that_are_alike_all_or_none_are_kept(repository: ProcessRepository) -> None:
    known = keep_one(repository)
    broken, unkeepable = an_alike(20), an_alike(3)
    broken.own[15] = (known.id, Parameters())
    unkeepable.own[2] = (a_process().id, Parameters({"x": float("nan")}))
    with pytest.raises(StorageError):
        repository.add_alike([an_alike(2), broken], actor="program:tests")
    with pytest.raises(InvalidValue):
        repository.add_alike([an_alike(2), unkeepable], actor="program:tests")
    assert repository.counts().total == repository.last_seq() == 1


def test_hostile_text_comes_back_unchanged_from_every_field(repository: ProcessRepository) -> None:
    process = keep_one(
        repository, code=HOSTILE, step=HOSTILE, error=HOSTILE, handled_by=HOSTILE, key=HOSTILE, previous_id=HOSTILE,
        stuck_cause={HOSTILE: HOSTILE}, parameters={HOSTILE: HOSTILE}, store={"x": HOSTILE}, reports={"x": HOSTILE},
        output={"x": HOSTILE},
    )  # fmt: skip
    event = an_event(actor=HOSTILE, reason=HOSTILE, step=HOSTILE, before={HOSTILE: HOSTILE}, after={"x": HOSTILE})
    steps = (a_result(name=HOSTILE, error=HOSTILE),)
    repository.settle(Change(process=process, seen_token=0, events=(event,), steps=steps))
    assert must_get(repository, process) == process
    assert repository.steps(process.number) == list(steps)
    (written,) = repository.events(newest=True, limit=1)
    assert (written.actor, written.reason, written.step) == (HOSTILE, HOSTILE, HOSTILE)
    assert (written.before, written.after) == ({HOSTILE: HOSTILE}, {"x": HOSTILE})
    assert repository.codes() == [HOSTILE]
    assert numbers(repository.page(Selection(codes=frozenset({HOSTILE})), limit=5).rows) == [process.number]


def test_a_message_that_no_database_can_keep_is_written_out(repository: ProcessRepository) -> None:
    process = keep_one(repository)
    event = an_event(actor=BROKEN, reason=BROKEN, after={"x": BROKEN})
    repository.settle(Change(process=process.changed(error=BROKEN), seen_token=0, events=(event,)))
    assert must_get(repository, process).error == "cut\\x00off \\ud800 half"
    assert repository.events(newest=True, limit=1)[0].after == {"x": BROKEN}


def test_what_is_not_there_is_none(repository: ProcessRepository) -> None:
    assert repository.get("nothing") is None
    assert repository.load([4, 5]) == []
    assert repository.change(4, lambda process: pytest.fail("nothing to decide")) is None
    assert repository.steps(4) == []
    assert repository.definition("nothing") is None
    assert repository.last_seq() == 0


def test_many_are_loaded_in_the_order_they_are_asked_for(repository: ProcessRepository) -> None:
    kept = keep(repository, *(a_process() for _ in range(120)))
    wanted = numbers(kept)[::-2]
    assert numbers(repository.load([*wanted, 10_000])) == wanted


# --- the order of iteration ------------------------------------------------------------------------------------


def claimed_in_order(repository: ProcessRepository, claims: Claims) -> list[int]:
    order: list[int] = []
    while held := repository.claim(claims):
        order.append(held.process.number)
    return order


def test_what_is_begun_is_finished_before_something_new_is_started(
    repository: ProcessRepository, claims: Claims
) -> None:
    kept = keep(
        repository,
        a_process(status="starting"),
        a_process(status="running"),
        a_process(status="ending"),
        a_process(status="failing"),
        a_process(status="running", killed_at=NOW),
        a_process(status="running", handled=True, stuck=True, rescuable=True),
    )
    assert claimed_in_order(repository, claims) == numbers(kept)[::-1]


def test_the_longest_in_its_queue_comes_first_and_priority_before_it(
    repository: ProcessRepository, claims: Claims
) -> None:
    late = keep_one(repository, turn_at=NOW + SECOND)
    early = keep_one(repository, turn_at=NOW)
    urgent = keep_one(repository, turn_at=NOW + 2 * SECOND, priority=1)
    assert claimed_in_order(repository, claims) == [urgent.number, early.number, late.number]


def test_nobody_stands_in_the_queue_at_a_moment_to_come_once_they_are_put_in_turn(
    repository: ProcessRepository, claims: Claims
) -> None:
    past = keep_one(repository, turn_at=NOW - SECOND)
    far = keep_one(repository, turn_at=NOW + 3600 * SECOND)
    near = keep_one(repository, turn_at=NOW + SECOND)
    now = keep_one(repository, turn_at=NOW)
    repository.put_in_turn(idle=SECOND)
    assert [one.turn_at for one in repository.load(numbers([past, far, near, now]))] == [NOW - SECOND, *[NOW] * 3]
    assert claimed_in_order(repository, claims) == numbers([past, far, near, now])


def test_who_only_waits_to_be_asked_again_soon_does_not_wait_for_a_clock_that_was_put_back(
    repository: ProcessRepository, claims: Claims
) -> None:
    hour = 3600 * SECOND
    soon = keep_one(repository, turn_at=NOW + hour, wait_until=NOW + hour + SECOND)
    later = keep_one(repository, turn_at=NOW + hour, wait_until=NOW + hour + 2 * SECOND)
    other = keep_one(repository, turn_at=NOW, wait_until=NOW + SECOND)
    repository.put_in_turn(idle=SECOND)
    assert repository.load(numbers([later, other])) == [later, other]
    assert claimed_in_order(repository, claims) == [soon.number]


def test_however_many_stand_at_a_moment_to_come_all_of_them_are_put_in_turn(repository: ProcessRepository) -> None:
    repository.add_alike([an_alike(2001, turn_at=NOW + SECOND)], actor="program:tests")
    repository.put_in_turn(idle=SECOND)
    assert {one.turn_at for one in repository.load(range(1, 2002))} == {NOW}


def test_codes_take_turns_as_if_they_were_one(repository: ProcessRepository, claims: Claims) -> None:
    kept = [keep_one(repository, code=code, turn_at=NOW + n * SECOND) for n, code in enumerate("abcabc")]
    assert claimed_in_order(repository, claims) == numbers(kept)


def test_only_processes_of_the_claimants_codes_are_offered(repository: ProcessRepository, clock: FrozenClock) -> None:
    wanted = [keep_one(repository, code=code) for code in "axb"]
    claims = Claims(clock, codes=("a", "b", "never-started"))
    assert claimed_in_order(repository, claims) == [wanted[0].number, wanted[2].number]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "completed"},
        {"status": "failed"},
        {"status": "running", "handled": True},
        {"status": "running", "handled": True, "stuck": True},
        {"status": "running", "paused": True},
        {"status": "running", "wait_until": NOW + SECOND},
    ],
    ids=["completed", "failed", "held", "stuck but not rescuable", "paused", "waiting"],
)
def test_what_is_no_candidate_is_never_offered(
    repository: ProcessRepository, claims: Claims, fields: dict[str, Any]
) -> None:
    keep_one(repository, **fields)
    assert repository.claim(claims) is None
    assert claims.offers == []


def test_what_a_claimant_leaves_does_not_block_the_others(repository: ProcessRepository, claims: Claims) -> None:
    kept = numbers(keep(repository, *(a_process(status="starting") for _ in range(40))))
    claims.leaves = set(kept[:-1])
    assert must_claim(repository, claims).process.number == kept[-1]
    assert claims.offers == kept


def test_a_claim_says_whether_others_are_ready(repository: ProcessRepository, claims: Claims) -> None:
    keep(repository, a_process(), a_process())
    assert must_claim(repository, claims).more
    assert not must_claim(repository, claims).more


def test_a_claimed_process_is_written_as_it_was_claimed(repository: ProcessRepository, claims: Claims) -> None:
    process = keep_one(repository, store={"n": 1})
    held = must_claim(repository, claims)
    assert held.before == process
    assert must_get(repository, process) == held.process
    assert numbers(repository.handled()) == [process.number]


# --- waiting ---------------------------------------------------------------------------------------------------


def test_a_waiting_process_is_offered_from_its_moment_on(
    repository: ProcessRepository, claims: Claims, clock: FrozenClock
) -> None:
    process = keep_one(repository, wait_until=NOW + SECOND)
    clock.advance(SECOND - timedelta(microseconds=1))
    assert repository.claim(claims) is None
    clock.advance(timedelta(microseconds=1))
    held = must_claim(repository, claims)
    assert held.process.number == process.number
    assert held.before.wait_until is None


def test_whoever_waited_takes_the_rank_of_its_status(
    repository: ProcessRepository, claims: Claims, clock: FrozenClock
) -> None:
    statuses = ("starting", "running", "ending", "failing")
    kept = [keep_one(repository, status=status, wait_until=NOW + SECOND) for status in statuses]
    clock.advance(SECOND)
    assert claimed_in_order(repository, claims) == numbers(kept)[::-1]


def test_a_paused_or_ended_process_does_not_wake(
    repository: ProcessRepository, claims: Claims, clock: FrozenClock
) -> None:
    keep_one(repository, status="running", paused=True, wait_until=NOW + SECOND)
    keep_one(repository, status="failed", wait_until=NOW + SECOND)
    clock.advance(timedelta(days=1))
    assert repository.claim(claims) is None


def test_a_kill_does_not_wait(repository: ProcessRepository, claims: Claims) -> None:
    process = keep_one(repository, status="running", wait_until=NOW + timedelta(days=1), killed_at=NOW)
    assert must_claim(repository, claims).process.number == process.number


# --- settling --------------------------------------------------------------------------------------------------


def test_a_result_is_written_with_its_steps_and_events(repository: ProcessRepository, claims: Claims) -> None:
    process = keep_one(repository)
    held = must_claim(repository, claims)
    change = result_of(held, store=ProcessStore({"rows": 812}), output=Parameters({"x": 1}), step="next")
    repository.settle(replace(change, steps=(a_result(),)))
    assert must_get(repository, process) == change.process
    assert repository.steps(process.number) == [a_result()]
    assert [event.kind for event in repository.events(number=process.number, limit=9)] == [
        EventKind.STARTED,
        EventKind.ITERATED,
    ]


def test_a_result_brings_the_next_claim(repository: ProcessRepository, claims: Claims) -> None:
    first, second = keep(repository, a_process(status="starting"), a_process(status="starting"))
    held = must_claim(repository, claims)
    following = repository.settle(result_of(held, turn_at=NOW + SECOND), claimant=claims)
    assert following is not None
    assert (held.process.number, following.process.number) == (first.number, second.number)
    again = repository.settle(result_of(following, turn_at=NOW + 2 * SECOND), claimant=claims)
    assert again is not None
    assert again.process.number == first.number


def test_a_step_that_is_recorded_as_completed_is_never_written_again(repository: ProcessRepository) -> None:
    process = keep_one(repository)
    failed = a_result(0, status=StepStatus.FAILED, output=None, error="first try")
    for record in (failed, a_result(0, attempts=2), a_result(0, attempts=3, output=Parameters({"late": 1}))):
        repository.settle(Change(process=process, seen_token=0, steps=(record,)))
    assert repository.steps(process.number) == [a_result(0, attempts=2)]


def test_steps_come_in_the_order_of_the_pipeline_and_of_their_visits(repository: ProcessRepository) -> None:
    process = keep_one(repository)
    records = [a_result(2), a_result(0, visit=2), a_result(10), a_result(0)]
    repository.settle(Change(process=process, seen_token=0, steps=tuple(records)))
    assert repository.steps(process.number) == [records[3], records[1], records[0], records[2]]


def test_a_late_holder_is_fenced_and_the_attempt_is_recorded(repository: ProcessRepository, claims: Claims) -> None:
    process = keep_one(repository)
    held = must_claim(repository, claims)
    taken = repository.change(
        process.number, lambda found: Change(process=found.released(NOW).changed(token=9), seen_token=found.token)
    )
    with pytest.raises(Fenced, match=process.id):
        repository.settle(replace(result_of(held), steps=(a_result(),)), claimant=claims)
    assert must_get(repository, process) == taken
    assert repository.steps(process.number) == []
    started, fenced = repository.events(number=process.number, limit=9)
    assert (started.kind, fenced.kind) == (EventKind.STARTED, EventKind.FENCED)
    assert (fenced.before, fenced.after) == ({"token": held.process.token}, {"token": 9})
    assert claims.offers == [process.number]


def test_a_kill_that_is_asked_for_during_a_turn_stays_and_comes_first(
    repository: ProcessRepository, claims: Claims
) -> None:
    other = keep_one(repository, status="failing", turn_at=NOW + SECOND)
    process = keep_one(repository, status="ending", priority=1, killed_at=None)
    claims.leaves = {other.number}
    held = must_claim(repository, claims)
    repository.change(
        process.number, lambda found: Change(process=found.changed(killed_at=NOW), seen_token=found.token)
    )
    claims.leaves = set()
    following = repository.settle(result_of(held, wait_until=NOW + SECOND), claimant=claims)
    assert following is not None
    assert following.process.number == process.number
    assert following.process.killed_at == NOW


def test_a_successor_starts_in_the_transaction_that_leaves_its_predecessor(repository: ProcessRepository) -> None:
    old = keep_one(repository, status="failed")
    new = a_process(status="starting", generation=2, previous_id=old.id)
    event = an_event(EventKind.RESTARTED, actor="operator:ada@here")
    repository.change(
        old.number, lambda found: Change(process=found, seen_token=found.token, events=(event,), successor=new)
    )
    kept = must_get(repository, new)
    (started,) = repository.events(number=kept.number, limit=9)
    assert (started.kind, started.actor) == (EventKind.STARTED, "operator:ada@here")


# --- deciding --------------------------------------------------------------------------------------------------


def test_a_decision_is_written_and_returned(repository: ProcessRepository) -> None:
    process = keep_one(repository)
    written = repository.change(
        process.number, lambda found: Change(process=found.changed(token=found.token + 1), seen_token=found.token)
    )
    assert written == process.changed(token=1) == must_get(repository, process)


def test_a_decision_that_raises_or_gives_none_changes_nothing(repository: ProcessRepository) -> None:
    process = keep_one(repository)

    def refuse(found: Process) -> Change | None:
        raise Refused("fail", found.id, "it is not the time")

    with pytest.raises(Refused, match="not the time"):
        repository.change(process.number, refuse)
    assert repository.change(process.number, lambda found: None) is None
    assert must_get(repository, process) == process
    assert repository.last_seq() == 1


def test_of_twenty_operators_at_once_exactly_one_wins(repository: ProcessRepository) -> None:
    process = keep_one(repository, paused=True, status="running")
    gate = threading.Barrier(20)

    def proceed(found: Process) -> Change | None:
        if not found.paused:
            raise Refused("proceed", found.id, "it is not paused")
        return Change(process=found.changed(paused=False, token=found.token + 1), seen_token=found.token)

    def answer(_: int) -> bool:
        gate.wait(timeout=60)
        try:
            return repository.change(process.number, proceed) is not None
        except Refused:
            return False

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(answer, range(20))) == 1
    assert must_get(repository, process).token == 1


# --- many threads ----------------------------------------------------------------------------------------------


def test_no_process_is_ever_claimed_by_two(
    open_again: Callable[[], ProcessRepository], repository: ProcessRepository, clock: FrozenClock
) -> None:
    kept = numbers(keep(repository, *(a_process(status="starting") for _ in range(200))))
    places, other = Places(), open_again()

    def drain(through: ProcessRepository) -> list[int]:
        claims, mine = Claims(clock, places=places), []
        held = through.claim(claims)
        while held:
            mine.append(held.process.number)
            done = result_of(held).process.moved(ProcessStatus.COMPLETED, NOW)
            held = through.settle(Change(process=done, seen_token=held.process.token), claimant=claims)
        return mine

    with ThreadPoolExecutor(8) as threads:
        drained = list(threads.map(drain, [repository, other] * 4))
    assert sorted(number for mine in drained for number in mine) == kept
    assert repository.counts().by_status[ProcessStatus.COMPLETED] == 200


def test_a_fenced_result_does_not_harm_those_committed_with_it(repository: ProcessRepository, claims: Claims) -> None:
    kept = keep(repository, *(a_process(status="starting") for _ in range(16)))
    held = [must_claim(repository, claims) for _ in kept]
    gate = threading.Barrier(16)

    def settle(one: Held) -> bool:
        wrong = one.process.number == kept[7].number
        change = replace(result_of(one), seen_token=99) if wrong else result_of(one)
        gate.wait(timeout=60)
        try:
            repository.settle(change)
        except Fenced:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(settle, held)) == [process is not kept[7] for process in kept]
    assert numbers(repository.handled()) == [kept[7].number]


# --- lists and counts ------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(repository: ProcessRepository) -> list[Process]:
    """Sixty processes of five codes in all statuses, some of them held, paused or waiting."""
    statuses = list(ProcessStatus)
    marks: list[dict[str, Any]] = [
        {}, {"handled": True}, {"handled": True, "stuck": True}, {"paused": True}, {"wait_until": NOW + SECOND},
    ]  # fmt: skip
    return keep(
        repository,
        *(
            a_process(code=f"code-{n % 5}", status=statuses[n % 6], **(marks[n // 6 % 5] if n % 6 in (1, 4) else {}))
            for n in range(60)
        ),
    )


def meets(process: Process, selection: Selection) -> bool:
    """What a selection says, in plain words."""
    held = True if selection.stuck else selection.handled
    return (
        (not selection.statuses or process.status in selection.statuses)
        and (not selection.codes or process.code in selection.codes)
        and (held is None or process.handled is held)
        and (selection.paused is None or process.paused is selection.paused)
        and (selection.waiting is None or process.is_waiting is selection.waiting)
    )


SELECTIONS = {
    "everything": Selection(),
    "one status": Selection(statuses=frozenset({ProcessStatus.RUNNING})),
    "statuses": Selection(statuses=frozenset({ProcessStatus.RUNNING, ProcessStatus.FAILING, ProcessStatus.FAILED})),
    "one code": Selection(codes=frozenset({"code-1"})),
    "codes": Selection(codes=frozenset({"code-1", "code-3", "unheard-of"})),
    "codes and statuses": Selection(
        codes=frozenset({"code-1", "code-4"}), statuses=frozenset({ProcessStatus.RUNNING, ProcessStatus.FAILED})
    ),
    "more codes than runs": Selection(codes=frozenset({"code-1"} | {f"x{n}" for n in range(60)})),
    "handled": Selection(handled=True),
    "unhandled": Selection(handled=False),
    "unhandled of statuses": Selection(
        handled=False, statuses=frozenset({ProcessStatus.RUNNING, ProcessStatus.FAILING})
    ),
    "handled of codes": Selection(handled=True, codes=frozenset({"code-0", "code-2"})),
    "stuck": Selection(stuck=True),
    "paused": Selection(paused=True),
    "not paused of a code": Selection(paused=False, codes=frozenset({"code-1"})),
    "waiting": Selection(waiting=True),
    "not waiting of a status": Selection(waiting=False, statuses=frozenset({ProcessStatus.FAILING})),
    "paused and handled": Selection(paused=True, handled=True),
}


@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
def test_a_list_has_exactly_what_was_selected_newest_first(
    repository: ProcessRepository, crowd: list[Process], selection: Selection
) -> None:
    wanted = [process.number for process in reversed(crowd) if meets(process, selection)]
    page = repository.page(selection, limit=100)
    assert numbers(page.rows) == wanted
    assert not page.has_more
    assert repository.count(selection) == len(wanted)


@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
def test_pages_go_down_to_the_oldest_and_up_again(
    repository: ProcessRepository, crowd: list[Process], selection: Selection
) -> None:
    wanted = [process.number for process in reversed(crowd) if meets(process, selection)]
    page, down = repository.page(selection, limit=4), list[int]()
    while page.rows:
        down += numbers(page.rows)
        assert page.has_more is (len(down) < len(wanted))
        page = repository.page(selection, below=down[-1], limit=4)
    assert down == wanted
    up: list[int] = []
    page = repository.page(selection, above=0, limit=4)
    while page.rows:
        up = numbers(page.rows) + up
        assert page.has_more is (len(up) < len(wanted))
        page = repository.page(selection, above=up[0], limit=4)
    assert up == wanted


def test_ages_are_told_by_the_time_in_the_ids(repository: ProcessRepository) -> None:
    started = [NOW - timedelta(hours=age) for age in (30, 20, 10, 1)]
    ids = [process_id(int(moment.timestamp() * 1000), bytes(10)) for moment in started]
    old, older, recent, newest = numbers(keep(repository, *(a_process(id=one, code="import") for one in ids)))

    def found(younger_than: timedelta | None = None, older_than: timedelta | None = None) -> list[int]:
        selection = Selection(codes=frozenset({"import"}), younger_than=younger_than, older_than=older_than)
        assert repository.count(selection) == len(repository.page(selection, limit=10).rows)
        return numbers(repository.page(selection, limit=10).rows)

    assert found(younger_than=timedelta(hours=15)) == [newest, recent]
    assert found(older_than=timedelta(hours=15)) == [older, old]
    assert found(younger_than=timedelta(hours=25), older_than=timedelta(hours=5)) == [recent, older]
    assert found(older_than=timedelta(hours=40)) == []
    assert numbers(repository.page(Selection(younger_than=timedelta(hours=25)), below=newest, limit=1).rows) == [
        recent
    ]


def test_a_count_stops_at_its_limit(repository: ProcessRepository, crowd: list[Process]) -> None:
    assert repository.count(Selection(handled=False, paused=False), limit=7) == 7


def test_the_counters_follow_every_change(repository: ProcessRepository, crowd: list[Process]) -> None:
    def counted(*, gone: Sequence[int] = ()) -> None:
        left = [process for process in repository.load(numbers(crowd)) if process.number not in gone]
        counts = repository.counts()
        assert counts.by_status == {
            status: sum(process.status is status for process in left) for status in ProcessStatus
        }
        assert counts.handled == sum(process.handled for process in left)
        assert counts.stuck == sum(process.stuck for process in left)
        assert counts.paused == sum(process.paused for process in left)
        assert counts.waiting == sum(process.is_waiting for process in left)

    counted()
    for process in crowd:
        if process.status is ProcessStatus.RUNNING:
            ended = process.released(NOW).moved(ProcessStatus.COMPLETED, NOW)
            repository.settle(Change(process=ended, seen_token=process.token))
    counted()
    assert repository.prune(record=removed, now=NOW + timedelta(days=91)) == 10
    counted()


def test_what_ended_is_counted_by_minute_and_status(repository: ProcessRepository) -> None:
    for ended_at, status in (
        (NOW, "completed"),
        (NOW - timedelta(minutes=2), "completed"),
        (NOW - timedelta(minutes=2), "completed"),
        (NOW - timedelta(minutes=2), "failed"),
        (NOW - timedelta(hours=3), "failed"),
    ):
        keep_one(repository, status=status, ended_at=ended_at)
    keep_one(repository)

    found = repository.endings(NOW - timedelta(minutes=30))

    now, earlier = minute_of(NOW), minute_of(NOW - timedelta(minutes=2))
    completed, failed = ProcessStatus.COMPLETED, ProcessStatus.FAILED
    assert found.numbers == {(now, completed): 1, (earlier, completed): 2, (earlier, failed): 1}
    assert found.since == NOW - timedelta(minutes=30)


def test_those_whose_moment_has_come_no_longer_count_as_waiting(
    repository: ProcessRepository, crowd: list[Process], clock: FrozenClock
) -> None:
    assert repository.counts().waiting > 0
    clock.advance(SECOND)
    assert repository.counts().waiting == repository.count(Selection(waiting=True)) == 0
    assert list(repository.page(Selection(waiting=True), limit=9).rows) == []


def test_an_id_is_found_by_any_part_of_it_newest_first(repository: ProcessRepository) -> None:
    kept = keep(repository, *(a_process() for _ in range(20)))
    newest = kept[-1].id
    assert repository.find(newest, limit=5) == [newest]
    assert repository.find(newest[-8:], limit=5) == [newest]
    assert repository.find(newest.upper(), limit=5) == [newest]
    assert repository.find(newest[:9], limit=5) == [process.id for process in kept[:-6:-1]]
    assert repository.find("-", limit=3) == [process.id for process in kept[:-4:-1]]
    assert [repository.find(part, limit=5) for part in ("%", "_", "", "xyz", "'", "\0", "é")] == [[]] * 7


def test_codes_are_those_of_kept_processes(repository: ProcessRepository) -> None:
    keep_one(repository, code="b")
    keep_one(repository, code="a", status="failed", ended_at=NOW, expires_at=NOW)
    assert repository.codes() == ["a", "b"]
    repository.prune(record=removed, now=NOW)
    assert repository.codes() == ["b"]


# --- history ---------------------------------------------------------------------------------------------------


def test_events_are_numbered_over_all_processes_and_read_in_both_directions(repository: ProcessRepository) -> None:
    first, second = keep(repository, a_process(), a_process())
    for process in (first, second, first):
        repository.settle(Change(process=process, seen_token=0, events=(an_event(reason=process.id),)))
    repository.record(an_event(EventKind.PRUNED, after={"removed": 3}))
    everything = repository.events(limit=99)
    seqs = [event.seq for event in everything]
    assert seqs == sorted(seqs)
    assert repository.last_seq() == seqs[-1]
    assert everything[-1].process_id is None
    assert repository.events(after=seqs[1], before=seqs[4], limit=99) == everything[2:4]
    assert repository.events(newest=True, limit=2) == everything[-2:]
    mine = [event for event in everything if event.process_id == first.id]
    assert repository.events(number=first.number, limit=99) == mine
    assert repository.events(number=first.number, after=mine[0].seq, limit=1) == mine[1:2]
    assert repository.events(number=first.number, before=mine[2].seq, newest=True, limit=1) == mine[1:2]


def test_the_stamp_changes_with_any_commit_and_only_then(
    repository: ProcessRepository, open_again: Callable[[], ProcessRepository], claims: Claims
) -> None:
    other = open_again()
    stamps = [repository.stamp()]
    keep_one(repository)
    stamps.append(repository.stamp())
    keep_one(other)
    stamps.append(repository.stamp())
    assert len(set(stamps)) == 3
    repository.page(Selection(), limit=5)
    claims.codes = ("nothing",)
    assert repository.claim(claims) is None
    assert repository.stamp() == stamps[-1]


# --- definitions, workers, control -----------------------------------------------------------------------------


def test_definitions_are_remembered_and_replaced(repository: ProcessRepository) -> None:
    first = DefinitionRecord(code="a", steps=("x", HOSTILE), on_crash=CrashPolicy.RECOVER, retention=SECOND)
    repository.remember([first, replace(first, code="b")])
    assert repository.definition("a") == first
    second = replace(first, steps=(), on_crash=CrashPolicy.HOLD)
    repository.remember([second])
    assert repository.definition("a") == second
    before = repository.stamp()
    repository.remember([second])
    assert repository.stamp() == before


def test_workers_are_kept_until_they_are_forgotten(repository: ProcessRepository) -> None:
    worker = WorkerInfo(number=0, id="h:1:x", host="h", pid=1, slots=4, codes=("a", "b"), started_at=NOW)
    first = repository.add_worker(worker)
    second = repository.add_worker(replace(worker, id="h:2:y", codes=()))
    assert repository.workers() == [second, first]
    repository.end_worker(first.number, at=NOW + SECOND)
    assert repository.workers() == [second, replace(first, stopped_at=NOW + SECOND)]
    repository.forget_workers([second.number, first.number])
    assert repository.workers() == []
    assert repository.add_worker(worker).number > second.number


def test_a_pause_of_all_work_keeps_everything_from_being_claimed(
    repository: ProcessRepository, claims: Claims
) -> None:
    keep_one(repository)
    pause = WorkPause(at=NOW, actor="operator:ada@here", reason="the disk is being moved")
    assert repository.set_work_pause(pause, an_event(EventKind.WORK_PAUSED))
    assert not repository.set_work_pause(pause, an_event(EventKind.WORK_PAUSED))
    assert repository.work_pause() == pause
    assert repository.claim(claims) is None
    assert repository.set_work_pause(None, an_event(EventKind.WORK_RESUMED))
    assert not repository.set_work_pause(None, an_event(EventKind.WORK_RESUMED))
    assert repository.work_pause() is None
    assert [event.kind for event in repository.events(after=1, limit=9)] == [
        EventKind.WORK_PAUSED,
        EventKind.WORK_RESUMED,
    ]
    must_claim(repository, claims)


def test_a_pause_during_a_turn_takes_the_result_and_claims_nothing(
    repository: ProcessRepository, claims: Claims
) -> None:
    process = keep_one(repository)
    held = must_claim(repository, claims)
    repository.set_work_pause(WorkPause(at=NOW, actor="a", reason=None), an_event(EventKind.WORK_PAUSED))
    assert repository.settle(result_of(held), claimant=claims) is None
    assert not must_get(repository, process).handled


# --- keeping house ---------------------------------------------------------------------------------------------


def test_only_ended_unhandled_processes_past_their_retention_are_removed_with_all_that_is_theirs(
    repository: ProcessRepository,
) -> None:
    over = {"ended_at": NOW, "expires_at": NOW}
    gone = keep_one(repository, status="completed", **over)
    repository.settle(Change(process=gone, seen_token=0, steps=(a_result(),)))
    stays = [
        keep_one(repository, status="completed", ended_at=NOW, expires_at=NOW + SECOND),
        keep_one(repository, status="running"),
        keep_one(repository, status="failed", handled=True, **over),
    ]
    assert repository.prunable(now=NOW) == 1
    assert repository.prune(record=removed, now=NOW) == 1
    events = repository.events(limit=9)
    assert [event.process_id for event in events[:-1]] == [process.id for process in stays]
    assert (events[-1].process_id, events[-1].kind, events[-1].after) == (None, EventKind.PRUNED, {"removed": 1})
    assert repository.steps(gone.number) == []
    assert repository.get(gone.id) is None
    assert numbers(repository.page(Selection(), limit=9).rows) == numbers(stays)[::-1]


def test_pruning_goes_in_pieces_and_says_before_what_it_would_remove(repository: ProcessRepository) -> None:
    keep(repository, *(a_process(status="failed", ended_at=NOW, expires_at=NOW) for _ in range(7)))
    assert repository.prunable(now=NOW - SECOND) == 0
    assert repository.prunable(now=NOW) == 7
    assert [repository.prune(record=removed, now=NOW, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert [event.after for event in repository.events(limit=9)] == [{"removed": 3}, {"removed": 3}, {"removed": 1}]


def test_what_cannot_be_recorded_is_not_removed(repository: ProcessRepository) -> None:
    kept = keep_one(repository, status="failed", ended_at=NOW, expires_at=NOW)

    def refuse(count: int) -> NewEvent:
        raise RuntimeError(f"nobody may know of {count}")

    with pytest.raises(RuntimeError, match="nobody may know of 1"):
        repository.prune(record=refuse, now=NOW)
    assert repository.get(kept.id) is not None


def test_processes_that_ended_before_a_moment_are_removed_whatever_their_retention(
    repository: ProcessRepository,
) -> None:
    def ended(created: datetime, at: datetime) -> Process:
        return a_process(status="failed", created_at=created, ended_at=at, expires_at=at + timedelta(days=90))

    keep(
        repository,
        a_process(created_at=NOW - 9 * SECOND),
        ended(NOW - 9 * SECOND, NOW - 5 * SECOND),
        ended(NOW + timedelta(days=1000), NOW - 4 * SECOND),
        ended(NOW - 8 * SECOND, NOW),
        ended(NOW - 7 * SECOND, NOW - SECOND),
    )
    assert repository.prunable(now=NOW, ended_before=NOW) == 3
    assert repository.prune(record=removed, now=NOW, ended_before=NOW, limit=2) == 2
    assert repository.prune(record=removed, now=NOW, ended_before=NOW) == 1
    assert repository.counts().total == 2


def test_an_examination_finds_a_new_database_well(repository: ProcessRepository) -> None:
    keep_one(repository)
    repository.maintain()
    assert [(what, words) for what, well, words in repository.check() if not well] == []


# --- transactions that fail ------------------------------------------------------------------------------------


def test_a_lock_that_was_taken_for_a_claim_is_given_back_when_the_claim_is_not_written(
    repository: ProcessRepository, clock: FrozenClock
) -> None:
    process = keep_one(repository)
    taken: list[HandLock] = []

    class Unwritable(Claims):
        def claim(self, candidate: Process) -> Held | None:
            held = super().claim(candidate)
            assert held is not None
            assert isinstance(held.lock, HandLock)
            taken.append(held.lock)
            return replace(held, process=held.process.changed(attempt=1 << 80))

    with pytest.raises(OverflowError):
        repository.claim(Unwritable(clock))
    assert taken
    assert all(lock.released for lock in taken)
    assert must_get(repository, process) == process
