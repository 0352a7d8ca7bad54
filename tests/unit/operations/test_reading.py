"""Lists, details and histories: complete, in order, and true at the moment they are read."""

import itertools
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from jobboy import JobBoy, Process, ProcessStatus, StepProcess
from jobboy.model.events import Event
from jobboy.model.identifiers import process_id
from jobboy.model.selection import Selection
from jobboy.operations import parse_filter
from jobboy.ports import process_place
from jobboy.testing import FixedIdentifiers
from tests.factories import NOW, a_process, fields
from tests.unit.bench import Bench

EVERYTHING = Selection()
STATES: dict[str, dict[str, Any]] = {
    "starting": {"status": "starting"},
    "running": {},
    "waiting": {"wait_until": NOW + timedelta(minutes=1)},
    "paused": {"paused": True},
    "living": {"handled": True, "deadline_at": NOW - timedelta(seconds=1)},
    "dead": {"handled": True},
    "recorded": {"handled": True, "stuck": True},
    "failed": {"status": "failed", "code": "export"},
}


@pytest.fixture
def kept(bench: Bench) -> Iterator[dict[str, Process]]:
    """One process of every state; the lock of the living one's holder is held as long as the test runs."""
    processes = {name: bench.put(a_process(store={"name": name}, **state)) for name, state in STATES.items()}
    with bench.locks.take(process_place(processes["living"].number, 1)) or pytest.fail("taken"):
        yield processes


# --- lists ---


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["failed", "recorded", "dead", "living", "paused", "waiting", "running", "starting"]),
        ("running", ["recorded", "dead", "living", "paused", "waiting", "running"]),
        ("failed,starting", ["failed", "starting"]),
        ("code:export", ["failed"]),
        ("code:nobody", []),
        ("handled", ["recorded", "dead", "living"]),
        ("stuck", ["recorded", "dead"]),
        ("stalled", ["living"]),
        ("active unhandled", ["paused", "waiting", "running", "starting"]),
        ("paused", ["paused"]),
        ("waiting", ["waiting"]),
        ("evolving unhandled code:import", ["paused", "waiting", "running"]),
        ("!stuck", ["failed", "living", "paused", "waiting", "running", "starting"]),
        ("handled !stalled", ["recorded", "dead"]),
        ("!stuck !stalled running", ["paused", "waiting", "running"]),
        ("failed OR stuck", ["failed", "recorded", "dead"]),
        ("failed,stalled", ["failed", "living"]),
        ("running !(stuck OR stalled)", ["paused", "waiting", "running"]),
        ("(stuck OR paused) store.name:d*,paused", ["dead", "paused"]),
        ("store.name:r* sort:age", ["recorded", "running"]),
        ("store.name:r* sort:-age", ["running", "recorded"]),
        ("stuck sort:-age", ["dead", "recorded"]),
        ("waiting,paused OR code:ex*", ["failed", "paused", "waiting"]),
    ],
)
def test_a_list_shows_what_its_filter_selects_newest_first(
    bench: Bench, kept: dict[str, Process], text: str, names: list[str]
) -> None:
    selection = parse_filter(text)
    found = bench.operations.list(selection)
    assert [process.store["name"] for process in found] == names
    assert [row.id for row in bench.operations.page(selection).rows] == [process.id for process in found]
    assert bench.operations.count(selection) == len(names)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("age<1h", ["now", "minutes"]),
        ("age>1h", ["days", "weeks"]),
        ("age>1h age<1w", ["days"]),
        ("age>1w age<1h", []),
        ("age<999999w", ["now", "minutes", "days", "weeks"]),
        ("age>999999w", []),
        ("failed age<1w", []),
    ],
)
def test_a_list_of_an_age_goes_by_the_moment_of_the_start(bench: Bench, text: str, names: list[str]) -> None:
    for name in ("weeks", "days", "minutes"):
        started = NOW - timedelta(**{name: 2})
        identifier = process_id(int(started.timestamp() * 1000), name.encode().ljust(10))
        bench.put(a_process(id=identifier, created_at=started, store={"name": name}))
    bench.put(a_process(id=FixedIdentifiers().process_id(), store={"name": "now"}))
    bench.advance(minutes=1)
    selection = parse_filter(text)
    assert [process.store["name"] for process in bench.operations.list(selection)] == names
    assert bench.operations.count(selection) == len(names)


def test_stuck_is_the_truth_of_the_moment_before_any_sweep(bench: Bench, kept: dict[str, Process]) -> None:
    told = {process.store["name"]: process.stuck for process in bench.operations.list(EVERYTHING)}
    assert {name for name, stuck in told.items() if stuck} == {"dead", "recorded"}
    dead = bench.operations.get(kept["dead"].id)
    assert dead.stuck
    assert dead.stuck_cause is not None
    assert dead.stuck_cause["kind"] == "holder died"
    assert not bench.operations.get(kept["living"].id).stuck
    assert not bench.get(kept["dead"].id).stuck  # nothing is written by reading


def test_pages_go_down_and_up_by_number(bench: Bench) -> None:
    numbers = [bench.put(a_process()).number for _ in range(7)]
    newest = bench.operations.page(EVERYTHING, limit=3)
    assert ([row.number for row in newest.rows], newest.has_more) == (numbers[:3:-1], True)
    below = bench.operations.page(EVERYTHING, below=newest.rows[-1].number, limit=4)
    assert ([row.number for row in below.rows], below.has_more) == (numbers[3::-1], False)
    above = bench.operations.page(EVERYTHING, above=numbers[2], limit=2)
    assert ([row.number for row in above.rows], above.has_more) == ([numbers[4], numbers[3]], True)


def test_a_list_of_stuck_ones_goes_on_past_pages_of_living_ones(bench: Bench, kept: dict[str, Process]) -> None:
    found, place, more = list[str](), None, True
    while more:
        page = bench.operations.page(parse_filter("stuck"), below=place, limit=1)
        found += [row.id for row in page.rows]
        place, more = page.end, page.has_more
    assert found == [kept["recorded"].id, kept["dead"].id]


def test_a_count_is_whole_however_long_it_takes_to_look(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would see that it is not: whoever waits for a count of 0, or a monitor, would take it for the truth."""
    bench.put(a_process(store={"tenant": "acme"}))  # the oldest, so the last that is looked at
    bench.repository.add([a_process() for _ in range(600)], actor="program:test")
    slow = SimpleNamespace(monotonic=itertools.count(step=3600).__next__)
    monkeypatch.setattr("jobboy.storage.watch.time", slow)

    assert bench.operations.counted(parse_filter("store.tenant:acme")).number == 0, "stopped, as it says"
    assert bench.operations.count(parse_filter("store.tenant:acme")) == 1


def test_the_words_of_a_database_are_offered_for_filters(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nightly").step(lambda data: data, name="load")
    bench.put(
        a_process(code="old", step="save", store={"rows": 5, "who": {"a b": "ada", "on": True}, "long": "x" * 99})
    )
    words = bench.operations.vocabulary()
    assert (words.codes, words.steps) == (["nightly", "old"], ["load", "save"])
    assert words.paths["store"] == {"rows": ["5"], 'who."a b"': ["ada"], "who.on": ["true"]}
    assert all(parse_filter(f"store.{path}:{value}") for path in words.paths["store"] for value in ("5", "ada"))


def test_a_list_ends_at_its_limit(bench: Bench, kept: dict[str, Process]) -> None:
    assert [process.store["name"] for process in bench.operations.list(parse_filter("stuck"), limit=1)] == [
        "recorded"
    ]
    assert bench.operations.list(EVERYTHING, limit=0) == []


def test_the_overview_counts_each_kind(bench: Bench, kept: dict[str, Process]) -> None:
    overview = bench.operations.overview()
    assert overview.counts.total == len(STATES)
    assert {status.value: n for status, n in overview.counts.by_status.items() if n} == {
        "starting": 1,
        "running": 6,
        "failed": 1,
    }
    assert fields(overview.counts, "handled", "stuck", "paused", "waiting") == (3, 2, 1, 1)
    assert fields(overview, "pause", "workers_alive") == (None, 0)
    assert overview.last_seq == len(STATES)


def test_codes_are_those_of_processes_and_of_definitions(bench: Bench, jobs: JobBoy) -> None:
    bench.put(a_process(code="old"))
    jobs.define("new")
    assert bench.operations.codes() == ["new", "old"]


# --- one process ---


def test_the_steps_of_a_process_are_recorded_at_hand_or_to_come(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")
    seen: list[list[tuple[str, str, int]]] = []

    def look(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
        steps = bench.operations.details(process.id).steps
        seen.append([fields(step, "name", "status", "attempts") for step in steps])
        return {"n": len(seen)}

    for name in ("first", "second", "third"):
        pipeline.step(look, name=name)
    process_id = bench.start("nightly")
    pending = [fields(step, "name", "status", "attempts") for step in bench.operations.details(process_id).steps]
    assert pending == [("first", "pending", 0), ("second", "pending", 0), ("third", "pending", 0)]
    bench.finish(process_id)
    assert seen == [
        [("first", "running", 1), ("second", "pending", 0), ("third", "pending", 0)],
        [("first", "completed", 1), ("second", "running", 1), ("third", "pending", 0)],
        [("first", "completed", 1), ("second", "completed", 1), ("third", "running", 1)],
    ]
    details = bench.operations.details(process_id).as_json()
    assert details["status"] == "completed"
    assert details["steps"][1] == {
        "name": "second",
        "status": "completed",
        "attempts": 1,
        "output": {"n": 2},
        "error": None,
        "started_at": "2026-01-05T12:00:00.000000Z",
        "ended_at": "2026-01-05T12:00:00.000000Z",
    }
    assert json.loads(json.dumps(details)) == details


def test_the_steps_are_shown_without_the_definition_too(bench: Bench) -> None:
    process = bench.put(a_process(code="gone", step="load"))
    (step,) = bench.operations.details(process.id).steps
    assert fields(step, "name", "status") == ("load", "pending")


# --- histories ---


def test_a_history_can_be_read_from_either_end(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import")
    def work(process: Any) -> None:
        if process.store.inc("turns") == 5:
            process.complete()

    process_id = bench.start("import")
    bench.finish(process_id)
    history = bench.history(process_id)
    assert [event.seq for event in history] == sorted(event.seq for event in history)
    assert bench.operations.history(process_id, limit=2) == history[:2]
    assert bench.operations.history(process_id, limit=2, newest=True) == history[-2:]
    assert bench.operations.history(process_id, after=history[3].seq) == history[4:]
    assert [(event.after or {}).get("store") for event in history[1:3]] == [{"turns": 1}, {"turns": 2}]


def test_the_feed_has_the_events_of_all_processes(bench: Bench) -> None:
    one, other = bench.put(a_process()), bench.put(a_process())
    bench.operations.pause()
    feed = bench.operations.feed(after=0)
    assert [(event.kind.value, event.process_id) for event in feed] == [
        ("started", one.id),
        ("started", other.id),
        ("work_paused", None),
    ]
    assert bench.operations.feed(after=feed[-1].seq) == []


def test_the_stamp_changes_with_every_commit(bench: Bench) -> None:
    before = bench.operations.stamp()
    assert bench.operations.stamp() == before
    bench.put(a_process())
    assert bench.operations.stamp() != before


def test_a_tail_follows_a_process_to_its_end(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", status="starting")(lambda process: process.run())
    jobs.handler("import", status="running")(lambda process: process.complete())
    process_id = bench.start("import")
    events: list[Event] = []
    began = threading.Event()

    def follow() -> None:
        for event in bench.operations.tail(process_id):
            events.append(event)
            began.set()

    following = threading.Thread(target=follow)
    following.start()
    assert began.wait(60)
    assert bench.finish(process_id).status is ProcessStatus.COMPLETED
    following.join(60)
    assert not following.is_alive()
    assert events == bench.history(process_id)


def test_a_tail_may_begin_after_what_was_seen(bench: Bench) -> None:
    process = bench.put(a_process())
    bench.operations.fail(process.id, now=True)
    history = bench.history(process.id)
    assert list(bench.operations.tail(process.id, after=history[0].seq)) == history[1:]
    assert list(bench.operations.tail(process.id, after=history[-1].seq)) == []
