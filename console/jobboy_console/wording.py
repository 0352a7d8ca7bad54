"""What a verb will do, in words: before and after, what happens next, and the same as a command line."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from dataclasses import dataclass

from jobboy_console.snapshots import Act, Decision, Plan, PlanItem, Row
from jobboy_console.text import plural, safe_json, safe_text


@dataclass(frozen=True)
class Effect:
    """A verb on one process, in safe words."""

    before: str
    after: str
    next: str


REASON_REQUIRED = frozenset({Act.FAIL, Act.KILL})
"""Verbs that end work: whoever reads the history will ask why."""

TITLES = {
    Act.RECOVER: "Recover",
    Act.FAIL: "Fail",
    Act.KILL: "Kill",
    Act.PROCEED: "Proceed",
    Act.RESTART: "Restart",
}


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


def census(plan: Plan, *, force: bool) -> str:
    """Say how many of a plan are eligible, and why the others are not."""
    eligible, skipped = plan.eligible(force=force), plan.skipped(force=force)
    if not skipped:
        return f"{len(plan.items)} marked, all eligible"
    return f"{len(plan.items)} marked, {len(eligible)} eligible, {len(skipped)} skipped: {skip_reasons(skipped)}"


def skip_reasons(items: list[PlanItem], *, most: int = 3) -> str:
    """Say why processes are skipped, the most frequent reason first."""
    reasons = Counter(safe_text(item.why_not or "", limit=90) for item in items)
    listed = [f"{number} because {why}" for why, number in reasons.most_common(most)]
    rest = len(reasons) - len(listed)
    return "; ".join(listed) + (f"; {plural(rest, 'other reason')}" if rest > 0 else "")


def command_line(plan: Plan, decision: Decision) -> str:
    """Return the command that does the same, safe to show and to paste into a shell."""
    ids = [safe_text(item.row.id, limit=60) for item in plan.eligible(force=decision.force)]
    words = ["jobboy", "--database", safe_text(plan.database), plan.act.value, *ids]
    if decision.now:
        words.append("--now")
    if decision.force:
        words.append("--force")
    if decision.from_step is not None:
        words += ["--from", safe_text(decision.from_step)]
    if decision.data:
        words += ["--data", safe_json(json.dumps(decision.data, ensure_ascii=False))]
    if decision.reason:
        words += ["--reason", safe_text(decision.reason)]
    return shlex.join(words)


def title(plan: Plan) -> str:
    """Name a dialog: the verb and what it is for."""
    if len(plan.items) == 1:
        row = plan.items[0].row
        return f"{TITLES[plan.act]} {safe_text(row.short_id, limit=12)} · {safe_text(row.code, limit=40)}"
    return f"{TITLES[plan.act]} {len(plan.items)} processes"
