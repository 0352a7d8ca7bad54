"""Takes the pictures of README and docs: the real console, in a real terminal, on a demo with real processes.

``python -m screenshots.take`` needs tmux; with the extra ``screenshots`` it makes PNG beside SVG. Ids, ages and the
place a catalogue has reached differ from time to time, everything else is the same.
"""

from __future__ import annotations

import argparse
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

from screenshots.terminal_picture import Picture

from jobboy.demo import Demo, open_demo
from jobboy.demo.programs import worker_program
from jobboy.operations import parse_filter

FOLDER = Path(__file__).parent
SIZES = ((120, 36), (80, 24))
DEADLINE = 60.0  # seconds
LOOK_EVERY = 0.1
QUIT_QUESTION = "Quit while it works?"
NOTHING_NEW = 3600.0  # seconds between new processes


@dataclass(frozen=True)
class Shot:
    """A picture: how the console is brought to what it shows."""

    name: str
    filter: str
    keys: tuple[str, ...]
    shows: str
    """Text that is on the screen when it is ready."""


SHOTS = (
    Shot("home", "", (), "reconcile-bytecode"),
    Shot("process", "running code:catalogue-sources", ("Enter",), "slowest"),
    Shot("recover", "stuck", ("R",), "Cancel"),
    Shot("proceed", "paused", ("P",), "replacement"),
)


class Terminal:
    """A terminal of a certain size that a command runs in; a server of its own, with nobody's settings."""

    def __init__(self, command: Sequence[str], *, columns: int, lines: int, folder: Path) -> None:
        self._socket = folder / "terminal"
        size = ["-x", str(columns), "-y", str(lines)]
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(folder), shlex.join(command))

    def press(self, *keys: str) -> None:
        """Press keys by the names tmux has for them."""
        self._tmux("send-keys", *keys)

    def screen(self, *, styled: bool = False) -> str:
        """Return what is shown, with escape sequences for its colours if asked."""
        return self._tmux("capture-pane", "-p", *(["-e", "-N"] if styled else []))

    def wait_for(self, text: str) -> None:
        """Wait until a text is shown and nothing moves any more."""
        wait_until(lambda: text in self.screen(), f"{text!r} on the screen")
        wait_until(self._is_still, "a still screen")

    def close(self) -> None:
        """End the console in order, and the terminal with it."""
        try:
            self.press("Escape", "Escape", "C-q")
            wait_until(self._has_quit, "the end of the console")
        finally:
            self._call("kill-server")

    def _is_still(self) -> bool:
        before = self.screen(styled=True)
        time.sleep(2 * LOOK_EVERY)
        return before == self.screen(styled=True)

    def _has_quit(self) -> bool:
        """Say whether the console has ended; answers it when it asks whether that is meant."""
        shown = self._call("capture-pane", "-p")
        if QUIT_QUESTION in shown.stdout:
            self._call("send-keys", "y")
        return shown.returncode != 0

    def _tmux(self, *arguments: str) -> str:
        answer = self._call(*arguments)
        answer.check_returncode()
        return answer.stdout

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["tmux", "-S", str(self._socket), *arguments], capture_output=True, text=True)


def main() -> None:
    """Take all pictures, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(shot.name for shot in SHOTS))
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pictures go")
    options = parser.parse_args()
    shots = [shot for shot in SHOTS if not options.names or shot.name in options.names]
    with tempfile.TemporaryDirectory(prefix="jobboy-screenshots-") as place, seeded(Path(place)) as demo:
        for columns, lines in SIZES:
            for shot in shots:
                demo.operations.start("catalogue-sources")
                picture = take(shot, demo, columns, lines)
                picture.save(options.folder / f"{shot.name}-{columns}x{lines}")


@contextmanager
def seeded(place: Path) -> Iterator[Demo]:
    """Open a demo, let a worker bring it to where every kind of trouble is there, and keep it as it is."""
    url = f"sqlite:///{place / 'demo.db'}"
    with open_demo(url, pace=NOTHING_NEW) as demo:
        with worker_program(url, demo.folder):
            wait_until(partial(has_all_kinds, demo), "every kind of trouble")
        yield demo


def has_all_kinds(demo: Demo) -> bool:
    """Say whether there is a process in every state that the pictures are to show."""
    return all(demo.operations.count(parse_filter(words)) for words in ("stuck", "failed", "paused", "waiting"))


def take(shot: Shot, demo: Demo, columns: int, lines: int) -> Picture:
    """Run the console until it shows what is wanted."""
    command = [sys.executable, "-m", "jobboy_console", "--database", "sqlite:///demo.db", "--app", demo.app]
    command += ["--filter", shot.filter]
    place = demo.folder.parent
    terminal = Terminal(["env", "COLORTERM=truecolor", *command], columns=columns, lines=lines, folder=place)
    try:
        terminal.wait_for("1 alive")
        if shot.keys:
            terminal.press(*shot.keys)
        terminal.wait_for(shot.shows)
        return Picture(terminal.screen(styled=True), columns=columns, lines=lines)
    finally:
        terminal.close()


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
