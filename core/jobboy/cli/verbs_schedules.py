"""The verb ``schedules`` with verbs of its own: list, show, add, pause, resume, start and remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jobboy.cli.completion import complete_codes, complete_schedules, one_of
from jobboy.cli.completion_here import complete_zones
from jobboy.cli.confirmation import Confirmed, decided
from jobboy.cli.invocation import Invocation
from jobboy.cli.options import AsJson, AsPlain, Parameters, Reason, examples
from jobboy.cli.output import print_document, print_error, print_line
from jobboy.cli.plain import SCHEDULE, print_plain
from jobboy.cli.values import read_duration, read_object

if TYPE_CHECKING:
    from jobboy.operations import Operations

_ALL = """
jobboy schedules
jobboy schedules add nightly billing --cron "0 3 * * *" --timezone Europe/Vienna
jobboy schedules pause nightly --reason "month end"
"""
_LIST = """
jobboy schedules list
jobboy schedules list --json | jq -r '.[] | select(.overdue) | .name'
"""
_SHOW = """
jobboy schedules show nightly
jobboy schedules show nightly --count 20          when it is due next, in its own time zone too
"""
_ADD = """
jobboy schedules add nightly billing --cron "0 3 * * mon-fri" --timezone Europe/Vienna
jobboy schedules add poll fetch --every 10m --missed skip -p '{"url": "https://example.org"}'
"""
_PAUSE = """
jobboy schedules pause nightly --reason "month end"
"""
_RESUME = """
jobboy schedules resume nightly --reason "month end is over"
"""
_START = """
jobboy schedules start nightly --reason "the one of tonight was lost"
"""
_REMOVE = """
jobboy schedules remove nightly --reason "billing has moved"
"""


def _complete_cron(incomplete: str) -> list[str]:
    from jobboy.model.cron import SHORT_FORMS

    return one_of(*SHORT_FORMS)(incomplete)


Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the schedule.", autocompletion=complete_schedules)]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="Name of the new schedule.")]
CodeToStart = Annotated[
    str, typer.Argument(metavar="CODE", help="Code of what it starts.", autocompletion=complete_codes)
]
Cron = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="Five fields: minute, hour, day-of-month, month, day-of-week; or @daily.",
        autocompletion=_complete_cron,
    ),
]
Zone = Annotated[
    str,
    typer.Option(
        metavar="ZONE",
        help="Whose clock the cron text is about, such as Europe/Vienna.",
        autocompletion=complete_zones,
    ),
]
Every = Annotated[str | None, typer.Option(metavar="DURATION", help="An interval instead, counted from now.")]
Missed = Annotated[
    str,
    typer.Option(
        metavar="skip|one|all",
        help="What is started for times at which no worker was there.",
        autocompletion=one_of("skip", "one", "all"),
    ),
]
schedules = typer.Typer(
    rich_markup_mode=None,
    invoke_without_command=True,
    subcommand_metavar="[VERB ...]",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def add_to(program: typer.Typer) -> None:
    """Add the verb and its verbs to the program."""
    schedules.callback(epilog=examples(_ALL))(list_without_a_verb)
    schedules.command("list", epilog=examples(_LIST))(list_all)
    schedules.command("show", epilog=examples(_SHOW))(show)
    schedules.command("add", epilog=examples(_ADD))(add)
    schedules.command("pause", epilog=examples(_PAUSE))(pause)
    schedules.command("resume", epilog=examples(_RESUME))(resume)
    schedules.command("start", epilog=examples(_START))(start)
    schedules.command("remove", epilog=examples(_REMOVE))(remove)
    program.add_typer(schedules, name="schedules")


def list_without_a_verb(context: typer.Context, as_plain: AsPlain = False, as_json: AsJson = False) -> None:
    """List schedules, or make, pause, start or remove one.

    Without a verb they are listed.
    """
    if context.invoked_subcommand is None:
        list_all(context, as_plain, as_json)


def list_all(context: typer.Context, as_plain: AsPlain = False, as_json: AsJson = False) -> None:
    """List all schedules with their next due times."""
    from jobboy.cli.schedule_views import print_schedules, schedule_document

    invocation = _invocation(context, as_json, as_plain)
    with invocation.operations() as operations:
        found, now = operations.schedules(), operations.now()
    documents = [schedule_document(schedule, now) for schedule in found]
    if invocation.json:
        print_document(documents)
    elif invocation.plain:
        print_plain(SCHEDULE, documents)
    elif not found:
        print_error("there is no schedule; `jobboy schedules add` makes one")
    else:
        print_schedules(found, now)


def show(
    context: typer.Context,
    name: Name,
    count: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="How many next times and starts.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show a schedule, its next due times and what it started last."""
    from jobboy.cli.schedule_views import details_document, print_schedule

    invocation = _invocation(context, as_json)
    with invocation.operations() as operations:
        schedule, now = operations.schedule(name), operations.now()
        starts = operations.schedule_starts(name, limit=count)
    if invocation.json:
        print_document(details_document(schedule, starts, now, count))
    else:
        print_schedule(schedule, starts, now, count)


def add(
    context: typer.Context,
    name: NewName,
    code: CodeToStart,
    cron: Cron = None,
    timezone: Zone = "UTC",
    every: Every = None,
    missed: Missed = "one",
    parameters: Parameters = None,
    reason: Reason = None,
    yes: Confirmed = False,
    as_json: AsJson = False,
) -> None:
    """Make a schedule.

    Each process gets the parameters and due_at, the time it is started for.
    """
    from jobboy.cli.schedule_views import schedule_document
    from jobboy.cli.words import stamp_and_age

    invocation = _invocation(context, as_json)
    given = read_object(parameters, "parameters") if parameters is not None else {}
    interval = None if every is None else read_duration(every, "--every")
    with invocation.operations(definitions=True, makes=True) as operations:
        door = decided(operations, "schedule", f"make schedule {name}", yes=yes, codes=[code])
        made = door.add_schedule(
            name,
            code,
            cron=cron,
            timezone=timezone,
            every=interval,
            missed=missed,
            parameters=given,
            reason=reason,
        )
        now = operations.now()
    if invocation.json:
        print_document(schedule_document(made, now))
    else:
        print_line(f"schedule {name} is due next {stamp_and_age(made.next_at, now)}")


def pause(
    context: typer.Context, name: Name, reason: Reason = None, yes: Confirmed = False, as_json: AsJson = False
) -> None:
    """Pause a schedule.

    What is due meanwhile is left out. No start of an app ends the pause.
    """
    from jobboy.cli.schedule_views import schedule_document

    invocation = _invocation(context, as_json)
    with invocation.operations(definitions=True) as operations:
        paused = _decided(operations, "pause", name, yes=yes).pause_schedule(name, reason=reason)
        now = operations.now()
    if invocation.json:
        print_document(schedule_document(paused, now))
    else:
        print_line(f"schedule {name} is paused; `jobboy schedules resume {name}` lets it go on")


def resume(
    context: typer.Context, name: Name, reason: Reason = None, yes: Confirmed = False, as_json: AsJson = False
) -> None:
    """Let a paused schedule go on."""
    from jobboy.cli.schedule_views import schedule_document
    from jobboy.cli.words import stamp_and_age

    invocation = _invocation(context, as_json)
    with invocation.operations(definitions=True) as operations:
        resumed = _decided(operations, "resume", name, yes=yes).resume_schedule(name, reason=reason)
        now = operations.now()
    if invocation.json:
        print_document(schedule_document(resumed, now))
    else:
        print_line(f"schedule {name} is due next {stamp_and_age(resumed.next_at, now)}")


def start(
    context: typer.Context, name: Name, reason: Reason = None, yes: Confirmed = False, as_json: AsJson = False
) -> None:
    """Start a process of a schedule now and print its id.

    Paused or not; its due times stay as they are.
    """
    invocation = _invocation(context, as_json)
    with invocation.operations(definitions=True) as operations:
        process_id = _decided(operations, "start", name, yes=yes).start_schedule(name, reason=reason)
    if invocation.json:
        print_document({"id": process_id})
    else:
        print_line(process_id)


def remove(
    context: typer.Context, name: Name, reason: Reason = None, yes: Confirmed = False, as_json: AsJson = False
) -> None:
    """Remove a schedule.

    What it has started stays. One that an app defines comes back when a worker of the app starts: pause it instead.
    """
    invocation = _invocation(context, as_json)
    with invocation.operations(definitions=True) as operations:
        removed = _decided(operations, "remove", name, yes=yes).remove_schedule(name, reason=reason)
    if invocation.json:
        print_document({"name": name, "removed": True, "by_app": removed.by_app})
    else:
        note = "; it comes back when a worker starts whose app defines it" if removed.by_app else ""
        print_line(f"schedule {name} is removed{note}")


def _decided(operations: Operations, act: str, name: str, *, yes: bool) -> Operations:
    code = operations.schedule(name).plan.code
    guarded = "start" if act == "start" else "schedule"
    return decided(operations, guarded, f"{act} schedule {name}", yes=yes, codes=[code])


def _invocation(context: typer.Context, as_json: bool, as_plain: bool = False) -> Invocation:
    """Read the options of one call; ``--json`` and ``--plain`` may stand between the two verbs too."""
    group = context.parent.params if context.parent is not None else {}
    return Invocation.of(context, as_json or bool(group.get("as_json")), as_plain or bool(group.get("as_plain")))
