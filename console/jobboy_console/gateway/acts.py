"""What people did, as the audit shows it: a filter that a person typed, and acts in words."""

from __future__ import annotations

from jobboy.errors import InvalidValue
from jobboy.model.audit import VERBS, Act, AuditQuery
from jobboy.model.identifiers import short_id
from jobboy.operations import Operations
from jobboy_console.facts.house_snapshots import ActLine, ActsPage
from jobboy_console.gateway.converting import event_line

AUDIT_HINT = f"text · actor:NAME · verb:{','.join(VERBS)} (one)"


def read_acts(operations: Operations, filter: str, *, before: int | None, limit: int) -> ActsPage:
    """Return what people did below a number, newest first.

    Raises:
        ValueError: the filter cannot be read.
    """
    page = operations.house.audit(read_query(filter), before=before, limit=limit)
    return ActsPage(acts=tuple(_line(act) for act in page.acts), end=page.end)


def read_query(filter: str) -> AuditQuery:
    """Read a filter: ``verb:kill actor:ada`` and a text, in any order.

    Raises:
        ValueError: naming what is wrong.
    """
    found: dict[str, str] = {}
    words = []
    for word in filter.split():
        name, colon, value = word.partition(":")
        if not colon or name not in ("verb", "actor"):
            words.append(word)
        elif name in found:
            raise ValueError(f"{name}: say it once")
        elif not value:
            raise ValueError(f"{name}: needs a word after the colon")
        else:
            found[name] = value
    try:
        return AuditQuery(text=" ".join(words), verb=found.get("verb"), actor=found.get("actor", ""))
    except InvalidValue as error:
        raise ValueError(str(error)) from error


def _line(act: Act) -> ActLine:
    event = act.event
    changes = event_line(event).changes
    named = {change.path: change.words.replace('"', "") for change in changes}
    first = [named.pop("status")] if "status" in named else []
    return ActLine(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        kind=event.kind.value,
        process_id=event.process_id,
        short_id=None if event.process_id is None else short_id(event.process_id),
        code=act.code,
        reason=event.reason,
        outcome=", ".join([*first, *(f"{path} {words}" for path, words in named.items())]),
    )
