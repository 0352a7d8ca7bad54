"""The verb ``audit``: what people did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jobboy.cli.completion import complete_actors, complete_acts, one_of
from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, AsPlain, examples
from jobboy.cli.output import print_document, print_error
from jobboy.cli.plain import ACT, print_plain
from jobboy.model.audit import VERBS, AuditQuery

if TYPE_CHECKING:
    from rich.text import Text

    from jobboy.model.audit import Act
    from jobboy.operations import Operations

_PAGE = 500
_AUDIT = """
jobboy audit                                      the newest acts of everybody
jobboy audit --verb kill --actor ada
jobboy audit 3f9a -n 1000                         about one process, by a part of its id
jobboy audit --json | jq -r '.[] | [.at, .actor, .kind, .reason] | @tsv'
"""


def add_to(program: typer.Typer) -> None:
    """Add the verb of this module to the program."""
    program.command("audit", epilog=examples(_AUDIT))(audit)


def audit(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TEXT",
            help="Stands in actor, reason, id, code, kind, or what became.",
            autocompletion=complete_acts,
        ),
    ] = None,
    verb: Annotated[
        str | None,
        typer.Option(metavar="VERB", help=f"Only one of {', '.join(VERBS)}.", autocompletion=one_of(*VERBS)),
    ] = None,
    actor: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="Only of actors in whose name this stands.", autocompletion=complete_actors
        ),
    ] = "",
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, metavar="N", help="At most so many.")] = 100,
    as_plain: AsPlain = False,
    as_json: AsJson = False,
) -> None:
    """List what people did, newest first.

    Who, when, what, to which process, and why; also of processes that were removed.
    """
    invocation = Invocation.of(context, as_json, as_plain)
    query = AuditQuery(text=" ".join(words or ()), verb=verb, actor=actor)
    with invocation.operations() as operations:
        acts, has_more = _acts(operations, query, limit)
    if invocation.json:
        print_document([act.as_json() for act in acts])
        return
    if invocation.plain:
        print_plain(ACT, (act.as_json() for act in acts))
        return
    if not acts:
        print_error("nobody did anything yet" if query.is_everything else "nobody did any of that")
        return
    _print(acts)
    if has_more:
        shown = f"{len(acts):,} are" if len(acts) > 1 else "one is"
        print_error(f"only the newest {shown} shown; --limit N shows more")


def _acts(operations: Operations, query: AuditQuery, limit: int) -> tuple[list[Act], bool]:
    acts: list[Act] = []
    before: int | None = None
    while len(acts) < limit:
        page = operations.house.audit(query, before=before, limit=min(limit - len(acts), _PAGE))
        acts += page.acts
        before = page.end
        if before is None:
            return acts, False
    return acts, True


def _print(acts: list[Act]) -> None:
    from jobboy.cli.terminal import Terminal, print_table

    whole = not Terminal().is_terminal
    headers = ("AT", "WHO", "WHAT", "PROCESS", "CODE", "WHY", "OUTCOME")
    print_table(headers, [_row(act, whole) for act in acts], keep=(0, 2, 3))


def _row(act: Act, whole: bool) -> list[str | Text]:
    from jobboy.cli.event_views import change_words
    from jobboy.cli.words import NOTHING, stamp
    from jobboy.model.identifiers import short_id

    event = act.event
    at, actor, process = stamp(event.at), event.actor, event.process_id
    if not whole:  # its columns are dear: the year, and that it was an operator, go without saying
        at, actor = f"{event.at:%m-%d %H:%M:%SZ}", actor.removeprefix("operator:")
        process = None if process is None else short_id(process)
    told = [event.kind.value, process or NOTHING, act.code or NOTHING, event.reason or NOTHING, change_words(event)]
    return [at, actor, *told]
