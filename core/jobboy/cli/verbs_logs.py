"""The verb ``logs``: what the steps of a process printed and logged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobboy.cli.completion import complete_steps
from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, AsPlain, Id, examples
from jobboy.cli.output import print_document, print_error, print_json_line, print_line
from jobboy.cli.plain import LINE, print_plain
from jobboy.model.process import iso

if TYPE_CHECKING:
    from jobboy.model.logs import TurnLog
    from jobboy.operations import Operations

_LOGS = """
jobboy logs 3f9a
jobboy logs 3f9a --step fetch -n 50
jobboy logs 3f9a --follow                         as it is said, until the process ends
jobboy logs 3f9a --plain | cut -f 6 | sort | uniq -c
"""


def add_to(program: typer.Typer) -> None:
    """Add the verb of this module to the program."""
    program.command("logs", epilog=examples(_LOGS))(logs)


def logs(
    context: typer.Context,
    part: Id,
    step: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only turns at this step.", autocompletion=complete_steps),
    ] = None,
    lines: Annotated[
        int | None, typer.Option("-n", "--lines", min=0, metavar="N", help="Only the last lines of each turn.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is said, until it ends.")] = False,
    as_plain: AsPlain = False,
    as_json: AsJson = False,
) -> None:
    """Print what its steps printed and logged.

    The last 500 lines of each of the last 100 turns that said anything are kept.
    """
    invocation = Invocation.of(context, as_json, as_plain)
    with invocation.operations() as operations:
        if follow:
            _print_followed(invocation, _followed(operations, part, step, lines))
            return
        found = [log for log in operations.house.logs(part) if step is None or log.step == step]
    if invocation.json:
        print_document([{**log.as_json(), "lines": _last(log.lines, lines)} for log in found])
    elif invocation.plain:
        print_plain(LINE, (row for log in found for row in _rows(log, _last(log.lines, lines))))
    elif not found:
        print_error("nothing that it said is kept")
    else:
        for log in found:
            _print_turn(log, _last(log.lines, lines))


def _last(said: Sequence[str], lines: int | None) -> Sequence[str]:
    return said if lines is None else said[max(len(said) - lines, 0) :]


def _followed(
    operations: Operations, part: str, step: str | None, lines: int | None
) -> Iterator[tuple[TurnLog, Sequence[str], bool]]:
    """Yield turns with those of their new lines that are wanted, and whether a turn goes on from the last time.

    What is said from now on is wanted whole.
    """
    turn: int | None = None
    newest = max((log.token for log in operations.house.logs(part)), default=0)
    for log, news in operations.house.follow_logs(part):
        if step is None or log.step == step:
            goes_on = log.token == turn
            is_new = goes_on or log.token > newest
            yield log, news if is_new else _last(news, lines), goes_on
            turn = log.token


def _print_followed(invocation: Invocation, followed: Iterator[tuple[TurnLog, Sequence[str], bool]]) -> None:
    if invocation.plain:
        print_plain(LINE, (row for log, shown, _ in followed for row in _rows(log, shown)))
        return
    for log, shown, goes_on in followed:
        if invocation.json:
            for line in shown:
                print_json_line({"token": log.token, "step": log.step, "attempt": log.attempt, "line": line})
        elif goes_on:
            _print_lines(shown)
        else:
            _print_turn(log, shown)


def _rows(log: TurnLog, shown: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the last lines of a turn, each with its number in it, from 1; lines that are not kept count."""
    of_turn = {"token": log.token, "step": log.step, "attempt": log.attempt, "at": iso(log.at)}
    for number, line in enumerate(shown, start=log.end - len(shown) + 1):
        yield {**of_turn, "number": number, "line": line}


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
