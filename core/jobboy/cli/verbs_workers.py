"""Verbs about all work: pause and resume it, and see who does it and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from jobboy.cli.confirmation import Confirmed, decided
from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, AsPlain, Reason, examples
from jobboy.cli.output import print_document, print_error, print_line
from jobboy.cli.plain import HANDLER, WORKER, print_plain

if TYPE_CHECKING:
    from rich.text import Text

    from jobboy.ports import DefinitionRecord

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
    program.command("pause", epilog=examples(_PAUSE))(pause)
    program.command("resume", epilog=examples(_RESUME))(resume)
    program.command("workers", epilog=examples(_WORKERS))(workers)
    program.command("handlers", epilog=examples(_HANDLERS))(handlers)


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
