"""A verb of an operator on several processes: those of some ids, or all that match a filter, counted first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobboy.cli.completion import complete_filter
from jobboy.cli.confirmation import ask, decided
from jobboy.cli.invocation import Invocation
from jobboy.cli.output import print_document, print_error, print_line
from jobboy.errors import InvalidValue

if TYPE_CHECKING:
    from jobboy.operations import BulkResult, Operations
    from jobboy.operations.bulk import Candidate

Act = Callable[["Operations", str, "int | None"], object]
"""Applies the verb: the door, an id, and the token that was seen or None for any."""

OfFilter = Annotated[
    str | None,
    typer.Option(
        "--filter",
        metavar="FILTER",
        help="All that match, instead of ids; counted and asked first.",
        autocompletion=complete_filter,
    ),
]
MOST = 10_000  # `jobboy.operations.bulk.MOST_AT_ONCE`: the door is loaded only when it is opened
AtMost = Annotated[
    int | None,
    typer.Option("-n", "--limit", min=1, max=MOST, metavar="N", help="With --filter: the first N of them."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="With --filter: say what would be done, do nothing.")]


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """What is to be done to whom."""

    verb: str
    """Of `jobboy.operations.Verb`, by its word: the door is loaded only when it is opened."""
    parts: Sequence[str]
    """Ids or parts of ids; empty with a filter."""
    filter: str | None
    limit: int | None
    """With a filter: how many at most; None for as many as one decision may be for."""
    dry_run: bool
    yes: bool
    force: bool = False
    done: str
    """What a process is told to be when it is done."""

    def check(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            InvalidValue: saying what to write.
        """
        if self.filter is None and not self.parts:
            raise InvalidValue("ID", "is missing: name processes, or all that match with --filter FILTER")
        if self.filter is not None and self.parts:
            raise InvalidValue("--filter", "goes without ids")
        if self.filter is not None and not self.filter.strip():
            raise InvalidValue(
                "--filter", "must not be empty: that would be every process; write which, such as active"
            )
        for name, given in (("--dry-run", self.dry_run), ("--limit", self.limit is not None)):
            if self.filter is None and given:
                raise InvalidValue(name, "goes with --filter")


def carry_out(invocation: Invocation, bulk: Bulk, act: Act) -> None:
    """Do it and print what became of each; exits with 1 when one was refused.

    Raises:
        InvalidValue: what is to be done contradicts itself.
    """
    bulk.check()
    with invocation.operations(definitions=True) as operations:
        if bulk.filter is None:
            numbers = _codes(operations, bulk.parts)
            what = f"{bulk.verb} {' '.join(bulk.parts)}"
            door = decided(operations, bulk.verb, what, yes=bulk.yes, codes=numbers, at_once=numbers)
            results = door.each(bulk.parts, lambda process_id: act(door, process_id, None))
            _print_all(invocation, bulk, results)
        else:
            results = _all_that_match(invocation, operations, bulk, act)
    if not bulk.dry_run and not all(result.ok for result in results):
        raise typer.Exit(1)


def _all_that_match(invocation: Invocation, operations: Operations, bulk: Bulk, act: Act) -> Sequence[BulkResult]:
    from jobboy.operations import Verb, parse_filter
    from jobboy.operations.bulk import candidates, numbers_by_code

    selection = parse_filter(bulk.filter or "")
    pieces = candidates(operations, Verb(bulk.verb), selection, limit=bulk.limit or MOST)
    found = [candidate for piece in pieces for candidate in piece]
    wanted = [candidate for candidate in found if candidate.is_allowed(force=bulk.force)]
    if not invocation.json:
        print_line(census(found, wanted))
        _warn_of_restarted(bulk, wanted)
    if bulk.dry_run:
        return _tell(invocation, bulk, found)
    numbers = numbers_by_code([candidate.process for candidate in wanted])
    crowded = operations.permission.why_not_so_many(bulk.verb, numbers)
    if crowded is not None:
        print_error(f"cannot {bulk.verb} {len(wanted):,} at once: {crowded}")
        raise typer.Exit(1)
    if wanted and not bulk.yes:
        ask(f"{bulk.verb} {len(wanted):,} {'process' if len(wanted) == 1 else 'processes'}")
    door = operations.acting(confirmed=True, at_once=numbers)
    return _one_by_one(invocation, bulk, door, wanted, act)


def census(found: Sequence[Candidate], wanted: Sequence[Candidate]) -> str:
    """Say how many match, how many of them the verb applies to, and why not to the others."""
    from jobboy.operations.skipping import skip_reasons

    head = f"{len(found):,} match" if len(found) != 1 else "1 matches"
    if len(wanted) == len(found):
        return f"{head}, all eligible" if found else "nothing matches"
    left_out = [candidate.eligibility.why_not for candidate in found if candidate not in wanted]
    return f"{head}, {len(wanted):,} eligible, {len(left_out):,} skipped: {skip_reasons(left_out)}"


def _warn_of_restarted(bulk: Bulk, wanted: Sequence[Candidate]) -> None:
    """Say how many would be restarted once more: what a restart does is done twice then."""
    again = sum(candidate.process.restarted for candidate in wanted) if bulk.verb == "restart" else 0
    if again:
        were = "was" if again == 1 else "were"
        print_line(f"{again:,} of them {were} restarted already: the word !restarted in the filter leaves such out")


def _one_by_one(
    invocation: Invocation, bulk: Bulk, door: Operations, wanted: Sequence[Candidate], act: Act
) -> Sequence[BulkResult]:
    """Apply the verb to each, only if it is still as it was counted, and tell each at once."""
    results: list[BulkResult] = []
    try:
        for candidate in wanted:
            apply = partial(_as_counted, act, door, candidate.process.token)
            found = door.each([candidate.process.id], apply)
            results.extend(found)
            if not invocation.json:
                _print(bulk, found[0])
    except KeyboardInterrupt:
        print_error(f"interrupted: {len(results):,} of {len(wanted):,} were carried out")
        raise
    if invocation.json:
        print_document([result.as_json() for result in results])
    return results


def _as_counted(act: Act, door: Operations, token: int, process_id: str) -> object:
    return act(door, process_id, token)


def _tell(invocation: Invocation, bulk: Bulk, found: Sequence[Candidate]) -> Sequence[BulkResult]:
    from jobboy.operations import BulkResult

    told = [
        BulkResult(one.process.id, ok=ok, error=None if ok else one.eligibility.why_not)
        for one in found
        for ok in [one.is_allowed(force=bulk.force)]
    ]
    if invocation.json:
        print_document([result.as_json() for result in told])
    else:
        for result in told:
            print_line(f"{result.id} " + (f"to be {bulk.done}" if result.ok else f"skipped: {result.error}"))
    return told


def _print_all(invocation: Invocation, bulk: Bulk, results: Sequence[BulkResult]) -> None:
    if invocation.json:
        print_document([result.as_json() for result in results])
    for result in results:
        if result.error is not None or not invocation.json:
            _print(bulk, result)


def _print(bulk: Bulk, result: BulkResult) -> None:
    if result.error is not None:
        print_error(result.error)
    else:
        print_line(f"{result.id} {bulk.done}" + (f" as {result.new_id}" if result.new_id else ""))


def _codes(operations: Operations, parts: Sequence[str]) -> dict[str, int]:
    """Return how many processes of each code are meant; what is not there is left out."""
    from jobboy.errors import NotFound
    from jobboy.operations.bulk import numbers_by_code

    found: list[Any] = []
    for part in parts:
        try:
            found.append(operations.get(part))
        except NotFound:
            continue  # told when its turn comes
    return dict(numbers_by_code(found))
