"""Verbs of operators, who put processes right: recover, fail, kill, proceed and restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobboy.cli.bulk import AtMost, Bulk, DryRun, OfFilter, carry_out
from jobboy.cli.completion import complete_restart_points
from jobboy.cli.completion_here import complete_documents
from jobboy.cli.confirmation import Confirmed, Yes, decided
from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, Force, Reason, an_id, examples, some_ids
from jobboy.cli.output import print_document, print_error, print_line
from jobboy.cli.values import read_object
from jobboy.errors import NotFound, Refused
from jobboy.model.steps import last_completed
from jobboy.operations.eligibility import Verb, describe

if TYPE_CHECKING:
    from jobboy.model.process import Process
    from jobboy.operations import Operations

_RECOVER = """
jobboy recover 3f9a --reason "host rebooted"
jobboy recover 3f9a 77c1 d02b --json
jobboy recover 3f9a --force --reason "hangs since noon"
jobboy recover --filter stuck --reason "power cut"
"""
_FAIL = """
jobboy fail 3f9a --reason "wrong file"            tears down, then failed
jobboy fail 3f9a --now --reason "nothing to undo"
"""
_KILL = """
jobboy kill 3f9a --reason "started twice"
jobboy kill --filter "running code:nightly-import" --dry-run
"""
_PROCEED = """
jobboy proceed 3f9a --reason "3 rejected rows are fine"
jobboy proceed 3f9a --data '{"rejected": 0}'
jobboy proceed 3f9a --data @answer.json
jobboy proceed 3f9a --data @answer.json --token 4  only the pause that `show` told of
jobboy proceed 3f9a --schema                      what its answer must look like
"""
_RESTART = """
jobboy restart 3f9a --reason "source is back"
jobboy restart 3f9a --from load                   keep what the steps before it gave
jobboy restart --filter "failed !restarted code:import" --reason "source is back"
"""
StuckIds = Annotated[list[str] | None, some_ids("stuck", "stalled")]
ActiveIds = Annotated[list[str] | None, some_ids("stuck", "active")]
PausedId = Annotated[str, an_id("paused")]
EndedId = Annotated[str | None, an_id("failed", "completed")]


def add_to(program: typer.Typer) -> None:
    """Add the verbs of this module to the program."""
    program.command("recover", epilog=examples(_RECOVER))(recover)
    program.command("fail", epilog=examples(_FAIL))(fail)
    program.command("kill", epilog=examples(_KILL))(kill)
    program.command("proceed", epilog=examples(_PROCEED))(proceed)
    program.command("restart", epilog=examples(_RESTART))(restart)


def recover(
    context: typer.Context,
    parts: StuckIds = None,
    filter_text: OfFilter = None,
    limit: AtMost = None,
    dry_run: DryRun = False,
    reason: Reason = None,
    force: Force = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Release stuck processes: they go on from their last step."""
    bulk = Bulk(
        verb="recover",
        parts=parts or (),
        filter=filter_text,
        limit=limit,
        dry_run=dry_run,
        yes=yes,
        force=force,
        done="recovered",
    )

    def act(operations: Operations, one: str, token: int | None) -> object:
        return operations.recover(one, reason=reason, force=force, token=token)

    carry_out(Invocation.of(context, as_json), bulk, act)


def fail(
    context: typer.Context,
    parts: ActiveIds = None,
    filter_text: OfFilter = None,
    limit: AtMost = None,
    dry_run: DryRun = False,
    now: Annotated[bool, typer.Option("--now", help="Failed at once, without teardown.")] = False,
    reason: Reason = None,
    force: Force = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Make processes failing: they tear down, then are failed."""
    bulk = Bulk(
        verb="fail",
        parts=parts or (),
        filter=filter_text,
        limit=limit,
        dry_run=dry_run,
        yes=yes,
        force=force,
        done="failed" if now else "failing",
    )

    def act(operations: Operations, one: str, token: int | None) -> object:
        return operations.fail(one, reason=reason, now=now, force=force, token=token)

    carry_out(Invocation.of(context, as_json), bulk, act)


def kill(
    context: typer.Context,
    parts: ActiveIds = None,
    filter_text: OfFilter = None,
    limit: AtMost = None,
    dry_run: DryRun = False,
    reason: Reason = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Ask for the end of processes.

    Starting ones fail at once, others tear down at their next turn; an isolated step that runs is ended.
    """
    bulk = Bulk(
        verb="kill",
        parts=parts or (),
        filter=filter_text,
        limit=limit,
        dry_run=dry_run,
        yes=yes,
        done="kill asked for",
    )

    def act(operations: Operations, one: str, token: int | None) -> object:
        return operations.kill(one, reason=reason, token=token)

    carry_out(Invocation.of(context, as_json), bulk, act)


def proceed(
    context: typer.Context,
    part: PausedId,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="JSON|@FILE|@-",
            help="A JSON object, merged over the output it paused with.",
            autocompletion=complete_documents,
        ),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema its answer must meet, and change nothing.")
    ] = False,
    token: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Only while this is its token, as you were shown it: not the pause after that one."
        ),
    ] = None,
    reason: Reason = None,
    yes: Confirmed = False,
    as_json: AsJson = False,
) -> None:
    """Let a paused process go on with your data.

    It says which step is answered. Where that declares a schema for the answer, the data must meet it.
    """
    if schema:
        _print_schema(Invocation.of(context, as_json), part)
        return
    given = None if data is None else read_object(data, "data")

    def verb(operations: Operations, process: Process) -> dict[str, Any]:
        asked = last_completed(operations.details(process.id).steps)
        seen = process.token if token is None else token
        operations.proceed(process.id, given, reason=reason, token=seen)
        return {"answered": None if asked is None else asked.name}

    _one(Invocation.of(context, as_json), Verb.PROCEED, part, "proceeds", verb, yes=yes)


def restart(
    context: typer.Context,
    part: EndedId = None,
    filter_text: OfFilter = None,
    limit: AtMost = None,
    dry_run: DryRun = False,
    from_step: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="STEP",
            help="Begin here, with what the steps before it gave.",
            autocompletion=complete_restart_points,
        ),
    ] = None,
    reason: Reason = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Start an ended process anew, under a new id."""
    invocation = Invocation.of(context, as_json)
    bulk = Bulk(
        verb="restart",
        parts=() if part is None else (part,),
        filter=filter_text,
        limit=limit,
        dry_run=dry_run,
        yes=yes,
        done="restarted",
    )
    bulk.check()

    def act(operations: Operations, one: str, token: int | None) -> Process:
        return operations.restart(one, reason=reason, from_step=from_step, token=token)

    def verb(operations: Operations, process: Process) -> dict[str, Any]:
        return {"new_id": act(operations, process.id, process.token).id}

    if part is None:
        carry_out(invocation, bulk, act)
    else:
        _one(invocation, Verb.RESTART, part, bulk.done, verb, yes=yes)


def _print_schema(invocation: Invocation, part: str) -> None:
    with invocation.operations() as operations:
        process = operations.get(part)
        if not process.paused:
            raise Refused(Verb.PROCEED, process.id, f"it is not paused but {describe(process, operations.now())}")
    print_document({"type": "object"} if process.answer_schema is None else process.answer_schema.as_dict())


def _one(
    invocation: Invocation,
    name: Verb,
    part: str,
    done: str,
    verb: Callable[[Operations, Process], dict[str, Any]],
    *,
    yes: bool,
) -> None:
    result: dict[str, Any] = {"id": part, "ok": False, "error": None}
    with invocation.operations(definitions=True) as operations:
        try:
            process = operations.get(part)
            result["id"] = process.id
            door = decided(operations, name, f"{name} {process.id}", yes=yes, codes=[process.code])
            result.update(verb(door, process), ok=True)
        except (NotFound, Refused) as error:
            result["error"] = str(error)
    if invocation.json:
        print_document(result)
    elif result["ok"]:
        print_line(f"{result['id']} {done}{_outcome(result)}")
    if result["error"] is not None:
        print_error(result["error"])
        raise typer.Exit(1)


def _outcome(result: Mapping[str, Any]) -> str:
    if result.get("answered") is not None:
        return f": step {result['answered']!r} is answered"
    return f" as {result['new_id']}" if "new_id" in result else ""
