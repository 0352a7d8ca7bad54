"""What is taken in hand, who decides about it, and what it shall become.

What is made anew for every turn is not frozen: a frozen dataclass takes three times as long to make. It is not
changed all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from jobboy.errors import Fenced
from jobboy.model.events import NewEvent
from jobboy.model.logs import TurnLog
from jobboy.model.process import Process
from jobboy.model.steps import StepRecord
from jobboy.ports.locks import Lock


@dataclass(kw_only=True, slots=True)
class Change:
    """One process as it shall become, written only if its token is still the one that was seen."""

    process: Process
    seen_token: int
    events: tuple[NewEvent, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    """Records to write; a step that is already recorded as completed is never written again."""
    actor: str | None = None
    """Who makes a change that has no event, to be told when it is fenced."""
    successor: Process | None = None
    """A new process that starts in the same transaction, with its event ``started`` by the first event's actor."""
    claimed: Process | None = None
    """As the claim has written it: then only what differs from it is written. None writes every field."""
    log: TurnLog | None = None
    """What the turn said; None when it said nothing."""


@dataclass(kw_only=True, slots=True)
class Held:
    """A process in the hands of this program."""

    before: Process
    """As it was when it was picked: what `supports` sees."""
    process: Process
    """As claimed: handled, with a new token."""
    lock: Lock
    more: bool = False
    """Others were ready when it was picked; set by the repository."""
    ahead: bool = False
    """Claimed together with another one and ahead of need: its work is marked as not begun until it begins."""
    in_hand: bool = False
    """Claimed by a slot that takes several: what begins with its work is written when that begins, or lasts."""
    plain: bool = False
    """`process` is `before` by the rule of `Process.claimed` alone: one statement can write a hand of them."""
    claimed: Process | None = None
    """As the claim was written, where the beginning of the work has moved it on since; None: as `process`."""


class Claimant(Protocol):
    """Decides about one candidate after the other; called inside the repository's transaction, so it is quick."""

    @property
    def codes(self) -> Sequence[str] | None:
        """Only processes of these codes are offered; None for any."""

    def claim(self, candidate: Process) -> Held | None:
        """Take the process's lock and return how it shall look when claimed, or None to leave it."""


class HandClaimant(Claimant, Protocol):
    """A claimant that takes several in hand at once."""

    @property
    def limit(self) -> int:
        """How many it takes at once, at least 1; asked again when the first is claimed."""

    def wants(self, candidate: Process, in_hand: int) -> bool:
        """Say whether to go on with this candidate, so many being claimed already; False ends the offering."""

    def claim_ahead(self, candidate: Process) -> Held | None:
        """Claim like `claim`, a candidate whose work begins only after that of others in the same hand."""


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What became of several results that were written in one transaction."""

    held: list[Held]
    """The next claims, in the order of iteration."""
    fenced: list[Fenced]
    """For each result that was refused because its token is an old one; the attempts are recorded."""
