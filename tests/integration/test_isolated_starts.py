"""What an isolated step starts is where its worker works, whatever database the app names when it is imported."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

APP = """
from jobboy import JobBoy

jobs = JobBoy("sqlite:///of-the-app.db")
elsewhere = JobBoy("sqlite:///elsewhere.db")
parent, child = jobs.steps("parent"), jobs.steps("child")


@parent.step(isolated=True)
def begin(data):
    return {"child": jobs.start("child"), "elsewhere": elsewhere.database}


child.step(lambda data: {"done": True}, name="only")
"""


def test_an_isolated_step_starts_processes_in_the_database_of_its_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "starting_app.py").write_text(APP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "starting_app", raising=False)
    jobs = importlib.import_module("starting_app").jobs
    jobs.database = "sqlite:///named-by-hand.db"

    output = jobs.execute("parent").output
    started = jobs.list("code:child")

    assert [process.id for process in started] == [output["child"]]
    assert output["elsewhere"] == "sqlite:///elsewhere.db", "another app has its own"
    assert not (tmp_path / "of-the-app.db").exists()
    jobs.close()
