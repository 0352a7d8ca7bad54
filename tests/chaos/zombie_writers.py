"""F5: workers that were stopped, lost what they held, and go on."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.proof import Proof, spread
from tests.integration.worker_programs import Program, Site, eventually

ZOMBIES = 200
AT_ONCE = 20
"""Processes that one worker holds when it is stopped."""
CODES = ["gate-in-thread", "gate-isolated", "gate-handler"]
VERBS = {"recover": "completed", "fail": "failed", "fail now": "failed"}
"""What an operator does, with force, and what becomes of the process."""
KINDS = [f"{code}, {verb}" for code in CODES for verb in VERBS]


@dataclass(frozen=True)
class Zombie:
    """A process whose holder is stopped and lost it."""

    process_id: str
    label: str
    kind: str

    @property
    def verb(self) -> str:
        """What the operator does."""
        return self.kind.split(", ")[1]


def prove(run: Proof, site: Site, source: random.Random) -> None:
    """Make rounds until there were zombies enough."""
    kinds = list(spread(run.scaled(ZOMBIES), KINDS))
    source.shuffle(kinds)
    fenced: Counter[str] = Counter()
    overwritten: Counter[str] = Counter()
    for begin in range(0, len(kinds), AT_ONCE):
        opens_early = source.random() < 0.5
        _make_round(run, site, kinds[begin : begin + AT_ONCE], begin, fenced, overwritten, opens_early=opens_early)
    made = Counter(kinds)
    rows = [[kind, made[kind], fenced[kind], overwritten[kind]] for kind in KINDS if made[kind]]
    run.table(("holder stopped, operator", "zombies", "fenced", "overwritten"), rows)
    run.exactly("zombie writers fenced", fenced.total(), len(kinds))
    run.exactly("overwrites", overwritten.total(), 0)


def _make_round(
    run: Proof,
    site: Site,
    kinds: Sequence[str],
    number: int,
    fenced: Counter[str],
    overwritten: Counter[str],
    *,
    opens_early: bool,
) -> None:
    """Stop a worker with a process of each kind in its hands.

    Args:
        run: takes what is missed.
        site: of the round.
        kinds: one for each process.
        number: tells the gates of this round from those of others.
        fenced: counts the zombies whose write was fenced.
        overwritten: counts those whose process changed all the same.
        opens_early: whether isolated steps, which are not stopped with their worker, end while it is stopped.
    """
    zombies = [_started(site, kind, f"{number + place}-") for place, kind in enumerate(kinds)]
    holder = site.worker("--slots", str(len(zombies)))
    for zombie in zombies:
        site.await_sign(f"reached-{zombie.label}1")
    holder.freeze()
    for zombie in zombies:
        _take_away(site, zombie)
    taker = site.worker("--slots", "4")
    settled = {zombie: _settled(site, zombie) for zombie in zombies}
    if opens_early:
        _open_gates(site, zombies)
    holder.thaw()
    if not opens_early:
        _open_gates(site, zombies)
    for zombie in zombies:
        fenced[zombie.kind] += _is_fenced(run, site, zombie, holder)
    for zombie in zombies:
        same = _all_that_is_kept(site, zombie.process_id) == settled[zombie]
        overwritten[zombie.kind] += not run.expect(same, f"{zombie.kind}, {zombie.process_id}: overwritten")
    run.expect(holder.lives and taker.lives, f"round {number}: a worker died")
    holder.kill()
    taker.kill()


def _started(site: Site, kind: str, label: str) -> Zombie:
    return Zombie(site.start(kind.split(", ")[0], gates=[1], label=label), label, kind)


def _take_away(site: Site, zombie: Zombie) -> None:
    if zombie.verb == "recover":
        site.operations.recover(zombie.process_id, force=True, reason="its host hangs")
    else:
        site.operations.fail(zombie.process_id, now=zombie.verb == "fail now", force=True, reason="not wanted")


def _settled(site: Site, zombie: Zombie) -> Any:
    site.await_status(zombie.process_id, VERBS[zombie.verb])
    return _all_that_is_kept(site, zombie.process_id)


def _open_gates(site: Site, zombies: Sequence[Zombie]) -> None:
    for zombie in zombies:
        site.leave(f"open-{zombie.label}1")


def _is_fenced(run: Proof, site: Site, zombie: Zombie, holder: Program) -> bool:
    """Wait for the line in the history that tells it, and say whether it is one line and names the holder."""
    named = f"{zombie.kind}, {zombie.process_id}"
    try:
        events = eventually(lambda: site.events(zombie.process_id, "fenced"))
    except AssertionError:
        return run.expect(False, f"{named}: never fenced")
    return run.expect(len(events) == 1 and f":{holder.pid}:" in events[0].actor, f"{named}: fenced as {events}")


def _all_that_is_kept(site: Site, process_id: str) -> Any:
    """Return process, steps and history, short of the line that a write was fenced."""
    details = site.operations.details(process_id)
    history = [event for event in site.jobs.history(process_id) if event.kind != "fenced"]
    return details.process, details.steps, history
