"""What the shell offers after a tab: codes, filter words and recent ids; in doubt nothing, and never an error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import typer

from jobboy.cli.invocation import Invocation
from jobboy.errors import JobBoyError

if TYPE_CHECKING:
    from jobboy.model.process import ProcessSummary
    from jobboy.operations import Operations

RECENT = 50
"""How many ids are offered: more than a shell shows at once helps nobody."""
_Item = TypeVar("_Item")


def complete_codes(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the codes that the database knows."""
    codes = _ask(context, lambda operations: operations.codes())
    return [code for code in codes if code.startswith(incomplete)]


def complete_ids(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Offer the newest processes: by the tail of their ids, or whole once the head of one is typed."""
    rows = _ask(context, _newest)
    offers = [(row.short_id, f"{row.code}, {row.status}") for row in rows]
    if incomplete:
        offers += [(row.id, f"{row.code}, {row.status}") for row in rows]
    return [offer for offer in offers if offer[0].startswith(incomplete)]


def complete_schedules(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the names of schedules."""
    names = _ask(context, lambda operations: [schedule.plan.name for schedule in operations.schedules()])
    return [name for name in names if name.startswith(incomplete)]


def complete_filter(context: typer.Context, incomplete: str) -> list[str]:
    """Offer what may stand at the end of a filter; a word in it stays as it is."""
    from jobboy.model.filter_language.completion import Vocabulary, complete

    vocabulary = Vocabulary()
    if any(character in incomplete for character in ":<>=."):  # only values and paths are the database's
        found = _ask(context, lambda operations: [operations.vocabulary()])
        vocabulary = found[0] if found else vocabulary
    candidates = complete(incomplete, len(incomplete), vocabulary)
    whole = [candidate.applied(incomplete) for candidate in candidates]
    return [offer for offer in whole if offer.startswith(incomplete)]


def one_of(*words: str) -> Callable[[str], list[str]]:
    """Return what offers those of a few words that begin with what is typed."""
    return lambda incomplete: [word for word in words if word.startswith(incomplete)]


def _newest(operations: Operations) -> Sequence[ProcessSummary]:
    from jobboy.model.selection import Selection

    return operations.page(Selection(), limit=RECENT).rows


def _ask(context: typer.Context, question: Callable[[Operations], Sequence[_Item]]) -> Sequence[_Item]:
    try:
        with Invocation.of(context).operations() as operations:
            return question(operations)
    except JobBoyError:  # a message would land in the middle of what is being typed
        return ()
