"""The verb backup: the whole database, as it is at one moment, in a file."""

from __future__ import annotations

from typing import Annotated

import typer

from jobboy.cli.completion_here import complete_files
from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, examples
from jobboy.cli.output import print_document, print_line

_BACKUP = """
jobboy backup /srv/backup/jobboy-monday.db
jobboy --database sqlite:////srv/shop/jobboy.db backup "/srv/backup/jobboy-$(date +%F).db"
"""


def add_to(program: typer.Typer) -> None:
    """Add the verb to the program."""
    program.command("backup", epilog=examples(_BACKUP))(backup)


def backup(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A new file.", autocompletion=complete_files)],
    as_json: AsJson = False,
) -> None:
    """Copy the database to a new file, while others work with it.

    The file is there whole or not at all, and for its owner alone.
    """
    invocation = Invocation.of(context, as_json)
    with invocation.operations() as operations:
        size = operations.house.backup(file)
    if invocation.json:
        print_document({"file": file, "bytes": size})
    else:
        print_line(f"{file} is written: {size:,} bytes")
