"""Options and arguments that several verbs share, each described once."""

from __future__ import annotations

from typing import Annotated

import typer

from jobboy.cli.completion import complete_codes, complete_filter, complete_ids

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON; here or before the verb.")]
AsPlain = Annotated[
    bool,
    typer.Option("--plain", help="Print tab-separated lines with a header line: no colours, nothing cut."),
]
Code = Annotated[str, typer.Argument(metavar="CODE", help="Code of the definition.", autocompletion=complete_codes)]
Id = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Id of the process, or any part that no other has.", autocompletion=complete_ids
    ),
]
OneId = Annotated[
    str | None,
    typer.Argument(metavar="ID", help="Id of the process, or any part of it.", autocompletion=complete_ids),
]
"""Of a verb that can be for all that match a filter instead."""
Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID", help="Ids of processes, or parts that no others have.", autocompletion=complete_ids),
]
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
    typer.Option("-p", "--parameters", metavar="JSON|@FILE|@-", help="Parameters, a JSON object; {} when not given."),
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
