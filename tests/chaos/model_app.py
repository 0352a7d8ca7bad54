"""The work of the model test: pipelines and handlers whose every turn ends as the test wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jobboy import JobBoy
from jobboy.engine.handled_process import HandledProcess
from jobboy.engine.registry import Registry
from jobboy.engine.steps import perform_here
from jobboy.errors import StepCrashed
from jobboy.model.process import CrashPolicy
from jobboy.ports import StepOrder, StepResult

WAIT = timedelta(seconds=10)
LIMIT, STEP_LIMIT = timedelta(seconds=30), timedelta(seconds=20)
RETENTION = timedelta(hours=1)
OUTCOMES = (*["return"] * 6, "raise", "crash", "stop", "end", "fail", "wait", "nothing")
"""How a turn can end; steps know the first few and return for the others."""


@dataclass(frozen=True)
class Kind:
    """One code, as the reference model knows it."""

    code: str
    on_crash: CrashPolicy
    steps: tuple[str, ...] = ()
    interrupting: frozenset[str] = frozenset()
    retries: int = 0
    """Of the first step, or of every turn of a plain handler."""
    timeout: timedelta | None = None
    """Of the process."""
    step_timeout: timedelta | None = None
    """Of each step; no turn of this test lasts so long, but holders are late by it when the clock goes on."""
    has_teardown: bool = False
    serves_handled: bool = False


KINDS = {
    kind.code: kind
    for kind in (
        Kind("one", CrashPolicy.FAIL, ("a",)),
        Kind("two", CrashPolicy.RECOVER, ("a", "b"), retries=1, has_teardown=True),
        Kind("three", CrashPolicy.RECOVER, ("a", "b", "c"), frozenset({"b"})),
        Kind("asks-last", CrashPolicy.HOLD, ("a", "b"), frozenset({"b"})),
        Kind("plain", CrashPolicy.HOLD, retries=1, has_teardown=True),
        Kind(
            "limited",
            CrashPolicy.RECOVER,
            ("a", "b"),
            frozenset({"a"}),
            retries=1,
            timeout=LIMIT,
            step_timeout=STEP_LIMIT,
        ),
        Kind("plain-limited", CrashPolicy.HOLD, timeout=LIMIT, has_teardown=True, serves_handled=True),
        Kind("plain-fail", CrashPolicy.FAIL),
        Kind("plain-recover", CrashPolicy.RECOVER),
        Kind("plain-resumed", CrashPolicy.HOLD, serves_handled=True),
    )
}


class Script:
    """Says how the next turn ends; also stands in for the programs of isolated steps."""

    def __init__(self, jobs: JobBoy) -> None:
        self.outcome = "return"
        self._registry: Registry = jobs.registry
        for kind in KINDS.values():
            (self._define_pipeline if kind.steps else self._define_handlers)(jobs, kind)

    def run(self, order: StepOrder) -> StepResult:
        definition = self._registry.definition(order.code)
        step = None if definition is None else definition.step(order.step)
        assert step is not None
        return perform_here(step, order)

    def stop(self, number: int, token: int, why: str) -> bool:
        return False

    def close(self) -> None:
        """Nothing runs."""

    def _define_pipeline(self, jobs: JobBoy, kind: Kind) -> None:
        pipeline = jobs.steps(kind.code, on_crash=kind.on_crash, retention=RETENTION, timeout=kind.timeout)
        for position, name in enumerate(kind.steps):
            pipeline.step(
                self._step,
                name=name,
                retries=kind.retries if position == 0 else 0,
                interrupts=name in kind.interrupting,
                isolated=name == "c",
                timeout=kind.step_timeout,
            )
        if kind.has_teardown:
            pipeline.teardown(self._teardown)

    def _define_handlers(self, jobs: JobBoy, kind: Kind) -> None:
        jobs.define(
            kind.code, retries=kind.retries, on_crash=kind.on_crash, retention=RETENTION, timeout=kind.timeout
        )
        served = ["starting", "running", *(["failing"] if kind.has_teardown else [])]
        for status in served:
            jobs.handler(kind.code, status=status)(self._turn)
        if kind.serves_handled:
            jobs.handler(kind.code, handled=True)(self._turn)

    def _step(self, data: dict[str, Any], process: Any) -> dict[str, Any]:
        self._break(process)
        return {**data, process.step: process.attempt}

    def _teardown(self, process: Any) -> None:
        self._break(process)

    def _turn(self, process: HandledProcess) -> bool | None:
        self._break(process)
        match self.outcome, process.status.value:
            case "nothing", _:
                return False
            case "fail", _:
                process.fail("as the test wants it")
            case "wait", _:
                process.wait(WAIT)
            case "end", "starting" | "running":
                process.end()
            case _, "starting":
                process.run()
        return None

    def _break(self, process: Any) -> None:
        cause = {"step": process.step, "attempt": process.attempt}
        if self.outcome == "raise":
            raise ValueError("as the test wants it")
        if self.outcome == "crash":
            raise StepCrashed("its program died", {"kind": "signal", "signal": "SIGSEGV", **cause})
        if self.outcome == "stop":
            raise StepCrashed("its program was stopped", {"kind": "stopped", "why": "the test", **cause})
