"""Which processes a list shows: built-in views and one's own, narrowed by a filter and toggles, in an order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

STATUSES = ("starting", "running", "ending", "completed", "failing", "failed")
HANDLED_WORDS = ("", "handled", "unhandled")
_ALTERNATIVES = re.compile(r"\sOR\s")
"""Conditions that stand beside others only in parentheses."""
_ORDER = re.compile(r'"(?:[^"\\]|\\.)*"?|(?<!\S)sort:(?P<order>\S*)')


@dataclass(frozen=True)
class View:
    """A list as it is asked for; sections follow each other and share no process."""

    name: str
    sections: tuple[str, ...]
    """Filters, one for each section, in the order in which they are shown; each may say how it is sorted."""
    empty: str
    """What it means that it has nothing to show, and what to do next."""
    filter: str = ""
    """What the operator typed; holds in every section."""
    handled: str = ""
    """``handled``, ``unhandled`` or nothing."""
    statuses: frozenset[str] = frozenset()
    """Only these; empty for every status."""
    sort: str = ""
    """What each section is sorted by, as after ``sort:``; empty for its own order, newest first unless it says."""
    columns: tuple[str, ...] = ()
    """Names of what a row shows; empty for the usual ones."""
    is_glance: bool = False
    """Where no index answers, it looks only a little way: it is the first that is seen, and seen all day."""

    def queries(self) -> list[str]:
        """Return the whole filter of each section, without the order that `order` names."""
        return [" ".join(word for word in (section, self._conditions) if word) for section in self.sections]

    @property
    def order(self) -> str:
        """What every section is sorted by, as after ``sort:``; a typed one comes first; empty for their own."""
        return without_order(self.filter)[1] or self.sort

    @property
    def one_filter(self) -> str:
        """One filter that has all of it, in no order."""
        queries = [without_order(query)[0] for query in self.queries()]
        return queries[0] if len(queries) == 1 else " OR ".join(f"({query})" for query in queries)

    @property
    def narrowing(self) -> str:
        """Everything that was added to the view, as a filter; empty when nothing was."""
        order = without_order(self.filter)[1]
        return " ".join(word for word in (self._conditions, f"sort:{order}" if order else "") if word)

    @property
    def _conditions(self) -> str:
        typed, _ = without_order(self.filter)
        words = (
            f"({typed})" if _ALTERNATIVES.search(typed) else typed,
            self.handled,
            ",".join(sorted(self.statuses)),
        )
        return " ".join(word for word in words if word)

    def with_next_handled(self) -> View:
        """Go on in the circle any, handled, unhandled."""
        position = HANDLED_WORDS.index(self.handled)
        return replace(self, handled=HANDLED_WORDS[(position + 1) % len(HANDLED_WORDS)])

    def without_typed_order(self) -> View:
        """The view without an order in what was typed."""
        return replace(self, filter=without_order(self.filter)[0])

    def without_narrowing(self) -> View:
        """The view as it is."""
        return replace(self, filter="", handled="", statuses=frozenset())


def without_order(filter: str) -> tuple[str, str]:
    """Take ``sort:`` out of a filter that can be read; returns the rest and what stood after it."""
    order = ""
    for found in _ORDER.finditer(filter):
        order = found["order"] or order
    rest = _ORDER.sub(lambda found: found[0] if found["order"] is None else "", filter)
    return " ".join(rest.split()) if order else filter, order


def own_view(name: str, filter: str, *, sort: str = "", columns: tuple[str, ...] = ()) -> View:
    """Return a view that an operator made."""
    rest, order = without_order(filter)
    return View(name, (rest,), "Nothing is in this view now.", sort=sort or order, columns=columns)


BUILT_IN = (
    View(
        "Attention",
        (
            "stuck",
            "stalled",
            "paused unhandled",
            "failed !restarted",
            "active unhandled !paused timeout<0s sort:created",
        ),
        "Nothing needs you. {view.2} shows what is going on.",
        is_glance=True,
    ),
    View("Active", ("active",), "No process is active. {view.6} shows the ended ones too."),
    View("Handled", ("handled",), "No worker holds a process now. {view.2} shows what they could pick."),
    View("Paused", ("paused",), "No process waits for an answer."),
    View("Failed", ("failing,failed",), "No process failed. {view.6} shows all."),
    View("All", ("",), "The database has no process yet. Start one: jobboy start CODE"),
)
"""In the order of their keys 1 to 6."""
