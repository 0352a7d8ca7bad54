"""How the acts of people are found among the events of workers: by an index, a bounded piece at a time."""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import text

from jobboy.model.audit import Act, AuditPage, AuditQuery
from jobboy.storage import rows
from jobboy.storage.compiling import prepared
from jobboy.storage.statements import Session
from jobboy.storage.tables import IS_ACT
from jobboy.storage.texts import Prepared

LOOKED_AT = 20_000
"""Acts that one page looks at when not all are wanted."""
_MAX_SEQ = (1 << 63) - 1
_ESCAPE = "!"


def page(session: Session, query: AuditQuery, *, before: int | None, limit: int) -> AuditPage:
    """Return the newest acts below a number that are wanted, of at most `LOOKED_AT` that are looked at."""
    top = _MAX_SEQ if before is None else before
    floor = None if query.is_everything else session.one(FLOOR, {"before": top, "looked_at": LOOKED_AT - 1})
    values: dict[str, Any] = {"before": top, "floor": 0 if floor is None else floor[0], "limit": limit + 1}
    values |= {f"kind_{place}": kind.value for place, kind in enumerate(query.kinds)}
    values |= {"text": _pattern(query.text), "actor": _pattern(query.actor)}
    statement = acts(len(query.kinds), bool(query.text), bool(query.actor))
    found = [Act(event=rows.event(row[:-1]), code=row[-1]) for row in session.all(statement, values)]
    if len(found) > limit:
        return AuditPage(acts=found[:limit], end=found[limit - 1].event.seq)
    return AuditPage(acts=found, end=None if floor is None else floor[0])


def _pattern(wanted: str) -> str:
    lowered = rows.plain_text(wanted).lower()
    for character in (_ESCAPE, "%", "_"):
        lowered = lowered.replace(character, _ESCAPE + character)
    return f"%{lowered}%"


# As text: SQLite must be told the index, or it reads every event there is, and SQLAlchemy has no word for that.
_ACTS = f"FROM event INDEXED BY event_act WHERE {IS_ACT} AND seq < :before"
FLOOR = prepared(text(f"SELECT seq {_ACTS} ORDER BY seq DESC LIMIT 1 OFFSET :looked_at"))
"""The last act that a page looks at."""
_ID, _CODE = (
    f"coalesce(process.{name}, (SELECT json_extract(removal.\"before\", '$.{name}') FROM event AS removal"
    " WHERE removal.process = event.process AND removal.kind = 'pruned'))"
    for name in ("id", "code")
)
"""Of the process, or of one that is removed: the line of its removal stays with what was done to it."""
_TOLD = ("kind", "actor", "reason", '"after"', _ID, _CODE)
"""What of an act a text is looked for in."""


@functools.cache
def acts(kinds: int, has_text: bool, has_actor: bool) -> Prepared:
    """Return the statement for acts of so many kinds, all with 0, and with or without texts that are looked for."""
    wanted = ["seq >= :floor"]
    if kinds:
        wanted.append(f"kind IN ({', '.join(f':kind_{place}' for place in range(kinds))})")
    if has_actor:
        wanted.append(_holds("actor", "actor"))
    if has_text:
        told = " || ' ' || ".join(f"coalesce({column}, '')" for column in _TOLD)
        wanted.append(_holds(told, "text"))
    return prepared(
        text(
            f"SELECT seq, {_ID}, at, kind, actor, reason, event.step, event.attempt,"
            f' "before", "after", {_CODE}'
            f" {_ACTS.replace('WHERE', 'LEFT JOIN process ON process.number = event.process WHERE')}"
            f" AND {' AND '.join(wanted)} ORDER BY seq DESC LIMIT :limit"
        )
    )


def _holds(told: str, name: str) -> str:
    return f"lower({told}) LIKE :{name} ESCAPE '{_ESCAPE}'"
