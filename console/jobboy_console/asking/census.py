"""How many of those that were chosen a verb applies to, and why not to the others, said as a person would."""

from __future__ import annotations

from collections.abc import Sequence

from jobboy_console.facts.decisions import Plan, PlanItem
from jobboy_console.gateway import skip_reasons
from jobboy_console.looks.text import safe_text


def census(plan: Plan, *, force: bool) -> str:
    """Say how many of a plan are eligible, and why the others are not."""
    eligible, skipped = plan.eligible(force=force), plan.skipped(force=force)
    head = f"{len(plan.items):,} {'marked' if plan.filter is None else 'match'}"
    if plan.is_cut:
        head = f"the first {head} (there are more)"
    if not skipped:
        return f"{head} → all eligible"
    return f"{head} → {len(eligible):,} eligible, {len(skipped):,} skipped: {reasons_of(skipped)}"


def reasons_of(items: Sequence[PlanItem]) -> str:
    """Say why processes are skipped, the most frequent reason first."""
    return skip_reasons(safe_text(item.why_not or "", limit=90) for item in items)
