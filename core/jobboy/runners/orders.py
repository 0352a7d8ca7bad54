"""The order for a step as a child program reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jobboy.model.documents import Document
from jobboy.model.process import Process
from jobboy.ports import StepOrder
from jobboy.runners import main_script
from jobboy.runners.frames import frame, write_object, write_value


@dataclass(frozen=True)
class StepSource:
    """Where a child finds a step."""

    module: str
    """Module whose import registers the definition; ``__main__`` for the script of the worker."""
    code: str
    step: str
    database: str | None = None
    """URL of the worker's database, for what the step itself starts and reads; None for what the module says."""
    place: int = 0
    """Of the app among those of its module that define the code, the oldest first."""


def order_frame(order: StepOrder, source: StepSource, run_step: str) -> bytes:
    """Write an order as one frame.

    Raises:
        InvalidValue: when a document of the process cannot be written as JSON.
    """
    head = _head(source, run_step, order.memory_limit)
    if source.module == "__main__":
        head = f'{head[:-1]},"main":{write_value(main_script.preparation())}}}'
    message = write_object(
        process=_process(order.process),
        data=_document(order.data),
        database=write_value(source.database),
        place=str(source.place),
    )
    return frame(write_object(head=head, message=message))


@lru_cache
def _head(source: StepSource, run_step: str, memory_limit: int | None) -> str:
    return write_value(
        {
            "run_step": run_step,
            "module": source.module,
            "code": source.code,
            "step": source.step,
            "memory_limit": memory_limit,
        }
    )


def _process(process: Process) -> str:
    facts = {
        "number": process.number,
        "id": process.id,
        "code": process.code,
        "status": process.status.value,
        "step": process.step,
        "attempt": process.attempt,
        "token": process.token,
    }
    documents = write_object(
        parameters=process.parameters.text, store=process.store.text, reports=process.reports.text
    )
    return f"{write_value(facts)[:-1]},{documents[1:]}"


def _document(values: Mapping[str, Any]) -> str:
    return values.text if isinstance(values, Document) else write_value(dict(values))
