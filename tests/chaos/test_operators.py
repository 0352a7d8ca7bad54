"""The short form of `python -m tests.chaos.operators`, and what its judge sees."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from jobboy.model.events import Event, EventKind
from jobboy.testing import BEGINNING
from tests.chaos.operators import measure
from tests.chaos.operators_checks import Action, contradictions


def test_p13_what_operators_at_once_were_told_is_what_happened() -> None:
    assert measure(seed=1, actions=160, answers=1, programs=2).missed == []


PAUSE = Action("first", "proceed", "p", seen=3, asked_at=10, told_at=20, answer="accepted", token=4)
KILL = Action("second", "kill", "p", seen=4, asked_at=30, told_at=40, answer="accepted", token=5)


def event(kind: EventKind, reason: str | None = None, **changes: Any) -> Event:
    defaults: dict[str, Any] = {"actor": "operator:ada@test", "before": None, "after": None, "process_id": "p"}
    return Event(seq=0, at=BEGINNING, kind=kind, reason=reason, step=None, attempt=None, **defaults | changes)


HISTORY = [event(EventKind.PROCEEDED, "first"), event(EventKind.KILL_REQUESTED, "second")]


def moved(before: str, after: str) -> Event:
    return event(EventKind.ITERATED, actor="worker:w", before={"status": before}, after={"status": after})


def test_actions_in_the_order_of_the_history_contradict_nothing() -> None:
    history = [*HISTORY, moved("running", "failing"), moved("failing", "failed")]

    assert contradictions([PAUSE, KILL], history) == []


@pytest.mark.parametrize(
    ("actions", "history", "words"),
    [
        ([PAUSE], [], "accepted, but not in the history"),
        ([], HISTORY[:1], "in the history, but not accepted"),
        ([PAUSE, KILL], HISTORY[::-1], "was answered before one that comes earlier"),
        ([PAUSE, dataclasses.replace(KILL, token=3, seen=None)], HISTORY, "made token 3 of 4"),
        ([PAUSE, dataclasses.replace(KILL, token=6)], HISTORY, "had seen token 4, but made 6"),
        ([], [moved("ending", "completed")], "p went from ending to completed, but was starting"),
        ([], [moved("starting", "failed"), moved("failed", "running")], "had ended as failed"),
    ],
)
def test_what_cannot_have_happened_is_seen(actions: list[Action], history: list[Event], words: str) -> None:
    assert any(words in found for found in contradictions(actions, history))
