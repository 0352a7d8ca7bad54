"""The verb ``logs``: what the steps of a process printed and logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, Id, examples
from jobboy.cli.output import print_document, print_error, print_json_line, print_line

if TYPE_CHECKING:
    from jobboy.model.logs import TurnLog
    from jobboy.operations import Operations

_LOGS = """
jobboy logs 3f9a
jobboy logs 3f9a --step fetch -n 50
jobboy logs 3f9a --follow                         as it is said, until the process ends
"""


def add_to(program: typer.Typer) -> None:
    """Add the verb of this module to the program."""
    program.command("logs", epilog=examples(_LOGS))(logs)


def logs(
    context: typer.Context,
    part: Id,
    step: Annotated[str | None, typer.Option(metavar="NAME", help="Only turns at this step.")] = None,
    lines: Annotated[
        int | None, typer.Option("-n", "--lines", min=1, metavar="N", help="Only the last lines of each turn.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is said, until it ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print what its steps printed and logged.

    The last 500 lines of each of the last 100 turns that said anything are kept.
    """
    invocation = Invocation.of(context, as_json)
    with invocation.operations() as operations:
        if follow:
            _follow(operations, part, step, lines, invocation.json)
            return
        found = [log for log in operations.house.logs(part) if step is None or log.step == step]
    if invocation.json:
        print_document([log.as_json() for log in found])
    elif not found:
        print_error("nothing that it said is kept")
    else:
        for log in found:
            _print_turn(log, log.lines[-(lines or 0) :])


def _follow(operations: Operations, part: str, step: str | None, lines: int | None, as_json: bool) -> None:
    turn: int | None = None
    for log, news in operations.house.follow_logs(part):
        if step is not None and log.step != step:
            continue
        shown = news if log.token == turn or lines is None else news[-lines:]
        if as_json:
            for line in shown:
                print_json_line({"token": log.token, "step": log.step, "attempt": log.attempt, "line": line})
        elif log.token == turn:
            _print_lines(shown)
        else:
            _print_turn(log, shown)
        turn = log.token


def _print_turn(log: TurnLog, shown: Sequence[str]) -> None:
    attempt = f", attempt {log.attempt}" if log.attempt > 1 else ""
    print_line(f"── {log.step or 'turn'}{attempt}, {log.at:%Y-%m-%d %H:%M:%SZ}")
    left_out = log.end - len(shown)
    if left_out:
        kept = "" if log.left_out == left_out else f", {log.left_out:,} of them not kept"
        print_line(f"… {left_out:,} lines before these{kept}")
    _print_lines(shown)


def _print_lines(lines: Sequence[str]) -> None:
    for line in lines:
        print_line(line)
