"""What stands above the list: how many are in which state, how many end a minute, and what is in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from jobboy_console.facts.snapshots import Home, PastEndings
from jobboy_console.gateway import Gateway
from jobboy_console.listing.throughput import Throughput
from jobboy_console.running.background import Lane
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.status_bar import Situation, StatusBar
from jobboy_console.widgets.trouble_bar import TroubleBar


class Figures:
    """Reads the figures of the whole database in threads, and shows them in the bars of one screen.

    Args:
        screen: with a status bar, a trouble bar and a line for the throughput.
        gateway: the way to the database.
        situation: what the head says at first.
        read: takes new figures before they are shown.
        trouble: takes what went wrong.
    """

    def __init__(
        self,
        screen: Screen[Any],
        gateway: Gateway,
        situation: Situation,
        *,
        read: Callable[[Home], object],
        trouble: Callable[[Exception], object],
    ) -> None:
        self._screen, self._gateway, self._situation, self._tell = screen, gateway, situation, read
        self.home: Home | None = None
        """What was read last."""
        self._throughput = Throughput()
        self._reads: Lane[Home] = Lane(screen, "figures", deliver=self._read, trouble=trouble)
        self._endings: Lane[PastEndings] = Lane(screen, "endings", deliver=self._endings_read, trouble=trouble)

    def ask(self) -> None:
        """Read them."""
        self._reads.ask(self._gateway.home)

    def show(self, situation: Situation | None = None) -> None:
        """Show what is known, and the situation if it is another one."""
        self._situation = self._situation if situation is None else situation
        self._screen.query_one(StatusBar).show_state(self.home, self._situation)
        line = self._throughput.line(self._gateway.now()) if self._is_wide else ()
        self._screen.query_one("#throughput", LineBar).show([line] if line else [])
        lost_for_s, waiting_s = self._situation.lost_for_s, self._reads.busy_s
        bar = self._screen.query_one(TroubleBar)
        bar.show_trouble(self._gateway.trouble, lost_for_s=lost_for_s, waiting_s=waiting_s)

    def show_for_width(self) -> None:
        """Show what is known for a new width; where the throughput has room, its past is read."""
        if self._is_wide and self._throughput.needs_past(self._gateway.now()):
            self._endings.ask(self._gateway.endings)
        self.show()

    @property
    def _is_wide(self) -> bool:
        return self._screen.has_class("-wide")

    def _read(self, home: Home) -> None:
        self.home = home
        self._tell(home)
        now = self._gateway.now()
        if self._throughput.needs_past(now) and self._is_wide:
            if not self._endings.busy:
                self._endings.ask(self._gateway.endings)
        else:
            self._throughput.see(home, now)
        self.show()

    def _endings_read(self, past: PastEndings) -> None:
        self._throughput.begin(past)
        self.show()
