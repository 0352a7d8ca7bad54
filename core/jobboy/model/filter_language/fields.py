"""Every key of the language: which field of a process it names, what may be asked of it, and its one line of help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jobboy.model.status import ProcessStatus


class Kind(Enum):
    """What a field holds, and so what may follow its key; the value says what is expected."""

    STATUS = "a status, active or evolving"
    MARK = "yes or no"
    NAME = "a name; * stands for anything, commas separate alternatives"
    TEXT = "a part of the text; * stands for anything, commas separate alternatives"
    NUMBER = "a number, as in {key}>=3"
    PAST = "a time ago or a date, as in {key}<1d, {key}>2h or {key}>2026-01-31"
    FUTURE = "a time to go or a date, as in {key}<1d, {key}>2h or {key}>2026-01-31"
    LENGTH = "a duration, as in {key}>10m"
    DOCUMENT = "a path and a value, as in {key}.name:value or {key}.rows>100"
    SORT = "what to sort by, as in sort:updated or sort:-updated"


@dataclass(frozen=True)
class Field:
    """One key."""

    key: str
    kind: Kind
    attribute: str
    """Name of the field of a process; what is computed has the key itself."""
    says: str
    aliases: tuple[str, ...] = ()
    sorts: bool = False
    """Lists can be sorted by it."""

    @property
    def expected(self) -> str:
        """What may follow the key, in words."""
        return self.kind.value.format(key=self.key)


FIELDS = (
    Field("status", Kind.STATUS, "status", "starting, running, ending, completed, failing, failed"),
    Field("code", Kind.NAME, "code", "name of the kind of work", sorts=True),
    Field("id", Kind.TEXT, "id", "any part of the id"),
    Field("step", Kind.NAME, "step", "the step that runs or runs next", sorts=True),
    Field("error", Kind.TEXT, "error", "type and message of the last error"),
    Field("age", Kind.PAST, "created_at", "when it was started", ("created", "created_at"), sorts=True),
    Field("updated", Kind.PAST, "updated_at", "its last change", ("updated_at",), sorts=True),
    Field("started", Kind.PAST, "started_at", "when work began", ("started_at",), sorts=True),
    Field("ended", Kind.PAST, "ended_at", "when it was completed or failed", ("ended_at",), sorts=True),
    Field("duration", Kind.LENGTH, "duration", "from its begin to its end, or until now"),
    Field("attempt", Kind.NUMBER, "attempt", "how often the step was begun", ("att",), sorts=True),
    Field("priority", Kind.NUMBER, "priority", "lower is first", sorts=True),
    Field("handled", Kind.MARK, "handled", "a worker holds it"),
    Field("worker", Kind.TEXT, "handled_by", "who holds it", ("handled_by",)),
    Field("held", Kind.PAST, "handled_at", "since when it is held", ("handled_at",), sorts=True),
    Field("stuck", Kind.MARK, "stuck", "its holder is dead"),
    Field("stalled", Kind.MARK, "stalled", "its holder lives but is past its limit"),
    Field("paused", Kind.MARK, "paused", "it waits for an answer"),
    Field("waiting", Kind.MARK, "waiting", "nobody picks it before its moment"),
    Field("wait", Kind.FUTURE, "wait_until", "the moment it waits for", ("wait_until",), sorts=True),
    Field("crashes", Kind.NUMBER, "crashes", "how often a program died in this step", sorts=True),
    Field("cause", Kind.DOCUMENT, "stuck_cause", "how the last holder died", ("stuck_cause",)),
    Field("killed", Kind.PAST, "killed_at", "when its end was asked for", ("killed_at",)),
    Field("timeout", Kind.FUTURE, "timeout_at", "when its time is over", ("timeout_at",)),
    Field("deadline", Kind.FUTURE, "deadline_at", "when its holder counts as stalled", ("deadline_at",)),
    Field("policy", Kind.NAME, "on_crash", "what happens when its holder dies", ("on_crash",)),
    Field("rescuable", Kind.MARK, "rescuable", "stuck, and a worker may take it over"),
    Field("key", Kind.NAME, "key", "idempotency key given at start"),
    Field("generation", Kind.NUMBER, "generation", "1, and one more for each restart"),
    Field("restarted", Kind.MARK, "restarted", "a later process was started from it anew"),
    Field("previous", Kind.TEXT, "previous_id", "id of the process it restarts", ("previous_id",)),
    Field("successor", Kind.TEXT, "restarted_as", "id of its last restart", ("restarted_as",)),
    Field("token", Kind.NUMBER, "token", "rises with every claim and action"),
    Field("number", Kind.NUMBER, "number", "counts the processes of the database"),
    Field("turn", Kind.PAST, "turn_at", "since when it stands in its queue", ("turn_at",)),
    Field("retention", Kind.LENGTH, "retention", "how long it is kept after its end"),
    Field("expires", Kind.FUTURE, "expires_at", "when it may be removed", ("expires_at",)),
    Field("store", Kind.DOCUMENT, "store", "its working memory"),
    Field("parameters", Kind.DOCUMENT, "parameters", "what it was started with", ("params",)),
    Field("output", Kind.DOCUMENT, "output", "what its last step returned"),
    Field("reports", Kind.DOCUMENT, "reports", "what was written for people"),
    Field("sort", Kind.SORT, "sort", "the order of the list, once for the whole filter"),
)
BY_KEY = {key: field for field in FIELDS for key in (field.key, *field.aliases)}
BY_ATTRIBUTE = {field.attribute: field for field in FIELDS}
SORTS = {key: field for key, field in BY_KEY.items() if field.sorts}

MARKS = {field.key: field for field in FIELDS if field.kind is Kind.MARK}
MACRO_STATES = {
    "active": frozenset(status for status in ProcessStatus if status.is_active),
    "evolving": frozenset(status for status in ProcessStatus if status.is_evolving),
}
STATUS_WORDS = {**{status.value: frozenset({status}) for status in ProcessStatus}, **MACRO_STATES}
OPERATORS = ("AND", "OR", "NOT")
BARE_WORDS = (*STATUS_WORDS, "handled", "unhandled", *(mark for mark in MARKS if mark != "handled"))
"""Words that mean something without a key."""
