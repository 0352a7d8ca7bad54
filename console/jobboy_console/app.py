"""The application: joins gateway, feed, worker and screens, and knows when it may end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from jobboy_console.commanded import Appearance, CommandedApp
from jobboy_console.commands import bindings
from jobboy_console.config import Config
from jobboy_console.looks.text import plural, safe_text
from jobboy_console.machine import collecting
from jobboy_console.machine.memory import Memory
from jobboy_console.running.background import Landed, Lane
from jobboy_console.running.embedded import Embedded, NoWorker
from jobboy_console.screens.asked import LooksAtPauses
from jobboy_console.screens.opening import Opening
from jobboy_console.widgets.status_bar import Situation

if TYPE_CHECKING:
    from jobboy_console.gateway import Gateway
    from jobboy_console.running.feed import Changed, Feed, Found, Lost
    from jobboy_console.screens.base import BaseScreen

AT_EASE_S = 1.0
"""So long after home is opened its rows are there, and what was put off can be done."""


@dataclass(frozen=True)
class Ground:
    """What the console runs on once its database is open."""

    gateway: Gateway
    worker: Embedded
    memory: Memory = field(default_factory=Memory)


class ConsoleApp(CommandedApp):
    """The console on one database.

    Args:
        gateway: the way to the database; None when `opening` is to find it.
        worker: the embedded worker; started with the screen, ended with it.
        memory: what was remembered about the database; by default nothing, and for this run only.
        opening: opens the database, in a thread and after the first paint; its error is kept in `failure`.
        shown_as: name of the database while it is opened.
        filter: with which the list begins.
        config: what the operator's file says.
        appearance: theme, profile and signs.
        watches: whether changes of the database are followed; tests switch that off.
    """

    CSS_PATH = Path(__file__).with_name("console.tcss")
    TITLE = "jobboy"
    BINDINGS = bindings("places")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012  # Textual's own declaration
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]  # noqa: RUF012  # Textual's own declaration

    def __init__(
        self,
        gateway: Gateway | None = None,
        *,
        worker: Embedded | None = None,
        memory: Memory | None = None,
        opening: Callable[[], Ground] | None = None,
        shown_as: str = "",
        filter: str = "",
        config: Config | None = None,
        appearance: Appearance | None = None,
        watches: bool = True,
    ) -> None:
        super().__init__(config or Config(), appearance or Appearance())
        self.animation_level = "none"
        self.failure: Exception | None = None
        """Why the database could not be opened."""
        self._ground = None if gateway is None else Ground(gateway, worker or NoWorker(), memory or Memory())
        self._opening = opening
        self._shown_as = shown_as
        self._filter = filter
        self._watches = watches
        self._lost: str | None = None
        self._lost_s = 0
        self._feed: Feed | None = None
        self._loop_of_screen: asyncio.AbstractEventLoop | None = None
        self._must_end = False
        self._is_quitting = False
        self._opened: Lane[Ground] = Lane(self, "opening", deliver=self._begin, trouble=self._fail_to_open)
        self._held: Lane[list[str]] = Lane(self, "quit", deliver=self._ask_to_quit, trouble=lambda _: self.exit())
        self._ending: Lane[None] = Lane(self, "ending", deliver=lambda _: self.exit(), trouble=lambda _: self.exit())

    def on_mount(self) -> None:
        """Show home, or open the database first."""
        self._loop_of_screen = asyncio.get_running_loop()
        if self._must_end:
            self.exit()
        if self._ground is not None:
            self._begin(self._ground)
        elif self._opening is not None:
            self.call_after_refresh(self._opened.ask, self._opening)

    def end_soon(self) -> None:
        """End the console in order; may be called by a signal handler, and before it has begun."""
        self._must_end = True
        if self._loop_of_screen is not None:
            self._loop_of_screen.call_soon_threadsafe(self.exit)

    def on_unmount(self) -> None:
        """Stop watching."""
        self._loop_of_screen = None
        if self._feed is not None:
            self._feed.stop()

    @property
    def memory(self) -> Memory:
        """What is remembered about the database; nothing before it is open."""
        return Memory() if self._ground is None else self._ground.memory

    @property
    def situation(self) -> Situation:
        """What every head says."""
        profile = self.profile
        badges = Situation(database=self._shown_as, read_only=False, worker="none yet")
        if profile is not None:
            badges = replace(badges, profile=profile.name, protected=profile.protected)
        if self._ground is None:
            return badges
        return replace(
            badges,
            database=self._ground.gateway.database,
            read_only=self._ground.gateway.read_only,
            worker=self._ground.worker.state(),
            lost=self._lost,
            lost_for_s=self._lost_s,
        )

    # --- the feed ---

    def on_changed(self, event: Changed) -> None:
        """Tell the screens that are shown."""
        for screen in self._base_screens():
            screen.changed()
        self._look_at_pauses()

    def on_lost(self, event: Lost) -> None:
        """Say that what is shown is old."""
        self._lost = event.why
        self._tell_situation()
        self._look_at_pauses()

    def on_found(self, event: Found) -> None:
        """Say that all is well again."""
        self._lost, self._lost_s = None, 0
        self._tell_situation()
        self._look_at_pauses()

    def on_landed(self, event: Landed) -> None:
        """Hand an answer to its lane."""
        event.lane.land(event.result)

    # --- keys ---

    def action_go(self, place: str) -> None:
        """Go to a screen of the house; from one to another without leaving anything behind."""
        from jobboy_console.screens.place import PlaceScreen, Surroundings
        from jobboy_console.screens.places import PLACES

        if self._ground is None or (isinstance(self.screen, PlaceScreen) and place == self.screen.PLACE):
            return
        screen = PLACES[place](Surroundings(self._ground.gateway, self._ground.worker, self.situation))
        if isinstance(self.screen, PlaceScreen):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def action_logs(self) -> None:
        """Show what the steps of the process under the cursor printed and logged."""
        from jobboy_console.screens.base import BaseScreen
        from jobboy_console.screens.place import Surroundings
        from jobboy_console.screens.turn_logs import TurnLogs

        rows = self.screen.rows() if isinstance(self.screen, BaseScreen) else []
        if self._ground is not None and rows and not isinstance(self.screen, TurnLogs):
            surroundings = Surroundings(self._ground.gateway, self._ground.worker, self.situation)
            self.push_screen(TurnLogs(surroundings, rows[0]))

    async def action_quit(self) -> None:
        """End the console; asks first while the embedded worker has work in hand. A second time ends at once."""
        pid = self._pid()
        if pid is None or self._ground is None:
            self.exit()
        elif self._is_quitting:
            self._end()
        else:
            self._is_quitting = True
            self._held.ask(partial(self._ground.gateway.held_by, pid))

    def _pid(self) -> int | None:
        return None if self._ground is None else self._ground.worker.pid()

    def _has_no_worker(self) -> bool:
        return self._pid() is None

    def _ask_to_quit(self, held: list[str]) -> None:
        if self._ending.busy:
            return
        if not held:
            self._end()
            return
        from jobboy_console.widgets.dialogs import Question

        lines = [
            f"The worker of this console has {plural(len(held), 'process', 'processes')} in its hands.",
            "Quit lets their turns end for five seconds; what is not done then is taken up again by the next worker.",
        ]
        self.push_screen(Question("Quit while it works?", lines, no="Stay", yes="Quit"), self._quit_answered)

    def _quit_answered(self, yes: bool | None) -> None:
        if yes:
            self._end()
        else:
            self._is_quitting = False

    def _end(self) -> None:
        if self._ending.busy:
            return
        self.notify("Ending the worker…", timeout=10, markup=False)
        self._ending.ask(self._stop_worker)

    def _stop_worker(self) -> None:
        if self._ground is not None:
            self._ground.worker.stop()

    def _start_worker(self) -> None:
        try:
            if self._ground is not None:
                self._ground.worker.start()
        except Exception as error:  # noqa: BLE001  # the console is of use without its worker
            self.call_from_thread(
                partial(self.notify, safe_text(error), title="No worker", severity="error", timeout=20, markup=False)
            )

    # --- its beginning ---

    def _begin(self, ground: Ground) -> None:
        """Show home, then start to watch and to work."""
        from jobboy_console.running.feed import Feed
        from jobboy_console.screens.processes import Processes

        self._ground = ground
        self.recall_theme()
        home = Processes(
            ground.gateway, self.situation, memory=ground.memory, configured=self.config.views, filter=self._filter
        )
        self.push_screen(home)
        self.set_interval(1.0, self._tick)
        if self._watches:
            self._feed = Feed(ground.gateway, self.post_message, sweeps=self._has_no_worker)
            self._feed.start()
        self.run_worker(self._start_worker, thread=True, exit_on_error=False, group="start")
        self.set_timer(AT_EASE_S, self._at_ease)
        self.tell_oddities()

    def _at_ease(self) -> None:
        """Do what was put off while everybody waited for the first rows."""
        threading.Thread(target=_catch_up, name="console-later", daemon=True).start()

    def _fail_to_open(self, error: Exception) -> None:
        self.failure = error
        self.exit()

    # --- its parts ---

    def _base_screens(self) -> list[BaseScreen]:
        """The screens to keep fresh: the topmost that is no dialog; none while the console ends."""
        from jobboy_console.screens.base import BaseScreen

        if not self.is_running:
            return []
        shown = [screen for screen in self.screen_stack if isinstance(screen, BaseScreen)]
        return [screen for screen in shown[-1:] if screen.is_mounted]

    def _look_at_pauses(self) -> None:
        """Let whoever writes an answer know what became of its pause."""
        for dialog in self.screen_stack if self.is_running else []:
            if isinstance(dialog, LooksAtPauses) and dialog.is_mounted:
                dialog.look()

    def _tick(self) -> None:
        if self._lost is not None:
            self._lost_s += 1
        self._tell_situation()

    def _tell_situation(self) -> None:
        situation = self.situation
        for screen in self._base_screens():
            screen.tick(situation)

    def get_default_screen(self) -> Screen[None]:
        """Return the screen under home, which is seen until home is there."""
        return Screen(id="_default") if self._ground is not None else Opening(self.situation)


def _catch_up() -> None:
    from jobboy_console.screens import later

    later.load()
    collecting.take_up()
