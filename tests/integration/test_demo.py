"""The demo: its work is real, its crashes are real, and it leaves nothing behind."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import time
import tokenize
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from jobboy.bootstrap import open_adapters, open_operations
from jobboy.demo import open_demo
from jobboy.demo.app import jobs
from jobboy.demo.locales import what_is_wrong
from jobboy.demo.sources import sources
from jobboy.demo.supply import MOST_ACTIVE, Supply
from jobboy.errors import InvalidAnswer
from jobboy.failpoints import CRASH_VARIABLE
from jobboy.model.events import Event, EventKind
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.operations import Operations, parse_filter

STDLIB = Path(sysconfig.get_path("stdlib"))
DEADLINE = 120.0  # seconds
SLOW = 3600.0  # seconds between new processes: none within a test


@pytest.fixture
def operations(tmp_path: Path) -> Iterator[Operations]:
    """A database that nobody works on, with the definitions of the demo."""
    yield from opened(tmp_path / "demo.db")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operations]:
    """A database that a worker works on, a program of its own."""
    file = tmp_path_factory.mktemp("served") / "demo.db"
    with worker(f"sqlite:///{file}"):
        yield from opened(file)


def test_a_catalogue_counts_what_an_independent_count_finds(served: Operations) -> None:
    process = ended(served, served.start("catalogue-sources", {"package": "json"}))
    files = sorted((STDLIB / "json").rglob("*.py"))
    output = process.output
    assert process.status is ProcessStatus.COMPLETED
    assert output is not None
    assert output["files"] == len(files)
    assert output["lines"] == sum(len(file.read_bytes().splitlines()) for file in files)
    assert output["bytes"] == sum(file.stat().st_size for file in files)
    assert (output["functions"], output["classes"]) == (keywords(files, "def"), keywords(files, "class"))


def test_a_catalogue_counts_nothing_twice_when_its_worker_is_killed(operations: Operations) -> None:
    process_id = operations.start("catalogue-sources", {"package": "asyncio"})
    with worker(
        operations.database(), **{CRASH_VARIABLE: "step-begun:3"}
    ) as program:  # after it read the first files
        assert program.wait(DEADLINE) == -signal.SIGKILL
    files_before = operations.get(process_id).store["files"]
    with worker(operations.database()):
        process = ended(operations, process_id)
    assert process.output is not None
    assert process.output["files"] == len(list(sources(STDLIB / "asyncio")))
    assert process.output["digest"] == digest_of(STDLIB / "asyncio")
    assert process.output["files"] > files_before > 0
    assert process.reports.get("resumed", 0) == len(events(operations, process_id, EventKind.STUCK))


def test_a_catalogue_stops_at_its_limit(served: Operations) -> None:
    process = ended(served, served.start("catalogue-sources", {"limit": 25}))
    assert process.output is not None
    assert process.output["files"] == 25


def test_sources_go_on_after_any_of_them() -> None:
    folder = STDLIB / "email"
    whole = list(sources(folder))
    assert sorted(whole) == sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))
    for index, path in enumerate(whole):
        assert list(sources(folder, after=path)) == whole[index + 1 :]


def test_an_import_pauses_with_the_rows_it_rejects(served: Operations, tmp_path: Path) -> None:
    process = paused_import(served, tmp_path)
    output = process.output
    assert process.paused
    assert process.step == "load"
    assert output is not None
    assert output["rejected"]
    assert output["accepted"] + len(output["rejected"]) == output["rows"]
    assert output["rejected"]["vi_vn.tcvn"] == "vi_VN.TCVN: unknown encoding TCVN"


def test_an_import_loads_what_the_answer_repairs(served: Operations, tmp_path: Path) -> None:
    paused = paused_import(served, tmp_path)
    served.proceed(paused.id, {"replacement": "UTF-8"}, reason="the archive is in UTF-8")
    process = ended(served, paused.id)
    assert process.output is not None
    rows = rows_of(process.output["result"])
    assert process.status is ProcessStatus.COMPLETED
    assert len(rows) == process.output["loaded"]
    assert process.output["repaired"] > 0
    assert all(what_is_wrong(row["locale"]) is None for row in rows)


def test_an_import_drops_what_no_answer_repairs(served: Operations, tmp_path: Path) -> None:
    paused = paused_import(served, tmp_path)
    served.proceed(paused.id)
    process = ended(served, paused.id)
    assert paused.output is not None
    assert process.output is not None
    loaded = {row["alias"] for row in rows_of(process.output["result"])}
    assert process.output["dropped"] == len(paused.output["rejected"])
    assert loaded.isdisjoint(paused.output["rejected"])


def test_an_import_fails_of_an_answer_that_makes_no_sense(served: Operations, tmp_path: Path) -> None:
    paused = paused_import(served, tmp_path)
    served.proceed(paused.id, {"replacement": "KOI8-C"})
    process = ended(served, paused.id)
    assert process.status is ProcessStatus.FAILED
    assert process.error is not None
    assert "replacement: must be an encoding Python knows" in process.error


def test_an_answer_that_the_import_does_not_ask_for_is_refused_and_it_stays_paused(
    served: Operations, tmp_path: Path
) -> None:
    paused = paused_import(served, tmp_path)
    with pytest.raises(InvalidAnswer, match=r"replacement: must match the pattern .*; file: is not asked for"):
        served.proceed(paused.id, {"replacement": "no encoding", "file": "/etc/passwd"})
    assert served.get(paused.id).paused


def test_an_archive_rests_before_it_is_verified(served: Operations, tmp_path: Path) -> None:
    parameters = {"package": "json", "rest_s": 0.5, "folder": str(tmp_path)}
    process_id = served.start("export-archive", parameters)
    process = ended(served, process_id)
    (resting,) = [event for event in served.history(process_id) if (event.after or {}).get("wait_until")]
    assert resting.step == "verify"
    assert process.status is ProcessStatus.COMPLETED
    assert process.output is not None
    assert process.output["changed"] == []
    assert process.output["files"] == len(list((STDLIB / "json").rglob("*.py")))


@pytest.mark.parametrize(
    ("crash", "cause"),
    [("segfault", {"kind": "signal", "signal": "SIGSEGV"}), ("exit", {"kind": "exit", "exit_code": 3})],
)
def test_a_document_that_kills_its_reader_is_given_up_after_three_crashes(
    served: Operations, tmp_path: Path, crash: str, cause: dict[str, object]
) -> None:
    process_id = served.start("parse-untrusted", {"crash": crash, "folder": str(tmp_path)})
    process = ended(served, process_id)
    causes = [event.after["stuck_cause"] for event in events(served, process_id, EventKind.CRASHED) if event.after]
    assert process.status is ProcessStatus.FAILED
    assert process.reports["teardown"] == "the document was removed"
    assert not (tmp_path / process_id).exists()
    assert len(causes) == 3
    assert all(cause.items() <= found.items() for found in causes)
    assert any("reading" in line for line in causes[0]["last_lines"])


def test_a_document_that_wants_all_memory_fails_after_its_retries(served: Operations) -> None:
    process_id = served.start("parse-untrusted", {"crash": "memory"})
    process = ended(served, process_id)
    assert process.status is ProcessStatus.FAILED
    assert process.error is not None
    assert process.error.startswith("MemoryError: the document declares")
    assert not Path(process.store["folder"]).exists()
    assert len(events(served, process_id, EventKind.STEP_FAILED)) == 3


def test_an_honest_document_is_parsed(served: Operations, tmp_path: Path) -> None:
    process = ended(served, served.start("parse-untrusted", {"folder": str(tmp_path)}))
    assert process.output is not None
    assert process.output["content"]["python"] == list(sys.version_info[:3])


def test_a_sample_of_the_machine_changes_the_store_with_every_turn(served: Operations) -> None:
    process = ended(served, served.start("sample-machine", {"samples": 3}))
    output = process.output
    assert output is not None
    assert (output["samples"], output["processors"]) == (3, os.cpu_count())
    versions = served.versions(process.id, "store")
    assert [versions.at(place).get("samples") for place in range(len(versions))] == [None, 0, 1, 2, 3]
    assert ("at",) in [found.path for found in versions.between(3, 4)]


def test_the_worker_of_a_demo_makes_its_schedules(served: Operations) -> None:
    wait_until(lambda: len(served.schedules()) == 2)
    codes = {schedule.plan.name: schedule.plan.code for schedule in served.schedules()}
    assert codes == {"machine-now-and-then": "sample-machine", "catalogue-at-night": "catalogue-sources"}


def test_an_open_demo_has_processes_and_soon_a_stuck_one() -> None:
    with open_demo(pace=SLOW) as demo:
        assert demo.operations.overview().counts.total >= len(MOST_ACTIVE)
        assert stat.S_IMODE(demo.folder.stat().st_mode) == 0o700
        stuck = wait_for_stuck(demo.operations)
        holder = int((stuck.handled_by or "").split(":")[1])
        wait_until(lambda: not psutil.pid_exists(holder))
        assert stuck.store["files"] > 0
    assert not demo.folder.exists()
    assert not worker_programs(os.getpid())


def test_the_stuck_process_of_a_demo_goes_on_once_it_is_recovered(tmp_path: Path) -> None:
    with open_demo(f"sqlite:///{tmp_path / 'kept.db'}", worker=True, pace=SLOW) as demo:
        stuck = wait_for_stuck(demo.operations)
        demo.operations.recover(stuck.id, reason="its worker was killed")
        wait_until(lambda: demo.operations.get(stuck.id).store["files"] > stuck.store["files"])


def test_a_demo_goes_on_with_the_database_it_had(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    with open_demo(url, pace=SLOW) as demo:
        stuck = wait_for_stuck(demo.operations)
        before = demo.operations.overview().counts
    with open_demo(url, pace=SLOW) as demo:
        assert demo.operations.overview().counts == before
        assert wait_for_stuck(demo.operations).id == stuck.id


def test_a_demo_that_nobody_answers_does_not_pile_up(operations: Operations, tmp_path: Path) -> None:
    supply = Supply(operations, operations.database(), tmp_path, pace=SLOW)
    supply.start_first()
    for _ in range(100):
        supply.start_next()
    for code, most in MOST_ACTIVE.items():
        assert operations.count(parse_filter(f"active code:{code}")) == most


def test_a_demo_clears_away_the_files_of_processes_that_are_gone(operations: Operations, tmp_path: Path) -> None:
    gone, kept = operations.start_many([("import-locales", {}), ("import-locales", {})])
    for process_id in (gone, kept):
        (tmp_path / process_id).mkdir()
    operations.fail(gone, now=True, reason="not wanted")
    operations.prune(older_than=timedelta(0))
    Supply(operations, operations.database(), tmp_path, pace=SLOW).clear()
    assert not (tmp_path / gone).exists()
    assert (tmp_path / kept).exists()


def test_no_worker_outlives_a_demo_that_was_killed() -> None:
    script = (
        "import sys\nfrom jobboy.demo import open_demo\n"
        "with open_demo(worker=True) as demo:\n    print(demo.folder, flush=True)\n    sys.stdin.read()\n"
    )
    opener = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with opener:
        assert opener.stdout is not None
        folder = opener.stdout.readline().decode().strip()
        workers = worker_programs(opener.pid)
        opener.send_signal(signal.SIGKILL)
    assert workers
    assert not psutil.wait_procs(workers, timeout=DEADLINE)[1]
    shutil.rmtree(folder)


# --- what the tests above are said with ---


def opened(file: Path) -> Iterator[Operations]:
    adapters = open_adapters(f"sqlite:///{file}")
    yield open_operations(adapters, jobs.registry)
    adapters.close()


@contextmanager
def worker(url: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker as a user does."""
    command = [sys.executable, "-m", "jobboy", "--database", url, "--app", "jobboy.demo.app:jobs", "work"]
    quiet, environment = subprocess.DEVNULL, os.environ | variables
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, env=environment) as program:
        try:
            yield program
        finally:
            program.terminate()


def seen(operations: Operations, process_id: str, condition: Callable[[Process], bool]) -> Process:
    """Wait until a process is as wanted, and return it as it was then."""
    limit = time.monotonic() + DEADLINE
    while not condition(process := operations.get(process_id)):
        assert time.monotonic() < limit, f"{process.code} is still {process.status} at {process.step}"
        time.sleep(0.02)
    return process


def ended(operations: Operations, process_id: str) -> Process:
    return seen(operations, process_id, lambda process: not process.status.is_active)


def paused_import(operations: Operations, folder: Path) -> Process:
    process_id = operations.start("import-locales", {"initials": "tv", "folder": str(folder)})
    return seen(operations, process_id, lambda process: process.paused)


def events(operations: Operations, process_id: str, kind: EventKind) -> list[Event]:
    return [event for event in operations.history(process_id) if event.kind is kind]


def digest_of(folder: Path) -> str:
    """The digest a catalogue has when it read every file once, in order."""
    digest = hashlib.sha256().hexdigest()
    for path in sources(folder):
        content = hashlib.sha256((folder / path).read_bytes()).hexdigest()
        digest = hashlib.sha256(f"{digest} {path} {content}".encode()).hexdigest()
    return digest


def rows_of(file: str) -> list[dict[str, str]]:
    with open(file, newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def keywords(files: list[Path], word: str) -> int:
    """Count a keyword in the words of sources, by another way than the demo's."""
    count = 0
    for file in files:
        with file.open("rb") as lines:
            found = tokenize.tokenize(lines.readline)
            count += sum(token.type == tokenize.NAME and token.string == word for token in found)
    return count


def wait_until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < limit, "it did not come true in time"
        time.sleep(0.02)


def wait_for_stuck(operations: Operations) -> Process:
    wait_until(lambda: bool(operations.list(parse_filter("stuck"))))
    (stuck,) = operations.list(parse_filter("stuck"))
    return stuck


def worker_programs(parent: int) -> list[psutil.Process]:
    children = psutil.Process(parent).children(recursive=True)
    return [child for child in children if "--attended" in child.cmdline()]
