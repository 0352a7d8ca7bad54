"""Verbs about all work: do it, pause and resume it, and see who does it and how."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobboy.cli.completion import complete_channels
from jobboy.cli.confirmation import Confirmed, decided
from jobboy.cli.invocation import Invocation
from jobboy.cli.logs import log_to_standard_error
from jobboy.cli.options import AsJson, AsPlain, Reason, examples
from jobboy.cli.output import print_document, print_error, print_line
from jobboy.cli.plain import HANDLER, WORKER, print_plain
from jobboy.cli.values import read_seconds
from jobboy.errors import InvalidValue

if TYPE_CHECKING:
    from rich.text import Text

    from jobboy.app import JobBoy
    from jobboy.ports import DefinitionRecord
    from jobboy.worker import Worker

_WORK = """
jobboy --app shop:jobs work
jobboy --app shop:jobs work --slots 8 --memory-limit 500
jobboy --app shop:jobs work --grace 5m            let long steps end before a new version is installed
jobboy --app shop:jobs work --until-idle          for cron: end when nothing can be done now
"""
_PAUSE = """
jobboy pause --reason "database moves at noon"
"""
_RESUME = """
jobboy resume --reason "moved"
"""
_WORKERS = """
jobboy workers
jobboy workers --json | jq -r '.[] | select(.alive) | .pid'
"""
_HANDLERS = """
jobboy --app shop:jobs handlers
jobboy handlers --json                            what the database knows, without the code
"""


def add_to(program: typer.Typer) -> None:
    """Add the verbs of this module to the program."""
    program.command("work", epilog=examples(_WORK))(work)
    program.command("pause", epilog=examples(_PAUSE))(pause)
    program.command("resume", epilog=examples(_RESUME))(resume)
    program.command("workers", epilog=examples(_WORKERS))(workers)
    program.command("handlers", epilog=examples(_HANDLERS))(handlers)


def work(
    context: typer.Context,
    slots: Annotated[int, typer.Option(min=1, metavar="N", help="How many processes it holds at once.")] = 4,
    until_idle: Annotated[
        bool,
        typer.Option(
            "--until-idle", help="End when nothing can be iterated now; waiting, paused and held do not keep it."
        ),
    ] = False,
    exclusive: Annotated[
        bool, typer.Option("--exclusive", help="One iteration at a time on the whole database.")
    ] = False,
    timeout: Annotated[str | None, typer.Option(metavar="SECONDS|DURATION", help="End after this time.")] = None,
    idle_time: Annotated[
        str, typer.Option(metavar="SECONDS|DURATION", help="Look for work at least so often, woken or not.")
    ] = "1",
    memory_limit: Annotated[
        int | None, typer.Option(min=1, metavar="MB", help="End in order when it takes more memory than this.")
    ] = None,
    channel: Annotated[
        str,
        typer.Option(metavar="NAME", help="Only handlers of this channel work.", autocompletion=complete_channels),
    ] = "default",
    grace: Annotated[
        str,
        typer.Option(
            metavar="SECONDS|DURATION",
            help="Time the turns at hand have to end when it is asked to; then isolated steps are ended.",
        ),
    ] = "30",
    attended: Annotated[
        bool,
        typer.Option(
            "--attended", help="End in order when standard input is closed; pause and resume when it says so."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Do the work of an app.

    Interrupted once (ctrl+c, SIGTERM) it finishes the turns at hand within the grace,
    interrupted twice it ends at once.
    """
    invocation = Invocation.of(context, as_json)
    limit = None if timeout is None else read_seconds(timeout, "--timeout")
    idle = read_seconds(idle_time, "--idle-time").total_seconds()
    time_to_end = read_seconds(grace, "--grace").total_seconds()
    invocation.require_app()
    log_to_standard_error()
    _share_one_arena()
    with invocation.jobs() as jobs:
        worker = _worker(
            jobs,
            slots=slots,
            exclusive=exclusive,
            timeout=None if limit is None else limit.total_seconds(),
            idle_time=idle,
            memory_limit=memory_limit,
            until_idle=until_idle,
            channel=channel,
            grace=time_to_end,
        )
        if attended:
            _end_with_standard_input(worker)
        _announce(invocation, jobs, slots)
        code = worker.run()
        _tell_end(invocation, code)
    raise typer.Exit(code)


def _share_one_arena() -> None:
    from jobboy.worker.allocator import share_one_arena  # not above: other verbs need no worker

    share_one_arena()


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


def pause(context: typer.Context, reason: Reason = None, yes: Confirmed = False, as_json: AsJson = False) -> None:
    """Pause all work of the database.

    Turns in progress are finished, nothing is begun.
    """
    from jobboy.model.process import iso

    invocation = Invocation.of(context, as_json)
    with invocation.operations(definitions=True) as operations:
        paused = decided(operations, "pause", "pause all work", yes=yes).pause(reason=reason)
    if invocation.json:
        print_document({"paused": True, "at": iso(paused.at), "actor": paused.actor, "reason": paused.reason})
    else:
        print_line("all work is paused; `jobboy resume` lets it go on")


def resume(context: typer.Context, reason: Reason = None, yes: Confirmed = False, as_json: AsJson = False) -> None:
    """Let all work of the database go on."""
    invocation = Invocation.of(context, as_json)
    with invocation.operations(definitions=True) as operations:
        decided(operations, "resume", "let all work go on", yes=yes).resume(reason=reason)
    if invocation.json:
        print_document({"paused": False})
    else:
        print_line("all work goes on")


def workers(context: typer.Context, as_plain: AsPlain = False, as_json: AsJson = False) -> None:
    """List workers of the last day, and which are alive.

    With how many processes they hold; --json says which.
    """
    from jobboy.cli.terminal import print_table
    from jobboy.cli.words import age, worker_word

    invocation = Invocation.of(context, as_json, as_plain)
    with invocation.operations() as operations:
        found, now = operations.workers(), operations.now()
    if invocation.json:
        print_document([worker.as_json() for worker in found])
    elif invocation.plain:
        print_plain(WORKER, (worker.as_json() for worker in found))
    elif not found:
        print_error("no worker is known; `jobboy --app MODULE:OBJECT work` starts one")
    else:
        rows: list[list[str | Text]] = [
            [
                worker.id,
                worker_word(worker),
                str(worker.slots),
                str(len(worker.holds)),
                age(worker.started_at, now),
                ", ".join(worker.codes) or "any",
            ]
            for worker in found
        ]
        print_table(("WORKER", "STATE", "SLOTS", "HOLDS", "AGE", "CODES"), rows, keep=(0, 1, 2, 3, 4))


def handlers(context: typer.Context, as_plain: AsPlain = False, as_json: AsJson = False) -> None:
    """List handlers and pipelines in the order they are asked in."""
    from jobboy.cli.terminal import print_table

    invocation = Invocation.of(context, as_json, as_plain)
    found = _described(invocation)
    if invocation.json:
        print_document(found)
    elif invocation.plain:
        print_plain(HANDLER, found)
    elif not found:
        print_error("no definition is known; name your app with --app MODULE:OBJECT or $JOBBOY_APP")
    else:
        rows = [
            [
                *(_told(one[field]) for field in ("code", "kind", "name", "priority", "channel")),
                ", ".join(one["steps"]),
            ]
            for one in found
        ]
        print_table(("CODE", "KIND", "NAME", "PRIORITY", "CHANNEL", "STEPS"), rows, keep=(0, 1, 3, 4))


def _announce(invocation: Invocation, jobs: JobBoy, slots: int) -> None:
    if not invocation.json:
        codes = ", ".join(jobs.registry.codes()) or "none"
        database = jobs.operations().database()
        print_line(f"working on {database} with {slots} slots; codes: {codes}; ctrl+c ends in order")


def _tell_end(invocation: Invocation, code: int) -> None:
    if invocation.json:
        print_document({"exit_code": code})
    else:
        print_line("the worker has ended" + ("" if code == 0 else f" with exit code {code}"))


def _described(invocation: Invocation) -> list[dict[str, Any]]:
    if invocation.app is not None:
        with invocation.jobs() as jobs:
            return jobs.handlers()
    with invocation.operations() as operations:
        known = [operations.definition(code) for code in operations.codes()]
    return [_described_from_afar(record) for record in known if record is not None]


def _described_from_afar(record: DefinitionRecord) -> dict[str, Any]:
    """Tell what the database knows of a definition; names, priorities and channels stand in the code only."""
    return {
        "code": record.code,
        "kind": "pipeline" if record.steps else "handler",
        "name": None,
        "priority": None,
        "channel": None,
        "steps": list(record.steps),
    }


def _told(value: object) -> str:
    return "-" if value is None else str(value)
