"""The end of the log files of this console and of its worker."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from jobboy_console.commands import Command, bindings, named
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import safe_text
from jobboy_console.machine.screen_guard import log_path
from jobboy_console.machine.tails import end_of_file
from jobboy_console.places.logs import file_lines
from jobboy_console.running.background import Lane
from jobboy_console.screens.place import Surroundings
from jobboy_console.screens.text_place import TextPlace
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.status_bar import Situation


class ConsoleLog(TextPlace):
    """Two files, one at a time, read again every second.

    Args:
        surroundings: of the console at this moment.
    """

    PLACE = "log"
    BINDINGS = bindings("log", "everywhere")

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        own = surroundings.worker.log
        self._files = [("console", log_path()), *([("worker", own)] if own is not None else [])]
        self._shown = 0
        self._reads: Lane[tuple[Path, list[str], int]] = Lane(self, "log", deliver=self._read, trouble=self.not_read)

    def heading(self) -> str:
        """Return which file it is."""
        return f"Log of the {self._files[self._shown][0]}"

    def footer(self) -> list[Command]:
        """Return the commands that matter here, the other file among them."""
        return [*named("log.other"), *super().footer()]

    def reload(self) -> None:
        """Read its end again."""
        self._reads.ask(partial(_read_end, self._files[self._shown][1]))

    def tick(self, situation: Situation) -> None:
        """Read on: a file does not tell when it grows."""
        super().tick(situation)
        self.reload()

    def action_other(self) -> None:
        """Show the other file."""
        if len(self._files) == 1:
            self.notify("This console has no worker with a log of its own.", timeout=3, markup=False)
            return
        self._shown = (self._shown + 1) % len(self._files)
        self.text.show([])
        self.reload()

    def _read(self, answer: tuple[Path, list[str], int]) -> None:
        path, lines, before = answer
        if path == self._files[self._shown][1]:
            self.query_one("#place-columns", LineBar).show([((safe_text(path), "quiet"),)])
            self.show_text(file_lines(lines, before), _empty(self._files[self._shown][0]))


def _read_end(path: Path) -> tuple[Path, list[str], int]:
    return path, *end_of_file(path)


def _empty(whose: str) -> list[Line]:
    return [((f"Nothing was written: the {whose} had nothing to complain about.", "plain"),)]
