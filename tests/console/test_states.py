"""States of the screen: what keeps the console from its database, each with what it means and what to do next."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from jobboy import JobBoy
from jobboy.errors import (
    DatabaseReplaced,
    ForeignDatabase,
    NewerSchema,
    StorageBusy,
    StorageError,
    StorageForbidden,
    StorageFull,
)
from jobboy.operations import Operations
from jobboy.storage.driver import connect
from jobboy_console.app import ConsoleApp
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.acts import Act
from jobboy_console.facts.decisions import Decision
from jobboy_console.facts.troubles import Kind, Trouble
from jobboy_console.gateway import Gateway
from jobboy_console.gateway.outlook import FORBIDDEN_SWEEPS, REPLACED_LOOKS
from jobboy_console.gateway.trouble import trouble_of
from jobboy_console.looks.lines import text_of, width_of
from jobboy_console.machine.watching import Watch
from jobboy_console.widgets.progress import bar
from jobboy_console.widgets.trouble_bar import trouble_lines
from tests.console.conftest import Console, opened
from tests.console.fake_operations import FakeOperations
from tests.console.hostile import HOSTILE, PAYLOADS
from tests.console.terminal import Terminal

PATH = "/var/lib/jobs/nightly.db"
ERRORS: dict[str, tuple[Exception, Kind]] = {
    "gone": (DatabaseReplaced(PATH), Kind.GONE),
    "locked": (StorageBusy(f"{PATH} is being written by another program (pid 812)"), Kind.BUSY),
    "newer": (NewerSchema(9, 4), Kind.NEWER),
    "foreign": (ForeignDatabase(PATH, "it has other tables"), Kind.FOREIGN),
    "forbidden": (StorageForbidden(f"{PATH} cannot be opened: check its rights"), Kind.FORBIDDEN),
    "full": (StorageFull(f"the disk or quota of {PATH} is full: free some space"), Kind.FULL),
    "other": (StorageError(f"{PATH}: the database refused: malformed"), Kind.OTHER),
}  # fmt: skip


def gateway(operations: FakeOperations, **options: Any) -> Gateway:
    return Gateway(operations, **options)  # type: ignore[arg-type]  # same methods


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_of_the_database_is_one_kind_of_trouble(name: str) -> None:
    error, kind = ERRORS[name]
    assert trouble_of(error) == Trouble(kind, str(error))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("width", [40, 78, 118])
def test_every_trouble_says_what_it_is_what_it_means_and_what_next(kind: Kind, width: int) -> None:
    lines = trouble_lines(Trouble(kind, f"{PATH}: {HOSTILE}"), 12, width)
    text = " ".join(text_of(lines).split())
    for part in (f"{kind.value.title} · 12s", kind.value.meaning, hint(kind.value.next)):
        assert part in text
    assert all(width_of(line) <= width for line in lines)
    assert not any(payload in text for payload in PAYLOADS)
    assert max(map(cell_len, (kind.value.title, kind.value.meaning, hint(kind.value.next)))) <= 76, (
        "a line at 80 columns"
    )


# --- how the gateway finds its database again ---


@pytest.fixture
def database(tmp_path: Path) -> Iterator[JobBoy]:
    jobs = JobBoy(f"sqlite:///{tmp_path}/jobs.db")
    jobs.operations().start_many([])
    yield jobs
    jobs.close()


def moved(folder: Path, suffix: str) -> Callable[[], None]:
    """Rename the database with all its files, and return what brings it back."""
    pairs = [(path, path.with_name(path.name + suffix)) for path in folder.glob("jobs.db*")]

    def bring_back() -> None:
        for path, elsewhere in pairs:
            elsewhere.rename(path)

    for path, elsewhere in pairs:
        path.rename(elsewhere)
    return bring_back


def test_a_database_that_is_removed_is_missed_at_the_next_look_and_found_when_it_is_back(
    database: JobBoy, tmp_path: Path
) -> None:
    looking = Gateway(database.operations())
    before = looking.stamp()
    bring_back = moved(tmp_path, ".away")
    with pytest.raises(DatabaseReplaced):
        looking.stamp()
    assert looking.trouble is not None
    assert looking.trouble.kind is Kind.GONE
    assert not (tmp_path / "jobs.db").exists(), "nothing is made in its place"
    bring_back()
    assert looking.stamp() == before
    assert looking.trouble is None


def test_what_has_taken_the_place_of_the_database_is_opened_and_told_for_a_while(
    database: JobBoy, tmp_path: Path
) -> None:
    def reopen() -> Operations:
        database.close()
        return database.operations()

    looking = Gateway(database.operations(), reopen=reopen)
    looking.stamp()
    moved(tmp_path, ".away")
    other = JobBoy(database.database)
    other.steps("x").step(lambda data: data, name="only")
    other.start("x")
    looking.stamp()
    assert looking.trouble == Trouble(Kind.REPLACED)
    assert looking.home().total == 1
    for _ in range(REPLACED_LOOKS):
        looking.stamp()
    assert looking.trouble is None
    other.close()


def test_p11_a_newer_schema_is_seen_while_it_is_open_and_nothing_is_written_then(
    database: JobBoy, tmp_path: Path
) -> None:
    database.steps("x").step(lambda data: data, name="only")
    process_id = database.start("x")
    looking = Gateway(database.operations())
    looking.stamp()
    plan = looking.verbs.plan(Act.KILL, [process_id])
    newer = connect(tmp_path / "jobs.db")
    newer.execute("PRAGMA user_version = 999")
    newer.close()
    with pytest.raises(NewerSchema):
        looking.stamp()
    (outcome,) = looking.verbs.carry_out(plan, Decision(reason="x"))
    assert (outcome.ok, outcome.text) == (False, "a newer jobboy has upgraded the database")
    assert database.get(process_id).killed_at is None


def test_who_may_only_read_is_told_once_and_goes_on_reading(operations: FakeOperations) -> None:
    looking = gateway(operations)
    operations.sweep = lambda: (_ for _ in ()).throw(StorageForbidden("cannot be written"))  # type: ignore[method-assign]  # for this test
    looking.sweep()
    looking.stamp()
    assert looking.trouble == Trouble(Kind.FORBIDDEN, "cannot be written")
    swept: list[int] = []
    operations.sweep = lambda: swept.append(1) or []  # type: ignore[method-assign, func-returns-value]  # for this test
    for _ in range(FORBIDDEN_SWEEPS):
        looking.sweep()
    assert swept == [1]
    assert looking.trouble is None


# --- on the screen ---


async def test_rows_stay_while_the_database_is_gone_and_the_notice_goes_when_it_is_back(
    operations: FakeOperations,
) -> None:
    operations.add("nightly-import", "failed")
    async with opened(operations) as console:
        look(console, DatabaseReplaced(PATH))
        await console.press("ctrl+r")
        assert "The database is gone" in console.text
        assert "nightly-import" in console.text
        look(console, None)
        await console.press("ctrl+r")
        assert "The database is gone" not in console.text


async def test_a_slow_answer_is_waited_for_in_words(
    operations: FakeOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(operations) as console:
        with operations.held():
            await console.pilot.press("ctrl+r")
            monkeypatch.setattr("jobboy_console.widgets.trouble_bar.SLOW_S", 0)
            console.app._tick()
            await console.until_shown("The database answers slowly")
        await console.settle()
        console.app._tick()
        await console.settle()
        assert "answers slowly" not in console.text


def look(console: Console, error: Exception | None) -> None:
    """Let the next look at the database go so, and tell the screen as the feed does."""
    outlook = console.app._ground.gateway._outlook  # type: ignore[union-attr]  # it is open
    if error is None:
        outlook.seen()
        console.app.on_found(None)  # type: ignore[arg-type]  # says nothing
    else:
        outlook.not_seen(error)
        console.app.on_lost(type("Lost", (), {"why": str(error)})())


async def test_reading_the_same_again_draws_no_frame_anew(
    operations: FakeOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations.add("nightly-import", "failed")
    async with opened(operations, size=(120, 36)) as console:
        await console.until_shown("Last events")
        drawn: list[str] = []
        for name in ("#list-pane", "#preview"):
            pane = console.app.screen.query_one(name)
            monkeypatch.setattr(pane, "refresh", lambda *_, name=name, **__: drawn.append(name))
        console.app.screen.reload()  # type: ignore[attr-defined]  # home
        await console.settle()
        assert drawn == []


SIZES = ((80, 24), (120, 36))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_list_says_that_it_is_being_read(operations: FakeOperations, size: tuple[int, int]) -> None:
    operations.add("nightly-import", "failed")
    app = ConsoleApp(gateway(operations), watches=False)
    with operations.held():
        async with app.run_test(size=size) as pilot:
            console = Console(app, pilot)
            await console.until_shown("reading…")
            operations._free.set()
            await console.until_shown("nightly-import")


# --- in a real terminal ---

NOISY = """
import logging, os, sys, threading, warnings
from jobboy import JobBoy

jobs = JobBoy()

def shout():
    number = 0
    while True:
        number += 1
        os.write(1, b"NOISE ON 1\\x1b[2J\\n")
        os.write(2, b"NOISE ON 2\\x1b]0;NOISE\\x07\\n")
        print("NOISE PRINTED", flush=True)
        print("NOISE TO STDERR", file=sys.stderr, flush=True)
        warnings.warn(f"NOISE WARNED {number}")
        logging.getLogger("library").error("NOISE LOGGED")
        sys.__stdout__.flush()
        threading.Event().wait(0.02)

threading.Thread(target=shout, daemon=True).start()
"""


@contextmanager
def a_console(folder: Path, *arguments: str) -> Iterator[Terminal]:
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "HOME": str(folder),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    for name in ("JOBBOY_APP", "JOBBOY_DATABASE_URL", "NO_COLOR"):
        environment.pop(name, None)
    terminal = Terminal([sys.executable, "-m", "jobboy_console", *arguments], cwd=folder, env=environment)
    try:
        yield terminal
    finally:
        terminal.close()


def test_nothing_printed_by_anybody_reaches_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "noisy.py").write_text(NOISY)
    arguments = ("--database", f"sqlite:///{tmp_path}/jobs.db", "--app", "noisy:jobs", "--worker", "thread")
    with a_console(tmp_path, *arguments) as terminal:
        terminal.wait_for("worker: threads")
        shown_from = len(terminal.written)
        terminal.type("6")
        terminal.wait_for("The database has no process yet")
        terminal.type("?")
        terminal.wait_for("search keys and commands")
        terminal.type("\x1bq")
        assert b"NOISE" not in terminal.written[shown_from:]
        terminal.type("\x11")
        assert terminal.wait_for_end() == 0
    log = (tmp_path / "state" / "jobboy-console" / "console.log").read_text()
    for noise in ("NOISE ON 1", "NOISE ON 2", "NOISE PRINTED", "NOISE TO STDERR", "NOISE WARNED", "NOISE LOGGED"):
        assert noise in log


def test_a_console_outlives_its_database_and_finds_it_again(tmp_path: Path) -> None:
    jobs = JobBoy(f"sqlite:///{tmp_path}/jobs.db")
    jobs.steps("nightly").step(lambda data: data, name="only")
    jobs.start("nightly")
    jobs.close()
    with a_console(tmp_path, "--database", jobs.database, "--filter", "active") as terminal:
        terminal.wait_for("starting")
        bring_back = moved(tmp_path, ".away")
        terminal.wait_for("The database is gone")
        assert not list(tmp_path.glob("jobs.db"))
        bring_back()
        terminal.wait_for_no("The database is gone")
        moved(tmp_path, ".old")
        other = JobBoy(jobs.database)
        other.steps("weekly").step(lambda data: data, name="only")
        other.start("weekly")
        terminal.wait_for("weekly")
        terminal.type("\x11")
        assert terminal.wait_for_end() == 0
        other.close()


@pytest.mark.parametrize("key", ["F", "W", "D", "ctrl+o", "s"])
@pytest.mark.parametrize("size", [(40, 10), (30, 8)])
async def test_the_buttons_of_a_dialog_are_in_sight_however_small_the_terminal(
    operations: FakeOperations, size: tuple[int, int], key: str
) -> None:
    operations.add("export-ledger")
    async with opened(operations, size=size) as console:
        await console.press("6", key)
        screen = console.app.screen
        frame = screen.query_one(".dialog").content_region
        for button in screen.query(".buttons Button"):
            assert frame.contains_region(button.region), button


def test_a_bar_gives_way_to_its_numbers() -> None:
    watch = Watch()
    watch.total = 12_000
    for width in (16, 36, 80):
        drawn = text_of([bar(watch, width)])
        assert drawn.endswith("0 of 12,000")
        assert cell_len(drawn) <= max(width, 12)
