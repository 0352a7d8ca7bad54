"""What a turn has said, as it is kept: with its result, and meanwhile while it takes long."""

from __future__ import annotations

from datetime import datetime

from jobboy.capturing import Capture
from jobboy.model.logs import TurnLog
from jobboy.model.process import Process


def turn_log(process: Process, capture: Capture, now: datetime) -> TurnLog | None:
    """Return what a turn has said, None when it said nothing.

    Args:
        process: as claimed.
        capture: of the turn.
        now: the moment.
    """
    text = capture.text()
    return None if text is None else _log(process, capture.left_out, text, now)


def log_so_far(process: Process, capture: Capture, now: datetime) -> TurnLog | None:
    """Return what a turn in progress has said, with what its program has printed so far."""
    source = capture.source
    printed = "" if source is None else source()
    if not printed.strip():
        return turn_log(process, capture, now)
    both = Capture()
    both.left_out = capture.left_out
    said = capture.text()
    if said is not None:
        both.add(said)
    both.printed(printed)
    return turn_log(process, both, now)


def _log(process: Process, left_out: int, text: str, now: datetime) -> TurnLog:
    return TurnLog(
        token=process.token, step=process.step, attempt=process.attempt, at=now, left_out=left_out, text=text
    )
