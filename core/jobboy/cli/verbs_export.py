"""The verb export: processes as csv or jsonl, and everything about one of them in a zip file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from jobboy.cli.completion import ATTENTION, complete_columns, ids_of, one_of
from jobboy.cli.completion_here import complete_files
from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, Filter, examples
from jobboy.cli.output import print_document, print_error
from jobboy.cli.streams import speaks_unicode
from jobboy.errors import InvalidValue

if TYPE_CHECKING:
    from jobboy.model.selection import Selection
    from jobboy.operations import Operations
    from jobboy.operations.exporting import Format

_EXPORT = """
jobboy export failed --output failed.csv
jobboy export "code:import age<7d" --columns id,error,store.rows --output rows.csv
jobboy export | gzip > all.jsonl.gz               everything, one JSON object a line
jobboy export --bundle 3f9a --output 3f9a.zip     one process to send to somebody, without its secrets
"""


Output = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="A new file; standard output without it.",
        autocompletion=complete_files,
    ),
]
Form = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="csv|jsonl",
        help="Else the end of the file's name says it.",
        autocompletion=one_of("csv", "jsonl"),
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="With commas between: fields, and paths such as store.rows.",
        autocompletion=complete_columns,
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")]
Bundle = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="Everything about one process as a zip file, without its secrets.",
        autocompletion=ids_of(*ATTENTION),
    ),
]


def add_to(program: typer.Typer) -> None:
    """Add the verb to the program."""
    program.command("export", epilog=examples(_EXPORT))(export)


def export(
    context: typer.Context,
    words: Filter = None,
    output: Output = None,
    form: Form = None,
    columns: Columns = None,
    overwrite: Overwrite = False,
    bundle: Bundle = None,
    as_json: AsJson = False,
) -> None:
    """Write processes to a file, however many there are.

    The file is there whole or not at all.
    """
    from jobboy.operations import parse_filter
    from jobboy.operations.exporting import format_of, read_columns

    invocation = Invocation.of(context, as_json)
    if bundle is not None:
        if words or columns or form:
            raise InvalidValue("--bundle", "is about one process: leave out the filter, --columns and --format")
        _export_bundle(invocation, bundle, output, overwrite)
        return
    chosen = None if columns is None else read_columns(columns)
    kind = format_of(output, form)
    selection = parse_filter(" ".join(words or ()).strip())
    with invocation.operations() as operations:
        if output is None:
            _print_rows(operations, selection, kind, chosen)
        else:
            _tell(invocation, output, _save_rows(operations, selection, kind, chosen, output, overwrite))


def _print_rows(operations: Operations, selection: Selection, kind: Format, chosen: tuple[str, ...] | None) -> None:
    from jobboy.operations.exporting import export_lines

    for line in export_lines(operations.each_process(selection), kind, chosen):
        sys.stdout.write(line if speaks_unicode() else line.encode("ascii", "backslashreplace").decode())


def _save_rows(
    operations: Operations,
    selection: Selection,
    kind: Format,
    chosen: tuple[str, ...] | None,
    output: str,
    overwrite: bool,
) -> int:
    from jobboy.operations.exporting import export_lines
    from jobboy.operations.whole_file import whole_file

    count = 0 if kind == "jsonl" else -1  # the names of the columns are no row
    with whole_file(output, overwrite=overwrite, database=operations.database()) as file:
        for line in export_lines(operations.each_process(selection), kind, chosen):
            file.write(line.encode(errors="backslashreplace"))
            count += 1
    return count


def _tell(invocation: Invocation, output: str, rows: int) -> None:
    if invocation.json:
        print_document({"file": output, "rows": rows})
    else:
        print_error(f"{rows:,} {'process' if rows == 1 else 'processes'} written to {output}")


def _export_bundle(invocation: Invocation, part: str, output: str | None, overwrite: bool) -> None:
    from jobboy.operations.whole_file import whole_file

    with invocation.operations() as operations:
        process = operations.get(part)
        name = output or f"jobboy-{process.short_id}.zip"
        with whole_file(name, overwrite=overwrite, database=operations.database()) as file:
            left_out = operations.bundle(process.id, file)
    if invocation.json:
        print_document({"file": name, "left_out": list(left_out)})
    else:
        places = "1 secret was" if len(left_out) == 1 else f"{len(left_out):,} secrets were"
        print_error(f"{name} is written; {places} left out, its README.txt says where: look before you send it")
