"""A backup is a database as it was at one moment, made while workers work, and work goes on from it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from typer.testing import CliRunner, Result

from jobboy import InvalidValue, JobBoy
from jobboy.cli.program import program
from jobboy.storage.watch import Watch
from tests.integration.worker_programs import Site, eventually

FULL = Path("/dev/full")


def backed_up(jobs: JobBoy, file: Path) -> Result:
    return CliRunner().invoke(program, ["--database", jobs.database, "--json", "backup", str(file)])


@pytest.fixture
def jobs(tmp_path: Path) -> JobBoy:
    app = JobBoy(f"sqlite:///{tmp_path / 'jobboy.db'}")
    app.handler("quick")(lambda process: process.complete())
    return app


def test_a_backup_is_a_whole_database_for_its_owner_alone(jobs: JobBoy, tmp_path: Path) -> None:
    started = jobs.start("quick", {"n": 1})
    copy = tmp_path / "copy.db"

    told = backed_up(jobs, copy)
    jobs.start("quick")  # of no concern to it
    jobs.database = f"sqlite:///{copy}"

    assert json.loads(told.stdout) == {"file": str(copy), "bytes": copy.stat().st_size}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [process.id for process in jobs.list()] == [started]
    assert all(well for what, well, _ in jobs.operations().doctor() if what != "workers")
    jobs.close()


def test_a_database_and_its_backup_may_lie_in_folders_whose_names_are_no_text(jobs: JobBoy, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"by\xffte")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("the file system takes no such name")
    jobs.database = f"sqlite:///{folder}/jobboy.db"
    started = jobs.start("quick")

    jobs.operations().house.backup(str(folder / "copy.db"))
    jobs.database = f"sqlite:///{folder}/copy.db"

    assert [process.id for process in jobs.list()] == [started]
    jobs.close()


def test_a_file_that_is_there_is_left_as_it_is(jobs: JobBoy, tmp_path: Path) -> None:
    jobs.start("quick")
    there = tmp_path / "there.db"
    there.write_text("mine", encoding="utf-8")

    with pytest.raises(InvalidValue, match=r"^file: .*there\.db exists already: choose another name"):
        jobs.operations().house.backup(str(there))
    with pytest.raises(InvalidValue, match="cannot be written: No such file or directory"):
        jobs.operations().house.backup(str(tmp_path / "nowhere" / "copy.db"))

    assert there.read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.glob("*.part")) == []
    jobs.close()


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal", ".lock", ".ahead"])
def test_a_name_that_belongs_to_the_database_is_no_place_for_a_copy(
    jobs: JobBoy, tmp_path: Path, ending: str
) -> None:
    jobs.start("quick")
    jobs.close()  # what lies beside it is removed again, so that the name is free
    (tmp_path / "link.db").symlink_to(tmp_path / "jobboy.db")
    (tmp_path / "folder").symlink_to(tmp_path)
    for database in (tmp_path / "jobboy.db", tmp_path / "link.db"):
        told = backed_up(JobBoy(f"sqlite:///{database}"), tmp_path / "folder" / f"jobboy.db{ending}")
        assert (told.exit_code, told.stdout) == (2, "")
        assert f"jobboy: file: {tmp_path}/folder/jobboy.db{ending} belongs to the database" in told.stderr
    assert backed_up(jobs, tmp_path / "jobboy.db-monday").exit_code == 0


def test_ctrl_c_ends_a_copy_in_the_middle_and_leaves_nothing(jobs: JobBoy, tmp_path: Path) -> None:
    jobs.start_many([("quick", {"n": n}) for n in range(2000)])
    before = sys.getprofile()

    def press(frame: FrameType, event: str, _: object) -> None:
        if frame.f_code is Watch._look.__code__:  # SQLite is at work, and asks whether to go on
            sys.setprofile(before)
            signal.raise_signal(signal.SIGINT)

    sys.setprofile(press)
    try:
        with pytest.raises(KeyboardInterrupt) as raised:
            jobs.operations().house.backup(str(tmp_path / "copy.db"))
    finally:
        sys.setprofile(before)
    jobs.close()

    assert str(raised.value.__cause__) == "interrupted"
    assert not [path.name for path in tmp_path.iterdir() if "copy" in path.name]


def test_what_was_in_hand_when_a_backup_was_made_goes_on_from_it(
    open_site: Callable[[str], Site], tmp_path: Path
) -> None:
    site = open_site("hands")
    in_hand = site.start("brief", how="wait", sign="go")
    worker = site.worker()
    eventually(lambda: site.notes("waits"))
    copy = tmp_path / "copy.db"

    site.operations.house.backup(str(copy))
    worker.kill()
    site.leave("go")
    site.jobs.database = f"sqlite:///{copy}"
    with site.jobs.iteration_maker() as maker:
        assert maker.work().has_worked

    assert site.jobs.get(in_hand).output == {"attempt": 2}


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_a_full_disk_is_told_of_the_copy(jobs: JobBoy) -> None:
    jobs.start("quick")

    with pytest.raises(OSError, match="No space left on device"):
        jobs._adapters().repository.copy_to(FULL)

    jobs.close()


def test_a_copy_that_grows_too_large_leaves_nothing_and_blames_not_the_database_alone(
    jobs: JobBoy, tmp_path: Path
) -> None:
    jobs.start("quick")
    jobs.close()

    limited = 'ulimit -f 40; exec "$0" -m jobboy --database "$1" backup "$2"'
    told = subprocess.run(
        ["bash", "-c", limited, sys.executable, jobs.database, str(tmp_path / "copy.db")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 3
    assert f"jobboy.db cannot be read, or no copy of it written in {tmp_path}" in told.stderr
    assert not [path.name for path in tmp_path.iterdir() if "copy" in path.name]
