"""What an operator orders beside verbs on processes: a new process, and the removal of ended ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Startable:
    """A code that might be started."""

    code: str
    why_not: str | None
    """Why it cannot; None when it can. Not safe."""


@dataclass(frozen=True, kw_only=True)
class StartForm:
    """What the order of a new process begins with."""

    code: str
    steps: tuple[str, ...]
    """Names of its steps in order; empty for plain handlers."""
    text: str
    """The parameters as JSON to edit, safe."""
    origin: str
    """Where they are from, not safe; empty when nobody has ever given any."""
    asks: str
    """Why a guardrail asks that it be confirmed by hand, not safe; empty when none does."""
    database: str


@dataclass(frozen=True, kw_only=True)
class NewProcess:
    """The order of a new process."""

    code: str
    parameters: Mapping[str, Any]
    confirmed: bool
    """Its code was typed."""


@dataclass(frozen=True, kw_only=True)
class PruneOrder:
    """Which ended processes are to be removed, as it was typed; with neither, those whose retention is over."""

    older_than: str = ""
    filter: str = ""


@dataclass(frozen=True, kw_only=True)
class PrunePlan:
    """What a pruning would remove, and keep."""

    order: PruneOrder
    number: int
    codes: Mapping[str, int]
    """How many of each code, where that is known."""
    numbers: Sequence[int] | None
    """Of the processes; None for all whose retention is over."""
    ended: int
    """All ended processes there are."""
    refused: str
    """Why it is refused whatever is typed, not safe; empty when it is not."""
    database: str


@dataclass(frozen=True, kw_only=True)
class Removal:
    """A pruning that was decided."""

    plan: PrunePlan
    reason: str
    """Why, as it was typed; not safe."""


@dataclass(frozen=True, kw_only=True)
class ExportOrder:
    """What is to be written to a file, as it was chosen."""

    ids: tuple[str, ...]
    """The processes; with a `filter` they do not count."""
    filter: str | None
    """All that match it; None for `ids`."""
    form: str
    """``csv``, ``jsonl`` or ``bundle``."""
    columns: str
    """As they were typed, commas between them; empty for the usual ones."""
    file: str
    overwrite: bool


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A file that was written."""

    file: str
    """Its full path, not safe."""
    processes: int
    secrets: int
    """Places of a bundle at which something was left out."""
