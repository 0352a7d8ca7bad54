"""Who is asked: by priority, channel, code and what `supports` says; by decorator and by class."""

from typing import Any

import pytest

from jobboy import CrashPolicy, HandledProcess, IterationResponse, JobBoy, Process
from jobboy.engine.handlers import DEFAULT_CHANNEL, PlainPerformer, Registration
from jobboy.engine.registry import Registry
from jobboy.engine.sweep import LOADED
from jobboy.errors import InvalidDefinition
from tests.factories import a_process
from tests.unit.bench import Bench


class Named:
    """A handler that supports what the test says, and is known by its name."""

    def __init__(self, name: str, *, supports: bool = True) -> None:
        self.name = name
        self._supports = supports

    def supports(self, process: Process) -> bool:
        return self._supports

    def handle(self, process: HandledProcess) -> None:
        process.store["by"] = self.name
        process.complete()


def found(registry: Registry, process: Process, channel: str = DEFAULT_CHANNEL) -> str | None:
    performer: Any = registry.find(process, channel)
    return None if performer is None else performer.handler.name


def a_registry(*handlers: tuple[Named, int, str, str | None]) -> Registry:
    registry = Registry()
    for handler, priority, channel, code in handlers:
        registry.register(
            Registration(
                performer=PlainPerformer(handler), priority=priority, channel=channel, code=code, label=handler.name
            )
        )
    return registry


def test_the_lowest_priority_is_asked_first_and_equals_in_their_order() -> None:
    late, first, second = Named("late"), Named("first"), Named("second")
    registry = a_registry((late, 200, "default", None), (first, 100, "default", None), (second, 100, "default", None))
    assert found(registry, a_process()) == "first"
    assert [one.label for one in registry.registrations()] == ["first", "second", "late"]


def test_a_handler_that_does_not_support_the_process_is_passed_over() -> None:
    registry = a_registry((Named("no", supports=False), 1, "default", None), (Named("yes"), 2, "default", None))
    assert found(registry, a_process()) == "yes"


def test_only_handlers_of_the_channel_are_asked() -> None:
    registry = a_registry((Named("night"), 1, "night", None), (Named("day"), 2, "default", None))
    assert found(registry, a_process()) == "day"
    assert found(registry, a_process(), "night") == "night"
    assert found(registry, a_process(), "noon") is None


def test_only_handlers_of_the_code_or_of_any_are_asked() -> None:
    registry = a_registry((Named("other"), 1, "default", "export"), (Named("mine"), 2, "default", "import"))
    assert found(registry, a_process(code="import")) == "mine"
    assert found(registry, a_process(code="sync")) is None


def test_the_codes_of_a_channel_are_known_unless_a_handler_serves_any() -> None:
    fixed = [(Named("a"), 1, "default", "import"), (Named("b"), 1, "night", "export")]
    assert a_registry(*fixed).codes_for("default") == ["import"]
    assert a_registry(*fixed).codes_for("noon") == []
    assert a_registry(*fixed, (Named("c"), 1, "default", None)).codes_for("default") is None


# --- the decorator ---


@pytest.mark.parametrize(
    ("status", "handled", "process", "serves"),
    [
        ("running", False, {"status": "running"}, True),
        ("running", False, {"status": "starting"}, False),
        ("running", False, {"status": "running", "handled": True}, False),
        ("running", True, {"status": "running", "handled": True}, True),
        (None, True, {"status": "ending", "handled": True}, True),
        (None, True, {"status": "ending"}, False),
        (None, False, {"status": "failing"}, True),
        (None, False, {"status": "failing", "code": "export"}, False),
    ],
)
def test_a_decorated_function_serves_its_code_status_and_handled_case(
    jobs: JobBoy, status: str | None, handled: bool, process: dict[str, Any], serves: bool
) -> None:
    @jobs.handler("import", status=status, handled=handled)
    def work(process: HandledProcess) -> None:
        """Never called."""

    assert (jobs.registry.find(a_process(**process), DEFAULT_CHANNEL) is not None) is serves


def test_the_decorator_returns_the_function_itself(jobs: JobBoy) -> None:
    def work(process: HandledProcess) -> str:
        return "as before"

    assert jobs.handler("import")(work) is work


@pytest.mark.parametrize("status", ["unknown", ""])
def test_a_handler_for_an_unknown_status_is_refused(jobs: JobBoy, status: str) -> None:
    with pytest.raises(ValueError, match="Invalid process status value"):
        jobs.handler("import", status=status)


@pytest.mark.parametrize("code", ["", "two words", "a,b", "line\nbreak", "x" * 201, "\x1b[2J"])
def test_a_code_that_cannot_be_typed_is_refused(jobs: JobBoy, code: str) -> None:
    with pytest.raises(InvalidDefinition, match=r"^code: "):
        jobs.steps(code)
    with pytest.raises(InvalidDefinition, match=r"^code: "):
        jobs.define(code)
    with pytest.raises(InvalidDefinition, match=r"^code: "):
        jobs.handler(code)(lambda process: None)


def test_a_code_has_one_pipeline(jobs: JobBoy) -> None:
    jobs.steps("import")
    with pytest.raises(InvalidDefinition, match=r"^import: has a pipeline already"):
        jobs.steps("import")


@pytest.mark.parametrize("handler_first", [True, False])
def test_isolated_steps_are_looked_for_where_the_pipeline_is_defined(jobs: JobBoy, handler_first: bool) -> None:
    def resume(process: HandledProcess) -> None:
        """Serve what is found handled."""

    resume.__module__ = "rescuers"
    if handler_first:
        jobs.handler("import", handled=True)(resume)
    jobs.steps("import")
    if not handler_first:
        jobs.handler("import", handled=True)(resume)
    assert jobs.registry.module_of("import") == __name__


# --- classes ---


def test_a_handler_class_serves_what_it_supports(bench: Bench, jobs: JobBoy) -> None:
    class Large:
        def supports(self, process: Process) -> bool:
            return bool(process.parameters.get("rows", 0) > 1000)

        def handle(self, process: HandledProcess) -> IterationResponse:
            process.complete({"by": "large"})
            return IterationResponse(has_worked=True)

    class Small(Named):
        def handle(self, process: HandledProcess) -> None:
            process.complete({"by": "small"})

    jobs.define("import")
    jobs.register(Large(), priority=10)
    jobs.register(Small("small"), code="import")
    large, small = bench.start("import", {"rows": 2000}), bench.start("import", {"rows": 3})
    assert bench.finish(large).output == {"by": "large"}
    assert bench.get(small).output == {"by": "small"}


def test_supports_sees_the_process_as_it_was_and_handle_as_it_is(bench: Bench, jobs: JobBoy) -> None:
    seen: list[tuple[bool, int]] = []

    class Looking:
        def supports(self, process: Process) -> bool:
            seen.append((process.handled, process.token))
            return True

        def handle(self, process: HandledProcess) -> None:
            held = bench.get(process.id)
            seen.append((held.handled, held.token))
            process.complete()

    jobs.register(Looking(), code="import")
    bench.finish(bench.start("import"))
    assert seen == [(False, 0), (True, 1)]


def test_a_supports_that_raises_is_recorded_as_the_error_of_the_process(bench: Bench, jobs: JobBoy) -> None:
    class Broken(Named):
        def supports(self, process: Process) -> bool:
            raise RuntimeError("cannot even say")

    jobs.register(Broken("broken"), code="import")
    process_id = bench.start("import")
    bench.iterate()
    assert bench.get(process_id).error == "RuntimeError: cannot even say"


def test_handlers_are_described_in_the_order_of_asking(jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")
    pipeline.step(lambda data: data, name="load")

    @jobs.handler("create-file", status="starting", priority=5)
    def initialize(process: HandledProcess) -> None:
        """Never called."""

    jobs.register(Named("any"), channel="night")
    described = jobs.handlers()
    assert [(one["code"], one["kind"], one["priority"], one["channel"], one["steps"]) for one in described] == [
        ("create-file", "handler", 5, "default", []),
        (None, "handler", 100, "night", []),
        ("nightly", "pipeline", 1000, "default", ["load"]),
    ]
    assert [one["name"] for one in described] == ["initialize (starting)", "Named", "pipeline"]


@pytest.mark.parametrize(
    ("policy", "register", "may"),
    [
        ("hold", lambda jobs: jobs.handler("import")(len), False),
        ("hold", lambda jobs: jobs.steps("import"), False),
        ("hold", lambda jobs: jobs.handler("import", handled=True)(len), True),
        ("hold", lambda jobs: jobs.register(Named("any")), True),
        ("hold", lambda jobs: jobs.handler("export", handled=True)(len), False),
        ("hold", lambda jobs: jobs.handler("import", handled=True, channel="night")(len), False),
        ("recover", lambda jobs: jobs.handler("import")(len), True),
        ("recover", lambda jobs: jobs.steps("import"), True),
    ],
)
def test_a_stuck_process_that_no_handler_can_take_up_need_not_be_loaded_to_be_asked_about(
    jobs: JobBoy, policy: str, register: Any, may: bool
) -> None:
    register(jobs)
    stuck = a_process(handled=True, stuck=True, on_crash=CrashPolicy(policy))
    assert jobs.registry.may_take_up(stuck, DEFAULT_CHANNEL) is may
    if not may:
        assert jobs.registry.find(stuck, DEFAULT_CHANNEL) is None


def test_more_stuck_processes_than_are_loaded_at_once_are_all_offered(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", handled=True)(lambda process: process.complete())
    for _ in range(LOADED + 1):
        bench.put(a_process(handled=True, stuck=True, on_crash=CrashPolicy.HOLD))
    assert bench.sweeper().offer(jobs.registry) == LOADED + 1


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_a_handler_that_nobody_would_ever_ask_is_refused(jobs: JobBoy, status: str) -> None:
    with pytest.raises(InvalidDefinition, match=f"would never be asked: a process that is {status} has ended"):
        jobs.handler("import", status=status)
