"""Which processes a list shows: built-in views, narrowed by a filter and toggles, all in the filter language."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

STATUSES = ("starting", "running", "ending", "completed", "failing", "failed")
HANDLED_WORDS = ("", "handled", "unhandled")
_ALTERNATIVES = re.compile(r"\sOR\s")
"""Conditions that stand beside others only in parentheses."""


@dataclass(frozen=True)
class View:
    """A list as it is asked for; sections follow each other and share no process."""

    name: str
    sections: tuple[str, ...]
    """Filters, one for each section, in the order in which they are shown."""
    empty: str
    """What it means that it has nothing to show, and what to do next."""
    filter: str = ""
    """What the operator typed; holds in every section."""
    handled: str = ""
    """``handled``, ``unhandled`` or nothing."""
    statuses: frozenset[str] = frozenset()
    """Only these; empty for every status."""

    def queries(self) -> list[str]:
        """Return the whole filter of each section."""
        return [" ".join(word for word in (section, self.narrowing) if word) for section in self.sections]

    @property
    def narrowing(self) -> str:
        """Everything that was added to the built-in view, as a filter; empty when nothing was."""
        typed = f"({self.filter})" if _ALTERNATIVES.search(self.filter) else self.filter
        words = (typed, self.handled, ",".join(sorted(self.statuses)))
        return " ".join(word for word in words if word)

    def with_next_handled(self) -> View:
        """Go on in the circle any, handled, unhandled."""
        position = HANDLED_WORDS.index(self.handled)
        return replace(self, handled=HANDLED_WORDS[(position + 1) % len(HANDLED_WORDS)])

    def without_narrowing(self) -> View:
        """The built-in view as it is."""
        return replace(self, filter="", handled="", statuses=frozenset())


BUILT_IN = (
    View(
        "Attention",
        ("stuck", "stalled", "paused unhandled", "failed"),
        "Nothing needs you. 2 shows what is going on.",
    ),
    View("Active", ("active",), "No process is active. 6 shows the ended ones too."),
    View("Handled", ("handled",), "No worker holds a process now. 2 shows what they could pick."),
    View("Paused", ("paused",), "No process waits for an answer."),
    View("Failed", ("failing,failed",), "No process failed. 6 shows all."),
    View("All", ("",), "The database has no process yet. Start one: jobboy start CODE"),
)
"""In the order of their keys 1 to 6."""
