"""What every repository promises to whoever claims several processes at once and settles them together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from jobboy.errors import InvalidValue
from jobboy.model.documents import Parameters, ProcessStore, Reports
from jobboy.model.events import EventKind
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.ports import Change, Held, ProcessRepository, WorkPause, process_place
from jobboy.testing import FrozenClock
from tests.conformance.conftest import SECOND, Claims, HandLock
from tests.conformance.test_process_repository import a_result, keep, must_get, numbers, result_of
from tests.factories import NOW, a_process, an_event

BY = "here:1:x"


@dataclass
class HandClaims(Claims):
    """A claimant of hands that claims plainly, wants all but some codes, and remembers what it was asked."""

    limit: int = 64
    unwanted: frozenset[str] = frozenset()
    asked: list[tuple[int, int]] = field(default_factory=list)
    ahead: list[int] = field(default_factory=list)
    locks: list[HandLock] = field(default_factory=list)
    candidates: list[Process] = field(default_factory=list)

    def wants(self, candidate: Process, in_hand: int) -> bool:
        self.candidates.append(candidate)
        self.asked.append((candidate.number, in_hand))
        return candidate.code not in self.unwanted

    def claim(self, candidate: Process) -> Held | None:
        self.offers.append(candidate.number)
        if candidate.number in self.leaves:
            return None
        lock = self.places.take(process_place(candidate.number, candidate.token + 1))
        if lock is None:
            return None
        self.locks.append(lock)
        claimed = candidate.claimed(BY, self.clock.now())
        return Held(before=candidate, process=claimed, lock=lock, plain=candidate.status is not ProcessStatus.FAILING)

    def claim_ahead(self, candidate: Process) -> Held | None:
        self.ahead.append(candidate.number)
        held = self.claim(candidate)
        return None if held is None else replace(held, ahead=True)


@pytest.fixture
def claims(clock: FrozenClock) -> HandClaims:
    """A claimant that takes whatever is ready."""
    return HandClaims(clock)


def claimed(hand: list[Held]) -> list[int]:
    return [held.process.number for held in hand]


# --- claiming --------------------------------------------------------------------------------------------------


def test_a_hand_is_claimed_in_the_order_of_iteration(repository: ProcessRepository, claims: HandClaims) -> None:
    statuses = ("starting", "running", "ending", "failing")
    kept = keep(
        repository,
        *(a_process(status=status, code=f"code-{place % 3}") for place, status in enumerate(statuses * 4)),
        a_process(status="starting", priority=-5),
    )
    by_rank = {"failing": 0, "ending": 1, "running": 2, "starting": 3}
    wanted = sorted(kept, key=lambda one: (by_rank[one.status], one.priority, one.number))
    assert claimed(repository.claim_hand(claims)) == numbers(wanted) == claims.offers
    assert claims.ahead == claims.offers[1:]
    assert repository.claim(Claims(claims.clock)) is None


@pytest.mark.parametrize(("limit", "count", "more"), [(1, 3, True), (5, 12, True), (12, 12, False), (64, 70, True)])
def test_a_hand_is_as_large_as_its_limit_and_tells_of_others(
    repository: ProcessRepository, clock: FrozenClock, limit: int, count: int, more: bool
) -> None:
    kept = keep(repository, *(a_process() for _ in range(count)))
    hand = repository.claim_hand(HandClaims(clock, limit=limit))
    assert claimed(hand) == numbers(kept)[:limit]
    assert hand[-1].more is more
    assert not any(held.more for held in hand[:-1])


def test_a_hand_ends_at_the_first_that_is_not_wanted(repository: ProcessRepository, clock: FrozenClock) -> None:
    kept = keep(repository, *(a_process(code=code) for code in ("a", "a", "long", "a")))
    claims = HandClaims(clock, unwanted=frozenset({"long"}))
    hand = repository.claim_hand(claims)
    assert claimed(hand) == numbers(kept)[:2]
    assert hand[-1].more
    assert claims.asked == [(process.number, place) for place, process in enumerate(kept[:3])]
    assert repository.claim_hand(claims) == []  # it is the first now
    assert [must_get(repository, one).handled for one in kept] == [True, True, False, False]


def test_what_is_left_does_not_block_the_others_of_a_hand(repository: ProcessRepository, claims: HandClaims) -> None:
    kept = keep(repository, *(a_process() for _ in range(6)))
    claims.leaves = {kept[0].number, kept[3].number, kept[5].number}
    hand = repository.claim_hand(claims)
    assert claimed(hand) == [kept[place].number for place in (1, 2, 4)]
    assert hand[0].ahead is False
    assert [must_get(repository, one).token for one in kept] == [0, 1, 1, 0, 1, 0]


def test_a_plain_claim_is_written_as_the_rule_says_in_every_field(
    repository: ProcessRepository, claims: HandClaims, clock: FrozenClock
) -> None:
    keep(
        repository,
        a_process(status="starting"),
        a_process(status="running", step="load", attempt=2, error="ValueError: no", output={"rows": 1}),
        a_process(status="ending", handled=True, stuck=True, rescuable=True, stuck_cause={"kind": "x"}, crashes=2),
        a_process(status="running", killed_at=NOW, deadline_at=NOW, wait_until=None, timeout_at=NOW, token=7),
        a_process(status="failing", attempt=3, token=9),
        a_process(status="running", wait_until=NOW + SECOND, store={"a": [1]}, reports={"warnings": ["x"]}),
    )
    clock.advance(timedelta(minutes=1, microseconds=7))
    hand = repository.claim_hand(claims)
    assert len(hand) == 6
    for held in hand:
        assert held.process == held.before.claimed(BY, clock.now())
        assert must_get(repository, held.process) == held.process
    assert repository.claim_hand(claims) == []
    assert len(repository.handled()) == 6


def test_the_counters_follow_a_hand(repository: ProcessRepository, claims: HandClaims) -> None:
    keep(repository, *(a_process() for _ in range(9)))
    hand = repository.claim_hand(claims)
    assert repository.counts().handled == 9
    repository.settle_hand([result_of(held) for held in hand])
    assert repository.counts().handled == 0


def test_while_all_work_is_paused_no_hand_is_claimed(repository: ProcessRepository, claims: HandClaims) -> None:
    keep(repository, a_process(), a_process())
    repository.set_work_pause(WorkPause(at=NOW, actor="operator:x", reason=None), an_event(EventKind.WORK_PAUSED))
    assert repository.claim_hand(claims) == []
    assert repository.settle_hand([], claimant=claims).held == []


def test_the_locks_of_a_hand_are_given_back_when_it_is_not_written(
    repository: ProcessRepository, clock: FrozenClock
) -> None:
    class Unwritable(HandClaims):
        def claim_ahead(self, candidate: Process) -> Held | None:
            held = super().claim_ahead(candidate)
            if held is None or len(self.ahead) < 3:
                return held
            return replace(held, plain=False, process=held.process.changed(attempt=1 << 80))

    kept = keep(repository, *(a_process() for _ in range(4)))
    claims = Unwritable(clock)
    with pytest.raises(OverflowError):
        repository.claim_hand(claims)
    assert len(claims.locks) == 4
    assert all(lock.released for lock in claims.locks)
    assert [must_get(repository, one) for one in kept] == kept


def test_the_locks_of_a_hand_are_given_back_when_its_claimant_fails(
    repository: ProcessRepository, clock: FrozenClock
) -> None:
    class Failing(HandClaims):
        def claim_ahead(self, candidate: Process) -> Held | None:
            raise ZeroDivisionError

    (kept, _) = keep(repository, a_process(), a_process())
    claims = Failing(clock)
    with pytest.raises(ZeroDivisionError):
        repository.claim_hand(claims)
    assert [lock.released for lock in claims.locks] == [True]
    assert must_get(repository, kept) == kept


# --- settling --------------------------------------------------------------------------------------------------


def test_several_results_are_written_with_all_that_is_theirs_and_bring_the_next_hand(
    repository: ProcessRepository, clock: FrozenClock
) -> None:
    kept = keep(repository, *(a_process(status="starting") for _ in range(5)))
    claims = HandClaims(clock, limit=3)
    hand = repository.claim_hand(claims)
    results = [
        Change(
            process=held.process.released(NOW + SECOND).changed(store=ProcessStore({"n": held.process.number})),
            seen_token=held.process.token,
            steps=(a_result(),),
            events=(an_event(EventKind.STEP_COMPLETED),),
            claimed=held.process,
        )
        for held in hand
    ]
    settlement = repository.settle_hand(results, claimant=claims)
    assert settlement.fenced == []
    assert claimed(settlement.held)[:2] == numbers(kept)[3:]
    for result in results:
        number = result.process.number
        assert repository.steps(number) == [a_result()]
        assert repository.events(number=number, limit=9)[-1].kind is EventKind.STEP_COMPLETED
        found = must_get(repository, result.process)
        assert found.store == {"n": number}
        if not found.handled:
            assert found == result.process


def meanwhile(repository: ProcessRepository, process: Process, **fields: Any) -> None:
    repository.change(process.number, lambda one: Change(process=one.changed(**fields), seen_token=one.token))


def test_one_fenced_result_harms_no_other_and_the_next_hand_is_claimed(
    repository: ProcessRepository, clock: FrozenClock
) -> None:
    kept = keep(repository, *(a_process() for _ in range(4)))
    claims = HandClaims(clock, limit=3)
    hand = repository.claim_hand(claims)
    repository.change(kept[1].number, lambda one: Change(process=one.changed(token=9), seen_token=one.token))
    results = [result_of(held, store=ProcessStore({"done": True})) for held in hand]
    settlement = repository.settle_hand(results, claimant=claims)
    assert [str(kept[1].id) in str(error) for error in settlement.fenced] == [True]
    assert claimed(settlement.held)[0] in (kept[3].number, kept[0].number)
    found = [must_get(repository, one) for one in kept]
    assert [one.store.has("done") for one in found] == [True, False, True, False]
    assert (found[1].token, found[1].handled) == (9, True)
    assert [repository.events(number=one.number, newest=True, limit=1)[0].kind for one in kept[:2]] == [
        EventKind.ITERATED,
        EventKind.FENCED,
    ]


def test_what_happened_to_some_of_a_hand_meanwhile_leaves_each_result_written_once(
    repository: ProcessRepository, claims: HandClaims
) -> None:
    ended, killed, fenced, moved = kept = keep(repository, *(a_process(status="starting") for _ in range(4)))
    hand = repository.claim_hand(claims)
    meanwhile(repository, killed, killed_at=NOW + SECOND)
    meanwhile(repository, fenced, token=9)
    meanwhile(repository, moved, status=ProcessStatus.RUNNING)  # as a lookout shows what turned out to be long
    results = [
        replace(result_of(held, status=ProcessStatus.COMPLETED), steps=(a_result(),), claimed=held.process)
        for held in hand
    ]
    settlement = repository.settle_hand(results)
    assert [fenced.id in str(error) for error in settlement.fenced] == [True]
    found = [must_get(repository, one) for one in kept]
    assert [one.status for one in found] == ["completed", "completed", "starting", "completed"]
    assert [one.killed_at for one in found] == [None, NOW + SECOND, None, None]
    assert [len(repository.steps(one.number)) for one in kept] == [1, 1, 0, 1]
    kinds = [[event.kind for event in repository.events(number=one.number, limit=9)] for one in (ended, fenced)]
    assert kinds == [[EventKind.STARTED, EventKind.ITERATED], [EventKind.STARTED, EventKind.FENCED]]
    counts = repository.counts()
    assert (counts.by_status[ProcessStatus.COMPLETED], counts.handled, counts.total) == (3, 1, 4)


def test_results_of_processes_that_were_removed_are_fenced_without_a_trace(
    repository: ProcessRepository, claims: HandClaims
) -> None:
    keep(repository, a_process())
    (held,) = repository.claim_hand(claims)
    gone = replace(result_of(held), process=held.process.released(NOW).changed(number=999))
    settlement = repository.settle_hand([gone, result_of(held)])
    assert len(settlement.fenced) == 1
    assert not must_get(repository, held.process).handled


@pytest.mark.parametrize("knows_claim", [True, False])
def test_a_kill_that_is_asked_for_meanwhile_is_kept_for_each(
    repository: ProcessRepository, claims: HandClaims, clock: FrozenClock, knows_claim: bool
) -> None:
    kept = keep(repository, *(a_process() for _ in range(3)))
    hand = repository.claim_hand(claims)
    killed = kept[2]
    repository.change(
        killed.number, lambda one: Change(process=one.changed(killed_at=NOW + SECOND), seen_token=one.token)
    )
    results = [replace(result_of(held), claimed=held.process if knows_claim else None) for held in hand]
    assert repository.settle_hand(results).fenced == []
    assert [must_get(repository, one).killed_at for one in kept] == [None, None, NOW + SECOND]
    assert claimed(repository.claim_hand(claims)) == [killed.number, kept[0].number, kept[1].number]


@pytest.mark.parametrize("knows_claim", [True, False])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {
            "status": ProcessStatus.RUNNING,
            "started_at": NOW,
            "timeout_at": NOW + SECOND,
            "step": "naïve",
            "crashes": 2,
        },
        {
            "store": ProcessStore({"n": [1]}),
            "reports": Reports({"warnings": ["é"]}),
            "output": Parameters({"x": [1]}),
        },
        {"store": ProcessStore(), "output": Parameters()},
        {"status": ProcessStatus.FAILING, "error": "NUL: \0", "stuck_cause": {"pids": (1, 2)}},
    ],
)
def test_what_is_offered_again_is_what_would_be_read_back(
    repository: ProcessRepository, clock: FrozenClock, fields: dict[str, Any], knows_claim: bool
) -> None:
    keep(repository, a_process(output=Parameters({"old": 1}), store=ProcessStore({"n": [0]})))
    (held,) = repository.claim_hand(HandClaims(clock))
    onlooker = HandClaims(clock, leaves={held.process.number})
    result = replace(result_of(held, **fields), claimed=held.process if knows_claim else None)
    repository.settle_hand([result], claimant=onlooker)
    for document in fields.values():
        if isinstance(document, ProcessStore) and document:
            document["n"].append("too late")
    (offered,) = onlooker.candidates
    (read,) = repository.load([held.process.number])
    assert vars(offered) == vars(read)
    assert [type(value) for value in vars(offered).values()] == [type(value) for value in vars(read).values()]


def test_what_a_turn_did_to_a_list_in_its_parameters_reaches_no_later_turn(
    repository: ProcessRepository, clock: FrozenClock
) -> None:
    keep(repository, a_process(parameters={"rows": [1]}))
    (held,) = repository.claim_hand(HandClaims(clock))
    held.process.parameters["rows"].append(2)
    onlooker = HandClaims(clock, leaves={held.process.number})
    repository.settle_hand([replace(result_of(held), claimed=held.process)], claimant=onlooker)
    (offered,) = onlooker.candidates
    assert offered.parameters == {"rows": [1]}


def test_a_kill_that_was_asked_for_meanwhile_is_offered_with_its_process(
    repository: ProcessRepository, claims: HandClaims, clock: FrozenClock
) -> None:
    (kept,) = keep(repository, a_process(status="running"))
    (held,) = repository.claim_hand(claims)
    asked_at = NOW + SECOND
    repository.change(
        kept.number,
        lambda process: Change(process=process.changed(killed_at=asked_at), seen_token=process.token, actor="op"),
    )
    onlooker = HandClaims(clock, leaves={kept.number})
    repository.settle_hand([result_of(held)], claimant=onlooker)
    assert [one.killed_at for one in onlooker.candidates] == [asked_at]


def test_one_result_that_cannot_be_written_leaves_all_as_they_were(
    repository: ProcessRepository, claims: HandClaims
) -> None:
    keep(repository, a_process(), a_process())
    hand = repository.claim_hand(claims)
    for wrong in ({"attempt": 1 << 80}, {"store": ProcessStore({"n": float("nan")})}):
        spoilt: Any = wrong
        with pytest.raises((OverflowError, InvalidValue)):
            repository.settle_hand([result_of(hand[0]), result_of(hand[1], **spoilt)])
        assert [must_get(repository, held.process) for held in hand] == [held.process for held in hand]
    assert repository.settle_hand([result_of(hand[0])]).fenced == []


def test_what_is_given_back_untouched_is_as_it_was_but_for_its_token(
    repository: ProcessRepository, claims: HandClaims, clock: FrozenClock
) -> None:
    first, second = keep(repository, a_process(attempt=1, step="load"), a_process())
    clock.advance(SECOND)
    for held in repository.claim_hand(claims):
        before = held.before.changed(token=held.process.token)
        repository.settle_hand([Change(process=before, seen_token=before.token, claimed=held.process)])
    assert must_get(repository, first) == first.changed(token=1)
    assert must_get(repository, second) == second.changed(token=1)
    assert claimed(repository.claim_hand(claims)) == [first.number, second.number]
