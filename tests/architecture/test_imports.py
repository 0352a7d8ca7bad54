"""What importing loads, and which names the package offers; each import in a program of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import jobboy
import jobboy_console
from jobboy import JobBoy, bootstrap
from jobboy_console.entrance import session

EVERYTHING_HEAVY = {
    "textual",
    "rich",
    "apscheduler",
    "sqlalchemy",
    "alembic",
    "typer",
    "pysqlite3",
    "sqlite3",
    "asyncio",
    "jsonschema",
    "zoneinfo",
}
PUBLIC = {
    "Backoff",
    "Conflict",
    "CrashPolicy",
    "Fenced",
    "HandledProcess",
    "InvalidValue",
    "IterationResponse",
    "JobBoy",
    "JobBoyError",
    "Process",
    "ProcessStatus",
    "Refused",
    "StepProcess",
    "load_app",
}


NOT_BEFORE_THE_FIRST_PAINT = {
    "jobboy.app",
    "jobboy.bootstrap",
    "jobboy.engine",
    "jobboy.model",
    "jobboy.operations",
    "jobboy.storage",
    "jobboy_console.facts.rows",
    "jobboy_console.facts.snapshots",
    "jobboy_console.gateway.calls",
    "jobboy_console.gateway.language",
    "jobboy_console.listing",
    "jobboy_console.screens.base",
    "jobboy_console.screens.processes",
    "jobboy_console.widgets.dialogs",
    "importlib.metadata",
}
NOT_BEFORE_THE_FIRST_ROWS = {
    "jobboy.worker",
    "jobboy_console.facts.decisions",
    "jobboy_console.facts.house_snapshots",
    "jobboy_console.facts.orders",
    "jobboy_console.gateway.house",
    "jobboy_console.gateway.ordering",
    "jobboy_console.gateway.pausing",
    "jobboy_console.gateway.verbs",
    "jobboy_console.places",
    "jobboy_console.screens.command_line",
    "jobboy_console.screens.help",
    "jobboy_console.screens.palette",
    "jobboy_console.screens.place",
    "jobboy_console.screens.process",
    "jobboy_console.screens.proceed",
    "jobboy_console.widgets.confirm",
    "jobboy_console.widgets.dialogs",
    "jobboy_console.widgets.pickers",
    "importlib.metadata",
    "sqlalchemy",
}


def modules_loaded_by(statement: str) -> set[str]:
    """Return the modules that a statement loads in a new program."""
    program = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(told.stdout))


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a statement loads in a new program."""
    return {name.partition(".")[0] for name in modules_loaded_by(statement)}


@pytest.mark.parametrize(
    "statement",
    [
        "import jobboy",
        "import jobboy.testing",
        "import jobboy.operations, jobboy.bootstrap",
        "from jobboy import JobBoy; JobBoy().steps('x').step(lambda data: data, name='y')",
        "from jobboy import JobBoy; JobBoy().steps('x').step(lambda data: data, name='y', answer={'type': 'object'})",
    ],
)
def test_the_engine_is_imported_without_terminal_scheduler_and_database(statement: str) -> None:
    assert loaded_by(statement) & EVERYTHING_HEAVY == set()


def test_a_current_database_is_opened_read_and_written_without_compiling_anything(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobboy.db'}"
    made = JobBoy(url)
    made.operations().overview()
    made.close()
    loaded = loaded_by(
        "from jobboy import JobBoy\n"
        f"jobs = JobBoy({url!r})\n"
        "jobs.steps('x').step(lambda data: data, name='y')\n"
        "operations = jobs.operations()\n"
        "operations.overview()\n"
        "for text in ('', 'failed', 'active', 'handled', 'paused', 'paused unhandled', 'code:x', 'waiting'):\n"
        "    jobs.list(text)\n"
        "pid = jobs.start('x')\n"
        "jobs.get(pid), jobs.history(pid)\n"
        "jobs.kill(pid, reason='because')\n"
    )
    assert loaded & {"sqlalchemy", "alembic", "asyncio", "zoneinfo", "apscheduler"} == set()


def test_the_worker_is_imported_without_the_terminal() -> None:
    loaded = loaded_by("import jobboy.worker, jobboy.storage.sqlite, jobboy.runners, jobboy.locks")
    assert loaded & {"textual", "rich", "typer"} == set()


def test_the_console_draws_its_first_frame_without_the_engine_and_without_home() -> None:
    assert modules_loaded_by("import jobboy_console.entrance.session") & NOT_BEFORE_THE_FIRST_PAINT == set()


def test_the_console_shows_its_first_rows_without_what_no_key_has_asked_for() -> None:
    loaded = modules_loaded_by(
        "import jobboy_console.entrance.session\n"
        "import jobboy_console.gateway.calls\n"
        "import jobboy_console.running.feed\n"
        "import jobboy_console.screens.processes\n"
    )
    assert loaded & NOT_BEFORE_THE_FIRST_ROWS == set()


def test_every_screen_and_dialog_is_loaded_with_home_or_at_leisure() -> None:
    loaded = modules_loaded_by(
        "import jobboy_console.app, jobboy_console.screens.processes\n"
        "from jobboy_console.screens import later\n"
        "later.load()"
    )
    folder = Path(jobboy_console.__path__[0])
    there = {
        f"jobboy_console.{part}.{file.stem}"
        for part in ("screens", "widgets")
        for file in (folder / part).glob("[a-z]*.py")
    }
    assert there - loaded == set()


def test_every_name_the_gateway_offers_is_there() -> None:
    gateway = __import__("jobboy_console.gateway", fromlist=["__all__"])
    assert [name for name in gateway.__all__ if not hasattr(gateway, name)] == []


def test_the_console_names_the_database_that_the_engine_opens_by_itself() -> None:
    assert session.OWN_DATABASE == bootstrap.DEFAULT_DATABASE


def test_the_public_names_are_exactly_these_and_all_there() -> None:
    assert set(jobboy.__all__) == PUBLIC
    assert jobboy.__all__ == sorted(jobboy.__all__)
    assert all(hasattr(jobboy, name) for name in PUBLIC)


@pytest.mark.parametrize(
    "package", ["jobboy.operations", "jobboy.worker", "jobboy.storage", "jobboy.locks", "jobboy.runners"]
)
def test_every_name_a_package_offers_is_there(package: str) -> None:
    module = __import__(package, fromlist=["__all__"])
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
