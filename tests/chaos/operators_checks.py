"""Says whether what many operators were told can have happened one after the other (Jepsen's question)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobboy.model.events import Event

KINDS = {
    "recover": "recovered",
    "fail": "failed",
    "kill": "kill_requested",
    "proceed": "proceeded",
    "restart": "restarted",
}
"""The event of each verb."""
Told = tuple[str | None, str | None, str]
"""An action as the history has it: reason, process and kind."""
ENDED = ("completed", "failed")


@dataclass(frozen=True)
class Action:
    """One verb of one operator, and what it was told."""

    reason: str
    """Unlike that of any other."""
    verb: str
    process_id: str
    seen: int | None
    """Token that was on the operator's screen; None when she did not say."""
    asked_at: int
    told_at: int
    """Nanoseconds of the machine's steady clock."""
    answer: str
    token: int | None
    """Of the process afterwards; None when refused, and for a restart, which tells of the successor."""

    @property
    def is_accepted(self) -> bool:
        return self.answer == "accepted"


def read_actions(path: Path) -> list[Action]:
    """Read what one program of operators told."""
    return [_action(json.loads(line)) for line in path.read_text().splitlines()]


def _action(told: dict[str, Any]) -> Action:
    token = None if told["verb"] == "restart" else told.get("token")
    times = told["from"], told["to"]
    return Action(told["reason"], told["verb"], told["id"], told["seen"], *times, told["answer"], token)


def contradictions(actions: Sequence[Action], events: Sequence[Event]) -> list[str]:
    """Return what cannot have happened in any order, in words; the events are in that of the database."""
    found = _unlike_the_history(actions, events)
    places = {event.reason: place for place, event in enumerate(events) if event.reason}
    of_each: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        if action.is_accepted and action.reason in places:
            of_each[action.process_id].append(action)
    for mine in of_each.values():
        mine.sort(key=lambda action: places[action.reason])
        found += _against_the_clock(mine) + _against_the_tokens(mine)
    told: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.process_id is not None:
            told[event.process_id].append(event)
    for process_id, history in told.items():
        found += _against_the_statuses(process_id, history)
    return found


def _unlike_the_history(actions: Sequence[Action], events: Sequence[Event]) -> list[str]:
    """Each accepted action is in the history once, with its process and kind; no refused one is."""
    accepted = Counter[Told]((one.reason, one.process_id, KINDS[one.verb]) for one in actions if one.is_accepted)
    recorded = Counter[Told](
        (event.reason, event.process_id, event.kind.value)
        for event in events
        if event.actor.startswith("operator:") and event.kind.value in KINDS.values()
    )
    lost, invented = accepted - recorded, recorded - accepted
    return [f"accepted, but not in the history: {one}" for one in lost] + [
        f"in the history, but not accepted: {one}" for one in invented
    ]


def _against_the_clock(mine: Sequence[Action]) -> list[str]:
    """Whoever was answered before another asked comes before her."""
    found, latest = [], 0
    for action in mine:
        if action.told_at < latest:
            found.append(f"{action.reason} was answered before one that comes earlier in the history was asked")
        latest = max(latest, action.asked_at)
    return found


def _against_the_tokens(mine: Sequence[Action]) -> list[str]:
    """Tokens rise along the history, and nobody acts on what another has changed since it was seen."""
    found, last = [], -1
    for action in mine:
        if action.token is None:
            continue
        stays = action.verb == "kill"  # of a process in hand: nothing is taken away from its holder
        if action.token < last or (action.token == last and not stays):
            found.append(f"{action.reason} made token {action.token} of {last}")
        if action.seen is not None and action.token - action.seen not in ((0, 1) if stays else (1,)):
            found.append(f"{action.reason} had seen token {action.seen}, but made {action.token}")
        last = action.token
    return found


def _against_the_statuses(process_id: str, history: Iterable[Event]) -> list[str]:
    """Each change of status begins where the last one ended, and an ended process changes no more."""
    status, found = "starting", []
    for event in history:
        before, after = ((event.before or {}).get("status"), (event.after or {}).get("status"))
        if event.kind.value == "started" or after is None:
            continue
        begun = before == "running" and status == "starting"  # a claim begins it, and tells nobody
        if before != status and not begun:
            found.append(f"{process_id} went from {before} to {after}, but was {status}")
        if status in ENDED:
            found.append(f"{process_id} had ended as {status} and became {after}")
        status = after
    return found
