"""A console that is brought to a scene by keys, and drawn there in every size and theme."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from textual import events
from textual.screen import ModalScreen, Screen

from jobboy_console.app import ConsoleApp
from jobboy_console.commanded import Appearance
from jobboy_console.config import Profile
from jobboy_console.gateway import Gateway
from jobboy_console.looks.themes import OWN, theme_named
from jobboy_console.running.embedded import Embedded
from tests.console.conftest import Console
from tests.console.fake_operations import FakeOperations
from tests.console.pictures.drawing import Drawing, Size, written

SMALL, WIDE, BROAD = (80, 24), (120, 36), (170, 40)
DARK_AND_LIGHT = ("dark", "light")
EVERY_THEME = tuple(name for name in OWN if name != "ansi")
"""All that can follow each other in one console; what has these has a scene of its own in a terminal's colours."""
PATIENCE_S = 45.0
"""How long the pictures of a scene may differ from those that are kept before they are others."""


OVER = Event()
"""Set when a scene is over: what goes on behind it may end."""


@dataclass(frozen=True)
class Paste:
    """Text that is pasted where the keys go."""

    text: str


Step = str | Paste | Callable[["Stage"], Awaitable[object]]
"""A key, a text, or something that happens elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A screen in a certain state: how the console is brought there."""

    shows: type[Screen[Any]]
    world: Callable[[], FakeOperations]
    steps: Sequence[Step] = ()
    until: str = ""
    """Text that is shown when the console is there, if it comes by itself."""
    sizes: Sequence[Size] = (SMALL, WIDE)
    themes: Sequence[str] = DARK_AND_LIGHT
    read_only: bool = False
    profile: Profile | None = None
    worker: Callable[[], Embedded] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the application."""
    is_busy: bool = False
    """Whether something goes on behind it for as long as it is shown."""

    def app(self, operations: FakeOperations) -> ConsoleApp:
        """Return the console, not begun."""
        protected = self.profile.name if self.profile is not None and self.profile.protected else ""
        gateway = Gateway(operations, read_only=self.read_only, protected=protected)  # type: ignore[arg-type]  # same methods
        worker = None if self.worker is None else self.worker()
        look = Appearance(theme=self.themes[0], profile=self.profile)
        given = {"gateway": gateway, "worker": worker, "appearance": look, "watches": False, **self.options}
        return ConsoleApp(**given)


class Stage(Console):
    """The console of a scene."""

    def __init__(self, scene: Scene, app: ConsoleApp, pilot: Any, operations: FakeOperations) -> None:
        super().__init__(app, pilot)
        self.scene, self.operations = scene, operations
        self._is_patient = True

    async def play(self) -> None:
        """Do all that leads to the scene."""
        await self.settle()
        for step in self.scene.steps:
            if isinstance(step, str):
                await self.press(step)
            elif isinstance(step, Paste):
                self.app.post_message(events.Paste(step.text))
            else:
                await step(self)
            await self.settle()
        if self.scene.until:
            await self.until_shown(self.scene.until)
        assert type(self.app.screen) is self.scene.shows, type(self.app.screen)

    async def settle(self) -> None:
        """Wait until nothing is read in a thread and nothing is drawn any more."""
        before = None
        while True:
            await self.pilot.pause()
            busy = any(not worker.is_finished for worker in self.app.workers)
            drawn = self.text
            if drawn == before and (self.scene.is_busy or not busy):
                return
            before = drawn

    async def draw(self, kept: str | None) -> str:
        """Return the drawings of all sizes and themes, each when it is the kept one or after some patience."""
        parts = []
        for size in self.scene.sizes:
            if self.app.size != size:
                await self.pilot.resize_terminal(*size)
            drawings = {theme: await self._draw_in(theme, size, kept) for theme in self._themes_from_here()}
            parts.append(written(size, {theme: drawings[theme] for theme in self.scene.themes}))
        return "".join(parts)

    def leave_only_the_dialog(self) -> None:
        """Take away what is behind a dialog, which has pictures of its own."""
        if isinstance(self.app.screen, ModalScreen):
            for screen in self.app.screen_stack[:-1]:
                for part in screen.walk_children():
                    part.visible = False

    def _themes_from_here(self) -> list[str]:
        """Return the themes, the one that is shown first: to change it costs as much as to begin."""
        return sorted(self.scene.themes, key=lambda theme: theme_named(theme) != self.app.theme)

    async def _draw_in(self, theme: str, size: Size, kept: str | None) -> Drawing:
        if self.app.theme != theme_named(theme):
            self.app.theme = theme_named(theme)
        await self.settle()
        drawing = Drawing.of(self.app.screen)
        if kept is None or not self._is_patient:
            return drawing
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not _is_kept(drawing, theme, size, kept):
                    await self.pilot.pause(0.05)
                    drawing = Drawing.of(self.app.screen)
        except TimeoutError:
            self._is_patient = False
        return drawing


def _is_kept(drawing: Drawing, theme: str, size: Size, kept: str) -> bool:
    _, _, after = kept.partition(f"=== {size[0]}x{size[1]}\n")
    part = after.partition("=== ")[0]
    return part.startswith(drawing.text + "\n") and f"--- {theme}\n{drawing.colours}\n" in part
