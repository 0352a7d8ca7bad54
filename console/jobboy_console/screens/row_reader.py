"""Reads the rows of a list that lives: when they are wanted, and when something has changed, but not too often."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.rows import Looked, News, Rows, RowsRequest
from jobboy_console.gateway import Gateway, Look
from jobboy_console.running.background import Lane
from jobboy_console.widgets.process_list import ProcessList

SLOW_S = 0.5
"""A list that takes longer to read is not read again with every change."""
REST = 20
"""It then rests so many times as long as it took."""
AT_FIRST_S = 0.3
"""So long the first rows stand before they are read again, and all is counted that no index counts."""


@dataclass
class Progressed(Message):
    """A look that is under way has found something, or got further."""

    rows: Rows


class RowReader:
    """Reads for one list; only the reading itself happens in threads.

    Args:
        screen: whose threads and messages are used; it hands `Progressed` back to the list.
        gateway: the way to the database.
        read: called after an answer was shown.
        trouble: takes what went wrong.
    """

    def __init__(
        self,
        screen: Screen[Any],
        gateway: Gateway,
        *,
        read: Callable[[], object],
        trouble: Callable[[Exception], object],
    ) -> None:
        self._screen = screen
        self._gateway = gateway
        self._read = read
        self._rows: Lane[tuple[Look, Rows]] = Lane(screen, "rows", deliver=self._rows_read, trouble=trouble)
        self._news: Lane[News] = Lane(screen, "news", deliver=self._news_read, trouble=trouble)
        self._look = Look()
        self._rests_until = 0.0
        self._later: Timer | None = None
        self._known: frozenset[str] = frozenset()
        self.news: News | None = None
        """What came in while the list was not shown from its beginning; None when nothing did."""
        self.is_paused = False
        """Whether changes are not shown."""

    @property
    def _list(self) -> ProcessList:
        return self._screen.query_one(ProcessList)

    def want(self, request: RowsRequest) -> None:
        """Read rows; what is read for another view is ended."""
        rows = self._list
        if not rows.window.loaded:
            self._look.cancel()
        shows_progress = not rows.window.loaded or request.go_on is not None
        look = Look((lambda found: self._screen.post_message(Progressed(found))) if shows_progress else None)
        self._rows.ask(partial(self._fetch, request, look))

    def changed(self) -> None:
        """Show what has changed, or count it while changes are not shown or the list is not at its beginning."""
        is_first = self._rows.busy and not self._list.window.loaded
        rest_s = AT_FIRST_S if is_first else self._rests_until - time.monotonic()
        if self.is_paused:
            self._count_news()
        elif rest_s <= 0:
            self.reload()
        elif self._later is None:
            self._later = self._screen.set_timer(rest_s, self._reload_later)

    def reload(self) -> None:
        """Show what has changed at once."""
        self._list.reload()
        if self._list.scroll_offset.y > 0:
            self._count_news()

    def toggle_pause(self) -> None:
        """Show no changes, or show them again."""
        self.is_paused = not self.is_paused
        if not self.is_paused:
            self.news = None
            self._list.reload()

    def begin(self) -> None:
        """Begin with another view."""
        self._look.cancel()
        self._known, self.news, self._rests_until = frozenset(), None, 0.0

    def stop(self) -> bool:
        """End the look that is under way, with what it has found; False when there is none."""
        looked = self._list.window.looked
        if not self._rows.busy or looked is None or not looked.is_under_way:
            return False
        self._look.cancel()
        return True

    # --- its parts ---

    def _fetch(self, request: RowsRequest, look: Look) -> tuple[Look, Rows]:
        self._look = look
        return look, self._gateway.rows(request, look)

    def _rows_read(self, answer: tuple[Look, Rows]) -> None:
        look, rows = answer
        if look.is_cancelled and look.progress is None:  # what is shown is more than what it has found
            return
        self._rests_until = time.monotonic() + _rest_s(rows)
        shown = self._list
        shown.accept(rows)
        if rows.leaves_out and not rows.breaks_off:
            self.changed()
        if rows.at_start and rows.request.view == shown.window.view and shown.scroll_offset.y == 0:
            self._known = frozenset(row.id for row in rows.rows)
            self.news = None
        self._read()

    def _news_read(self, news: News) -> None:
        if news.view == self._list.window.view:
            self.news = news if news.number and (self.is_paused or self._list.scroll_offset.y > 0) else None
            self._read()

    def _count_news(self) -> None:
        if self._known:
            self._news.ask(partial(self._gateway.news, self._list.window.view, self._known))

    def _reload_later(self) -> None:
        self._later = None
        self.changed()


def _rest_s(rows: Rows) -> float:
    if rows.leaves_out:
        return AT_FIRST_S
    return REST * rows.took_s if rows.took_s > SLOW_S else 0.0


def news_words(news: News | None, *, is_paused: bool) -> str:
    """Say what came in meanwhile and how to see it; empty when there is nothing to say."""
    count = "" if news is None else f"{news.number:,}{'+' if news.is_floor else ''} newer · "
    if is_paused:
        return f"PAUSED · {count}{hint('{list.pause} goes on')}"
    return f"{count}{hint('{list.first} shows them')}" if count else ""


def looked_words(looked: Looked | None) -> str:
    """Say how far was looked, and what one can do about it; empty when all was looked at."""
    if looked is None:
        return ""
    far = f"looked at {looked.looked_at:,} of {looked.of:,}"
    if looked.is_under_way:
        return f"{far} … {hint('{back} stops')}"
    if not looked.stopped:
        return ""
    if looked.is_sorted:
        return f"sorted the newest {looked.looked_at:,} of {looked.of:,} · {hint('{list.look_on} sorts all')}"
    return f"{far}, more may match · {hint('{list.look_on} looks on')}"
