"""How the next process is found for a claimant: by rank, priority and place in the queue, never by reading all."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from jobboy.failpoints import reach
from jobboy.model.process import Process
from jobboy.ports import Claimant, HandClaimant, Held
from jobboy.storage import rows, statements
from jobboy.storage.changes import guarded
from jobboy.storage.statements import Session
from jobboy.storage.writer import Transaction

_A_FEW, _MANY = statements.READY

Candidate = tuple[int, int, int, int]
"""Rank, priority, turn_at and number: sorted, the order of iteration."""


def claim(transaction: Transaction, claimant: Claimant, now: datetime) -> Held | None:
    """Wake who has waited long enough, offer the candidates in order, and write the one that is taken."""
    candidates = _offered(transaction, claimant.codes, now, at_once=1)
    for _, _, _, number in candidates:
        held = claimant.claim(load(transaction, [number])[number])
        if held is not None:
            transaction.at_rollback(held.lock.release)
            more = next(candidates, None) is not None
            _write(transaction, [held])
            return replace(held, more=more)
    return None


def claim_hand(transaction: Transaction, claimant: HandClaimant, now: datetime) -> list[Held]:
    """Wake who has waited long enough, offer the candidates in order, and write those that are taken.

    The first is loaded alone: what it is decides whether others, with their documents, are wanted at all.
    """
    candidates = _offered(transaction, claimant.codes, now, at_once=claimant.limit)
    hand: list[Held] = []
    more = True
    while more and (room := claimant.limit - len(hand) if hand else 1) > 0:
        numbers = [number for _, _, _, number in itertools.islice(candidates, room)]
        more = len(numbers) == room
        offered = load(transaction, numbers)
        for number in numbers:
            if not claimant.wants(offered[number], len(hand)):
                return _taken(transaction, hand, more=True)
            held = claimant.claim_ahead(offered[number]) if hand else claimant.claim(offered[number])
            if held is not None:
                transaction.at_rollback(held.lock.release)
                hand.append(held)
    return _taken(transaction, hand, more=more and next(candidates, None) is not None)


def _taken(transaction: Transaction, hand: list[Held], *, more: bool) -> list[Held]:
    """Write a hand; its last one knows whether others were ready."""
    _write(transaction, hand)
    return [*hand[:-1], *(replace(held, more=more) for held in hand[-1:])]


def load(session: Session, numbers: Sequence[int]) -> dict[int, Process]:
    """Return processes by number; removed ones are left out."""
    return {
        row[0]: rows.process(row)
        for statement, values in statements.by_numbers(statements.LOAD, numbers)
        for row in session.all(statement, values)
    }


def may_find(session: Session, codes: Sequence[str] | None, now: datetime) -> bool:
    """Say whether a claim could find anything, so that idle workers need not ask for the write lock."""
    paused, due = session.one(statements.SITUATION, {"now": rows.micros(now)})
    if paused or due:
        return not paused
    return any(_page(session, code, 0, _A_FEW) for code in (_ready_codes(session) if codes is None else codes))


def _offered(
    transaction: Transaction, codes: Sequence[str] | None, now: datetime, *, at_once: int
) -> Iterator[Candidate]:
    moment = {"now": rows.micros(now)}
    paused, due = transaction.one(statements.SITUATION, moment)
    if paused:
        return iter(())
    if due:
        transaction.write(statements.WAKE, moment)
    size = _A_FEW if at_once < _A_FEW else _MANY
    return heapq.merge(*(_queue(transaction, code, size) for code in _codes(transaction, codes)))


def _write(transaction: Transaction, hand: Sequence[Held]) -> None:
    plain = [held for held in hand if held.plain]
    _write_plain(transaction, plain)
    transaction.write_all(
        guarded(
            held.before,
            held.before.status.value,
            rows.changed_values(held.process, held.before),
            token=held.before.token,
        )
        for held in hand
        if not held.plain
    )
    if hand:
        reach("claim-written")


def _write_plain(transaction: Transaction, hand: Sequence[Held]) -> None:
    """Write claims that follow the one rule; their tokens were read in this transaction."""
    if hand:
        claim = rows.claim_values(hand[0].process)
        numbers = [held.process.number for held in hand]
        for statement, places in statements.by_numbers(statements.CLAIM, numbers):
            transaction.write(statement, {**claim, **places})


def _codes(session: Session, codes: Sequence[str] | None) -> Sequence[str]:
    return list(_ready_codes(session)) if codes is None else codes


def _queue(session: Session, code: str, size: int) -> Iterator[Candidate]:
    """Yield the candidates of one code in order, some at a time: nearly always the first are taken."""
    offset = 0
    while page := _page(session, code, offset, size):
        yield from page
        if len(page) < size:
            return
        offset += len(page)


def _page(session: Session, code: str, offset: int, size: int) -> list[Candidate]:
    return session.all(statements.READY[size], {"code": code, "offset": offset})


def _ready_codes(session: Session) -> Iterator[str]:
    """Yield the codes that have candidates, one step in the index for each."""
    row = session.one(statements.READY_CODE_AFTER, {"after": ""})
    while row is not None:
        yield row[0]
        row = session.one(statements.READY_CODE_AFTER, {"after": row[0]})
