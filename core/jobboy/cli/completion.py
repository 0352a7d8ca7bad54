"""What the shell offers after a tab of what the database and the app know; in doubt nothing, and never an error."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from jobboy.cli.invocation import Invocation
from jobboy.errors import JobBoyError

if TYPE_CHECKING:
    from jobboy.app import JobBoy
    from jobboy.model.filter_language.completion import Vocabulary
    from jobboy.model.process import ProcessSummary
    from jobboy.operations import Operations

RECENT = 50
"""How many ids are offered: more than a shell shows at once helps nobody."""
PATIENCE = 5.0
"""Seconds that a database may take to answer, as when another program has locked it as a whole."""
ATTENTION = ("stuck", "stalled", "paused", "failed !restarted", "")
"""Filters whose processes are offered where any process will do: what needs somebody comes first."""
Offer = tuple[str, str]
"""A word, and what it means."""
Complete = Callable[[typer.Context, str], list[Offer]]
_Item = TypeVar("_Item")


def complete_codes(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the codes that the app defines and the database knows."""
    codes = {*_ask_app(context, lambda jobs: jobs.registry.codes()), *_ask(context, lambda door: door.codes())}
    return [code for code in sorted(codes) if code.startswith(incomplete)]


def ids_of(*filters: str) -> Complete:
    """Return what offers the processes of some filters, the newest of the first filter first.

    By the tail of their ids, or whole once the head of one is typed.
    """

    def complete_ids(context: typer.Context, incomplete: str) -> list[Offer]:
        rows = _ask(context, lambda operations: _newest(operations, filters))
        offers = [(row.short_id, says) for row, says in rows]
        if incomplete:
            offers += [(row.id, says) for row, says in rows]
        return [offer for offer in offers if offer[0].startswith(incomplete)]

    return complete_ids


def complete_steps(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the steps of the process that is named before, in their order; all known ones where none is."""
    part = _named_before(context)
    steps = _ask(context, lambda operations: _steps(operations, part))
    return [step for step in steps if step.startswith(incomplete)]


def complete_restart_points(context: typer.Context, incomplete: str) -> list[Offer]:
    """Offer the steps that the process named before can begin at anew; all known ones where none is."""
    part = _named_before(context)

    def question(operations: Operations) -> list[Offer]:
        if part is None:
            return [(step, "") for step in _steps(operations, None)]
        return [(point.step, "") for point in operations.restart_points(part) if point.allowed]

    return [offer for offer in _ask(context, question) if offer[0].startswith(incomplete)]


def complete_schedules(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the names of schedules."""
    names = _ask(context, lambda operations: [schedule.plan.name for schedule in operations.schedules()])
    return [name for name in names if name.startswith(incomplete)]


def complete_actors(context: typer.Context, incomplete: str) -> list[str]:
    """Offer who acted lately."""
    actors = {act.event.actor for act in _ask(context, _newest_acts)}
    return [actor for actor in sorted(actors) if actor.startswith(incomplete)]


def complete_acts(context: typer.Context, incomplete: str) -> list[Offer]:
    """Offer the processes that somebody acted on lately."""
    from jobboy.model.identifiers import short_id

    acts = _ask(context, _newest_acts)
    offers = {
        short_id(act.event.process_id): f"{act.code}, {act.event.kind}" for act in acts[::-1] if act.event.process_id
    }
    return [offer for offer in offers.items() if offer[0].startswith(incomplete)]


def complete_channels(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the channels of the app's handlers."""
    channels = {str(one["channel"]) for one in _ask_app(context, lambda jobs: jobs.handlers())}
    return [channel for channel in sorted(channels) if channel.startswith(incomplete)]


def complete_filter(context: typer.Context, incomplete: str) -> list[str]:
    """Offer what may stand at the end of a filter; a word in it stays as it is."""
    from jobboy.model.filter_language.completion import Vocabulary, complete

    # Only values and paths are the database's.
    vocabulary = _vocabulary(context) if any(sign in incomplete for sign in ":<>=.") else Vocabulary()
    candidates = complete(incomplete, len(incomplete), vocabulary)
    whole = [candidate.applied(incomplete) for candidate in candidates]
    return [offer for offer in whole if offer.startswith(incomplete)]


def complete_columns(context: typer.Context, incomplete: str) -> list[str]:
    """Offer fields of a process, and paths into its documents, for the last of several with commas between."""
    from jobboy.operations.exporting import DOCUMENTS, FIELDS

    before, comma, last = incomplete.rpartition(",")
    names = list(FIELDS)
    if "." in last:
        paths = _vocabulary(context).paths
        names = [f"{document}.{path}" for document in DOCUMENTS for path in paths.get(document, ())]
    return [before + comma + name for name in names if name.startswith(last)]


def one_of(*words: str) -> Callable[[str], list[str]]:
    """Return what offers those of a few words that begin with what is typed."""
    return lambda incomplete: [word for word in words if word.startswith(incomplete)]


def _named_before(context: typer.Context) -> str | None:
    """Return the id that stands on the line: parsed, or left over where what is being typed has no value yet."""
    given = context.params.get("part") or (context.args[0] if context.args else None)
    return str(given) if given else None


def _newest(operations: Operations, filters: Sequence[str]) -> list[tuple[ProcessSummary, str]]:
    from jobboy.cli.words import state_word
    from jobboy.operations import parse_filter

    found: dict[str, ProcessSummary] = {}
    for text in filters:
        if len(found) < RECENT:
            for row in operations.page(parse_filter(text), limit=RECENT).rows:
                found.setdefault(row.id, row)
    now = operations.now()
    return [(row, f"{row.code}, {state_word(row, now)}") for row in [*found.values()][:RECENT]]


def _newest_acts(operations: Operations) -> Sequence[Any]:
    from jobboy.model.audit import AuditQuery

    return operations.house.audit(AuditQuery(), limit=RECENT).acts


def _steps(operations: Operations, part: str | None) -> list[str]:
    if part is None:
        return list(operations.vocabulary().steps)
    return [step.name for step in operations.details(part).steps]


def _vocabulary(context: typer.Context) -> Vocabulary:
    from jobboy.model.filter_language.completion import Vocabulary

    found = _ask(context, lambda operations: [operations.vocabulary()])
    return found[0] if found else Vocabulary()


def _ask(context: typer.Context, question: Callable[[Operations], Sequence[_Item]]) -> Sequence[_Item]:
    """Ask the database."""

    def ask() -> Sequence[_Item]:
        with Invocation.of(context).operations() as operations:
            return question(operations)

    return _quietly(ask)


def _ask_app(context: typer.Context, question: Callable[[JobBoy], Sequence[_Item]]) -> Sequence[_Item]:
    """Ask the app, if one is named."""
    invocation = Invocation.of(context)

    def ask() -> Sequence[_Item]:
        with invocation.jobs() as jobs:
            return question(jobs)

    return () if invocation.app is None else _quietly(ask)


def _quietly(ask: Callable[[], Sequence[_Item]]) -> Sequence[_Item]:
    """Return the answer, or nothing for want of one: a message would land in the middle of what is being typed.

    An app may print while it is imported, and a locked database answers late.
    """
    answers: list[Sequence[_Item]] = []

    def look() -> None:
        with suppress(JobBoyError, SystemExit):
            answers.append(ask())

    looking = threading.Thread(target=look, name="jobboy-completing", daemon=True)
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        looking.start()
        looking.join(PATIENCE)
    return answers[0] if answers else ()
