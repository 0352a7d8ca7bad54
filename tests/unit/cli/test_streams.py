"""What becomes of output that cannot be written, or that nobody reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.bench import Bench

FULL = Path("/dev/full")
on_full_disk = pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")


def call(redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program with its streams redirected by a shell."""
    line = f'exec "$0" -m jobboy "$@" {redirection}'
    command = ["sh", "-c", line, sys.executable, *arguments]
    buffering = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=buffering)


@on_full_disk
@pytest.mark.parametrize("arguments", [("--help",), ("list", "--json"), ("list",)])
def test_a_full_disk_below_standard_output_is_told_in_one_line(bench: Bench, arguments: tuple[str, ...]) -> None:
    bench.jobs.define("import")
    bench.start("import")
    done = call(f">{FULL}", "--database", bench.url, *arguments)
    told = "jobboy: standard output cannot be written: No space left on device\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


@on_full_disk
def test_the_exit_code_still_tells_where_standard_error_cannot_be_written() -> None:
    assert call(f"2>{FULL}", "list", "no:key").returncode == 2


@pytest.mark.parametrize("redirection", [">&-", ">&- 2>&-"])
def test_a_verb_whose_output_is_closed_does_its_work(bench: Bench, redirection: str) -> None:
    bench.jobs.define("import")
    process_id = bench.start("import")
    done = call(redirection, "--database", bench.url, "kill", process_id)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert bench.get(process_id).status == "failed"
