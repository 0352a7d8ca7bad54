"""What importing loads, and which names the package offers; each import in a program of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import jobboy
from jobboy import JobBoy

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


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a statement loads in a new program."""
    program = (
        f"import json, sys\n{statement}\nprint(json.dumps(sorted(name.partition('.')[0] for name in sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(told.stdout))


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
