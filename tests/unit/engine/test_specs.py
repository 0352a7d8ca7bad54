"""Steps as data: built from allowed modules only, with services and args; every mistake names its key."""

from datetime import timedelta
from typing import Any

import pytest

from jobboy import Backoff, JobBoy
from jobboy.engine.specs import build_step
from jobboy.errors import InvalidDefinition
from tests.unit.bench import Bench

COPY = "tests.unit.engine.staged:Copy"


def build(**spec: Any) -> Any:
    return build_step(
        {"name": "copy", "class": COPY, **spec}, allowed=["tests.unit"], services={"db": lambda: "the db"}
    )


def test_a_pipeline_of_specs_runs_like_any_other(bench: Bench, jobs: JobBoy) -> None:
    jobs.service("db", lambda: "the db")
    jobs.steps("nightly").add(
        {"name": "first", "class": COPY, "args": [1, "two"], "services": ["db"]},
        {"name": "second", "class": COPY},
    )
    process_id = bench.start("nightly", {"a": 1})
    bench.iterate()
    assert bench.get(process_id).output == {"a": 1, "given": ["the db", 1, "two"]}
    assert bench.finish(process_id).output == {"a": 1, "given": []}


def test_services_come_before_args() -> None:
    assert build(args=[7], services=["db"]).perform({}) == {"given": ["the db", 7]}


def test_a_spec_sets_what_a_decorator_sets() -> None:
    step = build(interrupts=True, isolated=True, retries=3, backoff=0.5, timeout=2.5, memory_limit=400)
    assert (step.name, step.interrupts, step.isolated, step.retries) == ("copy", True, True, 3)
    assert (step.backoff, step.timeout) == (Backoff(timedelta(seconds=0.5)), timedelta(seconds=2.5))
    assert step.memory_limit == 400_000_000
    plain = build()
    assert (plain.interrupts, plain.isolated, plain.retries, plain.timeout) == (False, False, 0, None)
    assert (plain.backoff, plain.memory_limit) == (Backoff(), None)


def test_a_class_may_interrupt_by_itself_and_its_spec_may_forbid_it() -> None:
    asking = {"class": "tests.unit.engine.staged:Asking"}
    assert build(**asking).interrupts
    assert not build(**asking, interrupts=False).interrupts


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ({"clas": "x"}, "spec: has unknown keys: clas"),
        ({"name": ""}, "spec.name: must be text of 1 to 200 characters"),
        ({"name": "two words"}, "spec.name: 'two words' must have no blanks"),
        ({"name": 7}, "spec.name: must be text"),
        ({"class": None}, "spec.class: must be text like 'package.module:Class', not None"),
        ({"class": "tests.unit.engine.staged.Copy"}, "spec.class: must be text like 'package.module:Class'"),
        ({"class": ":Copy"}, "spec.class: must be text like 'package.module:Class'"),
        ({"class": "tests.unit.engine.staged:a.b"}, "spec.class: must be text like 'package.module:Class'"),
        ({"class": "os:system"}, "spec.class: 'os' is not under an allowed prefix: tests.unit"),
        ({"class": "tests.unittests:X"}, "spec.class: 'tests.unittests' is not under an allowed prefix"),
        ({"class": "tests.unit.nowhere:X"}, "spec.class: 'tests.unit.nowhere:X' cannot be imported: No module"),
        (
            {"class": "tests.unit.engine.staged:Gone"},
            "spec.class: 'tests.unit.engine.staged:Gone' cannot be imported",
        ),
        ({"class": "tests.unit.engine.staged:function"}, "spec.class: 'tests.unit.engine.staged:function' is not a"),
        (
            {"class": "tests.unit.engine.staged:Idle"},
            "spec.class: tests.unit.engine.staged:Idle has no method execute",
        ),
        ({"args": "abc"}, "spec.args: must be a list"),
        ({"backoff": "5s"}, "spec.backoff: must be a number from 0, not '5s'"),
        ({"memory_limit": 0}, "spec.memory_limit: must be a whole number from 1, not 0"),
        ({"services": {"db": 1}}, "spec.services: must be a list"),
        ({"services": ["mail"]}, "spec.services: no service is named 'mail'; known: db"),
        ({"retries": "three"}, "spec.retries: must be a number from 0, not 'three'"),
        ({"retries": -1}, "spec.retries: must be a number from 0, not -1"),
        ({"timeout": "1h"}, "spec.timeout: must be a number from 0, not '1h'"),
        ({"timeout": float("nan")}, "spec.timeout: must be a number from 0, not nan"),
        ({"timeout": 1e300}, "spec.timeout: must be a number from 0, not 1e+300"),
        ({"retries": 2.5}, "spec.retries: must be a whole number, not 2.5"),
        ({"interrupts": "false"}, "spec.interrupts: must be true or false, not 'false'"),
        ({"isolated": 1}, "spec.isolated: must be true or false, not 1"),
        ({"timeout": True}, "spec.timeout: must be a number from 0, not True"),
    ],
)
def test_a_mistake_in_a_spec_is_refused_naming_its_key(spec: dict[str, Any], error: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        build(**spec)
    assert str(refused.value).startswith(error)


def test_without_allowed_prefixes_nothing_is_imported() -> None:
    with pytest.raises(InvalidDefinition, match=r"none; name some with JobBoy\(allow="):
        build_step({"name": "copy", "class": COPY}, allowed=[], services={})
