"""How the next process is found for a claimant: by rank, priority and place in the queue, never by reading all."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobboy.failpoints import reach
from jobboy.model.process import Process
from jobboy.ports import Claimant, HandClaimant, Held
from jobboy.storage import rows, statements
from jobboy.storage.changes import guarded
from jobboy.storage.statements import Session
from jobboy.storage.writer import Transaction

_A_FEW, _MANY = statements.READY

Known = Mapping[int, Process]
"""Processes by number that need not be read, since this transaction has just written them."""
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


def claim_hand(transaction: Transaction, claimant: HandClaimant, now: datetime, known: Known) -> list[Held]:
    """Wake who has waited long enough, offer the candidates in order, and write those that are taken.

    The first is loaded alone: what it is decides whether others, with their documents, are wanted at all.
    """
    candidates = _offered(transaction, claimant.codes, now, at_once=claimant.limit)
    hand: list[Held] = []
    more = True
    while more and (room := claimant.limit - len(hand) if hand else 1) > 0:
        numbers = [number for _, _, _, number in itertools.islice(candidates, room)]
        more = len(numbers) == room
        offered = {**known, **load(transaction, [number for number in numbers if number not in known])}
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
    if more and hand:
        hand[-1] = replace(hand[-1], more=True)
    return hand


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
    return any(True for _ in _ready_codes(session, codes))


def put_in_turn(transaction: Transaction, now: datetime, idle: timedelta) -> bool:
    """Give some whose place in the queue is still to come the place of now; says whether there may be more.

    Some that began a wait of no longer than `idle` there wait no more.
    """
    values = {"now": rows.micros(now), "longest": rows.in_micros(idle)}
    changed = [transaction.write(statement, values) for statement in (statements.PUT_IN_TURN, statements.END_WAITS)]
    return statements.TURNS_AT_ONCE in changed


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
    ready = list(_ready_codes(transaction, codes))
    if len(ready) == 1:
        return _queue(transaction, ready[0], size)
    return heapq.merge(*(_queue(transaction, code, size) for code in ready))


def _write(transaction: Transaction, hand: Sequence[Held]) -> None:
    _write_plain(transaction, [held for held in hand if held.plain])
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


def _ready_codes(session: Session, codes: Sequence[str] | None) -> Iterator[str]:
    """Yield those of the codes that have candidates; without any given, one step in the index for each there is."""
    if codes is not None:
        for row in session.all(statements.READY_CODES, {"codes": rows.as_json(codes)}):
            yield row[0]
        return
    row = session.one(statements.READY_CODE_AFTER, {"after": ""})
    while row is not None:
        yield row[0]
        row = session.one(statements.READY_CODE_AFTER, {"after": row[0]})
