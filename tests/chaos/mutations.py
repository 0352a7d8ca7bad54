"""Takes guards of the engine away, one by one, in a copy: ``python -m tests.chaos.mutations``.

Tests that were chosen for each guard must fail without it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.measured import Measured, say
from tests.chaos.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
ENGINE = "core/jobboy"
COPIED = ("core", "console", "tests")
SECONDS = 180.0
"""After which tests that were not told to end are taken as failed: without a guard, some wait for ever."""
ALL_PASSED, SOME_FAILED = 0, 1  # exit codes of pytest


class NotFound(Exception):
    """The text of a mutant is not, or no longer, in the engine."""


def main() -> int:
    """Try the mutants and return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1, help="of Hypothesis")
    asked.add_argument("--only", default="", help="mutants whose name has this text")
    asked.add_argument("--list", action="store_true", help="only say where each mutant's text stands")
    options = asked.parse_args()
    chosen = [mutant for mutant in MUTANTS if options.only in mutant.name]
    if options.list:
        for mutant in chosen:
            say(f"{find(mutant, ROOT).relative_to(ROOT)}: {mutant.name}")
        return 0
    return measure(chosen, options.seed).finish()


def measure(chosen: Sequence[Mutant], seed: int) -> Measured:
    """Run the tests of each mutant, first on the engine as it is.

    Raises:
        NotFound: one is not there to be tried.
        RuntimeError: its tests fail on the engine as it is, or cannot be run.
    """
    begun, measured, missed = time.monotonic(), Measured("mutations", seed), []
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copy = _copy(Path(folder))
        places = {mutant.name: find(mutant, copy) for mutant in chosen}
        for tests, expression in _together(chosen).items():
            if (code := _run(copy, tests, expression, seed)) != ALL_PASSED:
                raise RuntimeError(f"{tests} do not pass on the engine as it is: pytest ended with {code}")
        say(f"the tests of {len(chosen)} mutants pass on the engine as it is")
        for mutant in chosen:
            with _mutated(mutant, places[mutant.name], copy):
                is_caught = _is_caught(copy, mutant, seed)
            missed += [] if is_caught else [mutant.name]
            say(f"{'caught' if is_caught else 'MISSED'}: without {mutant.name!r}")
    measured.add("guards taken away", len(chosen))
    measured.add("missed by the tests", len(missed), exactly=0)
    measured.figures["missed"] = missed
    measured.add("seconds", round(time.monotonic() - begun, 1))
    return measured


def _together(chosen: Sequence[Mutant]) -> dict[str, str]:
    """Return what is chosen of the same files by any mutant: starting pytest takes longer than most tests."""
    expressions: dict[str, list[str]] = {}
    for mutant in chosen:
        expressions.setdefault(mutant.tests, []).append(mutant.chosen)
    return {tests: " or ".join(some) if all(some) else "" for tests, some in expressions.items()}


def find(mutant: Mutant, root: Path) -> Path:
    """Return the one file of the engine that has the text of a mutant.

    Raises:
        NotFound: none has, or several have.
    """
    found = [path for path in sorted((root / ENGINE).rglob("*.py")) if re.search(mutant.pattern, path.read_text())]
    if len(found) != 1:
        where = ", ".join(str(path.relative_to(root)) for path in found) or "no file"
        raise NotFound(f"the text of {mutant.name!r} is in {where} of {ENGINE}: mend its pattern {mutant.pattern!r}")
    return found[0]


def _copy(folder: Path) -> Path:
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "__snapshots__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@contextmanager
def _mutated(mutant: Mutant, path: Path, copy: Path) -> Iterator[None]:
    before = path.read_text()
    after = re.sub(mutant.pattern, mutant.replacement, before)
    compile(after, path, "exec")  # a mutant that cannot be imported would be caught by any test
    path.write_text(after)
    try:
        _write_texts(copy)
        yield
    finally:
        path.write_text(before)
        _write_texts(copy)


def _is_caught(copy: Path, mutant: Mutant, seed: int) -> bool:
    code = _run(copy, mutant.tests, mutant.chosen, seed)
    if code not in (ALL_PASSED, SOME_FAILED, None):
        raise RuntimeError(f"the tests of {mutant.name!r} cannot be run: pytest ended with {code}")
    return code != ALL_PASSED


def _write_texts(copy: Path) -> None:
    """Write the SQL of the copy anew: it is what runs, whatever its expressions say."""
    command = [sys.executable, "-m", "jobboy.storage.compiling"]
    subprocess.run(command, cwd=copy, env=_surroundings(copy), check=True, capture_output=True, timeout=SECONDS)


def _surroundings(copy: Path) -> dict[str, str]:
    roots = os.pathsep.join(str(copy / name) for name in ("core", "console", "."))
    return {**os.environ, "PYTHONPATH": roots, "PYTHONDONTWRITEBYTECODE": "1"}


def _run(copy: Path, tests: str, chosen: str, seed: int) -> int | None:
    """Run tests in the copy; returns pytest's exit code, None when they had to be ended."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-x", "-p", "no:cacheprovider", *tests.split()]
    command += ["-k", chosen] if chosen else []
    command += [f"--hypothesis-seed={seed}", "--timeout=60"]
    running = subprocess.Popen(
        command,
        cwd=copy,
        env=_surroundings(copy),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return running.wait(SECONDS)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


if __name__ == "__main__":
    sys.exit(main())
