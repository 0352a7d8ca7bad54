"""The line under an answer that is being written: whether it can be sent, and else what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import plural


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is known of an answer; all texts are safe."""

    unreadable: str = ""
    """Why it is no JSON object that can be sent."""
    problems: int = 0
    """Rules of its schema that it breaks."""
    first: str = ""
    """The one of them that was gone to."""
    lost: str = ""
    """Why the database could not be read."""
    moved: str = ""
    """What became of its pause meanwhile."""


def verdict_line(verdict: Verdict, review: str) -> Line:
    """Return the line: of several troubles the one to be seen to first.

    Args:
        verdict: all that is known.
        review: the key that reviews the answer, as people write it.
    """
    if verdict.lost:
        return (("▲ ", "warning"), ("What you typed stays. ", "plain"), (verdict.lost, "warning"))
    if verdict.moved:
        words = verdict.moved[:1].upper() + verdict.moved[1:]
        return (("▲ ", "warning"), (words, "warning"), (f" · {review} compares", "plain"))
    if verdict.unreadable:
        return (("✗ ", "error"), (verdict.unreadable, "error"))
    if verdict.first:
        more = f" · 1 of {verdict.problems}" if verdict.problems > 1 else ""
        return (("✗ ", "error"), (verdict.first, "error"), (more, "quiet"))
    if verdict.problems:
        return (("✗ ", "error"), (plural(verdict.problems, "problem"), "error"), (f" · {review} goes there", "quiet"))
    return (("✓ ", "done"), (f"can be sent · {review} reviews it first", "quiet"))
