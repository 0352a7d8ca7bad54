"""How the next process is found for a claimant: by rank, priority and place in the queue, never by reading all."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from jobboy.ports import Claimant, Held
from jobboy.storage import rows, statements
from jobboy.storage.changes import update_guarded
from jobboy.storage.statements import Session
from jobboy.storage.writer import Transaction

Candidate = tuple[int, int, int, int]
"""Rank, priority, turn_at and number: sorted, the order of iteration."""


def claim(transaction: Transaction, claimant: Claimant, now: datetime) -> Held | None:
    """Wake who has waited long enough, offer the candidates in order, and write the one that is taken."""
    moment = {"now": rows.micros(now)}
    paused, due = transaction.one(statements.SITUATION, moment)
    if paused:
        return None
    if due:
        transaction.write(statements.WAKE, moment)
    candidates = _candidates(transaction, claimant.codes)
    for _, _, _, number in candidates:
        candidate = rows.process(transaction.one(statements.BY_NUMBER, {"number": number}))
        held = claimant.claim(candidate)
        if held is not None:
            transaction.at_rollback(held.lock.release)
            more = next(candidates, None) is not None
            _write(transaction, held)
            return replace(held, more=more)
    return None


def may_find(session: Session, codes: Sequence[str] | None, now: datetime) -> bool:
    """Say whether a claim could find anything, so that idle workers need not ask for the write lock."""
    paused, due = session.one(statements.SITUATION, {"now": rows.micros(now)})
    if paused or due:
        return not paused
    return any(_page(session, code, 0) for code in (_ready_codes(session) if codes is None else codes))


def _write(transaction: Transaction, held: Held) -> None:
    values = rows.process_values(held.process, rows.MARKS)
    seen = held.before.token, held.before.status.value
    update_guarded(transaction, statements.UPDATE_MARKS, held.process, seen, values)


def _candidates(session: Session, codes: Sequence[str] | None) -> Iterator[Candidate]:
    queues = [_queue(session, code) for code in (list(_ready_codes(session)) if codes is None else codes)]
    return heapq.merge(*queues)


def _queue(session: Session, code: str) -> Iterator[Candidate]:
    """Yield the candidates of one code in order, a few at a time: nearly always the first is taken."""
    offset = 0
    while page := _page(session, code, offset):
        yield from page
        if len(page) < statements.READY_AT_ONCE:
            return
        offset += len(page)


def _page(session: Session, code: str, offset: int) -> list[Candidate]:
    return session.all(statements.READY, {"code": code, "offset": offset})


def _ready_codes(session: Session) -> Iterator[str]:
    """Yield the codes that have candidates, one step in the index for each."""
    row = session.one(statements.READY_CODE_AFTER, {"after": ""})
    while row is not None:
        yield row[0]
        row = session.one(statements.READY_CODE_AFTER, {"after": row[0]})
