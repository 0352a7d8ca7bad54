"""Values for tests, with defaults for all that a test does not care about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from jobboy.model.documents import Document, Parameters, ProcessStore, Reports
from jobboy.model.events import EventKind, NewEvent
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.testing import BEGINNING, FixedIdentifiers

NOW: datetime = BEGINNING
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WORKER = "elsewhere:4711:0badcafe"

_identifiers = FixedIdentifiers(EPOCH)
_documents: dict[str, type[Document]] = {
    "parameters": Parameters,
    "store": ProcessStore,
    "reports": Reports,
    "output": Parameters,
    "answer_schema": Document,
}


def a_process(*, status: ProcessStatus | str = "running", **fields: Any) -> Process:
    """Make a process; documents may be given as dicts, and a handled one is in the hands of `WORKER`."""
    for name, kind in _documents.items():
        if isinstance(fields.get(name), dict):
            fields[name] = kind(fields[name])
    if fields.get("handled"):
        fields = {"handled_at": NOW, "handled_by": WORKER, "token": 1, "attempt": 1, **fields}
    defaults = {"number": 1, "code": "import", "created_at": NOW, "updated_at": NOW, "turn_at": NOW}
    return Process(**{"id": _identifiers.process_id(), **defaults, **fields}, status=ProcessStatus(status))


def an_event(kind: EventKind = EventKind.ITERATED, **fields: Any) -> NewEvent:
    """Make an event that is not written yet."""
    return NewEvent(**{"at": NOW, "actor": f"worker:{WORKER}", **fields}, kind=kind)


def fields(value: object, *names: str) -> tuple[Any, ...]:
    """Return several fields of a value, to be compared at once; documents equal dicts of the same values."""
    return tuple(getattr(value, name) for name in names)
