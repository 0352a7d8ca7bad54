"""What a narrow terminal still shows whole."""

import re

from typer.testing import CliRunner

from jobboy.cli.program import program
from tests.factories import a_process
from tests.unit.bench import Bench


def lines(bench: Bench, *arguments: str) -> list[str]:
    environment = {"JOBBOY_DATABASE_URL": bench.url, "COLUMNS": "80", "FORCE_COLOR": "1", "TERM": "dumb"}
    printed = CliRunner().invoke(program, arguments, env=environment).stdout
    return re.sub("\x1b\\[[0-9;]*m", "", printed).splitlines()


def test_what_the_doctor_says_is_broken_between_words_and_nothing_of_it_is_cut(bench: Bench) -> None:
    bench.put(a_process())
    told = lines(bench, "doctor")
    words = " ".join(" ".join(told).split())
    assert all(len(line) <= 80 for line in told)
    assert "…" not in words
    unwell = [detail for _, is_well, detail in bench.operations.doctor() if not is_well]
    assert len(unwell) == 1
    assert unwell[0] in words


def test_the_audit_says_who_it_was_before_which_year(bench: Bench) -> None:
    bench.acting_as("operator:ada@web1").pause(reason="database moves at noon")
    (act,) = lines(bench, "audit")[1:]
    assert act.startswith("01-05 12:00:00Z  ada@web1  work_paused  -        -     database")
    assert len(act) <= 80
