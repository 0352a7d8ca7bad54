"""What the shell offers after a tab: whatever can be known, in the words that bash breaks, and nothing in doubt."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from jobboy.cli import completion
from jobboy.cli.bash_words import joined
from jobboy.cli.program import program
from jobboy.model.process import Process
from jobboy.storage.driver import connect
from jobboy.storage.schema import SCHEMA
from tests.factories import NOW, a_process
from tests.unit.bench import Bench

SHOP = """
print("an app that talks while it is imported")
from jobboy import JobBoy

jobs: JobBoy = JobBoy()
imports = jobs.steps("import", channel="slow")


@imports.step()
def read(data):
    return data


@imports.step(interrupts=True)
def check(data):
    return data


@imports.step()
def load(data):
    return data
"""


def as_bash_breaks(line: str) -> list[str]:
    """Return the words of a line as bash hands them over: at blanks, before and after its break signs."""
    words: list[str] = []
    for word in line.split(" "):
        piece = ""
        for character in word:
            if piece and (character in ":=") != (piece[-1] in ":="):
                words.append(piece)
                piece = ""
            piece += character
        words.append(piece)
    return words


def offered(line: str, **variables: str) -> list[str]:
    """Return what is offered where a line ends."""
    words = as_bash_breaks(line)
    asked = {"_JOBBOY_COMPLETE": "complete_bash", "COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    result = CliRunner().invoke(program, [], prog_name="jobboy", env=asked | variables)
    assert result.stderr == ""
    return result.stdout.split()


@pytest.fixture
def offers(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Complete a line on the database of the bench."""
    monkeypatch.setenv("JOBBOY_DATABASE_URL", bench.url)
    monkeypatch.delenv("JOBBOY_APP", raising=False)
    return offered


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an app, and no database."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "talkative.py").write_text(SHOP, encoding="utf-8")
    monkeypatch.chdir(folder)
    for name in ("JOBBOY_DATABASE_URL", "JOBBOY_APP"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def processes(bench: Bench) -> dict[str, Process]:
    """One process of each kind that a verb is for."""
    wanted: dict[str, dict[str, Any]] = {
        "running": {},
        "paused": {"paused": True, "step": "check"},
        "failed": {"status": "failed", "ended_at": NOW},
        "completed": {"status": "completed", "ended_at": NOW},
        "stuck": {"handled": True, "stuck": True, "handled_at": NOW, "handled_by": "host:1:ab", "token": 3},
    }
    return {name: bench.put(a_process(**fields)) for name, fields in wanted.items()}


def test_a_verb_is_offered_the_processes_that_it_is_for(
    processes: dict[str, Process], offers: Callable[[str], list[str]]
) -> None:
    def short(*names: str) -> list[str]:
        return [processes[name].short_id for name in names]

    assert offers("jobboy recover ") == short("stuck")
    assert offers("jobboy proceed ") == short("paused")
    assert offers("jobboy restart ") == short("failed", "completed")
    assert offers("jobboy kill ") == short("stuck", "paused", "running")
    assert offers("jobboy show ") == short("stuck", "paused", "failed", "completed", "running")
    assert processes["running"].id in offers(f"jobboy show {processes['running'].id[:30]}")


def test_the_steps_of_the_process_on_the_line_are_offered(bench: Bench, offers: Callable[[str], list[str]]) -> None:
    imports = bench.jobs.steps("import")
    for name in ("read", "load"):
        imports.step(name=name)(lambda data: data)
    other = bench.jobs.steps("other")
    other.step(name="send")(lambda data: data)
    process_id = bench.start("import")
    bench.start("other")
    bench.finish(process_id)
    bench.repository.remember(
        [record for code in ("import", "other") if (record := bench.jobs.registry.record(code))]
    )
    for line in (f"jobboy restart {process_id[-8:]} --from ", f"jobboy restart {process_id[-8:]} --from="):
        assert offers(line) == ["read", "load"]
    assert offers(f"jobboy restart {process_id[-8:]} --from l") == ["load"]
    assert offers(f"jobboy logs {process_id} --step ") == ["read", "load"]
    assert offers("jobboy restart --from ") == ["load", "read", "send"]
    assert offers("jobboy restart ffffffff --from ") == []


def test_words_that_bash_breaks_are_whole_again_and_only_their_end_is_offered(
    bench: Bench, processes: dict[str, Process], offers: Callable[[str], list[str]]
) -> None:
    assert offers("jobboy list code:") == ["import"]
    assert offers("jobboy list code:im") == ["import"]
    assert offers("jobboy kill --filter status:fail") == ["failing", "failed"]
    assert processes["paused"].short_id in offered(f"jobboy --database {bench.url} show ", JOBBOY_DATABASE_URL="")
    assert "--limit" in offers("jobboy --app talkative:jobs list --li")


@pytest.mark.parametrize(
    ("broken", "place", "whole", "found"),
    [
        (["jobboy", "list", "code", ":", "im"], 4, ["jobboy", "list", "code:im"], 2),
        (["jobboy", "list", "code", ":"], 3, ["jobboy", "list", "code:"], 2),
        (["jobboy", "list", "code", ":", ""], 4, ["jobboy", "list", "code:", ""], 3),
        (["jobboy", "--a", "=", "b", "x"], 1, ["jobboy", "--a=b", "x"], 1),
        (["jobboy", "list"], 1, ["jobboy", "list"], 1),
        (["jobboy", "'code:im x"], 1, ["jobboy", "'code:im x"], 1),
    ],
)
def test_broken_words_are_joined(broken: list[str], place: int, whole: list[str], found: int) -> None:
    assert joined(broken, place) == (whole, found)


def test_who_acted_and_on_what_is_offered_to_the_audit(
    bench: Bench, processes: dict[str, Process], offers: Callable[[str], list[str]]
) -> None:
    bench.acting_as("operator:ada@web1").kill(processes["running"].id)
    assert offers("jobboy audit --actor op") == ["operator:ada@web1"]
    assert offers("jobboy audit ") == [processes["running"].short_id]


def test_names_of_schedules_zones_and_short_cron_texts_are_offered(
    bench: Bench, offers: Callable[[str], list[str]]
) -> None:
    bench.jobs.define("import")
    bench.operations.add_schedule("nightly", "import", cron="@daily")
    assert offers("jobboy schedules pause ") == ["nightly"]
    assert "Europe/Vienna" in offers("jobboy schedules add x import --timezone Europe/V")
    assert offers("jobboy schedules add x import --cron @da") == ["@daily"]


def test_columns_are_offered_one_after_the_other_and_paths_after_a_dot(
    bench: Bench, offers: Callable[[str], list[str]]
) -> None:
    bench.put(a_process(parameters={"tenant": {"name": "blue"}}))
    assert offers("jobboy export --columns id,cod") == ["id,code"]
    assert offers("jobboy export --columns id,parameters.") == ["id,parameters.tenant.name"]


def test_what_the_folder_and_the_app_have_is_offered_without_any_database(shop: Path) -> None:
    (shop / "old.db").touch()
    (shop / "data").mkdir()
    assert offered("jobboy --app ") == ["talkative:jobs"]
    assert offered("jobboy --app talk") == ["talkative:jobs"]
    assert offered("jobboy list --database ") == ["sqlite:///data/", "sqlite:///old.db"]
    assert offered("jobboy list --database sqlite:///o") == ["///old.db"]
    assert offered("jobboy start import -p @o") == ["@old.db"]
    assert offered("jobboy export --output o") == ["old.db"]
    assert offered("jobboy start ", JOBBOY_APP="talkative:jobs") == ["import"]
    assert offered("jobboy work --channel ", JOBBOY_APP="talkative:jobs") == ["slow"]
    assert sorted(path.name for path in shop.iterdir() if path.suffix == ".db") == ["old.db"]


@pytest.mark.parametrize("line", ["show ", "start ", "restart 3f --from ", "list code:"])
def test_in_doubt_nothing_is_offered(line: str, shop: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert offered(f"jobboy {line}", JOBBOY_APP="nowhere:jobs") == []
    assert offered(f"jobboy --database sqlite:///{shop}/missing.db {line}") == []
    (shop / "torn.db").write_bytes(b"no database at all" * 100)
    assert offered(f"jobboy --database sqlite:///{shop}/torn.db {line}") == []
    connection = connect(bench.path)
    connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.close()
    assert offered(f"jobboy --database {bench.url} {line}") == []


def test_a_database_that_does_not_answer_in_time_is_left_alone(
    bench: Bench, processes: dict[str, Process], offers: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completion, "PATIENCE", 0.05)
    bench.close()
    locking = connect(bench.path)
    locking.execute("PRAGMA locking_mode = EXCLUSIVE")
    locking.execute("BEGIN EXCLUSIVE")
    assert offers("jobboy show ") == []
    locking.close()
