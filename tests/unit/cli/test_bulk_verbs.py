"""Verbs on all that match a filter, from the command line: counted, asked, carried out, told row by row."""

import json
import os
import pty
import subprocess
import sys
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from jobboy.cli.program import program
from jobboy.model.process import Process
from tests.factories import NOW, a_process
from tests.unit.bench import Bench


def call(bench: Bench, *arguments: str) -> Result:
    return CliRunner().invoke(program, arguments, prog_name="jobboy", env={"JOBBOY_DATABASE_URL": bench.url})


@pytest.fixture
def three(bench: Bench) -> list[Process]:
    wanted: list[dict[str, Any]] = [{}, {"status": "failed"}, {"paused": True}]
    return [bench.put(a_process(**fields)) for fields in wanted]


def test_all_that_match_are_counted_then_told_row_by_row(bench: Bench, three: list[Process]) -> None:
    result = call(bench, "kill", "--filter", "code:import", "--reason", "wrong file", "--yes")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "3 match, 2 eligible, 1 skipped: 1 has failed already",
        f"{three[2].id} kill asked for",
        f"{three[0].id} kill asked for",
    ]
    assert [bench.get(process.id).kill_requested for process in three] == [True, False, True]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(bench: Bench, three: list[Process]) -> None:
    result = call(bench, "fail", "--filter", "code:import", "--dry-run")
    assert f"{three[1].id} skipped: it is failed" in result.stdout
    assert f"{three[0].id} to be failing" in result.stdout
    told = json.loads(call(bench, "fail", "--filter", "code:import", "--dry-run", "--json").stdout)
    assert [one["ok"] for one in told] == [True, False, True]
    assert bench.kinds(three[0].id) == ["started"]


def test_where_nobody_can_be_asked_it_must_be_said_beforehand(bench: Bench, three: list[Process]) -> None:
    result = call(bench, "kill", "--filter", "running")
    assert result.exit_code == 2
    assert "--yes: is needed where nobody can be asked: it would kill 2 processes" in result.stderr
    assert not bench.get(three[0].id).kill_requested


def test_only_the_first_ones_are_meant_when_so_many_are_asked_for(bench: Bench, three: list[Process]) -> None:
    call(bench, "kill", "--filter", "running", "--limit", "1", "--yes")
    assert [bench.get(process.id).kill_requested for process in three] == [False, False, True]


def test_restarts_of_all_that_match_tell_the_ids_of_the_new_processes(bench: Bench) -> None:
    old = [bench.put(a_process(status="failed", ended_at=NOW)) for _ in range(3)]
    told = call(bench, "restart", "--filter", "failed", "--limit", "2", "--yes").stdout.splitlines()
    new = [bench.get(process.id).restarted_as for process in old]
    assert told[1:] == [f"{old[2].id} restarted as {new[2]}", f"{old[1].id} restarted as {new[1]}"]
    (one,) = json.loads(call(bench, "restart", "--filter", "failed !restarted", "--yes", "--json").stdout)
    assert one == {"id": old[0].id, "ok": True, "error": None, "new_id": bench.get(old[0].id).restarted_as}


def test_who_would_restart_something_twice_is_told_before(bench: Bench) -> None:
    first, _ = [bench.put(a_process(status="failed", ended_at=NOW)) for _ in range(2)]
    bench.operations.restart(first.id)
    told = call(bench, "restart", "--filter", "failed", "--dry-run").stdout.splitlines()
    assert told[:2] == [
        "2 match, all eligible",
        "1 of them was restarted already: the word !restarted in the filter leaves such out",
    ]
    assert "already" not in call(bench, "restart", "--filter", "failed !restarted", "--dry-run").stdout


def test_nothing_that_matches_is_no_error(bench: Bench) -> None:
    result = call(bench, "recover", "--filter", "stuck", "--yes")
    assert (result.exit_code, result.stdout) == (0, "nothing matches\n")


def test_one_that_is_refused_makes_the_exit_code_1(bench: Bench) -> None:
    process = bench.put(a_process(status="completed", code="gone"))
    result = call(bench, "restart", "--filter", "completed", "--from", "load", "--yes")
    assert result.exit_code == 1
    assert "has no step 'load'" in result.stderr
    assert bench.kinds(process.id) == ["started"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("kill",), "ID: is missing: name processes, or all that match with --filter FILTER"),
        (("kill", "3f", "--filter", "running"), "--filter: goes without ids"),
        (("kill", "--filter", " "), "--filter: must not be empty"),
        (("prune", "--filter", ""), "--filter: must not be empty"),
        (("kill", "3f", "--dry-run"), "--dry-run: goes with --filter"),
        (("kill", "3f", "77", "-n", "1"), "--limit: goes with --filter"),
        (("restart", "3f", "--limit", "1"), "--limit: goes with --filter"),
        (("kill", "--filter", "runing"), "filter:"),
    ],
)
def test_what_contradicts_itself_is_wrong_usage(bench: Bench, arguments: tuple[str, ...], says: str) -> None:
    result = call(bench, *arguments)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_dry_run_of_one_restart_restarts_nothing(bench: Bench) -> None:
    process = bench.put(a_process(status="completed"))
    result = call(bench, "restart", process.id, "--dry-run")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "jobboy: --dry-run: goes with --filter\n"
    assert bench.kinds(process.id) == ["started"]


def test_what_a_filter_has_is_pruned_only_where_that_was_said(bench: Bench, three: list[Process]) -> None:
    gone = bench.put(a_process(status="failed", code="demo", ended_at=NOW))
    assert call(bench, "prune", "--filter", "code:demo", "--dry-run").stdout == "1 process to be removed\n"
    refused = call(bench, "prune", "--filter", "code:demo")
    assert refused.exit_code == 2
    assert "it would remove 1 ended process" in refused.stderr
    assert call(bench, "prune", "--filter", "code:demo", "--yes").stdout == "1 process removed\n"
    assert bench.repository.get(gone.id) is None


def test_on_a_terminal_it_asks_and_no_does_nothing(bench: Bench, three: list[Process]) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "jobboy", "--database", bench.url, "kill", "--filter", "running"]
    os.write(ours, b"n\n")
    ended = subprocess.run(command, stdin=theirs, capture_output=True, text=True, timeout=120, check=False)
    os.close(ours)
    os.close(theirs)
    assert ended.stdout == "2 match, all eligible\n"
    assert "Kill 2 processes? [y/N]" in ended.stderr
    assert "nothing was done" in ended.stderr
    assert ended.returncode == 1
    assert not bench.get(three[0].id).kill_requested
