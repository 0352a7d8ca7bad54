"""How many of those that were chosen a verb applies to, and why not to the others, said as a person would."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from jobboy_console.facts.decisions import Plan, PlanItem
from jobboy_console.looks.text import plural, safe_text

_ENDED = {
    "it is completed": ("is completed already", "are completed already"),
    "it is failed": ("has failed already", "have failed already"),
}
_SEVERAL = (
    (re.compile(r"^it is "), "are "),
    (re.compile(r"^it has "), "have "),
    (re.compile(r"^its "), ": their "),
    (re.compile(r"(?<= )it is "), "they are "),
    (re.compile(r"(?<= )its "), "their "),
    (re.compile(r"(?<= )it(?=[ ,;]|$)"), "them"),
)
"""What is said of one process, said of several."""


def census(plan: Plan, *, force: bool) -> str:
    """Say how many of a plan are eligible, and why the others are not."""
    eligible, skipped = plan.eligible(force=force), plan.skipped(force=force)
    head = f"{len(plan.items):,} {'marked' if plan.filter is None else 'match'}"
    if plan.is_cut:
        head = f"the first {head} (there are more)"
    if not skipped:
        return f"{head} → all eligible"
    return f"{head} → {len(eligible):,} eligible, {len(skipped):,} skipped: {skip_reasons(skipped)}"


def skip_reasons(items: Sequence[PlanItem], *, most: int = 3) -> str:
    """Say why processes are skipped, the most frequent reason first: ``5 are completed already; 1 is paused``."""
    reasons = Counter(safe_text(item.why_not or "", limit=90) for item in items)
    listed = [said_of(number, why) for why, number in reasons.most_common(most)]
    rest = len(reasons) - len(listed)
    return "; ".join(listed) + (f"; {plural(rest, 'other reason')}" if rest > 0 else "")


def said_of(number: int, why: str) -> str:
    """Say of so many processes what was said of each; the words of a guardrail stay as they were written."""
    if why in _ENDED:
        return f"{number:,} {_ENDED[why][number > 1]}"
    if not why.startswith(("it ", "its ")):
        return f"{number:,}: {why}"
    if number == 1:
        return f"1 {why.removeprefix('it ')}" if why.startswith("it ") else f"1: {why}"
    for one, several in _SEVERAL:
        why = one.sub(several, why)
    return f"{number:,}{why}" if why.startswith(":") else f"{number:,} {why}"
