"""The filter of lists: a few words now, one grammar for every front end."""

from __future__ import annotations

import re
from datetime import timedelta

from jobboy.errors import InvalidFilter
from jobboy.model.selection import Selection
from jobboy.model.status import ProcessStatus

MAX_LENGTH = 500
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_MARKS = {"handled", "unhandled", "stuck", "stalled", "paused", "waiting"}


def parse_filter(text: str) -> Selection:
    """Read a filter: words between blanks must all hold, words between commas are alternatives.

    Words: a status, ``active``, ``evolving``, ``handled``, ``unhandled``, ``stuck``, ``stalled``, ``paused``,
    ``waiting``, ``code:NAME``, ``age<1d``, ``age>2h``. Alternatives are possible among statuses and among codes:
    ``failed,failing code:a,b``.

    Raises:
        InvalidFilter: naming the word and where it stands.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidFilter(text[:40] + "…", MAX_LENGTH, f"is longer than {MAX_LENGTH} characters")
    statuses: set[ProcessStatus] | None = None
    codes: set[str] | None = None
    marks: dict[str, bool] = {}
    ages: dict[str, timedelta] = {}
    for word in re.finditer(r"\S+", text):
        if word[0].startswith("code:"):
            found_codes = _codes(text, word)
            codes = found_codes if codes is None else codes & found_codes
        elif word[0].startswith("age"):
            side, age = _age(text, word)
            ages[side] = min(age, ages.get(side, age)) if side == "younger_than" else max(age, ages.get(side, age))
        elif word[0] in _MARKS:
            mark, wanted = ("handled", False) if word[0] == "unhandled" else (word[0], True)
            if marks.setdefault(mark, wanted) is not wanted:
                raise InvalidFilter(text, word.start(), "nothing is both handled and unhandled")
        else:
            found = _statuses(text, word)
            statuses = found if statuses is None else statuses & found
    if (statuses is not None and not statuses) or (codes is not None and not codes):
        raise InvalidFilter(text, 0, "no process can meet all its words; put commas between alternatives")
    return Selection(
        statuses=frozenset(statuses or ()),
        codes=frozenset(codes or ()),
        handled=marks.get("handled"),
        stuck=marks.get("stuck"),
        stalled=marks.get("stalled"),
        paused=marks.get("paused"),
        waiting=marks.get("waiting"),
        younger_than=ages.get("younger_than"),
        older_than=ages.get("older_than"),
    )


def _statuses(text: str, word: re.Match[str]) -> set[ProcessStatus]:
    found: set[ProcessStatus] = set()
    for part in re.finditer(r"[^,]+", word[0].removeprefix("status:")):
        if part[0] == "active":
            found |= {status for status in ProcessStatus if status.is_active}
        elif part[0] == "evolving":
            found |= {status for status in ProcessStatus if status.is_evolving}
        elif part[0] in {status.value for status in ProcessStatus}:
            found.add(ProcessStatus(part[0]))
        else:
            known = ", ".join(
                [*ProcessStatus, "active", "evolving", *sorted(_MARKS), "code:NAME", "age<1d", "age>2h"]
            )
            rule = f"the word {part[0]!r} is not known; known words: {known}"
            if part[0] in _MARKS:
                rule = f"{part[0]!r} cannot be an alternative, put a blank before it"
            raise InvalidFilter(text, word.start() + part.start(), rule)
    if not found:
        raise InvalidFilter(text, word.start(), "a status is missing")
    return found


def _age(text: str, word: re.Match[str]) -> tuple[str, timedelta]:
    found = re.fullmatch(r"age([<>])(\d{1,6}(?:\.\d{1,3})?)([smhdw])", word[0])
    if found is None:
        raise InvalidFilter(text, word.start(), "an age is written like age<1d or age>2h; units: s m h d w")
    seconds = float(found[2]) * _SECONDS[found[3]]
    return ("younger_than" if found[1] == "<" else "older_than"), timedelta(seconds=seconds)


def _codes(text: str, word: re.Match[str]) -> set[str]:
    codes = {part for part in word[0].removeprefix("code:").split(",") if part}
    if not codes:
        raise InvalidFilter(text, word.end(), "a code is missing after code:")
    return codes
