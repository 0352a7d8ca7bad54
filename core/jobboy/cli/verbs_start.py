"""Verbs that begin processes: start and execute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jobboy.cli.confirmation import Confirmed, decided
from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, Code, Key, Parameters, examples
from jobboy.cli.output import print_document, print_error, print_line
from jobboy.cli.values import read_duration, read_object, read_seconds

if TYPE_CHECKING:
    from jobboy.operations import Operations

_START = """
jobboy start nightly-import -p '{"url": "https://example.org/a.csv"}'
jobboy start nightly-import -p @parameters.json --key import-2026-07-25
jobboy start send-report --delay 1h30m --priority 10
make-parameters | jobboy --json start nightly-import -p @-
"""
_EXECUTE = """
jobboy --app shop:jobs execute nightly-import -p '{"url": "https://example.org/a.csv"}'
jobboy --app shop:jobs execute nightly-import --timeout 10m && echo imported
"""


def add_to(program: typer.Typer) -> None:
    """Add the verbs of this module to the program."""
    program.command("start", epilog=examples(_START))(start)
    program.command("execute", epilog=examples(_EXECUTE))(execute)


def start(
    context: typer.Context,
    code: Code,
    parameters: Parameters = None,
    key: Key = None,
    delay: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Nobody works on it before this time is over.")
    ] = None,
    priority: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Lower is first among equals; 100 when not given.")
    ] = None,
    yes: Confirmed = False,
    as_json: AsJson = False,
) -> None:
    """Start a process and print its id.

    It is on disk when this returns; a worker does the work.
    """
    invocation = Invocation.of(context, as_json)
    given = read_object(parameters, "parameters") if parameters is not None else {}
    later = None if delay is None else read_duration(delay, "--delay")
    with invocation.operations(definitions=True, makes=True) as operations:
        door = decided(operations, "start", f"start {code}", yes=yes, codes=[code])
        process_id = door.start(code, given, key=key, delay=later, priority=priority)
    if invocation.json:
        print_document({"id": process_id})
    else:
        print_line(process_id)


def execute(
    context: typer.Context,
    code: Code,
    parameters: Parameters = None,
    key: Key = None,
    timeout: Annotated[str | None, typer.Option(metavar="SECONDS|DURATION", help="Wait no longer than this.")] = None,
    yes: Confirmed = False,
    as_json: AsJson = False,
) -> None:
    """Start a process, wait for its end and print it.

    Where no worker lives the work is done here. Exit code 0 only when it is completed.
    """
    from jobboy.cli.process_views import print_details
    from jobboy.model.status import ProcessStatus

    invocation = Invocation.of(context, as_json)
    given = read_object(parameters, "parameters") if parameters is not None else {}
    limit = None if timeout is None else read_seconds(timeout, "--timeout")
    with invocation.jobs() as jobs:
        invocation.look_for_database(jobs, makes=True)
        door = decided(jobs.operations(), "start", f"start {code}", yes=yes, codes=[code])
        if invocation.app is None:
            _tell_that_nobody_works(door, code)
        try:
            process = jobs.execute(code, given, key=key, timeout=limit, confirmed=door.permission.confirmed)
        except TimeoutError as error:
            print_error(f"{error}; it stays, and goes on when a worker takes it")
            raise typer.Exit(1) from error
        if invocation.json:
            print_document(process.as_json())
        else:
            operations = jobs.operations()
            print_details(operations.details(process.id), operations.now())
    if process.status is not ProcessStatus.COMPLETED:
        how = "paused: answer it with `jobboy proceed`" if process.paused else process.status.value
        print_error(f"{process.id} is not completed but {how}")
        raise typer.Exit(1)


def _tell_that_nobody_works(operations: Operations, code: str) -> None:
    if code in operations.codes() and not any(worker.alive for worker in operations.workers()):
        print_error("no app is named to do it here, and no worker is alive: it waits until one is started")
