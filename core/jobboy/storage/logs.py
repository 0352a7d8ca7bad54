"""How the logs of turns are kept: in the transaction of their result, or meanwhile; never for a hold that is lost."""

from __future__ import annotations

from typing import Any

from jobboy.model.logs import TurnLog
from jobboy.storage import rows, statements
from jobboy.storage.statements import Session
from jobboy.storage.writer import Transaction, Work


def values(kept: TurnLog, number: int) -> dict[str, Any]:
    """Return the columns of the log of a turn."""
    return {
        "process": number,
        "token": kept.token,
        "step": None if kept.step is None else rows.plain_text(kept.step),
        "attempt": kept.attempt,
        "at": rows.micros(kept.at),
        "left_out": kept.left_out,
        "text": rows.plain_text(kept.text),
    }


def keep(transaction: Transaction, columns: dict[str, Any]) -> None:
    """Write the log of a turn whose token is still the process's, in place of what it said before."""
    if transaction.write(statements.KEEP_LOG, columns):
        transaction.write(statements.FORGET_OLD_LOGS, {"process": columns["process"]})


def keeping(number: int, kept: TurnLog) -> Work[None]:
    """Return the work that keeps what a turn in progress has said so far."""
    columns = values(kept, number)
    return lambda transaction: keep(transaction, columns)


def logs(session: Session, number: int, *, from_token: int, limit: int) -> list[TurnLog]:
    """Return the logs of the last turns of a process with at least this token, in rising order."""
    found = session.all(statements.LOGS, {"number": number, "from_token": from_token, "limit": limit})
    return [_log(*row) for row in reversed(found)]


def _log(token: int, step: str | None, attempt: int, at: int, left_out: int, text: str) -> TurnLog:
    return TurnLog(token=token, step=step, attempt=attempt, at=rows.moment(at), left_out=left_out, text=text)
