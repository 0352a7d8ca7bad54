"""`jobboy export`: rows of a filter in constant memory, and one process in a zip file without its secrets."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from jobboy import HandledProcess, JobBoy
from jobboy.cli.program import program
from jobboy.operations import parse_filter
from jobboy.operations.exporting import export_lines
from tests.console.hostile import HOSTILE, PAYLOADS

CANARY = "cAnArY-4711"


@pytest.fixture
def jobs(tmp_path: Path) -> Any:
    jobs = JobBoy(f"sqlite:///{tmp_path}/jobs.db")

    @jobs.handler("import", status="starting")
    def work(process: HandledProcess) -> None:
        process.store.update(
            {"rows": 3, "api_key": CANARY, "url": f"https://ada:{CANARY}@x.example/", "text": HOSTILE}
        )
        process.run()

    @jobs.handler("import", status="running")
    def go_on(process: HandledProcess) -> None:
        process.store["rows"] = 4
        process.store["session"] = {"cookie": CANARY}
        process.end()

    @jobs.handler("import", status="ending")
    def fail(process: HandledProcess) -> None:
        raise ValueError(f"refused: password={CANARY}")

    yield jobs
    jobs.close()


def call(jobs: JobBoy, *arguments: str) -> Result:
    return CliRunner().invoke(program, ["--database", jobs.database, "export", *arguments])


@pytest.mark.parametrize("arguments", [("--output",), ("--bundle", "0", "--output")])
def test_p10_a_file_that_no_room_is_left_for_is_told_as_what_may_do_later_and_is_not_there(
    jobs: JobBoy, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    noise = random.Random(7)  # so that a zip file gets no smaller
    jobs.start("import", {"text": noise.randbytes(100_000).hex()})
    jobs.close()

    limited = 'ulimit -f 40; exec "$0" -m jobboy --database "$1" export "${@:2}"'
    told = subprocess.run(
        ["bash", "-c", limited, sys.executable, jobs.database, *arguments, str(tmp_path / "rows.out")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (told.returncode, told.stdout) == (3, "")
    assert told.stderr == f"jobboy: {tmp_path}/rows.out cannot be written: File too large: free some space\n"
    assert not [path.name for path in tmp_path.iterdir() if "rows" in path.name]


@pytest.mark.parametrize("name", ["jobs.db", "jobs.db-wal", "jobs.db-journal"])
def test_an_export_replaces_no_file_of_its_database(jobs: JobBoy, tmp_path: Path, name: str) -> None:
    jobs.start("import")
    told = call(jobs, "--overwrite", "--output", str(tmp_path / name))
    assert (told.exit_code, "belongs to the database" in told.stderr) == (2, True)
    assert len(jobs.list()) == 1


def test_rows_of_a_filter_are_written_with_the_columns_that_were_chosen(jobs: JobBoy, tmp_path: Path) -> None:
    jobs.execute("import", {"n": 1})
    jobs.start("import", {"n": 2})
    path = tmp_path / "rows.csv"
    result = call(jobs, "failed", "--columns", "code,status,parameters.n,store.rows", "-o", str(path))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"jobboy: 1 process written to {path}\n"
    assert list(csv.reader(path.read_text().splitlines())) == [
        ["code", "status", "parameters.n", "store.rows"],
        ["import", "failed", "1", "4"],
    ]
    assert call(jobs, "-o", str(path)).exit_code == 2


def test_every_order_and_every_page_is_exported_once(jobs: JobBoy, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WHOLE_PAGE", "SORTED_PAGE", "LOADED"):
        monkeypatch.setattr(f"jobboy.operations.reading.{name}", 3)
    ids = jobs.operations().start_many([("import", {"n": number % 4}) for number in range(11)])
    newest_first = [json.loads(line)["id"] for line in call(jobs).stdout.splitlines()]
    assert newest_first == ids[::-1]
    assert [json.loads(line)["id"] for line in call(jobs, "sort:created").stdout.splitlines()] == ids


def test_memory_does_not_grow_with_the_number_of_rows(jobs: JobBoy) -> None:
    operations = jobs.operations()
    operations.start_many([("import", {"text": "x" * 1000}) for _ in range(2000)])

    def peak(limit: int) -> int:
        tracemalloc.start()
        for number, _ in enumerate(export_lines(operations.each_process(parse_filter("")), "jsonl", None)):
            if number == limit:
                break
        taken = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return taken

    peak(10)
    assert peak(1900) < peak(600) + 500_000


def test_a_bundle_says_everything_but_secrets(jobs: JobBoy, tmp_path: Path) -> None:
    process = jobs.execute("import", {"token": CANARY, "day": "monday"})
    path = tmp_path / "one.zip"
    result = call(jobs, "--bundle", process.id, "-o", str(path))
    assert result.exit_code == 0, result.stderr
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(texts) == {
        *("process.json", "steps.json", "events.jsonl", "versions.jsonl", "logs.txt", "environment.json"),
        "README.txt",
    }
    whole = "\n".join(texts.values())
    assert CANARY not in whole
    assert not any(payload in whole for payload in PAYLOADS)
    told = json.loads(texts["process.json"])
    assert (told["id"], told["store"]["rows"], told["parameters"]["day"]) == (process.id, 4, "monday")
    assert isinstance(told["token"], int)
    assert "ValueError: refused: password=(left out)" in texts["logs.txt"]
    assert json.loads(texts["events.jsonl"].splitlines()[0])["kind"] == "started"
    versions = [json.loads(line) for line in texts["versions.jsonl"].splitlines()]
    assert {"path": "rows", "was": 3, "became": 4} in versions[-1]["changes"]
    for place in ("process.parameters.token", "process.store.api_key", "process.store.session.cookie"):
        assert f"  {place}\n" in texts["README.txt"]


def test_a_bundle_of_nothing_leaves_no_file(jobs: JobBoy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    jobs.start("import")
    before = set(tmp_path.iterdir())
    assert call(jobs, "--bundle", "ffff").exit_code == 1
    assert {path.suffix for path in set(tmp_path.iterdir()) - before} <= {".db", ".lock", ".db-wal", ".db-shm"}
