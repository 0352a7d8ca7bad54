"""Why somebody acts: the rules for what is kept with every act."""

from __future__ import annotations

from jobboy.errors import InvalidValue
from jobboy.model.json_rules import check_json

MAX_REASON = 1000
"""Characters of a reason: it is read in a line of a history, and what is longer belongs to where it came from."""


def checked_reason(reason: str | None) -> str | None:
    """Return a reason as it is kept, without blanks around it; None for an empty one.

    Raises:
        InvalidValue: it is no text that can be kept, or longer than `MAX_REASON`.
    """
    if reason is None:
        return None
    if not isinstance(reason, str):
        raise InvalidValue("reason", f"must be text, not {type(reason).__name__}")
    check_json(reason, "reason")
    text = reason.strip()
    if len(text) > MAX_REASON:
        raise InvalidValue("reason", f"must have at most {MAX_REASON:,} characters, not {len(text):,}")
    return text or None
