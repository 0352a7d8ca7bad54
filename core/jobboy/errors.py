"""The whole tree of errors; one class for each decision a caller can take.

::

    JobBoyError
    ├── InvalidValue (ValueError)          what was given breaks a rule; names the field and the rule
    │   ├── InvalidProcessStatus
    │   ├── InvalidFilter                  also says where in the text
    │   ├── InvalidDefinition              a handler, step or spec that cannot be registered
    │   └── InvalidAnswer                  breaks the schema of the pause it answers; nothing was changed
    ├── StatusTransitionNotAllowed (ValueError)
    ├── NotFound (LookupError)
    │   ├── ProcessNotFound
    │   ├── AmbiguousProcessId
    │   ├── CodeNotFound
    │   ├── ScheduleNotFound
    │   └── StepNotFound
    ├── Refused                            the verb does not apply now; nothing was changed
    │   ├── Conflict                       somebody else was first
    │   └── NotConfirmed                   a guardrail asks that it be confirmed by hand
    ├── Fenced                             the writer no longer holds the process
    ├── StepFailed                         a step ended without an output
    │   ├── StepTimedOut
    │   └── StepCrashed                    its program died; carries the cause
    └── StorageError
        ├── StorageNotReachable            missing, locked, full, read-only: try again later
        │   ├── DatabaseMissing            and what was asked for does not make it
        │   ├── StorageBusy
        │   ├── StorageForbidden
        │   └── StorageFull
        ├── DatabaseReplaced               the file is no longer the one that was opened
        ├── NewerSchema                    written by a newer jobboy; left as it is
        ├── OlderSchema                    by an older one, and who only looks upgrades nothing; left as it is
        └── ForeignDatabase                the file belongs to something else; left as it is

Every constructor takes the facts and makes the message, so that a message is worded in one place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_LONGEST_QUOTED = 64
"""Characters of what somebody typed that an error repeats."""


class JobBoyError(Exception):
    """Base of every error jobboy raises on purpose."""


class InvalidValue(JobBoyError, ValueError):
    """A given value breaks a rule.

    Attributes:
        field: path of the value, such as ``parameters.rows[3].name``.
        rule: what is asked of it, as the end of a sentence that begins with the field.
    """

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field = field
        self.rule = rule


class InvalidProcessStatus(InvalidValue):
    """A word that is not one of the six statuses."""

    def __init__(self, value: object) -> None:
        super().__init__("status", "must be starting, running, ending, completed, failing or failed")
        self.args = (f'Invalid process status value "{value}"',)
        self.value = value


class InvalidFilter(InvalidValue):
    """A filter that cannot be read.

    Attributes:
        text: the whole filter.
        position: index of the first character that is wrong.
        length: how many characters are.
        suggestions: words that were probably meant, the best first.
    """

    def __init__(
        self, text: str, position: int, rule: str, *, length: int = 1, suggestions: tuple[str, ...] = ()
    ) -> None:
        super().__init__("filter", f"{rule} (at character {position + 1} of {text!r})")
        self.rule = rule
        self.text = text
        self.position = position
        self.length = length
        self.suggestions = suggestions


class InvalidDefinition(InvalidValue):
    """A handler, step or spec that cannot be registered as it is."""


class InvalidAnswer(InvalidValue):
    """What was given to a paused process breaks the schema that its step has declared; nothing was changed.

    Attributes:
        problems: each value that breaks a rule, as its path, such as ``items[0].price``, and the rule.
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("data", "; ".join(f"{path}: {rule}" for path, rule in problems))
        self.problems = tuple(problems)


class StatusTransitionNotAllowed(JobBoyError, ValueError):
    """A move that the status table does not have."""

    def __init__(self, source: str, target: str) -> None:
        super().__init__(f'Status transition from "{source}" to "{target}" is not allowed')
        self.source = source
        self.target = target


class NotFound(JobBoyError, LookupError):
    """What was asked for is not there."""


class ProcessNotFound(NotFound):
    """No process has this id, or this part of an id."""

    def __init__(self, part: str) -> None:
        super().__init__(f"no process matches id {_quoted(part)}: see `jobboy list`")
        self.part = part


class AmbiguousProcessId(NotFound):
    """More than one process has this part in its id."""

    def __init__(self, part: str, candidates: list[str]) -> None:
        super().__init__(f"id {_quoted(part)} matches several processes, give more of it: {', '.join(candidates)}")
        self.part = part
        self.candidates = candidates


class CodeNotFound(NotFound):
    """No definition is registered under this code."""

    def __init__(self, code: str, known: list[str]) -> None:
        listed = ", ".join(sorted(known)) or "none; name your app with --app MODULE:OBJECT or $JOBBOY_APP"
        super().__init__(f"no definition for code {_quoted(code)}; known codes: {listed}")
        self.code = code


class ScheduleNotFound(NotFound):
    """No schedule has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no schedule is named {_quoted(name)}: see `jobboy schedules`")
        self.name = name


class StepNotFound(NotFound):
    """The pipeline has no step of this name."""

    def __init__(self, code: str, step: str, known: list[str]) -> None:
        super().__init__(f"{code!r} has no step {step!r}; its steps: {', '.join(known) or 'none'}")
        self.step = step


class Refused(JobBoyError):
    """A verb that does not apply to the process as it is; nothing was changed.

    Attributes:
        verb: what was asked.
        process_id: of which process.
        why: the rest of the sentence.
    """

    def __init__(self, verb: str, process_id: str, why: str) -> None:
        super().__init__(f"cannot {verb} {process_id}: {why}")
        self.verb = verb
        self.process_id = process_id
        self.why = why


class Conflict(Refused):
    """Somebody else changed the process first; look again before repeating the verb."""


class NotConfirmed(Refused):
    """A guardrail asks that the verb be confirmed by hand; `Operations.acting` with ``confirmed`` does so.

    Attributes:
        asks: the reason of the guardrail.
    """

    def __init__(self, verb: str, process_id: str, asks: str) -> None:
        super().__init__(verb, process_id, f"a guardrail asks that it be confirmed by hand (--yes): {asks}")
        self.asks = asks


class Fenced(JobBoyError):
    """The writer's token is no longer the process's: its hold was taken, and its write was dropped."""

    def __init__(self, process_id: str, token: int) -> None:
        super().__init__(f"process {process_id} is no longer held with token {token}: the write was dropped")
        self.process_id = process_id
        self.token = token


class StepFailed(JobBoyError):
    """A step ended without an output."""


class StepTimedOut(StepFailed):
    """A step, or its process, ran longer than it may.

    Attributes:
        what: ``step`` or ``process``, whichever limit was reached.
    """

    def __init__(self, name: str, limit: float, what: str = "step") -> None:
        why = f"the step may take {limit:g} s" if what == "step" else "the time of its process is over"
        super().__init__(f"step {name!r} was ended: {why}")
        self.what = what


class StepCrashed(StepFailed):
    """The program that ran a step died before it answered.

    Attributes:
        cause: JSON object: ``kind``, and as far as known ``signal``, ``exit_code``, ``step``,
            ``attempt``, ``host``, ``pid``, ``last_lines``.
    """

    def __init__(self, message: str, cause: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.cause = dict(cause)


class StorageError(JobBoyError):
    """The database cannot be used."""


class StorageNotReachable(StorageError):
    """The database cannot be used now; trying again later can help."""


class DatabaseMissing(StorageNotReachable):
    """There is no file under the name of the database, and what was asked for does not make it.

    Attributes:
        path: of the file.
    """

    def __init__(self, path: str, named_by: str) -> None:
        super().__init__(
            f"{path} is not there ({named_by}): check the name; `jobboy start` or `jobboy work` with an app makes it"
        )
        self.path = path


class StorageBusy(StorageNotReachable):
    """Another program kept the write lock for longer than we wait."""


class StorageForbidden(StorageNotReachable):
    """This user lacks a right to the file or its folder."""


class StorageFull(StorageNotReachable):
    """The disk, or the quota, is full."""


class DatabaseReplaced(StorageError):
    """The database file was removed, renamed or replaced while it was open."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is no longer the file that was opened: put it back, or start again on the new one")


class NewerSchema(StorageError):
    """The database was written by a newer jobboy; it was not touched."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"the database has schema {found}, this jobboy knows {known}: upgrade jobboy (nothing was changed)"
        )


class OlderSchema(StorageError):
    """The database was written by an older jobboy, and what was asked for only looks; it was not touched."""

    def __init__(self, found: int, needed: int) -> None:
        super().__init__(
            f"the database has schema {found}, this jobboy needs {needed}: end the older workers, then `jobboy work` "
            "brings it up and keeps a copy (nothing was changed)"
        )


class ForeignDatabase(StorageError):
    """The file is not a jobboy database; it was not touched."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} is not a jobboy database: {why} (nothing was changed)")


def _quoted(typed: str) -> str:
    return repr(typed if len(typed) <= _LONGEST_QUOTED else f"{typed[: _LONGEST_QUOTED - 1]}…")
