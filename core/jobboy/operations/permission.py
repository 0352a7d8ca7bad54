"""Whether somebody may use a verb at all: read-only doors and guardrails, asked before any verb writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from jobboy.errors import NotConfirmed, ProcessNotFound, Refused
from jobboy.model.events import EventKind, NewEvent
from jobboy.model.process import Process
from jobboy.operations.context import Context
from jobboy.operations.guardrails import ANY_CODE, denied, to_confirm, too_many
from jobboy.ports import Change

READ_ONLY = "this database is opened read-only: nothing can be changed from here"


def require(
    context: Context,
    verb: str,
    whom: str,
    numbers: Mapping[str, int],
    *,
    reason: str | None = None,
    process: Process | None = None,
) -> None:
    """Let a verb pass, or refuse it before anything is written.

    What a guardrail refuses is written into the history (event ``refused``), of the process when there is one.

    Args:
        context: with the guardrails, and the mandate of whoever acts.
        verb: of `GUARDED_VERBS`.
        whom: an id, or what else is acted on, for the message.
        numbers: processes of each code that are acted on, or of `ANY_CODE`.
        reason: why it was asked for.
        process: the one process that is acted on.

    Raises:
        NotConfirmed: it must be confirmed by hand first.
        Refused: read-only, or a guardrail forbids it.
    """
    if context.read_only:
        raise Refused(verb, whom, READ_ONLY)
    if not context.guardrails:
        return
    error = _refusal(context, verb, whom, numbers)
    if error is not None:
        _record(context, error, reason, process)
        raise error


class Permission:
    """What the door would say of a verb whatever the state of a process; writes nothing.

    Args:
        context: with the guardrails, and the mandate of whoever acts.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def read_only(self) -> bool:
        """Whether every verb is refused."""
        return self._context.read_only

    @property
    def confirmed(self) -> bool:
        """Whether the decision that is carried out was confirmed by hand."""
        return self._context.mandate.confirmed

    def why_not(self, verb: str, code: str = ANY_CODE) -> str | None:
        """Return why a verb (of `GUARDED_VERBS`) is refused for processes of a code, None when it is not.

        Without a code it is about processes of any.
        """
        if self.read_only:
            return READ_ONLY
        why = denied(self._context.guardrails, verb, code)
        return None if why is None else f"a guardrail forbids it: {why}"

    def why_confirm(self, verb: str, codes: Iterable[str] = (ANY_CODE,)) -> str | None:
        """Return why a verb must be confirmed by hand for processes of these codes; None: it need not, or was."""
        if self._context.mandate.confirmed:
            return None
        found = (to_confirm(self._context.guardrails, verb, code) for code in codes)
        return next((why for why in found if why is not None), None)

    def why_not_so_many(self, verb: str, numbers: Mapping[str, int]) -> str | None:
        """Return why a verb is refused for so many processes of each code at once, None when it is not."""
        return _crowded(self._context, verb, numbers)


def _refusal(context: Context, verb: str, whom: str, numbers: Mapping[str, int]) -> Refused | None:
    asked = Permission(context)
    for code in numbers:
        if (why := asked.why_not(verb, code)) is not None:
            return Refused(verb, whom, why)
        if (why := asked.why_confirm(verb, [code])) is not None:
            return NotConfirmed(verb, whom, why)
    crowded = _crowded(context, verb, {**numbers, **(context.mandate.at_once or {})})
    return None if crowded is None else Refused(verb, whom, crowded)


def _crowded(context: Context, verb: str, numbers: Mapping[str, int]) -> str | None:
    why = too_many(context.guardrails, verb, numbers)
    return None if why is None else f"a guardrail forbids it: {why}"


def _record(context: Context, error: Refused, reason: str | None, process: Process | None) -> None:
    event = NewEvent(
        kind=EventKind.REFUSED,
        at=context.clock.now(),
        actor=context.actor,
        reason=reason,
        after={"verb": error.verb, "why": error.why},
    )
    if process is None:
        context.repository.record(event)
    elif context.repository.change(process.number, _only(event)) is None:
        raise ProcessNotFound(process.id)


def _only(event: NewEvent) -> Callable[[Process], Change]:
    """Return a change of nothing but the history."""

    def decide(process: Process) -> Change:
        return Change(process=process, seen_token=process.token, events=(event,))

    return decide
