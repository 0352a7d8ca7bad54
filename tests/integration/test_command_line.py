"""The command line as scripts use it: real programs, their exit codes, and what they print where."""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from jobboy import JobBoy
from jobboy.cli.program import program

DEADLINE = 120.0
UNKNOWN = "ffffffff-0000"
SHOP = """
import time
from pathlib import Path

from jobboy import JobBoy

jobs = JobBoy()
imports = jobs.steps("import")


@imports.step()
def read(data):
    return {"rows": data.get("rows", 3)}


@imports.step(interrupts=True)
def check(data):
    return {**data, "rejected": 1}


@imports.step()
def load(data, process):
    process.store["loaded"] = data["rows"]
    return {"loaded": data["rows"], "rejected": data["rejected"]}


quick = jobs.steps("quick")


@quick.step()
def once(data):
    return {"done": True}


broken = jobs.steps("broken")


@broken.step()
def fall(data):
    raise ValueError("[/x] \\x1b[2J forged\\njobboy: done")


@jobs.handler("hang", status="starting")
def hang(process):
    Path(process.parameters["sign"]).touch()
    time.sleep(600)
"""


@dataclass(frozen=True)
class Shop:
    """A folder with an app and its database, and the command line in it."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("JOBBOY", "COLUMNS"))}
        return kept | {"JOBBOY_APP": "shop:jobs", "PYTHONUTF8": "1"}

    def run(self, *arguments: str, given: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the real program to its end."""
        return subprocess.run(
            [sys.executable, "-m", "jobboy", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    @contextmanager
    def begin(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start the real program; it is killed when the block is left."""
        running = subprocess.Popen(
            [sys.executable, "-m", "jobboy", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield running
        finally:
            running.kill()
            running.communicate()

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder / 'jobboy.db'}"

    def start(self, code: str, parameters: dict[str, Any] | None = None) -> str:
        """Start a process with the app, but from this program: quick."""
        jobs: JobBoy = runpy.run_path(str(self.folder / "shop.py"))["jobs"]
        jobs.database = self.database
        with closing(jobs):
            return jobs.start(code, parameters or {})

    def work(self) -> None:
        done = self.run("work", "--until-idle")
        assert done.returncode == 0, done.stderr

    def show(self, process_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = document(call(self, "show", process_id, "--json"))
        return shown


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    (tmp_path / "shop.py").write_text(SHOP, encoding="utf-8")
    return Shop(tmp_path)


@pytest.fixture
def stuck(shop: Shop) -> str:
    """A process whose worker was killed while it had it in hand."""
    sign = shop.folder / "sign"
    process_id = shop.start("hang", {"sign": str(sign)})
    with shop.begin("work") as worker:
        wait_until(sign.exists)
        worker.kill()
        worker.wait(DEADLINE)
    return process_id


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def call(shop: Shop, *arguments: str) -> Result:
    """Call the program inside this one, without the app: quick, for breadth."""
    environment = {"JOBBOY_DATABASE_URL": shop.database}
    return CliRunner().invoke(program, arguments, prog_name="jobboy", env=environment)


def document(result: Result) -> Any:
    return json.loads(result.stdout)


def assert_one_line(error: str, says: str) -> None:
    assert error.startswith("jobboy: "), error
    assert error.count("\n") == 1, error
    assert says in error


def test_a_process_is_started_worked_paused_proceeded_and_completed(shop: Shop) -> None:
    started = shop.run("--json", "start", "import", "-p", '{"rows": 5}')
    process_id = json.loads(started.stdout)["id"]
    shop.work()
    paused = json.loads(shop.run("show", process_id, "--json").stdout)
    assert (paused["paused"], paused["output"]) == (True, {"rows": 5, "rejected": 1})
    proceeded = shop.run("--json", "proceed", process_id, "--data", "@-", given='{"rejected": 0}')
    assert json.loads(proceeded.stdout) == {"id": process_id, "ok": True, "error": None, "answered": "check"}
    shop.work()
    done = shop.show(process_id[-8:])
    assert (done["status"], done["output"], done["store"]) == (
        "completed",
        {"loaded": 5, "rejected": 0},
        {"loaded": 5},
    )
    assert [(step["name"], step["status"]) for step in done["steps"]] == [
        ("read", "completed"),
        ("check", "completed"),
        ("load", "completed"),
    ]
    events = json.loads(shop.run("history", process_id, "--json").stdout)
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)
    assert {"started", "step_completed", "proceeded"} <= {event["kind"] for event in events}
    operator = next(event["actor"] for event in events if event["kind"] == "proceeded")
    assert operator.startswith("operator:")


def test_an_answer_is_checked_by_a_program_that_knows_nothing_of_the_app(shop: Shop) -> None:
    schema = {"type": "object", "properties": {"amount": {"minimum": 1}}, "required": ["approved", "amount"]}
    jobs = JobBoy(shop.database)
    jobs.steps("invoices").step(lambda data: {"file": "x"}, name="review", answer=schema)
    process_id = jobs.execute("invoices").id
    jobs.close()

    assert document(call(shop, "proceed", process_id, "--schema")) == schema
    assert "answer schema" in call(shop, "show", process_id).stdout
    wrong = call(shop, "proceed", process_id, "--data", '{"amount": 0}')
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert_one_line(wrong.stderr, "data: amount: must be at least 1; approved: is required")
    assert call(shop, "proceed", process_id, "--data", '{"amount": 1, "approved": true}').exit_code == 0
    assert_one_line(call(shop, "proceed", process_id, "--schema").stderr, "it is not paused but completed")


def test_an_answer_to_one_question_is_never_taken_for_the_next(shop: Shop) -> None:
    jobs = JobBoy(shop.database)
    pipeline = jobs.steps("loans")
    for question in ("amount", "bank"):
        pipeline.step(lambda data, process: {**data, "asked": process.step}, name=question, interrupts=True)
    with closing(jobs):
        process_id = jobs.execute("loans").id
        seen = str(document(call(shop, "show", process_id, "--json"))["token"])
        jobs.proceed(process_id, {"answer": 1})  # somebody else is first, and a worker goes on to the next question
        with jobs.iteration_maker() as maker:
            maker.work()

        late = call(shop, "proceed", process_id, "--data", '{"answer": 2}', "--token", seen)
        assert (late.exit_code, late.stdout) == (1, "")
        assert_one_line(late.stderr, "it was changed by somebody else meanwhile; look again")
        assert jobs.get(process_id).output == {"asked": "bank", "answer": 1}

        answered = call(shop, "proceed", process_id, "--data", '{"answer": 3}')
        assert answered.stdout == f"{process_id} proceeds: step 'bank' is answered\n"


def test_execute_does_the_work_itself_and_ends_with_0_only_when_it_is_completed(shop: Shop) -> None:
    completed = shop.run("execute", "quick", "--json")
    assert (completed.returncode, json.loads(completed.stdout)["output"]) == (0, {"done": True})
    failed = shop.run("execute", "broken")
    assert failed.returncode == 1
    assert "✗ failed" in failed.stdout
    assert failed.stderr.endswith(" is not completed but failed\n")
    paused = shop.run("execute", "import", "--json")
    process_id = json.loads(paused.stdout)["id"]
    told = f"jobboy: {process_id} is not completed but paused: answer it with `jobboy proceed`\n"
    assert (paused.returncode, paused.stderr) == (1, told)


def test_p12_an_error_of_a_step_is_shown_without_acting(shop: Shop) -> None:
    process_id = shop.start("broken")
    shop.work()
    assert "[/x]" in shop.run("show", process_id).stdout
    for arguments in (["show", process_id], ["list"], ["history", process_id], ["show", process_id, "--json"]):
        done = call(shop, *arguments)
        assert done.exit_code == 0
        assert "\x1b" not in done.stdout + done.stderr
        assert "\njobboy:" not in done.stdout
        assert "[/x]" in done.stdout


def test_a_list_is_filtered_and_sorted_by_anything(shop: Shop) -> None:
    first, second, third = (shop.start("quick", {"rows": rows}) for rows in (3, 20, 100))
    asked = call(shop, "list", "quick parameters.rows>5", "--filter", "sort:created !age>1h", "--json")
    assert [process["id"] for process in json.loads(asked.stdout)] == [second, third]
    assert first in call(shop, "list", 'params.rows:3 OR error:"no such"').stdout
    refused = call(shop, "list", "failed cod:quick")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.splitlines()[1:] == ["  failed cod:quick", "         ^^^"]


def test_a_stuck_process_is_seen_and_recovered_once(shop: Shop, stuck: str) -> None:
    listed = document(call(shop, "list", "stuck", "--json"))
    assert [(process["id"], process["stuck"]) for process in listed] == [(stuck, True)]
    first = shop.run("recover", stuck, UNKNOWN, "--reason", "host rebooted", "--json")
    results = json.loads(first.stdout)
    assert [(result["id"], result["ok"]) for result in results] == [(stuck, True), (UNKNOWN, False)]
    assert first.returncode == 1
    assert_one_line(first.stderr, "no process matches")
    second = call(shop, "recover", stuck)
    assert second.exit_code == 1
    assert_one_line(second.stderr, f"cannot recover {stuck}: it is not handled")
    recovered = document(call(shop, "history", stuck, "-n", "1", "--json"))
    assert (recovered[0]["kind"], recovered[0]["reason"]) == ("recovered", "host rebooted")


def test_a_stuck_process_is_failed_now_and_restarted(shop: Shop, stuck: str) -> None:
    assert json.loads(shop.run("fail", stuck, "--now", "--json").stdout) == [{"id": stuck, "ok": True, "error": None}]
    assert shop.show(stuck)["status"] == "failed"
    restarted = json.loads(shop.run("restart", stuck, "--json").stdout)
    assert (restarted["id"], restarted["ok"]) == (stuck, True)
    again = shop.show(restarted["new_id"])
    assert (again["status"], again["generation"], again["previous_id"]) == ("starting", 2, stuck)


def test_tail_prints_events_as_they_come_and_ends_with_the_process(shop: Shop) -> None:
    process_id = shop.start("quick")
    with shop.begin("--json", "tail", process_id) as tail:
        assert tail.stdout is not None
        assert json.loads(tail.stdout.readline())["kind"] == "started"
        shop.work()
        rest, error = tail.communicate(timeout=DEADLINE)
        assert (tail.returncode, error) == (0, "")
    events = [json.loads(line) for line in rest.splitlines()]
    assert events[-1]["after"]["status"] == "completed"


def test_an_interrupted_tail_ends_quietly_with_130(shop: Shop) -> None:
    process_id = shop.start("quick")
    with shop.begin("tail", process_id) as tail:
        assert tail.stdout is not None
        assert "started" in tail.stdout.readline()
        tail.send_signal(signal.SIGINT)
        _, error = tail.communicate(timeout=DEADLINE)
        assert (tail.returncode, error) == (130, "")


def test_a_worker_tells_when_it_starts_and_ends_in_order_on_sigterm(shop: Shop) -> None:
    with shop.begin("work", "--slots", "2") as worker:
        assert worker.stdout is not None
        first = worker.stdout.readline()
        assert first.startswith("working on sqlite:///")
        assert "2 slots; codes: " in first
        wait_until(lambda: any(one["alive"] for one in json.loads(shop.run("workers", "--json").stdout)))
        worker.send_signal(signal.SIGTERM)
        out, error = worker.communicate(timeout=DEADLINE)
        assert (worker.returncode, out) == (0, "the worker has ended\n")
        assert "SIGTERM: turns in progress are finished first" in error
        assert error.count("\n") == 1


def test_work_without_an_app_says_how_to_name_one(shop: Shop) -> None:
    done = shop.run("work", JOBBOY_APP="")
    assert (done.returncode, done.stdout) == (2, "")
    assert_one_line(done.stderr, "--app MODULE:OBJECT or $JOBBOY_APP")


@pytest.mark.parametrize("app", ["shop", "nowhere:jobs", "shop:nothing"])
def test_an_app_that_cannot_be_imported_is_wrong_usage(shop: Shop, app: str) -> None:
    done = shop.run("--app", app, "work")
    assert done.returncode == 2
    assert_one_line(done.stderr, "app: ")


def test_a_named_database_is_read_without_importing_the_app(shop: Shop) -> None:
    process_id = shop.start("quick")
    done = shop.run("--database", "sqlite:///jobboy.db", "--app", "broken_deploy:jobs", "show", process_id, "--json")
    assert (done.returncode, json.loads(done.stdout)["id"]) == (0, process_id)


def test_storage_that_cannot_be_reached_ends_with_3(shop: Shop) -> None:
    done = shop.run("--database", "sqlite:////nowhere/at/all/jobboy.db", "list", JOBBOY_APP="")
    assert (done.returncode, done.stdout) == (3, "")
    assert_one_line(done.stderr, "/nowhere/at/all")


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(shop: Shop) -> None:
    file = shop.folder / "letter.db"
    file.write_text("Dear Sir or Madam, " * 100, encoding="utf-8")
    before = file.read_bytes()
    done = shop.run("--database", f"sqlite:///{file}", "list")
    assert done.returncode == 1
    assert_one_line(done.stderr, "letter.db")
    assert file.read_bytes() == before


def test_a_reader_that_has_gone_away_is_no_error(shop: Shop) -> None:
    shop.start("quick")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "jobboy", "list"],
        cwd=shop.folder,
        env=shop.environment,
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=DEADLINE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_encoding_without_the_signs_is_no_error(shop: Shop) -> None:
    process_id = shop.start("quick", {"name": "naïve ✓"})
    shown = shop.run("show", process_id, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert shown.returncode == 0
    assert ". starting" in shown.stdout
    as_json = shop.run("show", process_id, "--json", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert json.loads(as_json.stdout)["parameters"] == {"name": "naïve ✓"}


def test_completion_offers_recent_ids_codes_and_filter_words(shop: Shop) -> None:
    process_id = shop.start("quick")

    def offered(words: str) -> str:
        return shop.run(_JOBBOY_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(words.count(" "))).stdout

    assert process_id[-8:] in offered("jobboy show ")
    assert "quick" in offered("jobboy start q")
    assert offered("jobboy list fail").split() == ["failing", "failed"]
    assert offered("jobboy audit --verb re").split() == ["recover", "restart", "resume"]


def test_completion_makes_no_database(shop: Shop) -> None:
    shop.run(_JOBBOY_COMPLETE="complete_bash", COMP_WORDS="jobboy show ", COMP_CWORD="2", JOBBOY_APP="")
    assert not (shop.folder / "jobboy.db").exists()


def test_lists_are_arrays_filtered_and_limited(shop: Shop) -> None:
    ids = [shop.start("quick"), shop.start("quick"), shop.start("import")]
    assert [process["id"] for process in document(call(shop, "--json", "list"))] == ids[::-1]
    assert [process["id"] for process in document(call(shop, "list", "code:quick", "starting", "--json"))] == ids[
        1::-1
    ]
    assert [process["id"] for process in document(call(shop, "list", "--filter", "code:import", "--json"))] == ids[2:]
    assert document(call(shop, "list", "failed", "--json")) == []
    short = call(shop, "list", "--limit", "2")
    assert len(short.stdout.splitlines()) == 3
    assert_one_line(short.stderr, "only the newest 2 are shown")


def test_an_empty_list_says_so_and_is_done(shop: Shop) -> None:
    shop.work()  # makes the database
    empty = call(shop, "list")
    assert (empty.exit_code, empty.stdout) == (0, "")
    assert_one_line(empty.stderr, "there is no process yet")
    assert document(call(shop, "list", "--json")) == []


def test_one_key_starts_one_process_and_a_delay_makes_it_wait(shop: Shop) -> None:
    shop.work()  # leaves its definitions in the database
    first = call(shop, "start", "quick", "--key", "k", "--delay", "1h30m", "--priority", "7", "--json")
    again = call(shop, "start", "quick", "--key", "k")
    assert again.stdout.strip() == document(first)["id"]
    waiting = document(call(shop, "list", "waiting", "--json"))
    assert [(process["id"], process["priority"], process["key"]) for process in waiting] == [
        (document(first)["id"], 7, "k")
    ]


def test_a_code_that_nobody_knows_is_refused(shop: Shop) -> None:
    shop.start("quick")
    refused = call(shop, "start", "unheard-of")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert_one_line(refused.stderr, "no definition for code 'unheard-of'")


@pytest.mark.parametrize("verb", ["show", "history", "tail"])
def test_an_id_that_nobody_has_is_told(shop: Shop, verb: str) -> None:
    shop.start("quick")
    refused = call(shop, verb, UNKNOWN, "--json")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert_one_line(refused.stderr, f"no process matches id '{UNKNOWN}'")


@pytest.mark.parametrize("verb", ["proceed", "restart"])
def test_a_refused_verb_on_one_process_is_one_object(shop: Shop, verb: str) -> None:
    process_id = shop.start("quick")
    refused = call(shop, verb, process_id, "--json")
    answer = document(refused)
    assert (refused.exit_code, answer["id"], answer["ok"]) == (1, process_id, False)
    assert answer["error"].startswith(f"cannot {verb} {process_id}: ")
    assert_one_line(refused.stderr, answer["error"])
    unknown = document(call(shop, verb, UNKNOWN, "--json"))
    assert (unknown["id"], unknown["ok"]) == (UNKNOWN, False)


def test_killing_a_starting_process_fails_it_at_once(shop: Shop) -> None:
    process_id = shop.start("quick")
    assert call(shop, "kill", process_id, "--reason", "twice").stdout == f"{process_id} kill asked for\n"
    killed = document(call(shop, "show", process_id, "--json"))
    assert killed["status"] == "failed"
    assert killed["killed_at"] is not None


def test_a_part_that_several_ids_have_is_ambiguous(shop: Shop) -> None:
    ids = [shop.start("quick"), shop.start("quick")]
    refused = call(shop, "show", ids[0][:6])
    assert refused.exit_code == 1
    assert_one_line(refused.stderr, "matches several processes")


def test_history_and_tail_begin_where_they_are_told(shop: Shop) -> None:
    process_id = shop.start("quick")
    shop.work()
    events = document(call(shop, "history", process_id, "--json"))
    assert document(call(shop, "history", process_id, "-n", "1", "--json")) == events[-1:]
    assert document(call(shop, "history", process_id, "-n", "0", "--json")) == []
    after = str(events[0]["seq"])
    assert document(call(shop, "history", process_id, "--after", after, "--json")) == events[1:]
    for arguments, expected in ((["-n", "1"], events[-1:]), (["-n", "0"], []), (["--after", after], events[1:])):
        lines = call(shop, "tail", process_id, *arguments, "--json").stdout.splitlines()
        assert [json.loads(line) for line in lines] == expected
    assert "started" in call(shop, "history", process_id).stdout.splitlines()[0]


def test_a_process_is_explained_to_programs(shop: Shop) -> None:
    process_id = shop.start("quick")
    told = document(call(shop, "explain", process_id, "--json"))
    assert told["next"][1].startswith("But no worker is alive")


def test_all_work_is_paused_once_and_resumed_once(shop: Shop) -> None:
    shop.start("quick")
    paused = document(call(shop, "pause", "--reason", "moving", "--json"))
    assert (paused["paused"], paused["reason"]) == (True, "moving")
    assert paused["actor"].startswith("operator:")
    again = call(shop, "pause")
    assert again.exit_code == 1
    assert_one_line(again.stderr, "it is paused already")
    assert document(call(shop, "resume", "--json")) == {"paused": False}
    assert call(shop, "resume").exit_code == 1


def test_prune_counts_and_removes_what_ended(shop: Shop) -> None:
    shop.start("quick")
    shop.work()
    counted = document(call(shop, "prune", "--older-than", "0s", "--dry-run", "--json"))
    assert counted == {"pruned": 1, "dry_run": True}
    assert document(call(shop, "prune", "--json")) == {"pruned": 0, "dry_run": False}
    assert call(shop, "prune", "--older-than", "0s").stdout == "1 process removed\n"
    assert document(call(shop, "list", "--json")) == []


def test_doctor_ends_with_1_when_something_is_not_well(shop: Shop) -> None:
    shop.work()
    well = call(shop, "doctor", "--json")
    assert well.exit_code == 0
    assert all(set(check) == {"check", "ok", "detail"} and check["ok"] for check in document(well))
    call(shop, "pause")
    ill = call(shop, "doctor")
    assert ill.exit_code == 1
    assert "✗ no" in ill.stdout


def test_handlers_tell_the_app_or_what_the_database_knows(shop: Shop) -> None:
    known = json.loads(shop.run("handlers", "--json").stdout)
    steps = {one["code"]: one["steps"] for one in known}
    assert steps == {"hang": [], "import": ["read", "check", "load"], "quick": ["once"], "broken": ["fall"]}
    shop.start("quick")
    shop.work()
    remembered = document(call(shop, "handlers", "--json"))
    assert {"code": "quick", "kind": "pipeline", "steps": ["once"]}.items() <= remembered[-1].items()
    assert "read, check, load" in shop.run("handlers").stdout


def test_workers_that_ended_are_listed_with_their_end(shop: Shop) -> None:
    shop.work()
    (worker,) = document(call(shop, "workers", "--json"))
    assert (worker["alive"], worker["slots"], worker["holds"]) == (False, 4, [])
    assert worker["stopped_at"] is not None
    assert worker["id"] in call(shop, "workers").stdout


def test_the_demo_tells_what_to_type_then_what_happens_and_leaves_nothing_behind(shop: Shop) -> None:
    with shop.begin("demo") as demo:
        assert demo.stdout is not None
        head = demo.stdout.readline()
        database = head.split(";")[0].removeprefix("The demo runs on ")
        file = Path(database.removeprefix("sqlite:///"))
        assert file.exists()
        typed = [demo.stdout.readline().strip() for _ in range(8)]
        assert f"jobboy --database {database} list stuck" in typed
        assert "started" in demo.stdout.readline()
        demo.send_signal(signal.SIGINT)
        _, error = demo.communicate(timeout=DEADLINE)
        assert (demo.returncode, error) == (130, "")
    assert not file.exists()


def test_the_demo_ends_after_the_time_it_is_given(shop: Shop) -> None:
    done = shop.run("demo", "--for", "1s", "--json")
    assert done.returncode == 0
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[0]["kind"] == "started"
