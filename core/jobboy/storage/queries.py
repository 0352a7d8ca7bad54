"""Lists and counts that an index serves, however many processes there are; the others are in `scans`.

A list of several statuses or codes merges one run through the index for each pair, so that it reads no more rows than
it returns; it never sorts what it found. Statements depend only on the shape of a question and are kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jobboy.model.filter_language.conditions import IsOneOf, LooksLike, all_of, parts_of
from jobboy.model.filter_language.meaning import created_between, first_id_of
from jobboy.model.ordering import Place
from jobboy.model.process import ProcessSummary
from jobboy.model.selection import Counts, Page, Selection
from jobboy.model.status import ProcessStatus
from jobboy.storage import rows, statements
from jobboy.storage.shapes import MAX_RUNS, Edge, Shape
from jobboy.storage.statements import Session

_NO_CODE = "\0"
"""Never kept: stands for no code at all, where an empty set stands for any."""


def resolved(session: Session, selection: Selection) -> Selection:
    """Return the same selection, said so that indexes do as much of it as they can.

    Patterns of codes become the codes that look so, as long as no process of a new code is started; more codes than
    can be merged become a condition.
    """
    parts = parts_of(selection.condition)
    patterns = [part for part in parts if isinstance(part, LooksLike) and part.field == "code"]
    codes = selection.codes
    if patterns:
        known = {code for code, _, _ in session.all(statements.TALLY) if not codes or code in codes}
        codes = frozenset(code for code in known if all(part.pattern.matches(code) for part in patterns))
        parts = tuple(part for part in parts if part not in patterns)
        codes = codes or frozenset({_NO_CODE})
    if not can_merge(replace(selection, codes=codes)):
        codes, parts = frozenset(), (*parts, IsOneOf("code", codes))
    return replace(selection, codes=codes, condition=all_of(parts))


def can_merge(selection: Selection) -> bool:
    """Say whether indexes find what a selection has without looking at others' rows one by one."""
    runs = len(selection.codes) * (len(selection.statuses) or len(ProcessStatus))
    return Shape.of(selection).is_marked or runs <= MAX_RUNS


def page(
    session: Session, selection: Selection, *, below: Place | None, above: Place | None, limit: int, now: int
) -> Page:
    """Return a page of summaries in the order of numbers, and whether the direction that was read in goes on."""
    begin, upward = below or above, goes_up(selection, below, above)
    edge: Edge = "above" if upward else "newest" if begin is None else "below"
    values = values_of(session, selection, now) | {"limit": limit + 1, "edge": 0 if begin is None else begin.number}
    found = session.all(statements.listing(Shape.of(selection, edge)), values)
    kept = [rows.summary(row) for row in found[:limit]]
    end = Place(kept[-1].number) if kept else None
    return Page(kept[::-1] if goes_back(below, above) else kept, has_more=len(found) > limit, end=end)


def goes_back(below: Place | None, above: Place | None) -> bool:
    """Say whether a list is read against its order."""
    return below is None and above is not None


def goes_up(selection: Selection, below: Place | None, above: Place | None) -> bool:
    """Say whether the numbers of a list rise as it is read."""
    return goes_back(below, above) is selection.order.descending


def count(session: Session, selection: Selection, *, limit: int, now: int) -> int:
    """Count from the kept counters where they answer, else at most `limit` rows of an index."""
    shape = Shape.of(selection)
    if shape.is_tallied:
        return tallied(session, selection)
    others = _marked_others(selection, shape)
    if others is not None:
        return tallied(session, selection) - _counted(session, others, limit=1 << 62, now=now)
    return _counted(session, selection, limit=limit, now=now)


def counts(session: Session, now: int) -> Counts:
    """Return how many processes there are of each kind."""
    by_status = dict.fromkeys(ProcessStatus, 0)
    for _, status, number in session.all(statements.TALLY):
        by_status[ProcessStatus(status)] += number
    handled, stuck, paused, waiting, restarted = session.one(statements.MARKED, {"now": now})
    return Counts(by_status, handled=handled, stuck=stuck, paused=paused, waiting=waiting, restarted=restarted)


def handled(session: Session) -> list[ProcessSummary]:
    """Return every handled process, oldest first."""
    return [rows.summary(row) for row in session.all(statements.HANDLED)]


def _marked_others(selection: Selection, shape: Shape) -> Selection | None:
    """Return the few that have a mark, when a selection is all others of its statuses and codes."""
    of_these = Selection(statuses=selection.statuses, codes=selection.codes)
    if shape == Shape(shape.statuses, shape.codes, handled=False):
        return replace(of_these, handled=True)
    if shape in (Shape(shape.statuses, shape.codes, restarted=False), Shape(left_failed=True)):
        return replace(of_these, restarted=True)
    return None


def tallied(session: Session, selection: Selection) -> int:
    """Return how many processes have the codes and statuses of a selection, by the kept counters."""
    return sum(
        number
        for code, status, number in session.all(statements.TALLY)
        if (not selection.codes or code in selection.codes)
        and (not selection.statuses or status in selection.statuses)
    )


def _counted(session: Session, selection: Selection, *, limit: int, now: int) -> int:
    statement = statements.counting(Shape.of(selection))
    return int(session.one(statement, {**values_of(session, selection, now), "limit": limit})[0])


def candidates(session: Session, selection: Selection, now: int) -> int:
    """Return how many processes the indexes leave over for a scan to look at, at most."""
    shape = Shape.of(selection)
    if shape.is_marked:
        return _counted(session, selection, limit=1 << 62, now=now)
    return tallied(session, selection)


def values_of(session: Session, selection: Selection, now: int) -> dict[str, Any]:
    """Return the parameters of statements of a selection's shape."""
    statuses = _statuses(selection)
    values: dict[str, Any] = {f"status_{place}": status.value for place, status in enumerate(statuses)}
    values |= {f"code_{place}": rows.plain_text(code) for place, code in enumerate(sorted(selection.codes))}
    edges = created_between(selection)
    moment = rows.moment(now)
    starts = [first_id_of(edge.start, moment) for edge in edges if edge.start is not None]
    ends = [first_id_of(edge.end, moment) for edge in edges if edge.end is not None]
    if starts:
        values["from_number"] = _first_number(session, max(starts))
    if ends:
        values["until_number"] = _first_number(session, min(ends))
    return {**values, "now": now}


def _first_number(session: Session, first_id: str) -> int:
    """Return the number of the first process that was started with this id or later: both rise with time."""
    row = session.one(statements.NUMBER_FROM, {"id": first_id})
    return 1 << 62 if row is None else int(row[0])


def _statuses(selection: Selection) -> list[ProcessStatus]:
    """The statuses to go through: an index of codes is one of codes and statuses."""
    return sorted(selection.statuses or (ProcessStatus if selection.codes else ()))
