"""One line of a process's history, and the difference between two moments that it keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobboy.model.documents import Document
from jobboy.model.process import Process, iso

MAX_KEPT = 16_000
"""Characters of JSON of one changed value that history keeps; a longer one is replaced by its size."""


class EventKind(StrEnum):
    """What happened, in the past tense; text on screen and in SQL."""

    STARTED = "started"
    ITERATED = "iterated"
    RAISED = "raised"
    STEP_COMPLETED = "step_completed"
    STEP_FAILED = "step_failed"
    CRASHED = "crashed"
    STUCK = "stuck"
    RECOVERED = "recovered"
    PROCEEDED = "proceeded"
    KILL_REQUESTED = "kill_requested"
    FAILED = "failed"
    RESTARTED = "restarted"
    FENCED = "fenced"
    REFUSED = "refused"
    PRUNED = "pruned"
    WORK_PAUSED = "work_paused"
    WORK_RESUMED = "work_resumed"
    SCHEDULE_ADDED = "schedule_added"
    SCHEDULE_CHANGED = "schedule_changed"
    SCHEDULE_PAUSED = "schedule_paused"
    SCHEDULE_RESUMED = "schedule_resumed"
    SCHEDULE_REMOVED = "schedule_removed"
    SCHEDULE_STARTED = "schedule_started"
    SCHEDULE_MISSED = "schedule_missed"


@dataclass(kw_only=True, slots=True)
class NewEvent:
    """An event that is not written yet; it gets its number in the commit it belongs to.

    Made in every turn, so not frozen, which takes three times as long; it is not changed all the same.
    """

    kind: EventKind
    at: datetime
    actor: str
    """Who: ``operator:NAME@HOST``, ``worker:ID``, ``sweep:ID`` or ``program:NAME@HOST``."""
    reason: str | None = None
    """Why, in the words of an operator; None where nobody was asked."""
    step: str | None = None
    attempt: int | None = None
    before: dict[str, Any] | None = None
    """The fields that changed, as they were; documents hold only their changed keys."""
    after: dict[str, Any] | None = None
    """The same fields as they became; a key that is only in `before` was removed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A written event; `seq` rises over the whole database, so "after seq" is the change feed."""

    seq: int
    process_id: str | None
    """None for events that concern all processes, such as a pause of all work."""
    at: datetime
    kind: EventKind
    actor: str
    reason: str | None
    step: str | None
    attempt: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """Every field, dates as ISO 8601 UTC: what ``--json`` prints."""
        return {
            "seq": self.seq,
            "id": self.process_id,
            "at": iso(self.at),
            "kind": self.kind.value,
            "actor": self.actor,
            "reason": self.reason,
            "step": self.step,
            "attempt": self.attempt,
            "before": self.before,
            "after": self.after,
        }


_PLAIN = ("status", "handled", "stuck", "paused", "step", "error", "stuck_cause")
_DOCUMENTS = ("store", "reports", "output")
_ALIKE_IF_EQUAL = (str, int, bool, type(None))
"""Types of which two equal values are written alike; 0.0 and -0.0 are not."""


def difference(
    before: Process, after: Process, *, of_turn: bool = False, whole: bool = False
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return what changed, as it was and as it became; None and None when nothing of interest did.

    Objects are compared key by key at every depth, lists and other values as a whole. Values longer than
    `MAX_KEPT` are replaced by ``{"$omitted": characters}``.

    Args:
        before: one moment of a process.
        after: a later one.
        of_turn: it is of no interest that the process was handled before: somebody has taken it up since.
        whole: long values stay in what it became: they stand nowhere else.
    """
    keep = _kept_whole if whole else kept
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    fields, became = before.__dict__, after.__dict__
    if of_turn and before.handled:
        fields = {**fields, "handled": False}
    for name in _PLAIN:
        if fields[name] is not became[name] and fields[name] != became[name]:
            old[name], new[name] = fields[name], became[name]
    if before.kill_requested != after.kill_requested:
        old["kill_requested"], new["kill_requested"] = before.kill_requested, after.kill_requested
    if before.wait_until != after.wait_until:
        old["wait_until"], new["wait_until"] = iso(before.wait_until), iso(after.wait_until)
    for name in _DOCUMENTS:
        if fields[name] is not became[name]:
            _compare_documents(name, fields[name], became[name], old, new, keep)
    return (old or None, new or None) if old or new else (None, None)


def _compare_documents(
    name: str,
    was: Document | None,
    became: Document | None,
    old: dict[str, Any],
    new: dict[str, Any],
    keep: Callable[[Any], Any],
) -> None:
    if was is not None and became is not None and was.text == became.text:
        return
    lost, gained = _compare(_values(was), _values(became), keep)
    if lost:
        old[name] = lost
    if gained:
        new[name] = gained


def _values(document: Document | None) -> dict[str, Any]:
    return {} if document is None else dict(document.items())


def _compare(
    was: dict[str, Any], became: dict[str, Any], keep: Callable[[Any], Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    if not was:
        return {}, {key: keep(value) for key, value in became.items()}
    lost: dict[str, Any] = {}
    gained: dict[str, Any] = {}
    for key in {**was, **became}:
        inside = key in was, key in became
        if all(inside) and is_same_json(was[key], became[key]):
            continue
        if all(inside) and isinstance(was[key], dict) and isinstance(became[key], dict):
            lost[key], gained[key] = _compare(was[key], became[key], keep)
            continue
        if inside[0]:
            lost[key] = kept(was[key])
        if inside[1]:
            gained[key] = keep(became[key])
    return lost, gained


def is_same_json(was: Any, became: Any) -> bool:
    """Compare as JSON does: 1, 1.0 and true are equal in Python, at any depth, and three values there."""
    if type(was) is type(became) and type(was) in _ALIKE_IF_EQUAL:
        return bool(was == became)
    return bool(was == became) and json.dumps(was, sort_keys=True) == json.dumps(became, sort_keys=True)


def _kept_whole(value: Any) -> Any:
    return value


def kept(value: Any) -> Any:
    """Return a value as history keeps it: one whose JSON is longer than `MAX_KEPT` by its size."""
    if not isinstance(value, (str, list, dict)) or (isinstance(value, str) and len(value) < MAX_KEPT):
        return value
    length = len(json.dumps(value, ensure_ascii=False))
    return value if length <= MAX_KEPT else {"$omitted": length}
