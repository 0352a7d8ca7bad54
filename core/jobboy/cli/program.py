"""The program ``jobboy``: its global options, its verbs, and what every error becomes outside."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from jobboy.cli import (
    verbs_audit,
    verbs_backup,
    verbs_export,
    verbs_house,
    verbs_logs,
    verbs_operator,
    verbs_read,
    verbs_schedules,
    verbs_start,
    verbs_work,
    verbs_workers,
)
from jobboy.cli.anywhere import allow_after_verbs
from jobboy.cli.bash_words import whole_words
from jobboy.cli.completion_here import complete_apps, complete_databases
from jobboy.cli.options import examples
from jobboy.cli.output import print_error, print_filter_error, print_line
from jobboy.cli.streams import cannot_be_written, give_up, make_writable
from jobboy.errors import InvalidFilter, InvalidValue, JobBoyError, StorageNotReachable

REFUSED, WRONG_USAGE, NOT_REACHABLE = 1, 2, 3
_EXAMPLES = """
jobboy --app shop:jobs work                    do the work
jobboy start nightly-import -p '{"url": "https://example.org/a.csv"}'
jobboy list "failed code:nightly-*"            what went wrong
jobboy show 3f9a                               any part of an id will do
jobboy recover 3f9a --reason "host rebooted"
jobboy demo                                    see it live, in a database of its own
"""


class Program(TyperGroup):
    """The group of all verbs; errors become one line on standard error and the exit code that is documented."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        allow_after_verbs(self)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run one call; returns its exit code, or with `standalone_mode` exits with it."""
        make_writable()
        given = list(sys.argv[1:] if args is None else args)
        try:
            with whole_words():
                code = super().main(given or ["--help"], prog_name, complete_var, False, windows_expand_args, **extra)
        except typer.TyperException as error:
            print_error(_usage_error(error))
            code = WRONG_USAGE
        except InvalidFilter as error:
            print_filter_error(error)
            code = WRONG_USAGE
        except JobBoyError as error:
            print_error(str(error))
            code = _exit_code(error)
        except OSError as error:
            if not cannot_be_written(error):
                raise
            give_up(sys.stdout)
            print_error(f"standard output cannot be written: {error.strerror}")
            code = REFUSED
        code = (code or 0) if given else WRONG_USAGE
        if standalone_mode:
            sys.exit(code)
        return code

    def invoke(self, ctx: Any) -> Any:  # the type of typer.Context's base is private to typer
        """Run the verb; a reader that has gone away, as in ``| head``, ends it quietly."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            give_up(sys.stdout)
            raise typer.Exit(0) from None


program = typer.Typer(
    name="jobboy",
    cls=Program,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="VERB ...",
    epilog=examples(_EXAMPLES),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print_line(f"jobboy {version('jobboy-console')}")
        raise typer.Exit


@program.callback()
def jobboy(
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="JOBBOY_DATABASE_URL",
            show_envvar=True,
            help="The database, here or after the verb; without it the app's own, or sqlite:///jobboy.db.",
            autocompletion=complete_databases,
        ),
    ] = None,
    app: Annotated[
        str | None,
        typer.Option(
            metavar="MODULE:OBJECT",
            envvar="JOBBOY_APP",
            show_envvar=True,
            help="Your JobBoy object, here or after the verb, imported with the current folder on the path.",
            autocompletion=complete_apps,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; here or after the verb.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Start, watch and put right durable processes.

    Exit codes: 0 done; 1 refused or failed; 2 wrong usage; 3 storage not reachable, try again;
    130 interrupted.
    """


for _verbs in (
    verbs_start,
    verbs_read,
    verbs_operator,
    verbs_work,
    verbs_workers,
    verbs_house,
    verbs_audit,
    verbs_export,
    verbs_backup,
    verbs_schedules,
    verbs_logs,
):
    _verbs.add_to(program)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one call of ``jobboy`` and return its exit code."""
    code: int = typer.main.get_command(program).main(arguments, prog_name="jobboy", standalone_mode=False)
    return code


def _usage_error(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    where = "jobboy" if context is None else context.command_path
    message = " ".join(error.format_message().split()).rstrip(".")
    option = getattr(error, "option_name", None)
    if option == "--version" and where != "jobboy":
        return f"{message}: write {option} before the verb, as in `jobboy {option} ...`"
    return f"{message} (see `{where} --help`)"


def _exit_code(error: JobBoyError) -> int:
    if isinstance(error, StorageNotReachable):
        return NOT_REACHABLE
    return WRONG_USAGE if isinstance(error, InvalidValue) else REFUSED
