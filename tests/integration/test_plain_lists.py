"""`--plain`: what scripts read line by line and field by field, for every verb that prints a list."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from jobboy import HandledProcess, JobBoy
from jobboy.cli import plain
from jobboy.cli.program import program
from tests.console.hostile import HOSTILE, PAYLOADS

LISTS = {
    "list": plain.PROCESS,
    "history": plain.EVENT,
    "tail": plain.EVENT,
    "workers": plain.WORKER,
    "handlers": plain.HANDLER,
    "doctor": plain.CHECK,
    "audit": plain.ACT,
    "logs": plain.LINE,
    "logs --follow": plain.LINE,
    "schedules": plain.SCHEDULE,
    "schedules list": plain.SCHEDULE,
}
NO_LISTS = {
    *("start", "execute", "show", "explain", "recover", "fail", "kill", "proceed", "restart", "work", "pause"),
    *("resume", "prune", "demo", "export", "backup"),
    *(f"schedules {verb}" for verb in ("show", "add", "pause", "resume", "start", "remove")),
}
DOCUMENT = (Path(__file__).parents[2] / "docs/reference/command-line.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A database with one failed process, hostile in every text, and a schedule; with the id of the process."""
    jobs = JobBoy(f"sqlite:///{tmp_path_factory.mktemp('plain')}/jobs.db")

    @jobs.handler("import", status="starting")
    def fail(process: HandledProcess) -> None:
        process.store[HOSTILE] = HOSTILE
        logging.getLogger("import").warning(HOSTILE)
        raise ValueError(HOSTILE + "\tx")

    jobs.execute("import", {"rows": [1, 2]})
    process_id = jobs.list("")[0].id
    jobs.operations().add_schedule("nightly", "import", cron="0 3 * * *", parameters={"note": HOSTILE})
    jobs.close()
    return jobs.database, process_id


def lines(database: tuple[str, str], verb: str) -> list[list[str]]:
    words = [*verb.split(), *([database[1]] if verb.split()[0] in ("history", "tail", "logs") else []), "--plain"]
    result = CliRunner().invoke(program, ["--database", database[0], *words], env={"COLUMNS": "20"})
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_every_verb_either_lists_and_has_plain_or_lists_nothing() -> None:
    verbs = set()
    for name, command in typer.main.get_command(program).commands.items():  # type: ignore[attr-defined]  # a group
        verbs |= {name, *(f"{name} {inner}" for inner in getattr(command, "commands", ()))}
    assert verbs == {*(verb.partition(" --")[0] for verb in LISTS), *NO_LISTS}


@pytest.mark.parametrize("verb", LISTS)
def test_a_plain_list_has_a_header_line_and_as_many_fields_in_each_line(database: tuple[str, str], verb: str) -> None:
    header, *rows = lines(database, verb)
    assert header == list(LISTS[verb])
    assert all(len(row) == len(header) for row in rows)
    assert rows or verb == "workers"


@pytest.mark.parametrize("verb", LISTS)
def test_nothing_is_cut_and_nothing_acts_in_a_plain_list(database: tuple[str, str], verb: str) -> None:
    text = "\n".join("\t".join(row) for row in lines(database, verb))
    assert not any(payload in text for payload in PAYLOADS)
    assert "…" not in text


def test_a_plain_list_says_the_same_as_json(database: tuple[str, str]) -> None:
    jobs = JobBoy(database[0])
    (process,) = jobs.list("")
    jobs.close()
    header, row = lines(database, "list")
    told = dict(zip(header, row, strict=True))
    assert (told["id"], told["status"], told["state"], told["handled"]) == (process.id, "failed", "failed", "false")
    assert told["created_at"] == process.as_json()["created_at"]
    assert told["wait_until"] == ""
    assert told["error"].startswith("ValueError: [/x]")


def test_a_plain_list_of_nothing_is_its_header(tmp_path: Path) -> None:
    jobs = JobBoy(f"sqlite:///{tmp_path}/jobs.db")
    assert list(jobs.list()) == []
    jobs.close()
    result = CliRunner().invoke(program, ["--database", jobs.database, "list", "--plain"])
    assert (result.stdout, result.stderr) == ("\t".join(plain.PROCESS) + "\n", "")


def test_plain_and_json_exclude_each_other() -> None:
    result = CliRunner().invoke(program, ["list", "--plain", "--json"])
    assert result.exit_code == 2
    assert result.stderr == "jobboy: --plain: cannot be used with --json: choose one\n"


@pytest.mark.parametrize("verb", LISTS)
def test_the_columns_of_every_plain_list_are_documented_in_order(verb: str) -> None:
    table = DOCUMENT.split("### Plain lists\n")[1].split("\n### ")[0]
    rows = {name: columns for names, columns in re.findall(r"^\| (.*?) \| (.*?) \|$", table, re.MULTILINE)
            for name in re.findall(r"`([^`]+)`", names)}  # fmt: skip
    assert tuple(re.findall(r"`(\w+)`", rows[verb])) == LISTS[verb]
