"""What a filter selects in a repository is what it means, in every order and by pages of any size."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobboy.model.filter_language.meaning import selects
from jobboy.model.filter_language.selecting import read_filter
from jobboy.model.identifiers import process_id
from jobboy.model.ordering import Place
from jobboy.model.process import CrashPolicy, Process
from jobboy.model.selection import UNLIMITED, ScanLimits, ScanStop
from jobboy.model.status import ProcessStatus
from jobboy.ports import Change, ProcessRepository
from jobboy.storage import open_repository
from jobboy.testing import FrozenClock
from tests.factories import NOW, a_process

CODES = ("import", "Import", "mail [daily]*", "a_b%c")
STEPS = (None, "load", "save", "LOAD?")
ERRORS = (None, "ValueError: Timed out after 3 s", "é_x%", "timed OUT", "")
VALUES: tuple[Any, ...] = (
    5, 5.0, 5.5, -1, 0, True, False, None, "5", "true", "null", "orders:18", "ORDERS:18", "", "a*b",
    [1, "x"], {"b": 3},
)  # fmt: skip
AGES = [timedelta(minutes=minutes) for minutes in (0, 1, 4, 59, 61, 1500, 3000)]


def crowd() -> list[Process]:
    """Processes in which every field has several values, and every document several shapes."""
    draw: Callable[[Any], Any] = random.Random(2026).choice
    made = []
    for n, status in zip(range(60), itertools.cycle(ProcessStatus), strict=False):
        created = NOW - timedelta(hours=60 - n)
        marks: dict[str, Any] = draw([{}, {}, {"handled": True, "handled_at": NOW - draw(AGES)}, {"paused": True}])
        ended = None if status.is_active else created + draw(AGES)
        made.append(
            a_process(
                id=process_id(int(created.timestamp() * 1000), n.to_bytes(10)), status=status, code=draw(CODES),
                step=draw(STEPS), error=draw(ERRORS), attempt=draw(range(6)), priority=draw((1, 100, 101)),
                crashes=draw((0, 1)), created_at=created, updated_at=NOW - draw(AGES), ended_at=ended,
                started_at=draw((None, created)), wait_until=draw((None, None, NOW, NOW + draw(AGES))),
                killed_at=draw((None, NOW - draw(AGES))), on_crash=draw(list(CrashPolicy)), token=n,
                key=draw((None, f"key-{n}")), previous_id=draw((None, "0198-before")), generation=draw((1, 2)),
                retention=draw((timedelta(days=1), timedelta(days=90))),
                store={"v": draw(VALUES), "deep": {"a b": [draw(VALUES), {"x.y": draw(VALUES)}]}},
                output=draw((None, {"v": draw(VALUES)})), stuck_cause=draw((None, {"kind": "signal", "signal": 9})),
                **marks,
            )
        )  # fmt: skip
    return made


NONE = slice(0)


class Kept:
    """Processes in a repository, some restarted; its name is short, for it stands in every example that fails."""

    def __init__(self, repository: ProcessRepository, processes: list[Process], *, restarted: slice = NONE) -> None:
        self.repository = repository
        self.processes = repository.add(processes, actor="program:tests")
        for place in range(len(processes))[restarted]:
            kept = repository.change(self.processes[place].number, started_anew)
            assert kept is not None
            self.processes[place] = kept


def started_anew(process: Process) -> Change:
    return Change(process=process.changed(restarted_as="0198-after"), seen_token=process.token)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """The crowd, for tests that only read."""
    path = tmp_path_factory.mktemp("filters") / "processes.db"
    with closing(open_repository(f"sqlite:///{path}", clock=FrozenClock())) as repository:
        yield Kept(repository, crowd(), restarted=slice(None, None, 4))


# --- filters that are drawn ------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    [*CODES[:2], "im*", "*", "*o*", "nobody", '"mail [daily]*"', '"mail [daily]"*', "a_b%c", "load"]
)
TEXTS = st.sampled_from(["timed", '"TIMED out"', "t*d", "é", "_", "%", "0198", "*", '"* "', "key", ":", '""'])
NUMBERS = st.sampled_from(["0", "1", "3", "5", "5.5", "-1", "100", "99999999999"])
DURATIONS = st.sampled_from(["0s", "1m", "4m", "1h", "1h1m", "25h", "2d", "999999w"])
DATES = st.sampled_from(["2026-01-05", "2026-01-05T12:00", "2026-01-05T11:59:30", "2026-01-03T08:00Z", "9999-12-30"])
COMPARED = st.sampled_from(["<", "<=", ">", ">="])
PATHS = st.sampled_from(
    ["store.v", "params.none", "output.v", 'store.deep."a b"[0]', 'store.deep."a b"[1]."x.y"', "cause.signal",
     "store.v.b", "store.v[1]", "store.deep", "reports.reason"]
)  # fmt: skip
SCALARS = st.sampled_from(
    ["5", "5.0", "5.5", "true", "false", "null", "orders*", "*", '""', '"a*b"', "9", "sig*", "x"]
)
NAMED = st.sampled_from(["code", "step", "key"])
TEXTUAL = st.sampled_from(["error", "id", "worker", "previous", "code"])
NUMERIC = st.sampled_from(["attempt", "att", "priority", "crashes", "generation", "token"])
DATED = st.sampled_from(
    ["age", "created", "updated", "started", "ended", "held", "killed", "wait", "timeout", "expires", "turn"]
)


def word(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


WORDS = st.one_of(
    st.sampled_from(
        [*ProcessStatus, "active", "evolving", "failed,failing", "failed,paused", "handled", "unhandled"]
    ),
    st.sampled_from(["paused", "waiting", "waiting:no", "rescuable", "status!=running", "policy:hold,fail"]),
    st.sampled_from(["restarted", "!restarted", "failed !restarted", "restarted:no age>1h"]),
    st.sampled_from(["timed", "import", '"timed out"', "LOAD", "0198", "failed,timed"]),
    word(NAMED, st.sampled_from([":", "!="]), NAMES),
    word(NAMED, ":", NAMES, ",", NAMES),
    word(TEXTUAL, ":", TEXTS),
    word(NUMERIC, st.one_of(COMPARED, st.just(":")), NUMBERS),
    word(DATED, COMPARED, st.one_of(DURATIONS, DATES)),
    word(DATED, ":", st.one_of(DATES, st.just("*"))),
    word(st.sampled_from(["duration", "retention"]), COMPARED, DURATIONS),
    word(PATHS, ":", SCALARS),
    word(PATHS, COMPARED, NUMBERS),
)
FILTERS = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        word("!(", inner, ")"), word("NOT ", inner), word(inner, " ", inner), word("(", inner, " OR ", inner, ")"),
        word(inner, " OR ", inner),
    ),
    max_leaves=5,
)  # fmt: skip
SORTS = st.sampled_from(
    ["", " sort:age", " sort:-age", " sort:updated", " sort:-updated", " sort:-ended", " sort:ended", " sort:step",
     " sort:-step", " sort:priority", " sort:-attempt", " sort:wait", " sort:code"]
)  # fmt: skip


def must_read(text: str) -> Any:
    """Read a filter; None for one whose words exclude each other."""
    try:
        return read_filter(text)
    except ValueError as error:
        if "no process can meet" in str(error) or "nothing is both" in str(error):
            return None
        raise


@settings(max_examples=60, deadline=None)
@given(text=FILTERS, sort=SORTS, size=st.sampled_from([7, 25, 100]))
@example(text="!(step:load OR error:*)", sort=" sort:-step", size=7)
@example(text="store.v:5 !store.v:true", sort="", size=7)
@example(text="created<999999w OR created:9999-12-30", sort=" sort:-ended", size=7)
def test_a_filter_selects_what_it_means_in_its_order_by_pages_of_any_size(
    kept: Kept, text: str, sort: str, size: int
) -> None:
    repository, processes = kept.repository, kept.processes
    selection = must_read(text + sort)
    if selection is None:
        return
    meant = selection.order.sorted(process for process in processes if selects(selection, process, NOW))
    wanted = [process.number for process in meant]
    assert pages(repository, selection, size, forward=True) == wanted
    assert pages(repository, selection, size, forward=False) == wanted
    assert repository.count(selection) == len(wanted)


def pages(repository: ProcessRepository, selection: Any, size: int, *, forward: bool) -> list[int]:
    """Read a list to its end, or from its end to its beginning."""
    found: list[int] = []
    place: Place | None = None if forward else last_place(repository, selection)
    while True:
        edges = {"below": place} if forward else {"above": place}
        page = repository.page(selection, **edges, limit=size, limits=UNLIMITED)
        numbers = [row.number for row in page.rows]
        found = found + numbers if forward else numbers + found
        if not page.has_more:
            return found
        assert len(numbers) == size
        place = page.end


def last_place(repository: ProcessRepository, selection: Any) -> Place:
    """Return a place after the whole list."""
    order = selection.order
    if order.is_by_number:
        return Place(0 if order.descending else 1 << 60)
    return Place(0)


# --- looking at much -------------------------------------------------------------------------------------------

MANY = 3000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """So many processes that they are looked at in several pieces; every hundredth has failed with an error."""
    path = tmp_path_factory.mktemp("many") / "processes.db"
    processes = [
        a_process(status="failed", error="Boom", ended_at=NOW) if n % 100 == 0 else a_process(store={"n": n})
        for n in range(MANY)
    ]
    with closing(open_repository(f"sqlite:///{path}", clock=FrozenClock())) as repository:
        yield Kept(repository, processes)


def with_errors(processes: list[Process]) -> list[int]:
    return [process.number for process in reversed(processes) if process.error == "Boom"]


def test_a_look_ends_at_its_limit_says_how_far_it_got_and_can_go_on(many: Kept) -> None:
    selection, limits = read_filter("error:boom"), ScanLimits(rows=700, seconds=None)
    found: list[int] = []
    place: Place | None = None
    for looked_at in (700, 700, 700, 700, 200):
        page = many.repository.page(selection, below=place, limit=1000, limits=limits)
        assert page.scan is not None
        assert (page.scan.looked_at, page.scan.of) == (looked_at, MANY)
        assert page.has_more is (page.scan.stopped is ScanStop.ROWS) is (looked_at == 700)
        found += [row.number for row in page.rows]
        place = page.end
    assert found == with_errors(many.processes)


def test_a_limit_that_is_reached_at_the_very_end_is_no_limit(many: Kept) -> None:
    page = many.repository.page(read_filter("error:boom"), limit=1000, limits=ScanLimits(rows=MANY, seconds=None))
    assert page.scan is not None
    assert (page.scan.stopped, page.has_more, str(page.scan)) == (None, False, "looked at 3,000 of 3,000")


def test_a_look_says_in_words_that_more_may_match(many: Kept) -> None:
    counted = many.repository.counted(read_filter("error:boom"), limits=ScanLimits(rows=1500, seconds=None))
    assert (counted.number, counted.is_floor) == (15, True)
    assert str(counted.scan) == "looked at 1,500 of 3,000, more may match"


def test_only_what_an_index_selects_is_looked_at(many: Kept) -> None:
    page = many.repository.page(read_filter("failed error:boom attempt<1"), limit=1000, limits=UNLIMITED)
    assert page.scan is not None
    assert (page.scan.looked_at, page.scan.of, len(page.rows)) == (30, 30, 30)


def test_alternatives_that_indexes_select_are_merged_and_nothing_else_is_looked_at(
    repository: ProcessRepository,
) -> None:
    kept = repository.add(
        [
            a_process(), a_process(status="failed"), a_process(), a_process(paused=True, status="failed"),
            a_process(paused=True), a_process(code="export"),
        ],
        actor="program:tests",
    )  # fmt: skip
    page = repository.page(read_filter("failed,paused OR code:nobody OR (stuck !handled)"), limit=1000)
    assert page.scan is not None
    assert [row.number for row in page.rows] == [kept[4].number, kept[3].number, kept[1].number]
    assert (page.scan.looked_at, page.has_more) == (3, False)


def test_a_list_that_has_enough_looks_no_further(many: Kept) -> None:
    page = many.repository.page(read_filter("store.n>0"), limit=10, limits=UNLIMITED)
    assert page.scan is not None
    assert page.scan.looked_at < MANY / 5
    assert page.has_more


def test_a_pattern_of_codes_is_answered_by_an_index(repository: ProcessRepository) -> None:
    repository.add([a_process(code=code) for code in ("mail-a", "import", "mail-b")], actor="program:tests")
    page = repository.page(read_filter("code:mail-* sort:age"), limit=10)
    assert ([row.code for row in page.rows], page.scan) == (["mail-b", "mail-a"], None)
    none = repository.page(read_filter("code:nobody*"), limit=10)
    assert (list(none.rows), none.has_more, none.scan) == ([], False, None)


@pytest.mark.parametrize("more", ["", " OR paused"])
def test_more_codes_than_an_index_can_merge_are_looked_for_within_limits(many: Kept, more: str) -> None:
    text = f"code:{','.join(f'x{n}' for n in range(90))}{more}"
    page = many.repository.page(read_filter(text), limit=10, limits=ScanLimits(rows=1000, seconds=None))
    assert page.scan is not None
    assert page.scan.stopped is ScanStop.ROWS


def test_time_ends_a_look_after_its_first_piece(many: Kept) -> None:
    page = many.repository.page(read_filter("error:boom"), limit=1000, limits=ScanLimits(seconds=0))
    assert page.scan is not None
    assert page.scan.stopped is ScanStop.TIME
    assert 0 < page.scan.looked_at < MANY
    assert page.has_more
    again = many.repository.page(read_filter("error:boom"), below=page.end, limit=1000, limits=UNLIMITED)
    assert [row.number for row in [*page.rows, *again.rows]] == with_errors(many.processes)


@pytest.mark.parametrize("ask", ["page", "counted"])
def test_a_look_is_cancelled_from_another_thread(many: Kept, ask: str) -> None:
    reading, cancelled = threading.Event(), threading.Event()

    def is_cancelled() -> bool:
        reading.set()
        return cancelled.wait(60)  # the statement stands still until the other thread has spoken

    with ThreadPoolExecutor(1) as threads:
        limits = ScanLimits(rows=None, seconds=None, is_cancelled=is_cancelled)
        answer: Callable[..., Any] = getattr(many.repository, ask)
        asked = threads.submit(answer, read_filter("error:boom sort:updated"), limit=10_000, limits=limits)
        assert reading.wait(60)
        cancelled.set()
        scan = asked.result(60).scan
    assert scan.stopped is ScanStop.CANCELLED
    assert many.repository.counted(read_filter("error:boom"), limits=UNLIMITED).number == 30


def test_a_statement_is_cancelled_while_it_runs(many: Kept) -> None:
    asked = itertools.count()
    limits = ScanLimits(rows=None, seconds=None, is_cancelled=lambda: next(asked) >= 20)
    counted = many.repository.counted(read_filter("store.n:nothing"), limits=limits)
    assert counted.scan is not None
    assert counted.scan.stopped is ScanStop.CANCELLED
    assert counted.scan.looked_at < MANY
    assert counted.is_floor


def test_what_the_question_for_cancelling_raises_ends_the_look(many: Kept) -> None:
    asked = itertools.count()

    def is_cancelled() -> bool:
        if next(asked) >= 20:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        many.repository.counted(read_filter("store.n:nothing"), limits=ScanLimits(is_cancelled=is_cancelled))
    assert many.repository.counted(read_filter("error:boom"), limits=UNLIMITED).number == 30


def test_a_place_stays_when_its_process_moves(repository: ProcessRepository) -> None:
    rows = repository.add(
        [a_process(updated_at=NOW - timedelta(minutes=minutes)) for minutes in (4, 3, 2, 1)], actor="program:tests"
    )
    selection = read_filter("sort:-updated")
    first = repository.page(selection, limit=2)
    assert [row.number for row in first.rows] == [rows[3].number, rows[2].number]
    repository.change(rows[2].number, touched)
    second = repository.page(selection, below=first.end, limit=2)
    assert [row.number for row in second.rows] == [rows[1].number, rows[0].number]


def touched(process: Process) -> Any:
    return Change(process=process.changed(updated_at=NOW), seen_token=process.token)
