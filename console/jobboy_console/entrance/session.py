"""Opens what the console runs on, runs it, and closes everything; the only place that knows the public facade."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jobboy.errors import DatabaseReplaced, InvalidValue, JobBoyError
from jobboy_console.app import ConsoleApp, Ground
from jobboy_console.commanded import Appearance
from jobboy_console.config import Config, Profile, default_file
from jobboy_console.entrance.connecting import USAGE, complain, filter_problem, load_jobs, look_only, shown_name, told
from jobboy_console.looks.ascii import only_ascii
from jobboy_console.looks.themes import theme_problem
from jobboy_console.machine.hangup import hangup_watched
from jobboy_console.machine.memory import Memory, memory_file
from jobboy_console.machine.screen_guard import guarded, log_folder
from jobboy_console.rules.config_rules import broken_rules
from jobboy_console.running.embedded import Embedded, NoWorker, ProcessWorker, ThreadWorker

if TYPE_CHECKING:
    from jobboy import JobBoy
    from jobboy.operations import Operations

OWN_DATABASE = "sqlite:///jobboy.db"
"""What `jobboy.bootstrap` opens when nothing else is said; written here too, since loading that takes a while."""
_KEYBOARD = 0
"""Descriptor that keys are read from; on a terminal it is that of the screen."""


def report_config(config: Config, problems: list[str]) -> int:
    """Say everything that is wrong with a configuration, on stderr; returns 2, or 0 when nothing is.

    Args:
        config: as far as it could be read.
        problems: what was found when it was read.
    """
    wrong = problems + broken_rules(config)
    for line in wrong:
        complain(line, USAGE)
    for line in config.warnings:
        complain(f"warning: {line}", 0)
    if not wrong:
        sys.stdout.write(
            f"{config.source or default_file()}: {'good' if config.source else 'not there; all is usual'}\n"
        )
    return USAGE if wrong else 0


def run(options: Namespace, config: Config) -> int:
    """Open, run until the operator quits or the terminal is gone, close; returns the exit code."""
    if broken_rules(config):
        return report_config(config, [])
    if (problem := filter_problem(options.filter)) is not None:
        return complain(problem, USAGE)
    with contextlib.ExitStack() as closing:
        try:
            appearance = _appearance(options)
            # A program of the operator's own is loaded as any is: by the main thread, on a terminal that is its own.
            jobs = load_jobs(options) if options.app else None
            opening = partial(open_ground, options, config, jobs, closing)
            if sys.stderr.isatty():
                shown_as = _name(options, jobs)
                app = ConsoleApp(
                    opening=opening, shown_as=shown_as, filter=options.filter, config=config, appearance=appearance
                )
            else:  # nobody sees a frame, and whoever reads the errors wants nothing else there
                ground = opening()
                app = ConsoleApp(
                    ground.gateway,
                    worker=ground.worker,
                    memory=ground.memory,
                    filter=options.filter,
                    config=config,
                    appearance=appearance,
                )
        except JobBoyError as error:
            return complain(*told(error))
        return _run(app, closing, mouse=config.mouse and not options.no_mouse)


def _run(app: ConsoleApp, closing: contextlib.ExitStack, *, mouse: bool) -> int:
    log = log_folder() / "console.log"
    ended_by = closing.enter_context(_ended_by_signals(app))
    with guarded(log), hangup_watched(_KEYBOARD, partial(_hung_up, app, ended_by)):
        app.run(mouse=mouse)
    if ended_by:
        return 128 + ended_by[0]
    if isinstance(app.failure, JobBoyError):
        return complain(*told(app.failure))
    if app.return_code or app.failure is not None:
        return complain(f"the console ended by an error of its own, see {log}", 1)
    return 0


@contextlib.contextmanager
def _ended_by_signals(app: ConsoleApp) -> Iterator[list[int]]:
    """Let SIGTERM, and SIGHUP when the terminal is closed, end the screen; what was opened is closed after it.

    A signal more changes nothing: a shell and the system may both tell of the same terminal.
    """
    received: list[int] = []

    def end(number: int, frame: object) -> None:
        received.append(number)
        app.end_soon()

    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    heeded = [number for number, handler in kept.items() if handler is not signal.SIG_IGN]  # nohup stays nohup
    for number in heeded:
        signal.signal(number, end)
    try:
        yield received
    finally:
        for number in heeded:
            signal.signal(number, kept[number])


def _hung_up(app: ConsoleApp, ended_by: list[int]) -> None:
    ended_by.append(signal.SIGHUP)
    app.end_soon()


def _appearance(options: Namespace) -> Appearance:
    """Return how the console is to look.

    Raises:
        InvalidValue: there is no such theme.
    """
    if options.theme is not None and (problem := theme_problem(options.theme)) is not None:
        raise InvalidValue("--theme", problem)
    return Appearance(theme=options.theme, ascii=options.ascii or only_ascii(), profile=options.profile)


def open_ground(options: Namespace, config: Config, jobs: JobBoy | None, closing: contextlib.ExitStack) -> Ground:
    """Load the engine and open the database, the demo's own if asked; closed in reverse order when `closing` ends.

    Guardrails, read-only and protection hold from here on, below every screen.

    Args:
        options: of the call.
        config: gives the guardrails.
        jobs: the operator's own app; None to make a bare one.
        closing: closes what was opened.

    Raises:
        JobBoyError: it cannot be opened.
    """
    from jobboy.system import user
    from jobboy_console.gateway import Gateway, guardrails_of

    if options.demo:
        jobs = _demo(options, closing)
    else:
        jobs = jobs or load_jobs(options)
        if options.read_only:
            look_only(options, jobs)
    profile = options.profile or Profile(name="")
    rails = guardrails_of(config.guardrails, profile.name)
    connect = partial(jobs.operations, f"operator:{user()}", guardrails=rails, read_only=options.read_only)
    operations = connect()
    closing.callback(jobs.close)
    operations.overview()
    worker = _worker(options, jobs)
    closing.callback(worker.stop)
    protected = profile.name if profile.protected else ""
    reopen = partial(_reopen, jobs, connect)
    gateway = Gateway(operations, read_only=options.read_only, protected=protected, reopen=reopen)
    return Ground(gateway, worker, Memory(memory_file(gateway.database)))


def _demo(options: Namespace, closing: contextlib.ExitStack) -> JobBoy:
    from jobboy import load_app
    from jobboy.demo import open_demo

    demo = closing.enter_context(open_demo(options.database, worker=options.worker == "none"))
    options.app = demo.app
    jobs = load_app(demo.app)
    jobs.database = demo.database
    return jobs


def _reopen(jobs: JobBoy, connect: Callable[[], Operations]) -> Operations:
    """Open what has taken the place of the database; what is not there is waited for, never made."""
    from jobboy.bootstrap import database_exists

    if not database_exists(jobs.database):
        raise DatabaseReplaced(shown_name(jobs.database))
    jobs.close()
    return connect()


def _worker(options: Namespace, jobs: JobBoy) -> Embedded:
    if options.worker == "process":
        log: Path = log_folder() / f"worker-{os.getpid()}.log"
        return ProcessWorker(jobs.database, options.app, log)
    return ThreadWorker(jobs.worker) if options.worker == "thread" else NoWorker()


def _name(options: Namespace, jobs: JobBoy | None) -> str:
    """Return what may be shown of the URL: all but a password."""
    if options.demo and not options.database:
        return "a demo"
    return shown_name(options.database or (OWN_DATABASE if jobs is None else jobs.database))
