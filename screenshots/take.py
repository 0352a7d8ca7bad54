"""Takes the pictures of README and docs: the real console, in a real terminal, on a demo with real processes.

``python -m screenshots.take`` needs tmux; with the extra ``screenshots`` it makes PNG beside SVG. Ids, ages and the
place a catalogue has reached differ from time to time, everything else is the same.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jobboy.demo import Demo, open_demo
from jobboy.demo.programs import worker_program
from jobboy.demo.supply import THEN
from jobboy.operations import parse_filter
from screenshots.terminal_picture import Picture

FOLDER = Path(__file__).parent
SIZES = ((120, 36), (80, 24))
DEADLINE = 60.0  # seconds
LOOK_EVERY = 0.1
NOTHING_NEW = 3600.0  # seconds between new processes


@dataclass(frozen=True)
class Move:
    """Keys to press, by the names tmux has for them, and text that is on the screen when they have worked."""

    keys: tuple[str, ...]
    shows: str


@dataclass(frozen=True)
class Shot:
    """A picture: how the console is brought to what it shows."""

    name: str
    filter: str
    moves: tuple[Move, ...]
    needs: str | None = None
    """Code of which a process is started for it."""


SHOTS = (
    Shot("home", "", (Move((), "reconcile-bytecode"),)),
    Shot("process", "running code:catalogue-sources", (Move(("Enter",), "token"),), needs="catalogue-sources"),
    Shot("timeline", "failed code:parse-untrusted", (Move(("Enter",), "token"), Move(("6",), "step completed"))),
    Shot(
        "versions",
        "running code:catalogue-sources",
        (Move(("Enter",), "priority"), Move(("t",), "Version"), Move((",", "Space", ".", "d"), "(A)")),
    ),
    Shot("explain", "stuck", (Move(("Enter",), "priority"), Move(("x",), "What you can do"))),
    Shot("recover", "stuck", (Move(("R",), "Cancel"),)),
    Shot(
        "proceed",
        "paused",
        (
            Move(("P",), "what you change"),
            Move(("UTF-8",), '"UTF-8"'),
            Move(("Tab",), "can be sent"),
            Move(("checked",), '"checked"'),
        ),
    ),
)


class Terminal:
    """A terminal of a certain size that a command runs in; a server of its own, with nobody's settings."""

    def __init__(self, command: Sequence[str], *, columns: int, lines: int, folder: Path) -> None:
        self._socket = folder / "terminal"
        size = ["-x", str(columns), "-y", str(lines)]
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(folder), shlex.join(command))

    def press(self, *keys: str) -> None:
        """Press keys, none or several."""
        if keys:
            self._tmux("send-keys", *keys)

    def screen(self, *, styled: bool = False) -> str:
        """Return what is shown, with escape sequences for its colours if asked."""
        return self._tmux("capture-pane", "-p", *(["-e", "-N"] if styled else []))

    def wait_for(self, text: str) -> None:
        """Wait until a text is shown and nothing moves any more."""
        wait_until(lambda: text in self.screen(), f"{text!r} on the screen")
        wait_until(self._is_still, "a still screen")

    def close(self) -> None:
        """Hang up: the command ends as it does when somebody closes the window."""
        self._tmux("kill-server")

    def _is_still(self) -> bool:
        before = self.screen(styled=True)
        time.sleep(2 * LOOK_EVERY)
        return before == self.screen(styled=True)

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self._socket), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Take all pictures, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(shot.name for shot in SHOTS))
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pictures go")
    options = parser.parse_args()
    shots = [shot for shot in SHOTS if not options.names or shot.name in options.names]
    os.environ["LOGNAME"] = "operator"  # whoever takes the pictures, this is the name in them
    with tempfile.TemporaryDirectory(prefix="jobboy-screenshots-") as place, seeded(Path(place)) as demo:
        for columns, lines in SIZES:
            for shot in shots:
                picture = take(shot, demo, columns, lines)
                picture.save(options.folder / f"{shot.name}-{columns}x{lines}")


@contextmanager
def seeded(place: Path) -> Iterator[Demo]:
    """Open a demo, let a worker bring it to where every kind of trouble is there, and keep it as it is."""
    url = f"sqlite:///{place / 'demo.db'}"
    with open_demo(url, pace=NOTHING_NEW) as demo:
        folder = {"folder": str(demo.folder)}
        demo.operations.start_many([(order.code, {**order.parameters, **folder}) for order in THEN])
        with worker_program(url, demo.folder):
            wait_until(partial(has_all_kinds, demo), "every kind of trouble")
        yield demo


def has_all_kinds(demo: Demo) -> bool:
    """Say whether there is a process in every state that the pictures are to show."""
    wanted = {"stuck": 1, "failed": 4, "paused": 4, "waiting": 4}
    return all(demo.operations.count(parse_filter(words)) >= count for words, count in wanted.items())


def take(shot: Shot, demo: Demo, columns: int, lines: int) -> Picture:
    """Run the console until it shows what is wanted."""
    if shot.needs is not None:
        demo.operations.start(shot.needs)
    command = [sys.executable, "-m", "jobboy_console", "--database", "sqlite:///demo.db", "--app", demo.app]
    command += ["--filter", shot.filter]
    place = demo.folder.parent
    terminal = Terminal(["env", "COLORTERM=truecolor", *command], columns=columns, lines=lines, folder=place)
    try:
        terminal.wait_for("1 alive")
        for move in shot.moves:
            terminal.press(*move.keys)
            terminal.wait_for(move.shows)
        return Picture(terminal.screen(styled=True), columns=columns, lines=lines)
    finally:
        terminal.close()
        wait_until(lambda: demo.operations.overview().workers_alive == 0, "the end of the worker")


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: it did not come true; says what was waited for.
    """
    limit = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > limit:
            raise TimeoutError(f"waited {DEADLINE:g} s in vain for {what}")
        time.sleep(LOOK_EVERY)


if __name__ == "__main__":
    main()
