"""Options and arguments that several verbs share, each described once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from jobboy.cli.completion import ATTENTION, complete_codes, complete_filter, ids_of
from jobboy.cli.completion_here import complete_documents


def an_id(*filters: str) -> Any:
    """Return the argument for one id; the shell offers the processes of these filters."""
    text = "Id of the process, or any part that no other has."
    return typer.Argument(metavar="ID", help=text, autocompletion=ids_of(*filters))


def some_ids(*filters: str) -> Any:
    """Return the argument for several ids; the shell offers the processes of these filters."""
    text = "Ids of processes, or parts that no others have."
    return typer.Argument(metavar="ID", help=text, autocompletion=ids_of(*filters))


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON; here or before the verb.")]
AsPlain = Annotated[
    bool,
    typer.Option("--plain", help="Print tab-separated lines with a header line: no colours, nothing cut."),
]
Code = Annotated[str, typer.Argument(metavar="CODE", help="Code of the definition.", autocompletion=complete_codes)]
Id = Annotated[str, an_id(*ATTENTION)]
Filter = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILTER",
        help="Words that must all hold: statuses, active, handled, stuck, paused ..., KEY:VALUE, KEY>VALUE, texts; "
        "with OR, NOT, (), commas and sort:KEY. All of it: docs/reference/filter-language.md.",
        autocompletion=complete_filter,
    ),
]
Parameters = Annotated[
    str | None,
    typer.Option(
        "-p",
        "--parameters",
        metavar="JSON|@FILE|@-",
        help="Parameters, a JSON object; {} when not given.",
        autocompletion=complete_documents,
    ),
]
Key = Annotated[
    str | None,
    typer.Option("--key", metavar="KEY", help="A second start with the same key returns the first process."),
]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why; kept in the history with your name.")
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Take it from a living holder too; whatever that one still writes is dropped."),
]


def examples(text: str) -> str:
    """Turn one example a line into the end of a help text, its lines kept as they are."""
    lines = [f"  {line}" for line in text.strip().splitlines()]
    return "\n".join(["\b", "Examples:", *lines])
