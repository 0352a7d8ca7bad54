"""An answer that is being written: what of it is sent, and what others changed meanwhile; pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobboy_console.facts.changes import MISSING, short_json
from jobboy_console.facts.decisions import Pause, Problem
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import plural, safe_json, safe_text

MOST_PROBLEMS = 12
"""Broken rules that are listed; of the others there is the number."""
MOST_LINES = 500
"""Lines of the output that are shown beside a form."""


def is_same(one: object, other: object) -> bool:
    """Compare as JSON does: 1, 1.0 and true are equal in Python, and three values there."""
    if one is MISSING or other is MISSING:
        return one is other
    return bool(one == other) and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def written(document: Mapping[str, Any]) -> str:
    """Return a document as text to edit; it shows harmlessly and means the same."""
    return safe_json(json.dumps(document, indent=2, ensure_ascii=False))


def begun(pause: Pause) -> dict[str, Any]:
    """Return the document an answer begins with: the paused output, and the defaults of what it does not have."""
    properties = (pause.schema or {}).get("properties")
    named = properties if isinstance(properties, dict) else {}
    defaults = {key: rule["default"] for key, rule in named.items() if isinstance(rule, dict) and "default" in rule}
    return {**defaults, **pause.output}


def sent(output: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a document is sent: the keys that are new, or other than in the output.

    Raises:
        ValueError: a key of the output is missing; an answer is merged over it, so none can be taken away.
    """
    missing = sorted(output.keys() - document.keys())
    if missing:
        raise ValueError(f"data: the key {missing[0]!r} cannot be removed; set it to null")
    return {key: value for key, value in document.items() if not is_same(output.get(key, MISSING), value)}


# --- what others changed meanwhile ---


@dataclass(frozen=True, kw_only=True)
class Divergence:
    """A value that somebody else, the operator, or both have changed since the answer was begun."""

    key: str
    base: object
    theirs: object
    yours: object
    """Each the value, or `MISSING`."""

    @property
    def is_conflict(self) -> bool:
        """Whether both changed it, to different values."""
        others = not is_same(self.base, self.theirs), not is_same(self.base, self.yours)
        return all(others) and not is_same(self.theirs, self.yours)


def has_moved(base: Pause, now: Pause) -> bool:
    """Say whether an answer to one pause is no answer to what is there now."""
    return not now.paused or now.row.token != base.row.token


def divergences(base: Pause, now: Pause, document: Mapping[str, Any]) -> list[Divergence]:
    """Return every top-level value that is not the same in all three, conflicts first."""
    found = []
    for key in dict.fromkeys([*base.output, *now.output, *document]):
        values = [side.get(key, MISSING) for side in (base.output, now.output, document)]
        if not (is_same(values[0], values[1]) and is_same(values[0], values[2])):
            found.append(Divergence(key=key, base=values[0], theirs=values[1], yours=values[2]))
    return sorted(found, key=lambda one: not one.is_conflict)


def kept_over(base: Pause, now: Pause, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with what the operator changed in it over what is there now."""
    mine = {key: value for key, value in document.items() if not is_same(base.output.get(key, MISSING), value)}
    return {**begun(now), **mine}


def moved_words(now: Pause) -> str:
    """Say in safe words what became of a pause meanwhile, and by whom."""
    by = f" by {safe_text(now.changed_by, limit=60)}" if now.changed_by else ""
    if now.paused:
        return f"it was paused anew meanwhile{by}"
    return f"it was changed meanwhile{by}: it is {safe_text(now.state, limit=60)} now"


def divergence_lines(found: Sequence[Divergence]) -> list[Line]:
    """Return the values side by side, one above the other; what only one changed is told in one word more."""
    lines: list[Line] = []
    for one in found:
        mark: Line = (("  both changed it", "error"),) if one.is_conflict else ()
        lines.append(((safe_text(one.key, limit=60), "key"), *mark))
        for name, value in (("was", one.base), ("theirs", one.theirs), ("yours", one.yours)):
            is_other = name != "was" and not is_same(one.base, value)
            lines.append(((f"  {name:<7} ", "quiet"), (_shown(value), "bold" if is_other else "quiet")))
    return lines or [(("The data is the same as before.", "quiet"),)]


def _shown(value: object) -> str:
    return "· (not there)" if value is MISSING else short_json(value)


# --- what is wrong ---


def rest_lines(output: Mapping[str, Any], asked: Collection[str]) -> list[Line]:
    """Return what the process was paused with beside what is asked for: an answer is judged by it."""
    rest = {key: value for key, value in output.items() if key not in asked}
    if not rest:
        return []
    lines = written(rest).split("\n")
    shown: list[Line] = [((safe_text(line, limit=500), "plain"),) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(((f"… and {plural(len(lines) - MOST_LINES, 'more line')}: the JSON has all", "quiet"),))
    return [(("paused with", "heading"),), *shown]


def problem_lines(problems: Sequence[Problem], lines_of: Mapping[Problem, int | None]) -> list[Line]:
    """Return a line for each broken rule, with the line of the text where it is when that is known (from 0)."""
    told: list[Line] = []
    for problem in problems[:MOST_PROBLEMS]:
        at = lines_of.get(problem)
        place = "" if at is None else f"line {at + 1} · "
        told.append((("✗ ", "error"), (place, "quiet"), (safe_text(problem.sentence, limit=300), "error")))
    if len(problems) > MOST_PROBLEMS:
        told.append(((f"  … and {plural(len(problems) - MOST_PROBLEMS, 'more problem')}", "quiet"),))
    return told
