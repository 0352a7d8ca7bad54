"""What the steps of one process printed and logged, as it comes."""

from __future__ import annotations

from functools import partial

from jobboy_console.commands import bindings
from jobboy_console.facts.house_snapshots import TurnLogLine
from jobboy_console.facts.rows import Row
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import safe_text
from jobboy_console.places.logs import turn_lines
from jobboy_console.running.background import Lane
from jobboy_console.screens.place import Surroundings
from jobboy_console.screens.text_place import TextPlace

_EMPTY: list[Line] = [
    (("Nothing that it said is kept.", "plain"),),
    (("Kept is what a turn logs, and what isolated steps print.", "quiet"),),
    (("A turn in progress is seen after a second.", "quiet"),),
]


class TurnLogs(TextPlace):
    """The logs of one process.

    Args:
        surroundings: of the console at this moment.
        row: the process.
    """

    PLACE = "logs"
    BINDINGS = bindings("log", "everywhere")

    def __init__(self, surroundings: Surroundings, row: Row) -> None:
        super().__init__(surroundings)
        self._row = row
        self._reads: Lane[list[TurnLogLine]] = Lane(self, "turn-logs", deliver=self._read, trouble=self.not_read)

    def rows(self) -> list[Row]:
        """Return the process."""
        return [self._row]

    def heading(self) -> str:
        """Return whose logs these are."""
        return f"Log of {safe_text(self._row.code, limit=40)} {safe_text(self._row.short_id, limit=8)}"

    def reload(self) -> None:
        """Read them again."""
        self._reads.ask(partial(self.gateway.house.turn_logs, self._row.id))

    def action_other(self) -> None:
        """Say that there is no other file."""
        self.notify("All logs of this process are here.", timeout=2, markup=False)

    def _read(self, logs: list[TurnLogLine]) -> None:
        self.show_text(turn_lines(logs, self.gateway.now()), _EMPTY)
