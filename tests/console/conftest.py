from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.message import Message
from textual.notifications import Notification
from textual.pilot import Pilot

from jobboy.operations import Operations
from jobboy_console.app import ConsoleApp
from jobboy_console.commanded import Appearance
from jobboy_console.commands.keymap import USUAL, put_in_force
from jobboy_console.config import VARIABLE, Config
from jobboy_console.gateway import Gateway, information
from jobboy_console.machine.memory import Memory
from jobboy_console.rules import config_report
from jobboy_console.screens import console_log, opening
from jobboy_console.screens.base import BaseScreen
from jobboy_console.widgets import trouble_bar
from jobboy_console.widgets.dialog import Dialog
from tests.console.fake_operations import FakeOperations

DEADLINE_S = 120.0


class Console:
    """A console under test: its keys and what its terminal shows."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys as people do: each when what the one before has opened can be seen."""
        for key in keys:
            await self.until(self._can_be_seen)
            await self.pilot.press(key)
        await self.settle()

    def _can_be_seen(self) -> bool:
        screen = self.app.screen
        if isinstance(screen, BaseScreen) and screen._plans.busy:
            return False  # a question is on its way
        return not isinstance(screen, Dialog) or screen.was_seen_at(Message().time)

    async def type(self, text: str) -> None:
        await self.press(*("space" if character == " " else character for character in text))

    async def settle(self) -> None:
        """Wait until nothing is read in a thread and every message is handled.

        A pause of the pilot alone ends when the program uses little time of the processor, which a starved one does.
        """
        quiet = 0
        while quiet < 2:
            if quiet:
                await self.pilot._wait_for_screen()
            else:
                await self.pilot.pause()
            quiet = quiet + 1 if self._is_quiet() else 0
            if any(not worker.is_finished for worker in self.app.workers):
                await self.app.workers.wait_for_complete()

    def _is_quiet(self) -> bool:
        if any(not worker.is_finished for worker in self.app.workers):
            return False
        pumps = [
            self.app,
            *(pump for screen in self.app.screen_stack for pump in screen.walk_children(with_self=True)),
        ]
        return all(pump._message_queue.empty() and not pump._next_callbacks for pump in pumps)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                await self.pilot.pause(0.02)

    async def until_shown(self, text: str) -> None:
        await self.until(lambda: text in self.text)

    @property
    def text(self) -> str:
        """The screen as characters, every screen of the stack that is visible included."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)

    @property
    def said(self) -> str:
        """The toasts so far."""
        return " ".join(note.message for note in self.app._notifications)


@asynccontextmanager
async def opened(
    operations: FakeOperations | Operations,
    *,
    size: tuple[int, int] = (80, 24),
    read_only: bool = False,
    filter: str = "",
    config: Config | None = None,
    memory: Memory | None = None,
    appearance: Appearance | None = None,
) -> AsyncIterator[Console]:
    gateway = Gateway(operations, read_only=read_only)  # type: ignore[arg-type]  # same methods
    app = ConsoleApp(gateway, filter=filter, watches=False, config=config, memory=memory, appearance=appearance)
    async with app.run_test(size=size, notifications=True) as pilot:
        console = Console(app, pilot)
        await console.settle()
        yield console


@pytest.fixture(autouse=True)
def _no_configuration_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, os.devnull)


@pytest.fixture(autouse=True)
def _toasts_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what was said however long a busy machine takes until a test reads it."""
    monkeypatch.setattr(Notification, "has_expired", False)


@pytest.fixture(autouse=True)
def _the_usual_keys() -> Iterator[None]:
    """Let no test leave the keys of its own in force."""
    yield
    put_in_force(USUAL)


@pytest.fixture
def operations() -> FakeOperations:
    return FakeOperations()


@pytest.fixture
def of_no_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let nothing of this machine, of its clock or of its speed be seen."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config_report, "default_file", lambda: Path("/home/ada/.config/jobboy-console/config.toml"))
    log = Path("console.log")
    log.write_text("2031-05-06 12:00:00 WARNING jobboy: the worker ended (signal SIGKILL)\n")
    notify = ConsoleApp.notify
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(ConsoleApp, "_tick", lambda self: None)
    monkeypatch.setattr(ConsoleApp, "notify", lambda self, *a, **o: notify(self, *a, **{**o, "timeout": 3600}))
    monkeypatch.setattr(trouble_bar, "SLOW_S", 3600)
    monkeypatch.setattr(opening, "LONG_S", 3600)
    monkeypatch.setattr(console_log, "log_path", lambda: log)
    monkeypatch.setattr(information, "_programs", lambda found: (("jobboy", "0.1.0"), ("database", found.engine)))
    monkeypatch.setattr(
        information, "_files", lambda: (("log", "/home/ada/.local/state/jobboy-console/console.log"),)
    )
