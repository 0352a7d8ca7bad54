"""The reference model: what a process must look like, said anew in plain values, with no code of the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from jobboy.model.process import CRASH_LIMIT, CrashPolicy
from tests.chaos.model_app import RETENTION, Kind

IDLE = timedelta(seconds=1)
GRACE = timedelta(seconds=5)
ORDER = {"failing": 2, "ending": 3, "running": 4, "starting": 5}


@dataclass
class Known:
    """One process as it must be."""

    id: str
    number: int
    kind: Kind
    step: str | None
    turn_at: datetime
    wait_until: datetime | None
    priority: int
    status: str = "starting"
    token: int = 0
    handled: bool = False
    alive: bool = False
    """Its holder lives; of no meaning when nobody holds it."""
    stuck: bool = False
    """Recorded as such."""
    rescuable: bool = False
    paused: bool = False
    killed: bool = False
    attempt: int = 0
    crashes: int = 0
    stops: int = 0
    """How often the step at hand was ended with its worker."""
    cause: tuple[str | None, int] | None = None
    """Step and attempt of the recorded crash."""
    ended_at: datetime | None = None
    timeout_at: datetime | None = None
    deadline_at: datetime | None = None
    paused_at: datetime | None = None
    """When it last paused: the time of the process stands still from then on."""
    outputs: dict[str, int] = field(default_factory=dict)
    """Attempt that completed each step."""
    pauses: int = 0
    answers: int = 0
    unanswered: str | None = None
    """The step after a pause that ended without an answer."""
    previous: str | None = None
    """Id of the process that it is a restart of."""
    begun_at: str | None = None
    """The step it began at."""

    @property
    def is_active(self) -> bool:
        return self.status not in ("completed", "failed")

    @property
    def is_dead(self) -> bool:
        return self.handled and not self.alive

    @property
    def kill_waits(self) -> bool:
        return self.killed and self.is_active and self.status != "failing"

    @property
    def rank(self) -> int | None:
        if not self.is_active:
            return None
        if self.handled:
            return 0 if self.stuck and self.rescuable else None
        if self.kill_waits:
            return 1
        return None if self.paused or self.wait_until is not None else ORDER[self.status]

    @property
    def sleeps(self) -> bool:
        return self.is_active and self.rank is None and not self.handled and not self.paused

    def is_timed_out(self, now: datetime) -> bool:
        return self.timeout_at is not None and self.timeout_at <= now

    def expired(self, now: datetime, older_than: timedelta | None) -> bool:
        if self.ended_at is None:
            return False
        return self.ended_at + RETENTION <= now if older_than is None else self.ended_at < now - older_than

    def copy(self) -> Known:
        return replace(self, outputs=dict(self.outputs))

    # --- what changes it ---

    def wake(self, now: datetime) -> None:
        if self.sleeps and self.wait_until is not None and self.wait_until <= now:
            self.wait_until = None

    def claim(self, now: datetime) -> None:
        if self.kind.timeout is not None and self.timeout_at is None:
            self.timeout_at = now + self.kind.timeout
        limits = [] if self.kind.step_timeout is None or self.step is None else [now + self.kind.step_timeout]
        limits += [] if self.timeout_at is None else [self.timeout_at]
        self.deadline_at = min(limits) + GRACE if limits else None
        self.token += 1
        self.handled, self.alive, self.stuck, self.rescuable = True, True, False, False
        self.attempt += self.status != "failing"
        if self.kind.steps and self.status == "starting" and not self.kill_waits:
            self.status = "running"

    def release(self, now: datetime) -> None:
        self.handled, self.alive, self.stuck, self.rescuable = False, False, False, False
        self.turn_at, self.deadline_at = now, None

    def end(self, status: str, now: datetime) -> None:
        self.status, self.ended_at = status, now

    def wait(self, until: datetime | None) -> None:
        """Wait until a moment, but no longer than it may take; a teardown takes what it takes."""
        limits = self.timeout_at is not None and self.status != "failing"
        self.wait_until = min(until, self.timeout_at or until) if until is not None and limits else until

    def give_up(self, now: datetime) -> None:
        if self.status == "failing":
            self.end("failed", now)
        else:
            self.end_pause()
            self.status, self.crashes, self.wait_until = "failing", 0, None

    def end_pause(self) -> None:
        """End a pause that nobody answered, if it is in one."""
        if self.paused:
            self.paused, self.unanswered = False, self.step

    def sweep(self, now: datetime) -> bool:
        """Find its holder dead; says whether there was anything to find."""
        if not self.is_dead or self.stuck:
            return False
        self.crashes += 1
        self.cause = (self.step, self.attempt)
        policy = self.kind.on_crash
        if policy is CrashPolicy.HOLD:
            self.stuck = True
        elif policy is CrashPolicy.RECOVER and self.crashes < CRASH_LIMIT:
            self.stuck = self.rescuable = True
        else:
            self.give_up(now)
            self.release(now)
        return True

    def offer(self) -> bool:
        if not self.stuck or self.rescuable:
            return False
        served = self.kind.steps or self.status in ("starting", "running")
        recovers = self.kind.on_crash is CrashPolicy.RECOVER and served
        self.rescuable = bool(recovers or self.kind.serves_handled)
        return self.rescuable

    # --- verbs: each says whether it applies, and does it ---

    def recover(self, now: datetime, force: bool) -> bool:
        if not self.is_active or not (self.is_dead or (self.handled and force)):
            return False
        if self.cause != (self.step, self.attempt):
            self.crashes += 1
            self.cause = (self.step, self.attempt)
        self.wait_until = None
        self.release(now)
        self.token += 1
        return True

    def fail(self, now: datetime, at_once: bool, force: bool) -> bool:
        is_refused = self.status == "failing" or self.handled
        if not self.is_active or (is_refused and not self.is_dead and not force):
            return False
        self.release(now)
        self.token += 1
        if self.status != "failing":
            if at_once:
                self.end_pause()
                self.wait_until = None
                self.end("failed", now)
            else:
                self.give_up(now)
        elif at_once:
            self.give_up(now)
        return True

    def kill(self, now: datetime) -> bool:
        if not self.is_active or self.status == "failing" or self.killed:
            return False
        self.killed, self.wait_until = True, None
        if self.handled and self.alive:
            return True
        self.release(now)
        self.token += 1
        self.end_pause()
        if self.status == "starting":
            self.end("failed", now)
        return True

    def proceed(self, now: datetime) -> bool:
        if not self.paused or self.handled or self.killed:
            return False
        self.paused, self.turn_at = False, now
        if self.timeout_at is not None and self.paused_at is not None:
            self.timeout_at += max(now - self.paused_at, timedelta(0))
        self.token += 1
        self.answers += 1
        if self.step is None:
            self.end("completed", now)
        return True


def ready(known: Iterable[Known]) -> list[Known]:
    """Return the candidates in the order of iteration."""
    ranked = [(one.rank, one.priority, one.turn_at, one.number, one) for one in known if one.rank is not None]
    return [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:4])]
