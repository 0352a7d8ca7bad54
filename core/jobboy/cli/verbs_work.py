"""The verb ``work``: do the work of an app until it is to end."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobboy.cli.completion import complete_channels
from jobboy.cli.invocation import Invocation
from jobboy.cli.logs import log_to_standard_error
from jobboy.cli.options import AsJson, examples
from jobboy.cli.output import print_document, print_line
from jobboy.cli.values import read_seconds
from jobboy.errors import InvalidValue

if TYPE_CHECKING:
    from jobboy.app import JobBoy
    from jobboy.worker import Worker

_WORK = """
jobboy --app shop:jobs work
jobboy --app shop:jobs work --slots 8 --memory-limit 500
jobboy --app shop:jobs work --grace 5m            let long steps end before a new version is installed
jobboy --app shop:jobs work --until-idle          for cron: end when nothing can be done now
"""
Slots = Annotated[int, typer.Option(min=1, metavar="N", help="How many processes it holds at once.")]
UntilIdle = Annotated[
    bool,
    typer.Option(
        "--until-idle", help="End when nothing can be iterated now; waiting, paused and held do not keep it."
    ),
]
Exclusive = Annotated[bool, typer.Option("--exclusive", help="One iteration at a time on the whole database.")]
Timeout = Annotated[str | None, typer.Option(metavar="SECONDS|DURATION", help="End after this time.")]
IdleTime = Annotated[
    str, typer.Option(metavar="SECONDS|DURATION", help="Look for work at least so often, woken or not.")
]
MemoryLimit = Annotated[
    int | None, typer.Option(min=1, metavar="MB", help="End in order when it takes more memory than this.")
]
Channel = Annotated[
    str, typer.Option(metavar="NAME", help="Only handlers of this channel work.", autocompletion=complete_channels)
]
Grace = Annotated[
    str,
    typer.Option(
        metavar="SECONDS|DURATION",
        help="Time the turns at hand have to end when it is asked to; then isolated steps are ended.",
    ),
]
Attended = Annotated[
    bool,
    typer.Option("--attended", help="End in order when standard input is closed; pause and resume when it says so."),
]


def add_to(program: typer.Typer) -> None:
    """Add the verb of this module to the program."""
    program.command("work", epilog=examples(_WORK))(work)


def work(
    context: typer.Context,
    slots: Slots = 4,
    until_idle: UntilIdle = False,
    exclusive: Exclusive = False,
    timeout: Timeout = None,
    idle_time: IdleTime = "1",
    memory_limit: MemoryLimit = None,
    channel: Channel = "default",
    grace: Grace = "30",
    attended: Attended = False,
    as_json: AsJson = False,
) -> None:
    """Do the work of an app.

    Interrupted once (ctrl+c, SIGTERM) it finishes the turns at hand within the grace,
    interrupted twice it ends at once.
    """
    invocation = Invocation.of(context, as_json)
    settings = {
        "slots": slots,
        "until_idle": until_idle,
        "exclusive": exclusive,
        "timeout": None if timeout is None else _seconds(timeout, "--timeout"),
        "idle_time": _seconds(idle_time, "--idle-time"),
        "memory_limit": memory_limit,
        "channel": channel,
        "grace": _seconds(grace, "--grace"),
    }
    invocation.require_app()
    log_to_standard_error()
    _share_one_arena()
    with invocation.jobs() as jobs:
        worker = _worker(jobs, **settings)
        if attended:
            _end_with_standard_input(worker)
        _announce(invocation, jobs, worker)
        code = worker.run()
        _tell_end(invocation, code)
    raise typer.Exit(code)


def _share_one_arena() -> None:
    from jobboy.worker.allocator import share_one_arena  # not above: other verbs need no worker

    share_one_arena()


def _seconds(text: str, option: str) -> float:
    return read_seconds(text, option).total_seconds()


def _worker(jobs: JobBoy, **settings: Any) -> Worker:
    try:
        return jobs.worker(**settings)
    except InvalidValue as error:  # named as it was typed
        raise InvalidValue(f"--{error.field.replace('_', '-')}", error.rule) from error


def _end_with_standard_input(worker: Worker) -> None:
    """Do what is written to standard input, ``pause`` or ``resume``, and end when nobody holds its other end."""

    def attend() -> None:
        while order := os.read(sys.stdin.fileno(), 4096):
            words = order.split()
            if words and words[-1] == b"pause":
                worker.pause()
            elif words and words[-1] == b"resume":
                worker.resume()
        worker.end("the program that started it is gone")

    threading.Thread(target=attend, name="jobboy-attended", daemon=True).start()


def _announce(invocation: Invocation, jobs: JobBoy, worker: Worker) -> None:
    if not invocation.json:
        codes = ", ".join(jobs.registry.codes()) or "none"
        database = jobs.operations().database()
        how = "one at a time" if worker.settings.exclusive else f"with {worker.settings.slots} slots"
        print_line(f"working on {database} {how}; codes: {codes}; ctrl+c ends in order")


def _tell_end(invocation: Invocation, code: int) -> None:
    if invocation.json:
        print_document({"exit_code": code})
    else:
        print_line("the worker has ended" + ("" if code == 0 else f" with exit code {code}"))
