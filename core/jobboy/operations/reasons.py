"""Why somebody acts: the rules for what is kept with every act."""

from __future__ import annotations

from jobboy.model.json_rules import check_json

MAX_REASON = 2000
"""Characters of a reason that are kept."""


def checked_reason(reason: str | None) -> str | None:
    """Return a reason as it is kept: without blanks around it, at most `MAX_REASON` long; None for an empty one.

    Raises:
        InvalidValue: it is no text that can be kept.
    """
    if not reason or not reason.strip():
        return None
    check_json(reason, "reason")
    return reason.strip()[:MAX_REASON]
