"""Verbs of operators, who put processes right: recover, fail, kill, proceed and restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, Force, Id, Ids, Reason, examples
from jobboy.cli.output import print_document, print_error, print_line
from jobboy.cli.values import read_object
from jobboy.errors import NotFound, Refused

if TYPE_CHECKING:
    from jobboy.operations import Operations

_RECOVER = """
jobboy recover 3f9a --reason "host rebooted"
jobboy recover 3f9a 77c1 d02b --json
jobboy recover 3f9a --force --reason "hangs since noon"
jobboy list stuck --json | jq -r '.[].id' | xargs jobboy recover --reason "power cut"
"""
_FAIL = """
jobboy fail 3f9a --reason "wrong file"            tears down, then failed
jobboy fail 3f9a --now --reason "nothing to undo"
"""
_KILL = """
jobboy kill 3f9a --reason "started twice"
jobboy list "running code:nightly-import" --json | jq -r '.[].id' | xargs jobboy kill
"""
_PROCEED = """
jobboy proceed 3f9a --reason "3 rejected rows are fine"
jobboy proceed 3f9a --data '{"rejected": 0}'
jobboy proceed 3f9a --data @answer.json
"""
_RESTART = """
jobboy restart 3f9a --reason "source is back"
jobboy restart 3f9a --from load                   keep what the steps before it gave
"""


def add_to(program: typer.Typer) -> None:
    """Add the verbs of this module to the program."""
    program.command("recover", epilog=examples(_RECOVER))(recover)
    program.command("fail", epilog=examples(_FAIL))(fail)
    program.command("kill", epilog=examples(_KILL))(kill)
    program.command("proceed", epilog=examples(_PROCEED))(proceed)
    program.command("restart", epilog=examples(_RESTART))(restart)


def recover(
    context: typer.Context, parts: Ids, reason: Reason = None, force: Force = False, as_json: AsJson = False
) -> None:
    """Release stuck processes: they go on from their last step."""
    _each(
        Invocation.of(context, as_json),
        parts,
        "recovered",
        lambda operations, one: operations.recover(one, reason=reason, force=force),
    )


def fail(
    context: typer.Context,
    parts: Ids,
    now: Annotated[bool, typer.Option("--now", help="Failed at once, without teardown.")] = False,
    reason: Reason = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Make processes failing: they tear down, then are failed."""
    _each(
        Invocation.of(context, as_json),
        parts,
        "failed" if now else "failing",
        lambda operations, one: operations.fail(one, reason=reason, now=now, force=force),
    )


def kill(context: typer.Context, parts: Ids, reason: Reason = None, as_json: AsJson = False) -> None:
    """Ask for the end of processes.

    Starting ones fail at once, others tear down at their next turn; an isolated step that runs is ended.
    """
    _each(
        Invocation.of(context, as_json),
        parts,
        "kill asked for",
        lambda operations, one: operations.kill(one, reason=reason),
    )


def proceed(
    context: typer.Context,
    part: Id,
    data: Annotated[
        str | None,
        typer.Option(metavar="JSON|@FILE|@-", help="A JSON object, merged over the output it paused with."),
    ] = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Let a paused process go on with your data."""
    given = None if data is None else read_object(data, "data")

    def verb(operations: Operations, process_id: str) -> dict[str, Any]:
        operations.proceed(process_id, given, reason=reason)
        return {}

    _one(Invocation.of(context, as_json), part, "proceeds", verb)


def restart(
    context: typer.Context,
    part: Id,
    from_step: Annotated[
        str | None, typer.Option("--from", metavar="STEP", help="Begin here, with what the steps before it gave.")
    ] = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Start an ended process anew, under a new id."""

    def verb(operations: Operations, process_id: str) -> dict[str, Any]:
        return {"new_id": operations.restart(process_id, reason=reason, from_step=from_step).id}

    _one(Invocation.of(context, as_json), part, "restarted", verb)


def _each(invocation: Invocation, parts: list[str], done: str, verb: Callable[[Operations, str], object]) -> None:
    with invocation.operations() as operations:
        results = operations.each(parts, lambda process_id: verb(operations, process_id))
    if invocation.json:
        print_document([result.as_json() for result in results])
    for result in results:
        if result.error is not None:
            print_error(result.error)
        elif not invocation.json:
            print_line(f"{result.id} {done}")
    if not all(result.ok for result in results):
        raise typer.Exit(1)


def _one(invocation: Invocation, part: str, done: str, verb: Callable[[Operations, str], dict[str, Any]]) -> None:
    result: dict[str, Any] = {"id": part, "ok": False, "error": None}
    with invocation.operations(definitions=True) as operations:
        try:
            result["id"] = operations.get(part).id
            result.update(verb(operations, result["id"]), ok=True)
        except (NotFound, Refused) as error:
            result["error"] = str(error)
    if invocation.json:
        print_document(result)
    elif result["ok"]:
        print_line(f"{result['id']} {done}" + (f" as {result['new_id']}" if "new_id" in result else ""))
    if result["error"] is not None:
        print_error(result["error"])
        raise typer.Exit(1)
