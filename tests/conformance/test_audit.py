"""What people did, for every kind of database: newest first, found among what workers do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from jobboy.errors import InvalidValue
from jobboy.model.audit import AuditPage, AuditQuery
from jobboy.model.events import EventKind
from jobboy.model.process import Process
from jobboy.ports import Change, ProcessRepository
from jobboy.storage import audit
from tests.factories import NOW, a_process, an_event

ADA, BOB = "operator:ada@web1", "operator:bob@web2"
ALL = AuditQuery()


def act(
    repository: ProcessRepository, process: Process, kind: EventKind, actor: str, reason: str | None = None
) -> None:
    event = an_event(kind, actor=actor, reason=reason, before={"paused": True}, after={"paused": False})
    changed = repository.change(
        process.number, lambda now: Change(process=now, seen_token=now.token, events=(event,))
    )
    assert changed is not None


def kinds(page: AuditPage) -> list[str]:
    return [one.event.kind.value for one in page.acts]


def walked(repository: ProcessRepository, query: AuditQuery, limit: int) -> Iterator[AuditPage]:
    page = repository.audit(query, limit=limit)
    yield page
    while page.end is not None:
        page = repository.audit(query, before=page.end, limit=limit)
        yield page


@pytest.fixture
def process(repository: ProcessRepository) -> Process:
    """A process with a worker's and three persons' events."""
    kept = repository.add([a_process(status="starting", code="billing")], actor="program:shop@web1")[0]
    act(repository, kept, EventKind.ITERATED, "worker:web1:12:ab")
    act(repository, kept, EventKind.PROCEEDED, ADA, "rows are right")
    act(repository, kept, EventKind.STUCK, "sweep:web1:12:ab")
    act(repository, kept, EventKind.KILL_REQUESTED, BOB, "100 % wrong_account")
    act(repository, kept, EventKind.FAILED, "program:shop@web1")
    return kept


def test_people_are_told_newest_first_and_workers_are_left_out(
    repository: ProcessRepository, process: Process
) -> None:
    page = repository.audit(ALL, limit=10)
    assert kinds(page) == ["failed", "kill_requested", "proceeded"]
    assert page.end is None
    assert {(one.code, one.event.process_id) for one in page.acts} == {("billing", process.id)}


def test_what_an_operator_starts_is_an_act_and_what_a_program_starts_is_not(repository: ProcessRepository) -> None:
    repository.add([a_process(status="starting")], actor="program:shop@web1")
    repository.add([a_process(status="starting")], actor=ADA)
    assert [one.event.actor for one in repository.audit(ALL, limit=10).acts] == [ADA]


def test_what_concerns_all_processes_has_no_process(repository: ProcessRepository, process: Process) -> None:
    repository.record(an_event(EventKind.PRUNED, actor=BOB, after={"pruned": 3}))
    newest = repository.audit(ALL, limit=1).acts[0]
    assert (newest.event.kind, newest.event.process_id, newest.code) == (EventKind.PRUNED, None, None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (AuditQuery(verb="kill"), ["kill_requested"]),
        (AuditQuery(actor="ADA"), ["proceeded"]),
        (AuditQuery(text="% WRONG_"), ["kill_requested"]),
        (AuditQuery(text="rows%right"), []),
        (AuditQuery(text="billing", actor="operator"), ["kill_requested", "proceeded"]),
        (AuditQuery(text="billing", verb="recover"), []),
    ],
)
def test_acts_are_narrowed_by_verb_actor_and_text(
    repository: ProcessRepository, process: Process, query: AuditQuery, found: list[str]
) -> None:
    assert kinds(repository.audit(query, limit=10)) == found


def test_the_id_of_a_process_is_text_too(repository: ProcessRepository, process: Process) -> None:
    assert len(repository.audit(AuditQuery(text=process.id[-8:]), limit=10).acts) == 3


@pytest.mark.parametrize("query", [ALL, AuditQuery(actor="ada")])
def test_pages_follow_each_other_without_gap_or_repetition(
    repository: ProcessRepository, process: Process, query: AuditQuery
) -> None:
    for number in range(7):
        act(repository, process, EventKind.PROCEEDED, ADA, f"{number}")
    pages = list(walked(repository, query, 3))
    found = [one.event.seq for page in pages for one in page.acts]
    assert found == sorted(found, reverse=True)
    assert len(found) == len(set(found)) == (10 if query is ALL else 8)
    assert all(len(page.acts) <= 3 for page in pages)


def test_a_page_looks_at_a_bounded_number_of_acts_and_says_where_to_go_on(
    repository: ProcessRepository, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "LOOKED_AT", 4)
    for number in range(3):
        act(repository, process, EventKind.PROCEEDED, BOB, f"{number}")
    pages = list(walked(repository, AuditQuery(actor="ada"), 5))
    assert [len(page.acts) for page in pages] == [0, 1]
    assert pages[0].end is not None


@pytest.mark.parametrize(("field", "query"), [("verb", {"verb": "frobnicate"}), ("text", {"text": "x" * 201})])
def test_what_cannot_be_asked_is_refused_by_name(field: str, query: dict[str, str]) -> None:
    with pytest.raises(InvalidValue, match=field):
        AuditQuery(**query)


# --- what outlives its process ---------------------------------------------------------------------------------


@pytest.fixture
def removed(repository: ProcessRepository) -> Process:
    """A process that an operator started and put right, that a program ended, and that retention removed."""
    kept = repository.add([a_process(status="failed", ended_at=NOW, code="billing")], actor=ADA)[0]
    data = {"status": "running", "output": {"answer": "a person's name"}, "store": {"secret": 1}}
    event = an_event(EventKind.PROCEEDED, actor=ADA, reason="rows are right", before={"paused": True}, after=data)
    repository.change(kept.number, lambda now: Change(process=now, seen_token=now.token, events=(event,)))
    act(repository, kept, EventKind.KILL_REQUESTED, "program:shop@web1")
    act(repository, kept, EventKind.ITERATED, "worker:web1:12:ab")
    record = partial(an_event, EventKind.PRUNED, actor="worker:web1:12:ab")
    assert repository.remove([kept.number], record=lambda number: record(after={"pruned": number})) == 1
    return kept


def test_what_operators_did_outlives_the_process_with_its_id_and_code(
    repository: ProcessRepository, removed: Process
) -> None:
    (found,) = repository.audit(ALL, limit=10).acts
    assert (found.event.kind, found.event.actor, found.event.reason) == (EventKind.PROCEEDED, ADA, "rows are right")
    assert (found.event.process_id, found.code) == (removed.id, "billing")
    for query in (AuditQuery(text=removed.id[-8:]), AuditQuery(text="billing"), AuditQuery(verb="proceed")):
        assert kinds(repository.audit(query, limit=10)) == ["proceeded"]


def test_the_change_feed_names_the_process_too_that_was_acted_on_and_removed(
    repository: ProcessRepository, removed: Process
) -> None:
    other = repository.add([a_process()], actor=ADA)[0]
    told = [(event.kind.value, event.process_id) for event in repository.events(limit=10)]
    acts = [("proceeded", removed.id), ("pruned", removed.id), ("pruned", None)]
    assert told == [*acts, ("started", other.id)]
    assert [event.process_id for event in repository.events(number=removed.number, limit=10)] == [removed.id] * 2
    assert [event.process_id for event in repository.events(newest=True, limit=2)] == [None, other.id]


def test_documents_go_with_their_process_and_what_became_of_its_state_stays(
    repository: ProcessRepository, removed: Process
) -> None:
    (found,) = repository.audit(ALL, limit=10).acts
    assert (found.event.before, found.event.after) == ({"paused": True}, {"status": "running"})


def test_of_a_process_that_nobody_put_right_nothing_stays(repository: ProcessRepository, removed: Process) -> None:
    plain = repository.add([a_process(status="failed", ended_at=NOW)], actor=ADA)[0]
    after = repository.last_seq()
    repository.remove([plain.number], record=lambda number: an_event(EventKind.PRUNED, after={"pruned": number}))
    assert [event.after for event in repository.events(after=after, limit=10)] == [{"pruned": 1}]
    assert len(repository.audit(ALL, limit=10).acts) == 1


def test_an_operator_who_removes_a_process_that_was_put_right_is_told_by_name(repository: ProcessRepository) -> None:
    kept = repository.add([a_process(status="failed", ended_at=NOW, code="billing")], actor=ADA)[0]
    act(repository, kept, EventKind.PROCEEDED, ADA)
    record = partial(an_event, EventKind.PRUNED, actor=BOB)
    repository.remove([kept.number], record=lambda number: record(after={"pruned": number}))
    told = [(one.event.kind, one.event.process_id, one.code) for one in repository.audit(ALL, limit=10).acts]
    assert told == [("pruned", None, None), ("pruned", kept.id, "billing"), ("proceeded", kept.id, "billing")]
