"""Writes processes to a file: rows of many, everything about one; whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from jobboy.model.process import Process
from jobboy.operations import Operations, parse_filter
from jobboy.operations.exporting import export_lines, format_of, read_columns
from jobboy.operations.whole_file import whole_file
from jobboy_console.facts.orders import Exported, ExportOrder
from jobboy_console.machine.watching import Watch

COUNTED = 1_000_000
"""Processes that are counted before they are written; a bar needs no more."""


class Stopped(Exception):  # an ending that was asked for, no error
    """It was stopped: the file is not there."""


def export(operations: Operations, order: ExportOrder, watch: Watch) -> Exported:
    """Write a file for its owner alone; `watch` tells how far it is, and stops it.

    Raises:
        Stopped: it was stopped; nothing is left of it.
        JobBoyError: the columns, the filter or the name break a rule, or the process of a bundle is not there.
    """
    if order.form == "bundle":
        return _bundle(operations, order, watch)
    columns = read_columns(order.columns) if order.columns.strip() else None
    form = format_of(None, order.form)
    with _whole(operations, order) as file:
        for line in export_lines(_watched(_processes(operations, order, watch), watch), form, columns):
            file.write(line.encode(errors="backslashreplace"))
    return Exported(file=_place(order), processes=watch.done, secrets=0)


def _bundle(operations: Operations, order: ExportOrder, watch: Watch) -> Exported:
    with _whole(operations, order) as file:
        secrets = operations.bundle(order.ids[0], file)
        if watch.stopped:
            raise Stopped
    return Exported(file=_place(order), processes=1, secrets=len(secrets))


def _whole(operations: Operations, order: ExportOrder) -> AbstractContextManager[IO[bytes]]:
    return whole_file(order.file, overwrite=order.overwrite, database=operations.database())


def _place(order: ExportOrder) -> str:
    return str(Path(order.file).expanduser().absolute())


def _processes(operations: Operations, order: ExportOrder, watch: Watch) -> Iterator[Process]:
    if order.filter is None:
        watch.total = len(order.ids)
        for process_id in order.ids:
            try:
                yield operations.get(process_id)
            except LookupError:  # removed meanwhile
                watch.total -= 1
        return
    selection = parse_filter(order.filter)
    if not selection.is_scanned:
        watch.total = operations.counted(selection, limit=COUNTED).number
    yield from operations.each_process(selection)


def _watched(processes: Iterator[Process], watch: Watch) -> Iterator[Process]:
    for process in processes:
        if watch.stopped:
            raise Stopped
        yield process
        watch.done += 1
