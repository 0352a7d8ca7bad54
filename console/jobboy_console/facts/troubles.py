"""What keeps the console from its database, in words: what it is, what it means, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Advice:
    """What an operator is told of one kind of trouble."""

    title: str
    meaning: str
    next: str


class Kind(Enum):
    """Kinds of trouble that ask for different things to be done."""

    GONE = Advice(
        "The database is gone",
        "Its file was removed, renamed or unmounted; these rows are what was there.",
        "Put it back: this console finds it by itself, and no process is lost.",
    )
    BUSY = Advice(
        "The database is locked",
        "Another program keeps it to itself; these rows are older than they look.",
        "Wait, or end that program: this console tries again by itself.",
    )
    SLOW = Advice(
        "The database answers slowly",
        "These rows are older than they look; keys still work.",
        "Wait, or narrow the list: a filter for a code is answered by an index.",
    )
    NEWER = Advice(
        "A newer jobboy has upgraded the database",
        "This console is too old for it: it changes nothing, and may show too little.",
        "{quit} ends it; then start the console of the newer jobboy.",
    )
    FOREIGN = Advice(
        "This is no jobboy database",
        "Something else stands under its name now; it is left as it is.",
        "Put the database back: this console finds it by itself.",
    )
    FORBIDDEN = Advice(
        "You may not do that to the database",
        "This user lacks a right to the file or its folder.",
        "Get the right to read and write both; workers find the dead meanwhile.",
    )
    FULL = Advice(
        "The disk is full",
        "Nothing can be written; what was acknowledged is not lost.",
        "Free some space: work goes on by itself then.",
    )
    OTHER = Advice(
        "The database cannot be read",
        "These rows are what was there.",
        "This console tries again by itself; jobboy doctor says more.",
    )
    REPLACED = Advice(
        "Another file has taken the place of the database",
        "This console looks at that one now.",
        "Marks and the cursor are gone with the other one.",
    )


@dataclass(frozen=True)
class Trouble:
    """One trouble of this moment."""

    kind: Kind
    why: str = ""
    """What the engine says of it; not safe."""
