"""`jobboy logs -n N`: the last lines of each turn, none of them with 0."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from jobboy.cli.program import program
from jobboy.model.logs import TurnLog
from jobboy.ports import Change
from tests.factories import NOW, a_process
from tests.unit.bench import Bench


@pytest.fixture
def process_id(bench: Bench) -> str:
    process = bench.put(a_process(status="completed", ended_at=NOW))
    said = TurnLog(token=process.token, step="load", attempt=1, at=NOW, left_out=0, text="one\ntwo\nthree")
    bench.repository.settle(Change(process=process, seen_token=process.token, log=said))
    return process.id


def printed(bench: Bench, *arguments: str) -> str:
    result = CliRunner().invoke(program, ["--database", bench.url, "logs", *arguments], prog_name="jobboy")
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize(("number", "lines"), [("0", []), ("2", ["two", "three"]), ("9", ["one", "two", "three"])])
def test_as_many_of_the_last_lines_are_told_as_are_asked_for_in_every_form(
    bench: Bench, process_id: str, number: str, lines: list[str]
) -> None:
    assert [line for line in printed(bench, process_id, "-n", number).splitlines() if line[0].isalpha()] == lines
    assert [turn["lines"] for turn in json.loads(printed(bench, process_id, "-n", number, "--json"))] == [lines]
    rows = printed(bench, process_id, "-n", number, "--plain").splitlines()[1:]
    assert [row.rpartition("\t")[2] for row in rows] == lines
    followed = printed(bench, process_id, "-n", number, "--follow", "--json").splitlines()
    assert [json.loads(row)["line"] for row in followed] == lines
