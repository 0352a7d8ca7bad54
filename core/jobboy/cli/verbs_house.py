"""Verbs that keep house, and the demo: prune, doctor and demo."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from jobboy.cli.completion import complete_filter
from jobboy.cli.confirmation import Yes, ask, decided
from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, AsPlain, Reason, examples
from jobboy.cli.output import print_document, print_json_line, print_line
from jobboy.cli.plain import CHECK, print_plain
from jobboy.cli.values import read_duration, read_seconds
from jobboy.errors import InvalidValue

if TYPE_CHECKING:
    from datetime import timedelta

    from rich.text import Text

    from jobboy.operations import Operations

_LOOK_EVERY = 0.1  # seconds
_RECENT = 50  # events that a demo on a database of its own begins with
_PRUNE = """
jobboy prune                                      what is past its retention
jobboy prune --older-than 90d --dry-run
jobboy prune --filter "failed code:demo-*" --older-than 7d --reason "tried out"
"""
_DOCTOR = """
jobboy doctor
jobboy --database sqlite:////srv/shop/jobboy.db doctor --json
"""
_DEMO = """
jobboy demo                                       until ctrl+c
jobboy demo --for 30s
jobboy --database sqlite:///demo.db demo          keep what happened
"""


def add_to(program: typer.Typer) -> None:
    """Add the verbs of this module to the program."""
    program.command("prune", epilog=examples(_PRUNE))(prune)
    program.command("doctor", epilog=examples(_DOCTOR))(doctor)
    program.command("demo", epilog=examples(_DEMO))(demo)


def prune(
    context: typer.Context,
    older_than: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Those that ended so long ago, whatever their retention.")
    ] = None,
    filter_text: Annotated[
        str | None,
        typer.Option(
            "--filter",
            metavar="FILTER",
            help="The ended ones of these, whatever their retention; counted and asked first.",
            autocompletion=complete_filter,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; remove nothing.")] = False,
    reason: Reason = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Remove ended processes whose retention is over.

    Their steps and history are removed with them.
    """
    invocation = Invocation.of(context, as_json)
    old = None if older_than is None else read_duration(older_than, "--older-than")
    with invocation.operations(definitions=True) as operations:
        if filter_text is None:
            door = operations if dry_run else decided(operations, "prune", "remove what is over", yes=yes)
            count = door.prune(older_than=old, dry_run=dry_run, reason=reason)
        else:
            count = _prune_matching(operations, filter_text, old, dry_run=dry_run, reason=reason, yes=yes)
    if invocation.json:
        print_document({"pruned": count, "dry_run": dry_run})
    else:
        what = "1 process" if count == 1 else f"{count:,} processes"
        print_line(f"{what} {'to be removed' if dry_run else 'removed'}")


def _prune_matching(
    operations: Operations, filter_text: str, old: timedelta | None, *, dry_run: bool, reason: str | None, yes: bool
) -> int:
    from jobboy.operations import parse_filter

    if not filter_text.strip():
        raise InvalidValue("--filter", "must not be empty: that would be every ended process; write which")
    found = operations.house.prunable(parse_filter(filter_text), older_than=old)
    number = len(found.numbers)
    if dry_run or not number:
        return number
    if not yes:
        ask(f"remove {number:,} ended {'process' if number == 1 else 'processes'}")
    return operations.acting(confirmed=True).house.prune(found, reason=reason)


def doctor(context: typer.Context, as_plain: AsPlain = False, as_json: AsJson = False) -> None:
    """Examine database, locks and machine.

    Exit code 1 when something is not well.
    """
    from jobboy.cli.terminal import print_with_prose
    from jobboy.cli.words import yes_or_no

    invocation = Invocation.of(context, as_json, as_plain)
    with invocation.operations() as operations:
        checks = operations.doctor()
    documents = [{"check": check, "ok": ok, "detail": detail} for check, ok, detail in checks]
    if invocation.json:
        print_document(documents)
    elif invocation.plain:
        print_plain(CHECK, documents)
    else:
        rows: list[list[str | Text]] = [[check, yes_or_no(ok), detail] for check, ok, detail in checks]
        print_with_prose(("CHECK", "WELL", "DETAIL"), rows)
    if not all(ok for _, ok, _ in checks):
        raise typer.Exit(1)


def demo(
    context: typer.Context,
    for_time: Annotated[
        str | None, typer.Option("--for", metavar="SECONDS|DURATION", help="End after this time.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """See real processes run, crash and wait for you."""
    from jobboy.demo import open_demo

    invocation = Invocation.of(context, as_json)
    seconds = None if for_time is None else read_seconds(for_time, "--for").total_seconds()
    with _ended_in_order_by_sigterm(), open_demo(database=invocation.database, worker=True) as running:
        if not invocation.json:
            _print_what_to_type(running.database)
        _follow(running.operations, seconds, invocation.json)


@contextmanager
def _ended_in_order_by_sigterm() -> Iterator[None]:
    """Let SIGTERM do what ctrl+c does: the programs of the demo end with it, and its files are removed."""
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _print_what_to_type(database: str) -> None:
    print_line(f"The demo runs on {database}; ctrl+c ends it. In another terminal:")
    for command in ("list", "list stuck", "list paused", "show ID", "recover ID", "proceed ID", "workers"):
        print_line(f"  jobboy --database {database} {command}")
    print_line(f"  jobboy-console --database {database}")


def _follow(operations: Operations, seconds: float | None, as_json: bool) -> None:
    from jobboy.cli.event_views import print_event_line

    end = None if seconds is None else time.monotonic() + seconds
    after = max(operations.overview().last_seq - _RECENT, 0)
    while end is None or time.monotonic() < end:
        events = operations.feed(after=after)
        for event in events:
            if as_json:
                print_json_line(event.as_json())
            else:
                print_event_line(event)
        after = events[-1].seq if events else after
        if not events:
            time.sleep(_LOOK_EVERY)
