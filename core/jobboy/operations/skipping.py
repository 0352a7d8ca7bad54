"""Why a verb passes over some of many processes, said of several as a person would."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

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


def skip_reasons(whys: Iterable[str | None], *, most: int = 3) -> str:
    """Say why processes are skipped, the most frequent reason first: ``5 are completed already; 1 is paused``."""
    counted = Counter(why or "" for why in whys)
    listed = [said_of(number, why) for why, number in counted.most_common(most)]
    rest = len(counted) - len(listed)
    if rest:
        listed.append("1 other reason" if rest == 1 else f"{rest:,} other reasons")
    return "; ".join(listed)


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
