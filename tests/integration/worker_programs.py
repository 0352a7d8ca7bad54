"""Real programs for tests: workers and command lines as they are run by people, started, watched and ended by pid."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil

from jobboy import JobBoy
from jobboy.model.events import Event
from jobboy.model.process import Process
from jobboy.operations import Operations
from tests.integration.apps import signs

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds a condition is waited for; only a test that fails, or a machine that has no time, ever takes so long."""
OPERATOR = "operator:ann@desk"

T = TypeVar("T")


def eventually(look: Callable[[], T], *, within: float = PATIENCE) -> T:
    """Look again and again until what is seen is true, and return it.

    Raises:
        AssertionError: it never was.
    """
    end = time.monotonic() + within
    while not (seen := look()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:g} s; the last look saw {seen!r}")
        time.sleep(0.01)
    return seen


class Program:
    """One program that a test has started.

    Args:
        arguments: of the Python interpreter.
        environment: of the program.
        output: file for what it writes to standard output; errors go to ``OUTPUT.err``.
    """

    def __init__(self, arguments: list[str], environment: dict[str, str], output: Path) -> None:
        self.command = " ".join(arguments)
        self._output, self._errors = output, output.with_suffix(".err")
        with output.open("wb") as out, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
            )
        self.pid = self._process.pid

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def output_file(self) -> Path:
        """File that its standard output goes to."""
        return self._output

    @property
    def output(self) -> str:
        """What it has written to standard output so far."""
        return self._output.read_text()

    @property
    def errors(self) -> str:
        """What it has written to standard error so far."""
        return self._errors.read_text()

    def wait(self, within: float = PATIENCE) -> int:
        """Wait for its end and return the exit code, negative for the number of a signal."""
        return self._process.wait(within)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing happens when it has ended."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it with kill -9 and wait until it is gone; a stopped one too."""
        self._process.kill()
        self._process.wait(PATIENCE)

    def freeze(self) -> None:
        """Stop every thread of it, as a suspended laptop does; returns when none moves any more."""
        self.signal(signal.SIGSTOP)
        eventually(lambda: psutil.Process(self.pid).status() == psutil.STATUS_STOPPED)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self.signal(signal.SIGCONT)


class Site:
    """A database of its own with an app, the folder of its signs, and the programs that work on it.

    Args:
        folder: for the database, signs and outputs.
        app: name of a module with a JobBoy named ``jobs``; without dots, of one in ``tests.integration.apps``.
    """

    def __init__(self, folder: Path, app: str) -> None:
        module = app if "." in app else f"tests.integration.apps.{app}"
        self.folder = str(folder)
        self.database = f"sqlite:///{folder / 'jobboy.db'}"
        self.app = f"{module}:jobs"
        jobs = importlib.import_module(module).jobs
        assert isinstance(jobs, JobBoy)
        self.jobs = jobs
        self.jobs.database = self.database
        self._programs: list[Program] = []

    @property
    def operations(self) -> Operations:
        """The door, for an operator named `OPERATOR`."""
        return self.jobs.operations(OPERATOR)

    # --- programs ---

    def program(self, *arguments: str, **variables: str) -> Program:
        """Start a program with these variables in its environment; ended with the site at the latest."""
        environment = {**os.environ, "JOBBOY_DATABASE_URL": self.database, "JOBBOY_APP": self.app, **variables}
        output = Path(self.folder, f"program-{len(self._programs)}.out")
        program = Program(list(arguments), environment, output)
        self._programs.append(program)
        return program

    def worker(self, *options: str) -> Program:
        """Start ``jobboy work``; returns at once."""
        return self.program("-m", "jobboy", "work", *options)

    def worker_with(self, setting: str, *options: str) -> Program:
        """Start ``jobboy work`` in a program that executes a line of Python first."""
        code = f"import sys; {setting}; from jobboy.cli import main; sys.exit(main())"
        return self.program("-c", code, "work", *options)

    def ready_worker(self, *options: str) -> Program:
        """Start ``jobboy work`` and wait until it takes work."""
        worker = self.worker(*options)
        eventually(lambda: worker.pid in self.pids_of_workers())
        return worker

    def work_until_idle(self, *options: str) -> None:
        """Let a worker do what can be done now."""
        worker = self.worker("--until-idle", *options)
        assert worker.wait() == 0, worker.errors

    def work_here(self) -> None:
        """Let a worker inside this program do what can be done now: quick, where it is not the worker that counts."""
        assert self.jobs.worker(until_idle=True).run() == 0

    def jobboy(self, *arguments: str) -> Program:
        """Run ``jobboy`` to its end."""
        program = self.program("-m", "jobboy", *arguments)
        program.wait()
        return program

    def jobboy_json(self, *arguments: str) -> Any:
        """Run ``jobboy --json`` to its good end and return its document."""
        program = self.jobboy("--json", *arguments)
        assert program.wait() == 0, program.errors
        return json.loads(program.output)

    def pids_of_workers(self) -> set[int]:
        """Return the pids of the living workers."""
        return {worker.pid for worker in self.operations.workers() if worker.alive}

    def close(self, *, tells: bool = True) -> None:
        """End every program that still runs and leave the database; tells what they wrote to standard error."""
        for program in self._programs:
            program.kill()
            if tells and program.errors:  # shown with a test that fails
                print(f"--- {program.command}, pid {program.pid}\n{program.errors}")  # noqa: T201
        self.jobs.database = None

    # --- processes ---

    def start(self, code: str, **parameters: Any) -> str:
        """Start a process that knows the folder."""
        return self.jobs.start(code, {"folder": self.folder, **parameters})

    def await_status(self, process_id: str, status: str) -> Process:
        """Wait until a process has a status and return it; one that has ended in another is not waited for.

        Raises:
            AssertionError: it ended otherwise, or never had this status.
        """
        (process,) = eventually(lambda: _arrived(self.jobs.get(process_id), status))
        assert process.status == status, f"{process_id} is {process.status}: {process.error}"
        return process

    def await_event(self, process_id: str, kind: str) -> Event:
        """Wait until the history of a process has an event of a kind and return the last one."""
        return eventually(lambda: self.events(process_id, kind))[-1]

    def events(self, process_id: str, kind: str) -> list[Event]:
        """Return the events of a kind in the history of a process."""
        return [event for event in self.jobs.history(process_id) if event.kind == kind]

    def leave_stuck(self, code: str = "trail") -> str:
        """Return a process whose worker was killed with it in hand; recorded as stuck when this returns."""
        process_id = self.start(code, pause=PATIENCE)
        worker = self.worker("--slots", "1")
        eventually(lambda: self.jobs.get(process_id).handled)
        worker.kill()
        eventually(lambda: self.operations.sweep())
        return process_id

    # --- signs ---

    def leave(self, sign: str) -> None:
        """Leave a sign for the steps."""
        signs.leave(self.folder, sign)

    def await_sign(self, sign: str) -> None:
        """Wait for a sign of a step."""
        eventually(lambda: signs.is_left(self.folder, sign))

    def notes(self, book: str) -> list[dict[str, Any]]:
        """Return what steps have noted."""
        return list(signs.notes(self.folder, book))


def _arrived(process: Process, status: str) -> list[Process]:
    return [process] if process.status == status or not process.status.is_active else []


class Supervisor:
    """Keeps one worker of a site alive, as systemd or a container does.

    Args:
        site: to work on.
        options: of ``jobboy work``.
    """

    def __init__(self, site: Site, *options: str) -> None:
        self._site = site
        self._options = options
        self._worker = site.worker(*options)
        self.deaths = 0
        """How often the worker has died and a new one was started."""

    def keep_working(self, *, until: Callable[[], bool]) -> None:
        """Start a new worker whenever the last has died, until a condition is met."""

        def look() -> bool:
            if not self._worker.lives:
                self.deaths += 1
                self._worker = self._site.worker(*self._options)
            return until()

        eventually(look)
