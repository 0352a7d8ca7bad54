"""The one door to the processes of a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from jobboy.engine.sweep import Sweeper
from jobboy.model.process import Process
from jobboy.operations import bulk, control, housekeeping, starting, verbs
from jobboy.operations.context import Context
from jobboy.operations.guardrails import Mandate
from jobboy.operations.house import House
from jobboy.operations.reading_door import ReadingDoor
from jobboy.operations.results import BulkResult
from jobboy.operations.schedule_door import ScheduleDoor
from jobboy.ports import WorkPause

if TYPE_CHECKING:
    pass


class Operations(ReadingDoor, ScheduleDoor):
    """Every use case of one database as a method; safe to call from many threads.

    Reads show the truth of the moment: a process is `stuck` in their answers when its holder is dead, whether or
    not a sweep has recorded it yet. Verbs load, judge and write in one transaction together with their event, so
    that of several callers exactly one wins and the others are told. Every method may raise `StorageError`, and every
    one that changes something `Refused` when the door is read-only or a guardrail forbids it, and `NotConfirmed` when
    a guardrail asks for more; what guardrails refuse is recorded.

    Args:
        context: the adapters, who acts, and the definitions this program knows.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.house = House(context)
        """What is known of the database itself, and of what people and turns did in it."""

    # --- starting ---

    def start(
        self,
        code: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        delay: timedelta | None = None,
        priority: int | None = None,
    ) -> str:
        """Start a process and return its id; it is on disk when this returns.

        Args:
            code: of a definition this program or a worker of the database knows.
            parameters: a JSON object.
            key: a second start with the same key returns the id of the first.
            delay: nobody works on it before this time is over.
            priority: lower is first among equals; 100 when not given.

        Raises:
            CodeNotFound: no definition has the code.
            InvalidValue: the parameters break a rule; names the path.
            Refused: the key is that of a process of another code.
        """
        given = {} if parameters is None else parameters
        return starting.start(self._context, code, given, key=key, delay=delay, priority=priority)

    def start_many(
        self,
        orders: Sequence[tuple[str, Mapping[str, Any]]],
        *,
        keys: Sequence[str | None] | None = None,
        delay: timedelta | None = None,
        priority: int | None = None,
    ) -> list[str]:
        """Start several processes, all or none, in one transaction; returns their ids in order.

        Args:
            orders: code and parameters of each.
            keys: one for each order, None for those without; a key that is known gives the id of its process.
            delay: nobody works on any of them before this time is over.
            priority: of all; 100 when not given.

        Raises:
            CodeNotFound, InvalidValue, Refused: as for `start`, for any; also when keys and orders differ in number.
        """
        return starting.start_many(self._context, orders, keys=keys, delay=delay, priority=priority)

    # --- verbs ---

    def acting(self, *, confirmed: bool = False, at_once: Mapping[str, int] | None = None) -> Operations:
        """Return this door for one decision: confirmed by hand or not, for so many processes of each code."""
        return Operations(replace(self._context, mandate=Mandate(confirmed=confirmed, at_once=at_once)))

    def recover(
        self, part: str, *, reason: str | None = None, force: bool = False, token: int | None = None
    ) -> Process:
        """Release a stuck process, so that it goes on from its last recorded step; its attempt counts.

        Args:
            part: its id or an unambiguous part.
            reason: why, for the history.
            force: take it from a living holder too, whose next write is then fenced.
            token: the token that was seen; when it is another one now, nothing is done.

        Raises:
            Refused: the verb does not apply.
            Conflict: it changed since `token` was seen.
        """
        return verbs.recover(self._context, part, reason=reason, force=force, token=token)

    def fail(
        self,
        part: str,
        *,
        reason: str | None = None,
        now: bool = False,
        force: bool = False,
        token: int | None = None,
    ) -> Process:
        """Make a process failing, so that it tears down, or with `now` failed at once; raises like `recover`."""
        return verbs.fail(self._context, part, reason=reason, now=now, force=force, token=token)

    def kill(self, part: str, *, reason: str | None = None, token: int | None = None) -> Process:
        """Ask for the end of a process: a starting one fails at once, others tear down at their next turn.

        An isolated step that runs for it is ended. Raises like `recover`.
        """
        return verbs.kill(self._context, part, reason=reason, token=token)

    def proceed(
        self,
        part: str,
        data: Mapping[str, Any] | None = None,
        *,
        reason: str | None = None,
        token: int | None = None,
    ) -> Process:
        """Let a paused process go on: `data` is merged over the paused output, key by key at the top level.

        Of several answers to one pause exactly one is accepted; without the `token` of when it was shown, one that
        is late answers the pause after it, if there is one. Raises like `recover`, `InvalidValue` for data that is no
        JSON object, and `InvalidAnswer` for data that breaks the schema of the pause, if it has one.
        """
        return verbs.proceed(self._context, part, data, reason=reason, token=token)

    def restart(
        self,
        part: str,
        *,
        reason: str | None = None,
        from_step: str | None = None,
        token: int | None = None,
    ) -> Process:
        """Start an ended process anew, from its beginning or a step; returns the new process of a new generation.

        The old one stays as it is, except for a line in its history. Raises like `recover`, and `StepNotFound`.
        """
        return verbs.restart(self._context, part, reason=reason, from_step=from_step, token=token)

    def each(self, parts: Sequence[str], verb: Callable[[str], object]) -> Sequence[BulkResult]:
        """Apply a verb to several ids, each in its own transaction; a refusal stops none of the others."""
        return bulk.each(self._context, parts, verb)

    # --- all work ---

    def pause(self, *, reason: str | None = None) -> WorkPause:
        """Pause all work of the database: turns in progress are finished, nothing is begun.

        Raises:
            Refused: it is paused already.
        """
        return control.pause(self._context, reason=reason)

    def resume(self, *, reason: str | None = None) -> None:
        """End the pause of all work.

        Raises:
            Refused: it is not paused.
        """
        control.resume(self._context, reason=reason)

    def sweep(self) -> Sequence[Process]:
        """Record every dead holder that is not recorded yet; workers do so twice a second, others may.

        Does nothing when read-only.
        """
        context = self._context
        if context.read_only:
            return []
        actor = context.actor.replace("operator:", "sweep:")
        return Sweeper(context.repository, context.locks, context.clock, context.bell, actor=actor).sweep()

    # --- keeping house ---

    def prune(
        self,
        *,
        older_than: timedelta | None = None,
        dry_run: bool = False,
        reason: str | None = None,
        goes_on: Callable[[int], bool] = lambda _: True,
    ) -> int:
        """Remove ended processes whose retention is over, or that ended `older_than` ago; returns how many.

        Batch by batch, each one transaction, which records who removed how many and why. With `dry_run` nothing is
        removed and the number is what would be. `goes_on` is told how many after each batch; False ends it there.
        """
        return housekeeping.prune(
            self._context, older_than=older_than, dry_run=dry_run, reason=reason, goes_on=goes_on
        )

    def close(self) -> None:
        """Close the database; nothing can be asked after it."""
        self._context.repository.close()
        self._context.bell.close()
        self._context.locks.close()
