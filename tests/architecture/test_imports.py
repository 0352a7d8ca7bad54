"""What importing loads, and which names the package offers; each import in a program of its own."""

import json
import subprocess
import sys

import pytest

import jobboy

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
