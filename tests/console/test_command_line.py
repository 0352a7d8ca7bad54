from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobboy_console.__main__ import check, main, make_parser


def options(*argv: str) -> object:
    parser = make_parser()
    found = parser.parse_args(argv)
    check(parser, found)
    return found


def test_help_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "jobboy-console --demo" in shown
    assert "3 the database is not reachable" in shown


def test_version_names_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("jobboy-console 0.")


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["--nonsense"], "unrecognized arguments"),
        (["--worker", "thread"], "needs an app"),
        (["--read-only", "--worker", "process", "--app", "a:b"], "--read-only goes with --worker none only"),
        (["--demo", "--app", "a:b"], "leave out --app"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why(
    argv: list[str], why: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOBBOY_APP", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert why in told
    assert told.startswith("jobboy-console: ")
    assert told.endswith(" (see `jobboy-console --help`)\n")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("argv", "worker"),
    [
        ([], "none"),
        (["--app", "a:b"], "process"),
        (["--app", "a:b", "--read-only"], "none"),
        (["--app", "a:b", "--worker", "thread"], "thread"),
        (["--demo"], "process"),
    ],
)
def test_the_worker_is_embedded_when_there_is_an_app(
    argv: list[str], worker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOBBOY_APP", raising=False)
    assert options(*argv).worker == worker  # type: ignore[attr-defined]  # a namespace


def test_the_environment_names_database_and_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBBOY_DATABASE_URL", "sqlite:////x.db")
    monkeypatch.setenv("JOBBOY_APP", "imports:jobs")
    found = options()
    assert (found.database, found.app) == ("sqlite:////x.db", "imports:jobs")  # type: ignore[attr-defined]  # a namespace


def test_a_filter_that_cannot_be_read_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--filter", "faild"]) == 2
    assert "'faild' is not known" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["no/such/folder/x.db", "other.db"])
def test_a_database_that_cannot_be_reached_exits_with_3_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "other.db").write_text("this is no database, whatever its name says\n" * 100)
    command = [sys.executable, "-m", "jobboy_console", "--database", f"sqlite:///{tmp_path}/{name}"]
    environment = {key: value for key, value in os.environ.items() if key != "JOBBOY_APP"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 3
    assert done.stderr.startswith("jobboy-console: cannot reach the database: ")
    assert done.stderr.count("\n") == 1


def test_an_app_that_is_not_there_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--app", "no_such_module:jobs"]) == 2
    assert "no_such_module" in capsys.readouterr().err


def test_options_are_read_before_anything_heavy_is_imported() -> None:
    program = (
        "import sys\n"
        "from jobboy_console.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'textual', 'sqlalchemy', 'apscheduler', 'jobboy'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
