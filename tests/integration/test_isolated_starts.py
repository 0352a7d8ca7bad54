"""What an isolated step starts is where its worker works, whatever database the app names when it is imported."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobboy import JobBoy

APP = """
import os

from jobboy import JobBoy

jobs = JobBoy("sqlite:///of-the-app.db")
elsewhere = JobBoy("sqlite:///elsewhere.db")
parent, child = jobs.steps("parent"), jobs.steps("child")


@parent.step(isolated=True)
def begin(data):
    os.chdir(data.get("folder", "."))
    return {"child": jobs.start("child"), "elsewhere": elsewhere.database}


child.step(lambda data: {"done": True}, name="only")
"""


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobBoy]:
    """An app that is at work on another database than the one it names."""
    (tmp_path / "starting_app.py").write_text(APP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "starting_app", raising=False)
    jobs: JobBoy = importlib.import_module("starting_app").jobs
    jobs.database = "sqlite:///named-by-hand.db"
    yield jobs
    jobs.close()


def test_an_isolated_step_starts_processes_in_the_database_of_its_worker(jobs: JobBoy, tmp_path: Path) -> None:
    output = jobs.execute("parent").output
    started = jobs.list("code:child")

    assert output is not None
    assert [process.id for process in started] == [output["child"]]
    assert output["elsewhere"] == "sqlite:///elsewhere.db", "another app has its own"
    assert not (tmp_path / "of-the-app.db").exists()


def test_an_isolated_step_that_works_in_another_folder_does_so_too(jobs: JobBoy, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    output = jobs.execute("parent", {"folder": "folder"}).output

    assert output is not None
    assert [process.id for process in jobs.list("code:child")] == [output["child"]]
    assert list((tmp_path / "folder").iterdir()) == []


def test_an_isolated_step_finds_the_database_in_a_folder_of_any_name(jobs: JobBoy, tmp_path: Path) -> None:
    folder = tmp_path / "is it? 100% #1"
    folder.mkdir()
    jobs.database = f"sqlite:///{folder}/named-by-hand.db"

    output = jobs.execute("parent").output

    assert output is not None
    assert [process.id for process in jobs.list("code:child")] == [output["child"]]
