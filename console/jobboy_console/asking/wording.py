"""What a verb will do, in words: before and after, what happens next, and the same as a command line."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jobboy_console.commands import COMMANDS
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.acts import Act
from jobboy_console.facts.rows import Row
from jobboy_console.looks.lines import Line, cut, width_of, wrap
from jobboy_console.looks.text import safe_json, safe_text

if TYPE_CHECKING:
    from jobboy_console.facts.decisions import Decision, Plan
    from jobboy_console.facts.orders import ExportOrder, PrunePlan, StartForm


@dataclass(frozen=True)
class Effect:
    """A verb on one process, in safe words."""

    before: str
    after: str
    next: str


REASON = "reason (kept in the history)"
"""What the field for a reason shows while it is empty."""
REASON_REQUIRED = "reason (required, kept in the history)"
"""The same where nothing is done without one."""
_MOST_NAMED = 20
"""Ids that a command names one by one."""
TITLES = {
    Act.RECOVER: "Recover",
    Act.FAIL: "Fail",
    Act.KILL: "Kill",
    Act.PROCEED: "Proceed",
    Act.RESTART: "Restart",
}


_COMMANDS = {act: command for command in COMMANDS for act in Act if command.verb == act.value}


def effect(act: Act, row: Row, decision: Decision) -> Effect:
    """Say how one process looks before and after a verb, and what happens next."""
    before = describe(row)
    work = f"from {safe_text(row.step, limit=60)}" if row.step else "with it"
    match act:
        case Act.RECOVER:
            forced = " The late write of its holder will be dropped." if decision.force else ""
            return Effect(before, f"{row.status}, free", f"The next free worker goes on {work}.{forced}")
        case Act.FAIL if decision.now:
            return Effect(before, "failed", "It is over at once; no teardown runs.")
        case Act.FAIL:
            return Effect(before, "failing, free", "Its failing handlers tear down, then it is failed.")
        case Act.KILL if row.status == "starting":
            return Effect(before, "failed", "It was not begun, so there is nothing to tear down.")
        case Act.KILL:
            return Effect(
                before, f"{row.status}, kill asked for", "The next turn begins the teardown, then it is failed."
            )
        case Act.PROCEED if row.step is None:
            return Effect(before, "completed", "No step is left: it is done with your data as its output.")
        case Act.PROCEED:
            return Effect(before, f"{row.status}, free", f"The next free worker goes on {work}.")
        case Act.RESTART:
            step = decision.from_step
            start = "from the beginning" if step is None else f"at {safe_text(step, limit=60)}, with the input it had"
            return Effect(before, f"{row.status} (stays)", f"A new process, linked to this one, starts {start}.")


def describe(row: Row) -> str:
    """Say what state a process is in and who holds it, in safe words."""
    held = f", held by {safe_text(row.holder, limit=60)}" if row.holder else ""
    word = row.state.value.word
    status = word if word == row.status else f"{row.status}, {word}"
    return f"{status}{held}"


def command_line(plan: Plan, decision: Decision) -> str:
    """Return the command that does the same, safe to show and to paste into a shell."""
    eligible = plan.eligible(force=decision.force)
    ids = [safe_text(item.row.id, limit=60) for item in eligible]
    whom = ids if plan.filter is None else ["--filter", safe_text(plan.filter, limit=None)]
    words = ["jobboy", "--database", safe_text(plan.database), plan.act.value, *whom]
    if decision.now:
        words.append("--now")
    if decision.force:
        words.append("--force")
    if decision.from_step is not None:
        words += ["--from", safe_text(decision.from_step)]
    if decision.data:
        words += ["--data", safe_json(json.dumps(decision.data, ensure_ascii=False))]
    if plan.act is Act.PROCEED:  # pasted later, it answers no other pause
        words += [word for item in eligible for word in ("--token", str(item.row.token))]
    if decision.reason:
        words += ["--reason", safe_text(decision.reason, limit=None)]
    if plan.asks:
        words.append("--yes")
    return shlex.join(words)


def command_lines(plan: Plan, decision: Decision, width: int, *, most: int = 2) -> list[Line]:
    """Return the command in at most so many lines; where it is cut stands how to get it whole."""
    return shortened(command_line(plan, decision), safe_text(plan.database), width, most=most)


def start_command(form: StartForm, parameters: Mapping[str, object]) -> str:
    """Return the command that starts the same process."""
    words = ["jobboy", "--database", safe_text(form.database), "start", safe_text(form.code)]
    if parameters:
        words += ["-p", safe_json(json.dumps(parameters, ensure_ascii=False))]
    return shlex.join(words)


def prune_command(plan: PrunePlan, reason: str = "") -> str:
    """Return the command that removes the same for the same reason."""
    words = ["jobboy", "--database", safe_text(plan.database), "prune"]
    if plan.order.older_than:
        words += ["--older-than", safe_text(plan.order.older_than)]
    if plan.numbers is not None:
        words += ["--filter", safe_text(plan.order.filter, limit=None) or "completed,failed"]
    return shlex.join([*words, "--reason", safe_text(reason, limit=None)] if reason else words)


def work_command(database: str, verb: str, reason: str) -> str:
    """Return the command that pauses or resumes all work."""
    words = ["jobboy", "--database", safe_text(database), verb]
    return shlex.join([*words, "--reason", safe_text(reason, limit=None)] if reason else words)


def export_command(order: ExportOrder, database: str) -> str:
    """Return the command that writes the same; empty when the processes are too many to be named in one."""
    words = ["jobboy", "--database", safe_text(database), "export"]
    if order.form == "bundle":
        words += ["--bundle", safe_text(order.ids[0])]
    elif order.filter is None and len(order.ids) > _MOST_NAMED:
        return ""
    else:
        whom = f"id:{','.join(map(safe_text, order.ids))}" if order.filter is None else order.filter
        words += [safe_text(whom, limit=None)] if whom else []
        words += ["--format", order.form]
        words += ["--columns", safe_text(order.columns, limit=None)] if order.columns else []
    words += ["--output", safe_text(order.file, limit=None)]
    return shlex.join([*words, "--overwrite"] if order.overwrite else words)


def shortened(command: str, database: str, width: int, *, most: int = 2, copy: str = "confirm.copy") -> list[Line]:
    """Return a command in at most so many lines: of one that is longer the database gives way first, then its end."""
    lines = wrap((("same as: ", "quiet"), (command, "plain")), width)
    if len(lines) <= most:
        return lines
    lines = wrap((("same as: ", "quiet"), (command.replace(shlex.quote(database), "…", 1), "plain")), width)
    end: Line = ((f"  {hint(f'{{{copy}}}')} copies it whole", "quiet"),)
    last = tuple(part for line in lines[most - 1 :] for part in (*line, (" ", "plain")))
    return [*lines[: most - 1], (*cut(last, width - width_of(end)), *end)]


def what_applies(acts: Collection[Act]) -> str:
    """Say by their keys which verbs would do something now; empty when none would."""
    words = [f"{hint(f'{{{_COMMANDS[act].id}}}')} {TITLES[act].lower()}" for act in Act if act in acts]
    if not words:
        return ""
    return f"What applies: {', '.join(words)}."


def title(plan: Plan) -> str:
    """Name a dialog: the verb and what it is for."""
    if len(plan.items) == 1:
        row = plan.items[0].row
        return f"{TITLES[plan.act]} {safe_text(row.short_id, limit=12)} · {safe_text(row.code, limit=40)}"
    what = f"{TITLES[plan.act]} {len(plan.items):,} processes"
    return what if plan.filter is None else f"{what}: all that match"
