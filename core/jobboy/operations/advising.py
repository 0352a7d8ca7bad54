"""What each verb would do to a process, in a sentence; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.operations.eligibility import Verb, eligibility


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What a verb would do to the process now, or why it is refused."""

    verb: Verb
    allowed: bool
    needs_force: bool
    """True when force would make it allowed."""
    text: str

    def as_json(self) -> dict[str, Any]:
        """All fields."""
        return {
            "verb": self.verb.value,
            "allowed": self.allowed,
            "needs_force": self.needs_force,
            "text": self.text,
        }


def advice_on(verb: Verb, process: Process, now: datetime) -> Advice:
    """Say what a verb would do at a moment; `process.stuck` must be the truth of it."""
    verdict = eligibility(verb, process, now)
    if verdict.allowed:
        text = _effect(verb, process)
    elif verdict.needs_force:
        text = f"Only with force: {verdict.why_not}."
    else:
        text = f"Not now: {verdict.why_not}."
    return Advice(verb=verb, allowed=verdict.allowed, needs_force=verdict.needs_force, text=text)


def _effect(verb: Verb, process: Process) -> str:
    match verb:
        case Verb.RECOVER:
            return f"Takes it from its dead holder: the next free worker goes on {going_on(process)}."
        case Verb.FAIL:
            return "Gives it up: its failing handlers tear down, then it is failed; or failed at once, without them."
        case Verb.KILL if process.status is ProcessStatus.STARTING:
            return "Ends it at once: nothing was begun, so nothing is torn down."
        case Verb.KILL:
            return "Asks for its end: its next turn tears down, and an isolated step that runs for it is ended."
        case Verb.PROCEED if process.step is None:
            return "Merges your answer over its output and completes it: no step is left."
        case Verb.PROCEED:
            return f"Merges your answer over its output and lets it go on {going_on(process)}."
        case Verb.RESTART:
            return "Starts a new process of the next generation, from the beginning or a step; this one stays."


def going_on(process: Process) -> str:
    """Say with what a process goes on, as the end of a sentence."""
    return f"with step {process.step!r}" if process.step else "with it"
