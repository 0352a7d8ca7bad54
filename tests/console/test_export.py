"""Writing processes to a file from the console: rows of many, everything about one, never over what is there."""

from __future__ import annotations

import csv
import json
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobboy import HandledProcess, JobBoy
from jobboy.cli.program import program
from jobboy.operations import parse_filter
from jobboy_console.asking.wording import export_command
from jobboy_console.facts.orders import ExportOrder
from jobboy_console.gateway import Gateway, JobBoyError, Stopped
from jobboy_console.machine.watching import Watch
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.export import Export
from jobboy_console.widgets.steady_input import SteadyInput
from tests.console.conftest import Console, opened

CANARY = "cAnArY-4711"


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobBoy]:
    monkeypatch.chdir(tmp_path)
    jobs = JobBoy(f"sqlite:///{tmp_path}/jobs.db")

    @jobs.handler("import", status="starting")
    def work(process: HandledProcess) -> None:
        process.store.update({"rows": 3, "api_key": CANARY})
        raise ValueError("refused")

    for n in range(3):
        jobs.start("import", {"n": n})
    yield jobs
    jobs.close()


def order(**chosen: object) -> ExportOrder:
    usual = {"ids": (), "filter": "", "form": "csv", "columns": "", "file": "out.csv", "overwrite": False}
    return ExportOrder(**(usual | chosen))  # type: ignore[arg-type]  # fields by name


def gateway_of(jobs: JobBoy) -> Gateway:
    return Gateway(jobs.operations())


def test_all_that_match_are_written_and_counted(jobs: JobBoy) -> None:
    watch = Watch()
    written = gateway_of(jobs).export(order(columns="code,parameters.n"), watch)
    assert (written.processes, watch.done, watch.total) == (3, 3, 3)
    rows = list(csv.reader(Path("out.csv").read_text().splitlines()))
    assert rows == [["code", "parameters.n"], ["import", "2"], ["import", "1"], ["import", "0"]]
    assert Path("out.csv").stat().st_mode & 0o077 == 0


def test_marked_ones_are_written_without_those_that_are_gone(jobs: JobBoy) -> None:
    ids = (jobs.start("import", {"n": 7}), "00000000-0000-7000-8000-000000000000")
    written = gateway_of(jobs).export(order(ids=ids, filter=None, form="jsonl", file="out.jsonl"), Watch())
    (line,) = Path("out.jsonl").read_text().splitlines()
    assert (written.processes, json.loads(line)["parameters"]) == (1, {"n": 7})


def test_a_bundle_has_no_secrets(jobs: JobBoy) -> None:
    process = jobs.execute("import", {"password": CANARY})
    written = gateway_of(jobs).export(order(ids=(process.id,), filter=None, form="bundle", file="one.zip"), Watch())
    assert written.secrets > 0
    with zipfile.ZipFile("one.zip") as archive:
        assert not any(CANARY.encode() in archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize(
    ("chosen", "rule"),
    [
        ({"columns": "nonsense"}, "has no 'nonsense'"),
        ({"file": " "}, "must be the name of a file"),
        ({"file": "no/such/folder.csv"}, "cannot be written"),
        ({"file": "there.csv"}, "exists already"),
    ],
)
def test_what_breaks_a_rule_is_said_and_nothing_is_written(jobs: JobBoy, chosen: dict[str, str], rule: str) -> None:
    Path("there.csv").write_text("mine")
    with pytest.raises(JobBoyError, match=rule):
        gateway_of(jobs).export(order(**chosen), Watch())
    assert {path.name for path in Path().glob("*.csv*")} == {"there.csv"}
    assert Path("there.csv").read_text() == "mine"


def test_what_is_stopped_leaves_no_file(jobs: JobBoy) -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(Stopped):
        gateway_of(jobs).export(order(), watch)
    assert not list(Path().glob("*.csv*"))


@pytest.mark.parametrize(
    "chosen", [{"filter": "starting"}, {"form": "jsonl"}, {"columns": "id,parameters.n"}, {"filter": None}]
)
def test_the_command_that_is_shown_writes_the_same(jobs: JobBoy, chosen: dict[str, object]) -> None:
    ids = tuple(row.id for row in jobs.operations().page(parse_filter(""), limit=2).rows)
    wanted = order(ids=ids, **chosen)
    gateway_of(jobs).export(wanted, Watch())
    here = Path("out.csv").read_bytes()
    Path("out.csv").unlink()
    words = shlex.split(export_command(wanted, jobs.database))
    assert words[0] == "jobboy"
    assert CliRunner().invoke(program, words[1:]).exit_code == 0
    assert Path("out.csv").read_bytes() == here


def test_too_many_to_be_named_have_no_command() -> None:
    assert export_command(order(ids=tuple("abcdefghijklmnopqrstuvwxyz"), filter=None), "sqlite:///x.db") == ""


# --- the dialog ---


def dialog_of(console: Console) -> Export:
    assert isinstance(console.app.screen, Export)
    return console.app.screen


async def test_the_list_is_written_as_it_is_filtered(jobs: JobBoy, tmp_path: Path) -> None:
    async with opened(jobs.operations(), filter="import") as console:
        await console.press("6", "ctrl+o")
        assert "Export the list All import" in console.text
        assert "same as: " in console.text
        name = dialog_of(console).query_one("#export-file", SteadyInput).value
        await console.press("enter")
        assert isinstance(console.app.screen, Processes)
        assert f"3 processes written to {tmp_path / name}." in console.said
        assert len((tmp_path / name).read_text().splitlines()) == 4


async def test_only_the_marked_ones_are_written_when_some_are(jobs: JobBoy) -> None:
    async with opened(jobs.operations()) as console:
        await console.press("6", "space", "space", "ctrl+o")
        assert "Export the 2 marked" in console.text
        await console.press("ctrl+s")
        assert "2 processes written" in console.said


async def test_the_ending_of_the_name_follows_the_format_until_one_types_a_name(jobs: JobBoy) -> None:
    async with opened(jobs.operations()) as console:
        await console.press("6", "enter", "ctrl+o")
        field = dialog_of(console).query_one("#export-file", SteadyInput)
        assert field.value.endswith(".zip")
        await console.press("shift+tab", "right")
        assert field.value.endswith(".jsonl")
        await console.press("tab", "x", "shift+tab", "right")
        assert field.value.endswith(".jsonlx")


async def test_a_file_that_is_there_stays_unless_it_is_said(jobs: JobBoy, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    async with opened(jobs.operations()) as console:
        await console.press("6", "ctrl+o")
        dialog_of(console).query_one("#export-file", SteadyInput).value = "mine.csv"
        await console.press("ctrl+s")
        assert "exists already" in console.text
        assert (tmp_path / "mine.csv").read_text() == "mine"
        await console.press("tab", "tab", "space", "ctrl+s")
        assert f"3 processes written to {tmp_path / 'mine.csv'}." in console.said
        assert (tmp_path / "mine.csv").read_text() != "mine"


async def test_export_can_be_typed_and_says_when_there_is_nothing(jobs: JobBoy) -> None:
    async with opened(jobs.operations(), read_only=True) as console:
        await console.press("6", "colon", *"export", "enter")
        assert "Export the list All" in console.text
        await console.press("escape")
        assert isinstance(console.app.screen, Processes)
