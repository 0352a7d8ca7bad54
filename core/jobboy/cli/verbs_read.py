"""Verbs that only look: list, show, explain, history and tail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from jobboy.cli.completion import complete_filter
from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, AsPlain, Filter, Id, examples
from jobboy.cli.output import print_document, print_error, print_json_line
from jobboy.cli.plain import EVENT, PROCESS, print_plain, process_fields

if TYPE_CHECKING:
    from jobboy.model.events import Event
    from jobboy.model.process import ProcessSummary
    from jobboy.model.selection import Selection
    from jobboy.operations import Operations

_PAGE = 1000
MOST = (1 << 63) - 1
"""The largest number that a database holds."""
_LIST = """
jobboy list
jobboy list stuck
jobboy list "failed,failing code:nightly-*" --limit 20
jobboy list 'error:"timed out" attempt>=3 sort:-updated'
jobboy list "store.rows>1000 (failed OR stuck)"
jobboy list paused --json | jq -r '.[].id'
"""
_SHOW = """
jobboy show 3f9a                  any part of an id that no other has
jobboy show 3f9a --json | jq .store
"""
_EXPLAIN = """
jobboy explain 3f9a
jobboy explain 3f9a --json | jq -r '.actions[] | select(.allowed) | .verb'
"""
_HISTORY = """
jobboy history 3f9a
jobboy history 3f9a -n 20
jobboy history 3f9a --json | jq -r '.[] | select(.kind == "crashed") | .at'
"""
_TAIL = """
jobboy tail 3f9a                  from its first event to its end
jobboy tail 3f9a -n 5             begin with the last five
jobboy --json tail 3f9a | jq -c .after.store
"""
Lines = Annotated[
    int | None, typer.Option("-n", "--lines", min=0, max=MOST, metavar="N", help="Begin with the last N events.")
]
After = Annotated[
    int | None, typer.Option(min=0, max=MOST, metavar="SEQ", help="Begin after the event of this number.")
]


def add_to(program: typer.Typer) -> None:
    """Add the verbs of this module to the program."""
    program.command("list", epilog=examples(_LIST))(list_processes)
    program.command("show", epilog=examples(_SHOW))(show)
    program.command("explain", epilog=examples(_EXPLAIN))(explain)
    program.command("history", epilog=examples(_HISTORY))(history)
    program.command("tail", epilog=examples(_TAIL))(tail)


def list_processes(
    context: typer.Context,
    words: Filter = None,
    filter_text: Annotated[
        str, typer.Option("--filter", metavar="FILTER", help="More of the filter.", autocompletion=complete_filter)
    ] = "",
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=MOST, metavar="N", help="At most so many.")] = 100,
    as_plain: AsPlain = False,
    as_json: AsJson = False,
) -> None:
    """List processes, newest first unless the filter sorts them."""
    from jobboy.operations import parse_filter

    invocation = Invocation.of(context, as_json, as_plain)
    selection = parse_filter(" ".join([*(words or ()), filter_text]).strip())
    with invocation.operations() as operations:
        if invocation.json:
            print_document([process.as_json() for process in operations.list(selection, limit=limit)])
        elif invocation.plain:
            _print_plain_page(operations, selection, limit)
        else:
            _print_page(operations, selection, limit)


def show(context: typer.Context, part: Id, as_json: AsJson = False) -> None:
    """Show one process whole, and what went wrong in it."""
    from jobboy.cli.process_views import print_details

    invocation = Invocation.of(context, as_json)
    with invocation.operations() as operations:
        details = operations.details(part)
        if invocation.json:
            print_document(details.as_json())
        else:
            print_details(details, operations.now())


def explain(context: typer.Context, part: Id, as_json: AsJson = False) -> None:
    """Say why a process is as it is, and what one can do."""
    from jobboy.cli.explanation_views import print_explanation

    invocation = Invocation.of(context, as_json)
    with invocation.operations() as operations:
        explanation = operations.explain(part)
        if invocation.json:
            print_document(explanation.as_json())
        else:
            print_explanation(explanation)


def history(
    context: typer.Context,
    part: Id,
    lines: Lines = None,
    after: After = None,
    as_plain: AsPlain = False,
    as_json: AsJson = False,
) -> None:
    """Print what happened to a process, oldest first."""
    from jobboy.cli.event_views import print_event

    invocation = Invocation.of(context, as_json, as_plain)
    with invocation.operations() as operations:
        if lines is not None:
            events: Iterator[Event] = iter(_last(operations, part, lines, after))
        else:
            events = _all(operations, part, after or 0)
        if invocation.json:
            print_document([event.as_json() for event in events])
            return
        if invocation.plain:
            print_plain(EVENT, (event.as_json() for event in events))
            return
        for event in events:
            print_event(event)


def tail(
    context: typer.Context,
    part: Id,
    lines: Lines = None,
    after: After = None,
    as_plain: AsPlain = False,
    as_json: AsJson = False,
) -> None:
    """Print the events of a process as they come, until it ends."""
    from jobboy.cli.event_views import print_event

    invocation = Invocation.of(context, as_json, as_plain)
    with invocation.operations() as operations:
        events = _following(operations, part, lines, after)
        if invocation.plain:
            print_plain(EVENT, (event.as_json() for event in events))
            return
        for event in events:
            if invocation.json:
                print_json_line(event.as_json())
            else:
                print_event(event)


def _print_page(operations: Operations, selection: Selection, limit: int) -> None:
    from jobboy.cli.process_views import print_list
    from jobboy.model.ordering import NEWEST_FIRST

    rows, has_more = _rows(operations, selection, limit)
    if not rows:
        print_error("there is no process yet" if selection.is_everything else "no process matches")
        return
    print_list(rows, operations.now())
    if has_more:
        which = "newest" if selection.order == NEWEST_FIRST else "first"
        shown = f"{len(rows):,} are" if len(rows) > 1 else "one is"
        print_error(f"only the {which} {shown} shown; --limit N shows more, a filter fewer")


def _print_plain_page(operations: Operations, selection: Selection, limit: int) -> None:
    rows, _ = _rows(operations, selection, limit)
    now = operations.now()
    print_plain(PROCESS, (process_fields(row, now) for row in rows))


def _rows(operations: Operations, selection: Selection, limit: int) -> tuple[list[ProcessSummary], bool]:
    """Return the first rows, however far they must be looked for; ctrl+c ends that."""
    from jobboy.model.selection import UNLIMITED
    from jobboy.operations.reading import page_size

    rows: list[ProcessSummary] = []
    below, has_more = None, True
    while has_more and len(rows) < limit:
        size = page_size(selection, limit - len(rows))
        page = operations.page(selection, below=below, limit=size, limits=UNLIMITED)
        rows += page.rows
        below, has_more = page.end, page.has_more
    return rows, has_more


def _last(operations: Operations, part: str, count: int, after: int | None) -> list[Event]:
    if count == 0:
        operations.get(part)
        return []
    return list(operations.history(part, after=after or 0, limit=count, newest=True))


def _all(operations: Operations, part: str, after: int) -> Iterator[Event]:
    process_id = operations.get(part).id
    while events := operations.history(process_id, after=after, limit=_PAGE):
        yield from events
        after = events[-1].seq


def _following(operations: Operations, part: str, lines: int | None, after: int | None) -> Iterator[Event]:
    process_id = operations.get(part).id
    if lines is not None:
        newest = _last(operations, process_id, max(lines, 1), after)
        yield from newest[len(newest) - min(lines, len(newest)) :]
        after = newest[-1].seq if newest else after
    yield from operations.tail(process_id, after=after)
