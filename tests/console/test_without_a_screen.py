"""`--check` and `--snapshot`: what monitoring and documents read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobboy import HandledProcess, JobBoy, ProcessStatus
from jobboy.model.workers import WorkerInfo
from jobboy.ports import worker_place
from jobboy_console.__main__ import main
from jobboy_console.entrance.still import take
from jobboy_console.facts.health import Health
from jobboy_console.gateway import Gateway
from jobboy_console.gateway.checking import read_health
from tests.console.fake_operations import FakeOperations
from tests.console.hostile import HOSTILE, PAYLOADS

WELL = Health(
    stuck=0, stalled=0, paused=0, failed=0, overdue=0, active=2, workers_alive=1, work_paused_by=None
)  # fmt: skip


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[JobBoy]:
    jobs = JobBoy(f"sqlite:///{tmp_path}/jobs.db")

    @jobs.handler("import", status="starting")
    def fail(process: HandledProcess) -> None:
        raise ValueError(HOSTILE)

    jobs.operations()
    yield jobs
    jobs.close()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


# --- health ---


def test_all_is_well_when_nothing_needs_anybody() -> None:
    assert WELL.is_well
    assert WELL.line() == (
        "jobboy OK: 0 stuck, 0 stalled, 0 paused, 0 failed, 0 overdue; 1 worker alive for 2 active; work goes on"
    )


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"stuck": 1}, "1 stuck"),
        ({"stalled": 2}, "2 stalled"),
        ({"paused": 1}, "1 paused"),
        ({"failed": 1200}, "1,200 failed"),
        ({"overdue": 1}, "1 overdue"),
        ({"work_paused_by": "operator:ada"}, "work paused by operator:ada"),
        ({"workers_alive": 0}, "no worker for 2 active processes"),
        ({"unserved": ("import",)}, "no worker for code import"),
        ({"unserved": tuple("abcde")}, "no worker for codes a, b, c and 2 more"),
    ],
)
def test_everything_that_needs_somebody_is_named(changes: dict[str, object], trouble: str) -> None:
    health = Health(**{**{name: getattr(WELL, name) for name in Health.__dataclass_fields__}, **changes})
    assert health.troubles == [trouble]
    assert health.line().startswith("jobboy ATTENTION: ")
    assert health.as_json()["state"] == "attention"


def test_no_worker_is_no_trouble_while_nothing_is_active() -> None:
    health = Health(
        **{**{name: getattr(WELL, name) for name in Health.__dataclass_fields__}, "active": 0, "workers_alive": 0}
    )
    assert health.is_well


def test_the_counts_are_those_of_the_filter(operations: FakeOperations) -> None:
    operations.stuck(code="import")
    operations.add("export", paused=True)
    operations.add("import", "failed", age=timedelta(days=3))
    operations.add("import", "failed")
    health = read_health(operations)  # type: ignore[arg-type]  # same methods
    assert (health.stuck, health.paused, health.failed, health.active) == (1, 1, 2, 2)
    narrowed = read_health(operations, "code:import updated<1d")  # type: ignore[arg-type]  # same methods
    assert (narrowed.stuck, narrowed.paused, narrowed.failed) == (1, 0, 1)
    excluded = read_health(operations, "completed")  # type: ignore[arg-type]  # same methods
    assert (excluded.failed, excluded.active) == (0, 0)


def test_what_was_restarted_is_no_trouble_any_more_whatever_becomes_of_it(operations: FakeOperations) -> None:
    failed = operations.add("import", "failed")
    successor = operations.restart(failed.id, reason="the source is back")
    assert read_health(operations).failed == 0  # type: ignore[arg-type]  # same methods
    operations.replace(successor.id, status=ProcessStatus.FAILED)
    assert read_health(operations).failed == 1  # type: ignore[arg-type]  # same methods


# --- the commands ---


def test_check_prints_one_line_and_exits_with_what_it_found(jobs: JobBoy, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--database", jobs.database, "--check")
    assert (code, out.split(":")[0], out.count("\n")) == (0, "jobboy OK", 1)
    jobs.execute("import")
    code, out, _ = run(capsys, "--database", jobs.database, "--check")
    assert (code, "1 failed" in out) == (1, True)
    code, out, _ = run(capsys, "--database", jobs.database, "--check", "--filter", "age>1d")
    assert code == 0


def test_check_is_well_again_once_what_failed_was_restarted_and_its_successor_has_completed(
    jobs: JobBoy, capsys: pytest.CaptureFixture[str]
) -> None:
    sources: list[int] = []
    jobs.steps("fragile").step(lambda data: {"from": sources[0]}, name="only")
    failed = jobs.execute("fragile")
    assert run(capsys, "--database", jobs.database, "--check")[0] == 1
    sources.append(7)
    successor = jobs.operations().restart(failed.id, reason="the source is back")
    with jobs.iteration_maker() as maker:
        while maker.work().has_worked:
            pass
    assert jobs.get(successor.id).status == "completed"
    code, out, _ = run(capsys, "--database", jobs.database, "--check")
    assert (code, out.split(":")[0]) == (0, "jobboy OK")


def test_check_names_the_codes_that_no_living_worker_serves_as_far_as_the_filter_asks_for_them(
    jobs: JobBoy, capsys: pytest.CaptureFixture[str]
) -> None:
    operations = jobs.operations()
    operations.start("import")
    adapters = jobs._adapters()
    info = WorkerInfo(number=0, id="w", host="h", pid=1, slots=1, codes=("export",), started_at=operations.now())
    worker = adapters.repository.add_worker(info)
    with adapters.locks.take(worker_place(worker.number)) or pytest.fail("taken"):
        code, out, _ = run(capsys, "--database", jobs.database, "--check")
        assert (code, "1 worker alive for 1 active, none for code import;" in out) == (1, True)
        told = json.loads(run(capsys, "--database", jobs.database, "--check", "--json")[1])
        assert (told["unserved"], told["troubles"]) == (["import"], ["no worker for code import"])
        for text in ("code:export", "failed", "age>1d"):
            assert run(capsys, "--database", jobs.database, "--check", "--filter", text)[0] == 0, text


def test_check_as_json_has_every_figure(jobs: JobBoy, capsys: pytest.CaptureFixture[str]) -> None:
    jobs.execute("import")
    jobs.operations().pause(reason=HOSTILE)
    code, out, _ = run(capsys, "--database", jobs.database, "--check", "--json")
    told = json.loads(out)
    assert (code, told["state"], told["failed"], told["workers_alive"]) == (1, "attention", 1, 0)
    assert len(told["troubles"]) == 2
    assert not any(payload in out for payload in PAYLOADS)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_check_of_a_database_that_is_not_there_says_so_and_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: list[str]
) -> None:
    code, out, err = run(capsys, "--database", f"sqlite:///{tmp_path}/none.db", "--check", *form)
    assert (code, err, list(tmp_path.iterdir())) == (3, "", [])
    assert json.loads(out)["state"] == "unreachable" if form else out.startswith("jobboy UNREACHABLE: ")


def test_check_of_something_else_is_unreachable_and_leaves_it_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.db").write_text("not a database at all" * 100)
    code, out, _ = run(capsys, "--database", f"sqlite:///{tmp_path}/x.db", "--check")
    assert (code, "is not a jobboy database" in out) == (3, True)
    assert (tmp_path / "x.db").read_text() == "not a database at all" * 100


def test_check_loads_no_terminal_library(jobs: JobBoy) -> None:
    code = (
        "import sys; from jobboy_console.__main__ import main; main(sys.argv[1:]); "
        "print(sorted({'textual', 'alembic', 'apscheduler'} & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--database", jobs.database, "--check"], capture_output=True, text=True
    )
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_snapshot_is_what_the_screen_shows_in_as_many_cells(
    jobs: JobBoy, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs.execute("import")
    code, out, err = run(capsys, "--database", jobs.database, "--snapshot", "80x24")
    lines = out.splitlines()
    assert (code, err, len(lines)) == (0, "", 24)
    assert max(map(len, lines)) <= 80
    assert "READ-ONLY" in lines[0]
    footer = "enter open  / filter  o order  c columns  l tail  space mark  ? help"
    assert lines[-1].strip() == footer, "nothing that it would refuse"
    assert "✗  failed" in out
    assert not any(payload in out for payload in PAYLOADS)


def test_a_snapshot_is_written_as_a_picture_when_the_name_says_so(jobs: JobBoy, tmp_path: Path) -> None:
    jobs.start("import")
    for _ in range(2):
        assert (
            main(["--database", jobs.database, "--snapshot", "--filter", "active", "--output", f"{tmp_path}/now.svg"])
            == 0
        )
    picture = (tmp_path / "now.svg").read_text()
    assert picture.startswith("<svg")
    assert "starting" in picture


def test_a_snapshot_of_a_wide_screen_has_the_preview(operations: FakeOperations) -> None:
    operations.stuck(code="import-orders")
    text = take(Gateway(operations), (120, 36))  # type: ignore[arg-type]  # same methods
    assert "Last events" in text
    assert len(text.splitlines()) == 36


def test_a_snapshot_of_a_database_that_is_not_there_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "--database", f"sqlite:///{tmp_path}/none.db", "--snapshot")
    assert (code, out, list(tmp_path.iterdir())) == (3, "", [])
    assert "is not there" in err


def test_a_read_only_console_makes_no_database_and_says_who_named_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBBOY_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    code, out, err = run(capsys, "--read-only")
    assert (code, out, list(tmp_path.iterdir())) == (3, "", [])
    assert f"{tmp_path}/none.db is not there (named by $JOBBOY_DATABASE_URL)" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--json"], "--json goes with --check only"),
        (["--output", "x"], "--output goes with --snapshot only"),
        (["--write"], "--write goes with --serve only"),
        (["--check", "--snapshot"], "not allowed with argument"),
        (["--snapshot", "big"], "must be columns and lines such as 80x24"),
        (["--serve", "http"], "must be a port"),
        (["--serve", "--write", "--read-only"], "contradict each other"),
        (["--check", "--demo"], "--demo needs a terminal or --serve"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert why in capsys.readouterr().err


def test_a_mistake_in_the_filter_is_told_at_its_place(jobs: JobBoy, capsys: pytest.CaptureFixture[str]) -> None:
    for what in ("--check", "--snapshot"):
        code, out, err = run(capsys, "--database", jobs.database, what, "--filter", "faild")
        assert (code, out) == (2, "")
        assert "--filter: the word 'faild' is not known" in err
