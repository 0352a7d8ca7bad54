"""A pause with a schema: kept with it, checked by `proceed`, gone with it."""

from __future__ import annotations

from typing import Any

import pytest

from jobboy import Conflict, JobBoy, Process, ProcessStatus, Refused
from jobboy.errors import InvalidAnswer
from tests.factories import a_process, fields
from tests.unit.bench import Bench

SCHEMA = {
    "type": "object",
    "properties": {"approved": {"type": "boolean"}, "amount": {"type": "number", "minimum": 1}},
    "required": ["approved"],
}


def a_paused_one(bench: Bench, **fields: Any) -> Process:
    wanted = {"paused": True, "step": "pay", "output": {"amount": 0}, "answer_schema": SCHEMA, **fields}
    return bench.put(a_process(**wanted))


def test_the_schema_is_kept_with_the_pause_and_goes_with_it(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("invoices")
    pipeline.step(lambda data: {"amount": 120}, name="review", answer=SCHEMA)
    pipeline.step(lambda data: data, name="pay")
    process_id = bench.start("invoices")
    paused = bench.finish(process_id)
    assert fields(paused, "paused", "answer_schema") == (True, SCHEMA)
    assert bench.operations.proceed(process_id, {"approved": True}).answer_schema is None
    done = bench.finish(process_id)
    assert fields(done, "status", "output") == (ProcessStatus.COMPLETED, {"amount": 120, "approved": True})
    assert done.answer_schema is None


def test_an_answer_that_breaks_it_changes_nothing_and_is_told_whole(bench: Bench) -> None:
    process = a_paused_one(bench)
    with pytest.raises(InvalidAnswer) as refused:
        bench.operations.proceed(process.id, {"approved": "yes"})
    assert refused.value.problems == (
        ("approved", "must be true or false, not text"),
        ("amount", "must be at least 1"),
    )
    assert str(refused.value) == "data: approved: must be true or false, not text; amount: must be at least 1"
    assert bench.get(process.id) == process
    assert bench.kinds(process.id) == ["started"]


def test_no_answer_is_checked_too(bench: Bench) -> None:
    process = a_paused_one(bench, output={"amount": 5})
    with pytest.raises(InvalidAnswer, match="approved: is required"):
        bench.operations.proceed(process.id)


def test_a_pause_without_a_schema_takes_any_object_as_before(bench: Bench) -> None:
    process = a_paused_one(bench, answer_schema=None)
    assert bench.operations.proceed(process.id, {"anything": [1]}).output == {"amount": 0, "anything": [1]}


def test_whoever_is_late_is_told_so_before_what_is_wrong_with_the_answer(bench: Bench) -> None:
    process = a_paused_one(bench, output={"amount": 5})
    bench.operations.proceed(process.id, {"approved": True}, token=process.token)
    with pytest.raises(Conflict):
        bench.operations.proceed(process.id, {"approved": "no"}, token=process.token)
    with pytest.raises(Refused, match="it is not paused"):
        bench.operations.proceed(process.id, {"approved": "no"})


@pytest.mark.parametrize("end", ["fail", "fail now", "kill"])
def test_it_goes_with_a_pause_that_is_ended_otherwise(bench: Bench, end: str) -> None:
    process = a_paused_one(bench)
    if end == "kill":
        after = bench.operations.kill(process.id)
    else:
        after = bench.operations.fail(process.id, now=end == "fail now")
    assert fields(after, "paused", "answer_schema") == (False, None)
    assert bench.get(process.id).answer_schema is None


def test_a_step_whose_schema_is_none_is_not_begun(bench: Bench, jobs: JobBoy) -> None:
    begun: list[int] = []
    pipeline = jobs.steps("invoices")
    wrong = {"properties": {"a": {"type": "strng"}}}
    pipeline.step(lambda data: begun.append(1), name="review", answer=wrong)
    process = bench.finish(bench.start("invoices"))
    assert begun == []
    assert process.status is ProcessStatus.FAILED
    assert (process.error or "").startswith("InvalidDefinition: answer of step 'review': is no JSON schema: ")


def test_the_explanation_says_what_is_asked_for(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("invoices")
    pipeline.step(lambda data: {"amount": 120}, name="review", answer=SCHEMA)
    process = bench.finish(bench.start("invoices"))
    assert process.as_json()["answer_schema"] == SCHEMA
    why = " ".join(bench.operations.explain(process.id).why)
    assert "and asks for approved; the answer is checked." in why
