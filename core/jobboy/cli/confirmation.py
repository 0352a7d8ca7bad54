"""Asking whether to do it: on a terminal, or said beforehand with ``--yes`` where nobody can be asked."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from jobboy.cli.output import print_error
from jobboy.cli.text import safe_text
from jobboy.errors import InvalidValue

if TYPE_CHECKING:
    from jobboy.operations import Operations

Yes = Annotated[
    bool, typer.Option("--yes", help="Do not ask; it is also the confirmation that guardrails may ask for.")
]
Confirmed = Annotated[bool, typer.Option("--yes", help="The confirmation that guardrails may ask for.")]
"""Of a verb that asks only where a guardrail does."""
_ANY = ("",)  # `jobboy.operations.guardrails.ANY_CODE`: the door is loaded only when it is opened


def ask(what: str) -> None:
    """Ask on a terminal whether to do it; exits with 1 when it is not to be done.

    Raises:
        InvalidValue: there is nobody who could be asked.
    """
    if not sys.stdin.isatty():
        raise InvalidValue("--yes", f"is needed where nobody can be asked: it would {what}")
    question = safe_text(f"{what[:1].upper()}{what[1:]}? [y/N] ")
    print(question, end="", file=sys.stderr, flush=True)  # noqa: T201  # asked, not told
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        print_error("nothing was done")
        raise typer.Exit(1)


def decided(
    operations: Operations,
    verb: str,
    what: str,
    *,
    yes: bool,
    codes: Iterable[str] = _ANY,
    at_once: Mapping[str, int] | None = None,
) -> Operations:
    """Return the door for one decision, confirmed when a guardrail asks for that and somebody says so.

    On a terminal it asks, and exits with 1 when the answer is no. Where nobody can be asked and `yes` was not said
    the door stays as it is: it refuses, says how to confirm, and records that it did.

    Args:
        operations: the door.
        verb: of `GUARDED_VERBS`.
        what: is to be done, for the question.
        yes: it was said beforehand.
        codes: of the processes it is for.
        at_once: how many processes of each code it is for; None for one.
    """
    confirmed = yes
    asks = None if yes else operations.permission.why_confirm(verb, codes)
    if asks is not None and sys.stdin.isatty():
        print_error(f"a guardrail asks that it be confirmed: {asks}")
        ask(what)
        confirmed = True
    return operations.acting(confirmed=confirmed, at_once=at_once)
