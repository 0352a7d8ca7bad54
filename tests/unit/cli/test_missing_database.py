"""Verbs on a database that is not there: those that put something into one make it, all others refuse."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from jobboy.cli.program import program

MAKES = {
    "start": ["import"],
    "execute": ["import"],
    "work": ["--until-idle"],
    "schedules add": ["nightly", "import", "--every", "1h"],
}
"""`demo` makes one too; see tests/integration/test_demo.py."""
REFUSES = {
    **dict.fromkeys(("list", "workers", "handlers", "doctor", "audit", "export", "pause", "resume", "prune"), ()),
    **dict.fromkeys(("show", "explain", "history", "tail", "logs", "recover", "fail", "kill", "proceed"), ("3f9a",)),
    "restart": ("3f9a",),
    "backup": ("copy.db",),
    **dict.fromkeys(("schedules", "schedules list"), ()),
    **{f"schedules {verb}": ("nightly",) for verb in ("show", "pause", "resume", "start", "remove")},
}
APP = """
from jobboy import JobBoy

jobs = JobBoy({database})


@jobs.steps("import").step()
def load(data):
    return {{}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JOBBOY_APP", raising=False)
    monkeypatch.delenv("JOBBOY_DATABASE_URL", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(program, arguments, prog_name="jobboy")


def an_app(folder: Path, monkeypatch: pytest.MonkeyPatch, database: str = "") -> str:
    (folder / "missing_app.py").write_text(APP.format(database=database), encoding="utf-8")
    monkeypatch.delitem(sys.modules, "missing_app", raising=False)
    return "missing_app:jobs"


def test_every_verb_makes_a_database_or_refuses() -> None:
    verbs = set()
    for name, command in typer.main.get_command(program).commands.items():  # type: ignore[attr-defined]  # a group
        verbs |= {name, *(f"{name} {inner}" for inner in getattr(command, "commands", ()))}
    assert verbs == {*MAKES, *REFUSES, "demo"}


@pytest.mark.parametrize("verb", REFUSES)
def test_a_verb_that_could_find_nothing_makes_no_database(verb: str, folder: Path) -> None:
    result = call("--database", "sqlite:///shop.db", *verb.split(), *REFUSES[verb])
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == (
        f"jobboy: {folder}/shop.db is not there (named by --database): check the name; "
        "`jobboy start` or `jobboy work` with an app makes it\n"
    )
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("verb", MAKES)
def test_a_verb_that_puts_something_in_makes_the_database(
    verb: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = an_app(folder, monkeypatch)
    result = call("--database", "sqlite:///shop.db", "--app", app, *verb.split(), *MAKES[verb])
    assert result.exit_code == 0, result.stderr
    assert (folder / "shop.db").exists()


@pytest.mark.parametrize("verb", ["start", "execute", "schedules add"])
def test_without_an_app_nothing_could_be_put_in_so_no_database_is_made(verb: str, folder: Path) -> None:
    result = call(*verb.split(), *MAKES[verb])
    assert result.exit_code == 3
    assert "is not there (the default)" in result.stderr
    assert list(folder.iterdir()) == []


def test_whatever_names_the_database_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert f"{folder}/jobboy.db is not there (the default)" in call("list").stderr
    assert f"{folder}/after.db is not there (named by --database)" in call(
        "list", "--database", "sqlite:///after.db"
    ).stderr  # fmt: skip
    app = an_app(folder, monkeypatch, '"sqlite:///own.db"')
    assert f"{folder}/own.db is not there (the database of the app)" in call("--app", app, "list").stderr
    monkeypatch.setenv("JOBBOY_DATABASE_URL", "sqlite:///variable.db")
    assert f"{folder}/variable.db is not there (named by $JOBBOY_DATABASE_URL)" in call("list").stderr


def test_a_folder_that_is_not_there_is_a_database_that_is_not_there(folder: Path) -> None:
    result = call("--database", "sqlite:///nowhere/shop.db", "doctor")
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
    assert result.stderr.startswith(f"jobboy: {folder}/nowhere/shop.db is not there")


def test_handlers_of_an_app_need_no_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call("--app", an_app(folder, monkeypatch), "handlers").exit_code == 0
    assert list(folder.glob("*.db")) == []


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--slots", "5000", "--slots: must be from 1 to 1000"),
        ("--idle-time", "0", "--idle-time: must be more than 0, up to 86,400 seconds"),
    ],
)
def test_a_worker_that_cannot_be_makes_no_database(
    option: str, value: str, says: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = call("--app", an_app(folder, monkeypatch), "work", option, value)
    assert (result.exit_code, result.stderr) == (2, f"jobboy: {says}\n")
    assert list(folder.glob("*.db")) == []


@pytest.mark.parametrize("verb", ["list", "start import"])
def test_a_folder_in_place_of_the_file_is_told_and_nothing_is_left_beside_it(verb: str, folder: Path) -> None:
    (folder / "shop.db").mkdir()
    result = call("--database", "sqlite:///shop.db", *verb.split())
    assert result.exit_code == 3
    assert result.stderr == f"jobboy: {folder}/shop.db is a folder: give the URL of a file in it\n"
    assert [path.name for path in folder.iterdir()] == ["shop.db"]


def test_an_empty_file_is_no_database_to_look_into(folder: Path) -> None:
    (folder / "shop.db").touch()
    result = call("--database", "sqlite:///shop.db", "list")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"jobboy: {folder}/shop.db is not a jobboy database: it is empty (nothing was changed)\n"
    assert (folder / "shop.db").stat().st_size == 0
