"""The app a developer makes: its database, its verbs at hand, and how it is found by name."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobboy import HandledProcess, InvalidValue, JobBoy, ProcessStatus, Refused, load_app
from jobboy.testing import FrozenClock


@pytest.fixture
def app(tmp_path: Path) -> Iterator[JobBoy]:
    made = JobBoy(f"sqlite:///{tmp_path / 'app.db'}")
    made.handler("import")(lambda process: process.complete({"rows": process.parameters.get("rows", 0)}))
    yield made
    made.close()


# --- the database ---


def test_nothing_is_opened_before_the_first_verb(tmp_path: Path, app: JobBoy) -> None:
    assert list(tmp_path.iterdir()) == []
    app.start("import")
    assert (tmp_path / "app.db").exists()


def test_the_database_is_the_given_one_or_the_variables_or_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBBOY_DATABASE_URL", "sqlite:///from-the-variable.db")
    assert JobBoy("sqlite:///given.db").database == "sqlite:///given.db"
    assert JobBoy().database == "sqlite:///from-the-variable.db"
    monkeypatch.delenv("JOBBOY_DATABASE_URL")
    assert JobBoy().database == "sqlite:///jobboy.db"


def test_an_app_can_leave_for_another_database(tmp_path: Path, app: JobBoy) -> None:
    first = app.start("import")
    app.database = f"sqlite:///{tmp_path / 'other.db'}"
    assert app.list() == []
    app.database = f"sqlite:///{tmp_path / 'app.db'}"
    assert [process.id for process in app.list()] == [first]


def test_a_closed_app_opens_its_database_again(app: JobBoy) -> None:
    process_id = app.start("import")
    app.close()
    app.close()
    assert app.get(process_id).code == "import"


def test_a_fork_in_another_folder_goes_on_with_the_database_of_its_parent(tmp_path: Path) -> None:
    script = (
        "import os\n"
        "from jobboy import JobBoy\n"
        "jobs = JobBoy('sqlite:///app.db')\n"
        "jobs.handler('import')(lambda process: process.complete())\n"
        "jobs.start('import')\n"
        "os.mkdir('elsewhere')\n"
        "os.chdir('elsewhere')\n"
        "if os.fork() == 0:\n"
        "    jobs.start('import')\n"
        "    os._exit(0)\n"
        "assert os.wait()[1] == 0\n"
        "print(len(jobs.list()), os.listdir())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("2 []\n", "")


def test_another_durability_than_the_two_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="durability: must be full or normal"):
        JobBoy(f"sqlite:///{tmp_path / 'x.db'}", durability="none").list()


def test_p7_a_holder_is_seen_alive_through_a_link_to_the_database(tmp_path: Path, app: JobBoy) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(tmp_path / "app.db")
    linked = JobBoy(f"sqlite:///{link}")
    seen: list[bool] = []

    @app.handler("hold")
    def hold(process: HandledProcess) -> None:
        seen.append(linked.get(process.id).stuck)
        process.complete()

    try:
        assert app.execute("hold").status is ProcessStatus.COMPLETED
        assert seen == [False]
        assert [file.name for file in link.parent.iterdir()] == [link.name]
    finally:
        linked.close()


# --- verbs at hand ---


def test_execute_starts_and_waits_iterating_itself_when_nobody_else_does(app: JobBoy) -> None:
    process = app.execute("import", {"rows": 3}, timeout=timedelta(minutes=1))
    assert process.status is ProcessStatus.COMPLETED
    assert process.output == {"rows": 3}


def test_execute_returns_a_paused_process(app: JobBoy) -> None:
    app.steps("ask").step(lambda data: {"question": "ok?"}, name="ask", interrupts=True)
    paused = app.execute("ask", timeout=timedelta(minutes=1))
    assert paused.paused
    assert app.proceed(paused.id, {"answer": "yes"}).status is ProcessStatus.COMPLETED


def test_execute_gives_up_at_its_limit_and_leaves_the_process(app: JobBoy) -> None:
    @app.handler("endless")
    def wait(process: HandledProcess) -> None:
        process.wait(timedelta(days=1))

    with pytest.raises(TimeoutError, match=r"endless .* was not done within 0:00:00.05"):
        app.execute("endless", timeout=timedelta(seconds=0.05))
    assert [process.code for process in app.list("active")] == ["endless"]


def test_execute_with_a_key_gives_the_process_that_has_it(app: JobBoy) -> None:
    first = app.execute("import", {"rows": 1}, key="once")
    assert app.execute("import", {"rows": 2}, key="once") == first


def test_every_verb_is_at_hand(app: JobBoy) -> None:
    app.handler("hold", handled=True)(lambda process: None)
    one, other = app.start_many([("hold", {}), ("hold", {})])
    assert app.kill(one, reason="not wanted").status is ProcessStatus.FAILED
    assert app.fail(other, reason="wrong").status is ProcessStatus.FAILING
    again = app.restart(one, reason="after all")
    assert (again.generation, again.previous_id) == (2, one)
    assert [process.id for process in app.list("failed code:hold")] == [one]
    assert [event.kind for event in app.history(one)] == ["started", "kill_requested", "restarted"]
    assert [event.seq for event in app.tail(one)] == [event.seq for event in app.history(one)]


def test_who_acts_in_a_program_is_written_down(app: JobBoy) -> None:
    process_id = app.start("import")
    (event,) = app.history(process_id)
    assert event.actor.startswith("program:")
    app.operations("operator:ada@desk").fail(process_id)
    assert app.history(process_id)[-1].actor == "operator:ada@desk"


def test_an_app_whose_worker_runs_is_not_closed(app: JobBoy, tmp_path: Path) -> None:
    worker = app.worker(slots=1)
    app.close()  # it has not started, and opens nothing by itself
    worker = app.worker(slots=1)
    worker.start()
    try:
        with pytest.raises(Refused, match="a worker of this program uses it: stop it first"):
            app.close()
        with pytest.raises(Refused, match="stop it first"):
            app.database = f"sqlite:///{tmp_path / 'other.db'}"
        assert app.list() == []
    finally:
        worker.stop()
    app.close()
    assert app.list() == []


# --- found by name ---


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an app in it, as the current one; the path is put back afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "sample_imports.py").write_text(
        "from jobboy import JobBoy\njobs = JobBoy()\nnumber = 3\nclass holder:\n    inner = jobs\n"
    )
    (tmp_path / "sample_broken.py").write_text("import sample_that_is_missing\n")
    return tmp_path


@pytest.mark.parametrize("path", ["sample_imports:jobs", "sample_imports:holder.inner"])
def test_an_app_is_found_in_the_current_folder(folder: Path, path: str) -> None:
    assert isinstance(load_app(path), JobBoy)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("", "app: must be MODULE:OBJECT, such as imports:jobs, not ''"),
        ("sample_imports", "app: must be MODULE:OBJECT, such as imports:jobs, not 'sample_imports'"),
        (":jobs", "app: must be MODULE:OBJECT"),
        ("sample_imports:", "app: must be MODULE:OBJECT"),
        ("sample_nowhere:jobs", "app: there is no module 'sample_nowhere' in "),
        ("sample_nowhere.inner:jobs", "app: there is no module 'sample_nowhere.inner' in "),
        ("sample_broken:jobs", "app: 'sample_broken' imports 'sample_that_is_missing', which is not installed"),
        ("sample_imports:gone", "app: 'sample_imports' has no JobBoy named 'gone'"),
        ("sample_imports:number", "app: 'sample_imports' has no JobBoy named 'number'"),
        ("sample_imports:jobs.gone", "app: 'sample_imports' has no JobBoy named 'jobs.gone'"),
    ],
)
def test_an_app_that_is_not_there_is_refused_saying_what_is_missing(folder: Path, path: str, error: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        load_app(path)
    assert str(refused.value).startswith(error)


def test_an_app_of_another_present_tells_ages_by_it(app: JobBoy) -> None:
    app.clock = clock = FrozenClock()
    process_id = app.start("import")
    assert app.get(process_id).created_at == clock.now()
    clock.advance(timedelta(days=2))
    assert [process.id for process in app.list("age>1d")] == [process_id]
    assert app.list("age<1d") == []
