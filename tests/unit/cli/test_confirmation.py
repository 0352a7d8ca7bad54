"""What a guardrail wants confirmed, from the command line: asked on a terminal, ``--yes`` anywhere else."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from jobboy.cli.program import program
from jobboy.operations.guardrails import GUARDED_VERBS
from tests.factories import NOW, a_process
from tests.unit.bench import Bench

APP = """
from jobboy import JobBoy
from jobboy.operations import Guardrail, GuardrailAction

jobs = JobBoy(guardrails=[Guardrail(action=GuardrailAction.CONFIRM, reason="ask Ada first")])
jobs.steps("import").step(lambda data: {}, name="load")
"""
ASKS = "a guardrail asks that it be confirmed by hand (--yes): ask Ada first"
VERBS = {
    "start": "start import",
    "execute": "execute import",
    "recover": "recover {stuck}",
    "fail": "fail {active}",
    "kill": "kill {active}",
    "proceed": "proceed {paused}",
    "restart": "restart {ended}",
    "prune": "prune --older-than 0s",
    "pause": "pause",
    "resume": "resume",
    "schedules add": "schedules add hourly import --every 1h",
    "schedules pause": "schedules pause nightly",
    "schedules resume": "schedules resume resting",
    "schedules start": "schedules start nightly",
    "schedules remove": "schedules remove nightly",
}


@pytest.fixture
def ids(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An app that wants everything confirmed; on its database something for every verb."""
    (tmp_path / "careful_app.py").write_text(APP, encoding="utf-8")
    monkeypatch.delitem(sys.modules, "careful_app", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    bench.jobs.steps("import").step(lambda data: {}, name="load")
    bench.start("import")  # leaves the definition in the database
    for name in ("nightly", "resting"):
        bench.operations.add_schedule(name, "import", cron="@daily")
    bench.operations.pause_schedule("resting")
    fields: dict[str, dict[str, Any]] = {
        "stuck": {"handled": True, "stuck": True},
        "active": {},
        "paused": {"paused": True, "output": None},
        "ended": {"status": "failed", "ended_at": NOW},
    }
    return {name: bench.put(a_process(code="import", **given)).id for name, given in fields.items()}


def words(bench: Bench, ids: dict[str, str], verb: str) -> list[str]:
    if verb == "resume":
        bench.operations.pause()
    return ["--database", bench.url, "--app", "careful_app:jobs", *VERBS[verb].format(**ids).split()]


def call(arguments: list[str]) -> Result:
    return CliRunner().invoke(program, arguments, prog_name="jobboy")


def test_every_guarded_verb_is_tried() -> None:
    assert {verb.split("s ")[0] for verb in VERBS} - {"execute"} == set(GUARDED_VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_where_nobody_can_be_asked_it_is_refused_naming_yes_and_recorded(
    bench: Bench, ids: dict[str, str], verb: str
) -> None:
    result = call(words(bench, ids, verb))
    assert result.exit_code == 1, result.stderr
    assert result.stderr.count("\n") == 1
    assert ASKS in result.stderr
    newest = bench.repository.events(newest=True, limit=1)[0]
    assert (newest.kind, (newest.after or {})["why"]) == ("refused", ASKS)


@pytest.mark.parametrize("verb", VERBS)
def test_yes_confirms_it(bench: Bench, ids: dict[str, str], verb: str) -> None:
    result = call([*words(bench, ids, verb), "--yes"])
    assert result.exit_code == 0, result.stderr
    assert "refused" not in {event.kind for event in bench.operations.feed(after=0)}


@pytest.mark.parametrize(
    ("verb", "question", "answer"),
    [("pause", "Pause all work?", "y"), ("start", "Start import?", "n"), ("kill", "Kill {active}?", "y")],
)
def test_on_a_terminal_it_asks_with_the_reason_and_does_what_is_answered(
    bench: Bench, ids: dict[str, str], verb: str, question: str, answer: str
) -> None:
    before = bench.operations.overview().last_seq
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "jobboy", *words(bench, ids, verb), "--json"]
    os.write(ours, f"{answer}\n".encode())
    ended = subprocess.run(command, stdin=theirs, capture_output=True, text=True, timeout=120, check=False)
    os.close(ours)
    os.close(theirs)
    assert "jobboy: a guardrail asks that it be confirmed: ask Ada first\n" in ended.stderr
    assert f"{question.format(**ids)} [y/N]" in ended.stderr
    assert ended.returncode == (0 if answer == "y" else 1)
    assert (bench.operations.overview().last_seq > before) is (answer == "y")
    assert json.loads(ended.stdout) if answer == "y" else ended.stdout == ""
