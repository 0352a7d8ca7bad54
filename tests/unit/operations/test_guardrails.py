"""What guardrails and read-only doors refuse, below every screen, and what becomes of it in the history."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jobboy import Conflict, InvalidValue, JobBoy, Refused, bootstrap
from jobboy.errors import NotConfirmed
from jobboy.operations import Guardrail, GuardrailAction, Operations, Verb, for_profile, read_guardrails
from jobboy.operations.guardrails import ANY_CODE, GUARDED_VERBS, denied, to_confirm, too_many
from tests.factories import NOW, a_process
from tests.integration.worker_programs import eventually
from tests.unit.bench import OPERATOR, Bench

DENY, CONFIRM, MAX_BULK = GuardrailAction


def rail(action: GuardrailAction, *verbs: str, codes: tuple[str, ...] = ("*",), **fields: Any) -> Guardrail:
    return Guardrail(action=action, verbs=verbs or ("*",), codes=codes, **fields)


def door(bench: Bench, *guardrails: Guardrail, read_only: bool = False) -> Operations:
    return bootstrap.open_operations(
        bench.adapters, bench.jobs.registry, actor=OPERATOR, guardrails=guardrails, read_only=read_only
    )


# --- reading them ---


def test_a_table_with_nothing_but_an_action_is_about_everything() -> None:
    assert read_guardrails([{"action": "deny"}]) == (rail(DENY),)


def test_every_field_is_read() -> None:
    table = {"action": "max_bulk", "verbs": ["kill"], "codes": ["billing-*"], "profiles": ["prod"], "limit": 5}
    found = read_guardrails([{"action": "confirm", "verbs": ["fail"]}, {**table, "reason": "ask Ada first"}])
    assert found[1] == rail(
        MAX_BULK, "kill", codes=("billing-*",), profiles=("prod",), limit=5, reason="ask Ada first"
    )


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"action": "deny"}, "guardrails: must be an array of tables"),
        (["deny"], "guardrail 1: must be a table, not str"),
        ([{"action": "deny"}, {}], "guardrail 2, action: must be one of deny, confirm, max_bulk"),
        ([{"action": "denny"}], "guardrail 1, action: .*; did you mean deny?"),
        (
            [{"action": "deny", "verb": ["kill"]}],
            "guardrail 1, verb: is no field of a guardrail; did you mean verbs?",
        ),
        ([{"action": "deny", "verbs": ["kil"]}], "guardrail 1, verbs: 'kil' is none of .*; did you mean kill?"),
        ([{"action": "deny", "verbs": "kill"}], "guardrail 1, verbs: must be a list of texts"),
        ([{"action": "deny", "codes": []}], "guardrail 1, codes: must be a list of texts"),
        ([{"action": "deny", "codes": ["a\x1b"]}], "guardrail 1, codes: must be a list of texts"),
        ([{"action": "deny", "profiles": [7]}], "guardrail 1, profiles: must be a list of texts"),
        ([{"action": "max_bulk"}], "guardrail 1, limit: must be a whole number from 1"),
        ([{"action": "max_bulk", "limit": True}], "guardrail 1, limit: must be a whole number from 1"),
        ([{"action": "deny", "limit": 3}], "guardrail 1, limit: goes with action = \"max_bulk\", not with 'deny'"),
        ([{"action": "deny", "reason": 3}], "guardrail 1, reason: must be a text"),
    ],
)
def test_a_mistake_is_told_with_table_field_and_rule(tables: object, message: str) -> None:
    with pytest.raises(InvalidValue, match="^" + message.replace("?", r"\?").replace(".*\\?", ".*?")):
        read_guardrails(tables)


def test_profiles_choose_which_ones_hold() -> None:
    everywhere, there = rail(DENY, "kill"), rail(DENY, "fail", profiles=("prod*",))
    assert for_profile([everywhere, there], "prod-eu") == (everywhere, there)
    assert for_profile([everywhere, there], "test") == (everywhere,)


# --- judging ---


def test_a_star_stands_for_any_characters_and_nothing_else_does() -> None:
    guardrails = [rail(DENY, "kill", codes=("billing-*", "x.y"))]
    assert denied(guardrails, "kill", "billing-run") is not None
    assert [denied(guardrails, "kill", code) for code in ("xzy", "my-billing-run")] == [None, None]
    assert denied(guardrails, "fail", "billing-run") is None


def test_what_acts_on_all_codes_meets_the_guardrails_of_any() -> None:
    assert denied([rail(DENY, "prune", codes=("billing-*",), reason="kept for the audit")], "prune", ANY_CODE) == (
        "kept for the audit"
    )


def test_one_without_a_reason_says_what_it_is_about() -> None:
    assert to_confirm([rail(CONFIRM, "kill", "fail", codes=("a*",))], "kill", "abc") == "confirm for kill, fail on a*"


def test_only_processes_of_its_codes_count_for_a_limit() -> None:
    guardrails = [rail(MAX_BULK, "kill", codes=("billing-*",), limit=5, reason="slowly")]
    assert too_many(guardrails, "kill", {"billing-run": 3, "billing-mail": 2, "import": 900}) is None
    assert too_many(guardrails, "kill", {"billing-run": 3, "billing-mail": 3}) == (
        "6 at once are more than the 5 that are allowed (slowly)"
    )


# --- below every screen ---

VERBS: dict[str, Callable[[Operations, str], object]] = {
    "recover": lambda operations, part: operations.recover(part, force=True),
    "fail": lambda operations, part: operations.fail(part, force=True),
    "kill": lambda operations, part: operations.kill(part),
    "proceed": lambda operations, part: operations.proceed(part, {}),
    "restart": lambda operations, part: operations.restart(part),
    "start": lambda operations, part: operations.start("import"),
    "prune": lambda operations, part: operations.prune(),
    "pause": lambda operations, part: operations.pause(),
    "resume": lambda operations, part: operations.resume(),
    "schedule": lambda operations, part: operations.pause_schedule("nightly"),
}


def refusal(verb: Callable[[Operations, str], object], operations: Operations, process_id: str) -> str:
    """Return why a verb is refused, nothing when it is not."""
    try:
        verb(operations, process_id)
    except Refused as refused:
        return refused.why
    return ""


def a_place(bench: Bench, jobs: JobBoy) -> str:
    """Return a paused process of a code that also has a schedule."""
    jobs.handler("import")(lambda process: False)
    jobs.schedule("nightly", code="import", cron="0 3 * * *")
    bench.operations.define_schedules(jobs.registry.schedules())
    return bench.put(a_process(paused=True)).id


def test_every_guarded_verb_is_tried_here() -> None:
    assert tuple(VERBS) == GUARDED_VERBS


def test_a_read_only_door_refuses_every_verb_and_writes_nothing(bench: Bench, jobs: JobBoy) -> None:
    process_id = a_place(bench, jobs)
    written = bench.operations.overview().last_seq
    for verb in VERBS.values():
        with pytest.raises(Refused, match="opened read-only"):
            verb(door(bench, read_only=True), process_id)
    assert bench.operations.overview().last_seq == written


def test_a_denied_verb_is_refused_with_the_reason_and_recorded(bench: Bench, jobs: JobBoy) -> None:
    process_id = a_place(bench, jobs)
    for name, verb in VERBS.items():
        with pytest.raises(Refused, match="a guardrail forbids it: month's end"):
            verb(door(bench, rail(DENY, name, reason="month's end")), process_id)
        event = bench.operations.feed(after=0)[-1]
        assert (event.kind, event.actor) == ("refused", OPERATOR)
        assert event.after == {"verb": name, "why": "a guardrail forbids it: month's end"}
    assert bench.get(process_id).paused


def test_a_verb_that_is_to_be_confirmed_is_refused_until_it_is(bench: Bench, jobs: JobBoy) -> None:
    process_id = a_place(bench, jobs)
    for name, verb in VERBS.items():
        operations = door(bench, rail(CONFIRM, name, reason="think twice"))
        with pytest.raises(NotConfirmed, match=r"confirmed by hand .--yes.: think twice"):
            verb(operations, process_id)
        assert "guardrail" not in refusal(verb, operations.acting(confirmed=True), process_id), "judged as ever"


def test_the_refusal_stands_in_the_history_of_the_process_with_the_reason_that_was_given(bench: Bench) -> None:
    process = bench.put(a_process(paused=True))
    with pytest.raises(Refused):
        door(bench, rail(DENY, "kill")).kill(process.id, reason="it annoys me")
    last = bench.history(process.id)[-1]
    assert (last.kind, last.reason) == ("refused", "it annoys me")
    assert bench.get(process.id).token == process.token


def test_a_bulk_above_the_limit_is_refused_and_one_below_it_is_not(bench: Bench) -> None:
    process = bench.put(a_process(paused=True))
    operations = door(bench, rail(MAX_BULK, "kill", limit=2))
    with pytest.raises(Refused, match="3 at once are more than the 2"):
        operations.acting(at_once={"import": 3}).kill(process.id)
    assert operations.acting(at_once={"import": 2}).kill(process.id).kill_requested


def test_a_prune_is_counted_before_it_is_judged(bench: Bench) -> None:
    over: dict[str, Any] = {"status": "completed", "ended_at": NOW, "expires_at": NOW + timedelta(days=90)}
    process, *_ = [bench.put(a_process(**over)) for _ in range(3)]
    bench.advance(days=400)
    operations = door(bench, rail(MAX_BULK, "prune", limit=2))
    with pytest.raises(Refused, match="3 at once are more than the 2"):
        operations.prune()
    assert operations.prune(dry_run=True) == 3
    assert bench.get(process.id)


def test_a_read_only_door_records_no_dead_holder_but_shows_it(bench: Bench) -> None:
    process = bench.put(a_process(handled=True))
    operations = door(bench, read_only=True)
    assert list(operations.sweep()) == []
    assert operations.get(process.id).stuck
    assert bench.kinds(process.id) == ["started"]


def test_eligibility_knows_what_the_door_would_refuse(bench: Bench) -> None:
    process = bench.put(a_process(paused=True))
    operations = door(bench, rail(DENY, "kill", reason="never"), rail(CONFIRM, "fail", reason="careful"))
    assert operations.eligibility(Verb.KILL, process).why_not == "a guardrail forbids it: never"
    assert operations.eligibility(Verb.FAIL, process).allowed
    assert operations.permission.why_confirm("fail", ["import"]) == "careful"
    assert operations.acting(confirmed=True).permission.why_confirm("fail", ["import"]) is None
    assert door(bench, read_only=True).eligibility(Verb.PROCEED, process).why_not is not None


def test_an_operator_who_lost_a_race_is_told_so_whatever_is_confirmed(bench: Bench) -> None:
    process = bench.put(a_process(paused=True, token=4))
    operations = door(bench, rail(CONFIRM, "kill")).acting(confirmed=True)
    with pytest.raises(Conflict):
        operations.kill(process.id, token=3)


def test_the_guardrails_of_an_app_hold_for_its_own_verbs_and_not_for_its_workers(bench: Bench) -> None:
    jobs = JobBoy(bench.url, guardrails=[rail(DENY, "start", reason="by schedule only")])
    jobs.handler("import")(lambda process: False)
    for start in (jobs.start, jobs.execute, jobs.operations("operator:ada@test").start):
        with pytest.raises(Refused, match="by schedule only"):
            start("import")
    stricter = jobs.operations(guardrails=[rail(DENY, "kill")])
    assert stricter.permission.why_not("start") == "a guardrail forbids it: by schedule only"
    assert stricter.permission.why_not("kill") is not None
    jobs.schedule("often", code="import", every=timedelta(seconds=1))
    worker = jobs.worker()
    worker.start()
    eventually(jobs.list)
    worker.stop()
    jobs.close()
