"""Programs that a step has left behind, as they noted themselves, and what they had open."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.forking import children_book
from tests.chaos.steps import runs
from tests.integration.worker_programs import Site


@dataclass(frozen=True)
class LeftBehind:
    """One program."""

    pid: int
    created: float
    opened: Sequence[str]

    @property
    def runs(self) -> bool:
        """Whether it runs at this moment."""
        return runs(self.pid, self.created)

    def opened_of(self, site: Site, *endings: str) -> list[str]:
        """Return which files of the database it had open, by the ends of their names."""
        files = {str(Path(site.folder, f"jobboy.db{ending}")) for ending in endings}
        return [name for name in self.opened if name in files]

    def end(self) -> None:
        """End it if it still runs."""
        if self.runs:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def left_behind(site: Site, process_id: str) -> list[LeftBehind]:
    """Return the programs that a process has left behind."""
    return [
        LeftBehind(note["child"], note["created"], note["opened"]) for note in site.notes(children_book(process_id))
    ]


DATABASE = ("", "-wal", "-shm")
LOCKS = (".lock",)
