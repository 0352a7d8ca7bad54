"""Keys one after the other: each is worked to its end before the next, and none answers a dialog nobody saw yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakSet

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen

from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_widget import LineWidget

ROUNDS = 3
"""So often a key is followed from the focus to the application: submitted, so closed, so the focus moved."""
LOST_S = 0.25
"""After so long a key whose widget was closed under it counts as worked."""
PATIENCE = 40
"""So many times as long is waited while its widget is there: on a machine that is starved."""


class Keyboard:
    """Gives keys to an application in their turn.

    Over a slow line, or when somebody types without looking, several keys come in one piece. Textual would send them
    all to what had the focus at their beginning. Here the next waits until the one before has moved the focus or
    opened its screen, and that screen is drawn. What was typed before a dialog could be seen is not its answer: it is
    dropped, and said so.

    Args:
        app: whose keys they are.
        forward: hands one key to what has the focus.
    """

    def __init__(self, app: App[Any], forward: Callable[[events.Key], Awaitable[None]]) -> None:
        self._app, self._forward = app, forward
        self._typed: deque[events.Key] = deque()
        self._number = 0
        self._in_hand = 0
        """Number of the key that is being worked; 0 for none."""
        self._target: DOMNode = app
        """What had the focus when it was forwarded."""
        self._lost: asyncio.TimerHandle | None = None
        """While it is followed: ends that."""
        self._drawn: WeakSet[Screen[Any]] = WeakSet()
        self._awaited: WeakSet[Screen[Any]] = WeakSet()

    async def take(self, key: events.Key) -> None:
        """Forward a key, at once or when it is its turn."""
        self._typed.append(key)
        if self._in_hand and self._lost is None and self._app.screen_stack:
            if self._is_quiet():
                self._in_hand = 0
            else:
                self._follow_it()
        await self._next()

    async def _next(self) -> None:
        while self._typed and not self._in_hand and self._app.screen_stack:
            screen = self._app.screen
            if screen not in self._drawn:
                self._await_drawing(screen)
                return
            key = self._typed.popleft()
            if not is_for(screen, key):
                self._drop(key)
                continue
            self._target = self._app.focused or screen
            self._number = self._in_hand = self._number + 1
            await self._forward(key)
            if self._typed:
                self._follow_it()

    def _drop(self, key: events.Key) -> None:
        """Say that a key was typed too soon, and forget what was typed with it."""
        self._typed.clear()
        name = key.character if key.is_printable else key.key
        text = f"{name} was typed before this was on the screen: nothing was answered."
        self._app.notify(text, severity="warning", timeout=4, markup=False)

    # --- when a key is worked ---

    def _is_quiet(self) -> bool:
        """Say whether nothing waits between the focus and the application: then all that a key set off is done."""
        chain = [*self._target.ancestors_with_self, *(self._app.focused or self._app.screen).ancestors_with_self]
        return all(node.message_queue_size == 0 for node in chain)

    def _follow_it(self) -> None:
        """Go after the key in hand, and take the next one when all that it has set off is done."""
        self._watch(self._in_hand, PATIENCE)
        self._step(self._in_hand, list(self._target.ancestors_with_self), 1)

    def _watch(self, number: int, patience: int) -> None:
        """End a key that will never come through, for what it was sent to is gone."""
        if number != self._in_hand:
            return
        if patience and (patience == PATIENCE or self._target.is_attached):
            loop = asyncio.get_running_loop()
            self._lost = loop.call_later(LOST_S, self._watch, number, patience - 1)
        else:
            self._app.call_later(self._end, number)

    def _step(self, number: int, chain: list[DOMNode], round: int) -> None:
        while chain:
            if chain.pop(0).call_later(self._step, number, chain, round):
                return
        if round < ROUNDS and self._app.screen_stack:
            focus = self._app.focused or self._app.screen
            self._step(number, list(focus.ancestors_with_self), round + 1)
        else:
            self._app.call_later(self._end, number)

    async def _end(self, number: int) -> None:
        if number != self._in_hand or self._lost is None:
            return
        self._lost.cancel()
        self._lost, self._in_hand = None, 0
        await self._next()

    # --- when a screen is drawn ---

    def _await_drawing(self, screen: Screen[Any]) -> None:
        if screen in self._awaited:
            return
        self._awaited.add(screen)
        if not screen.call_after_refresh(self._app.call_later, self._see, screen):
            self._app.call_later(self._see, screen)

    async def _see(self, screen: Screen[Any]) -> None:
        self._drawn.add(screen)
        await self._next()


def is_for(screen: Screen[Any], key: events.Key) -> bool:
    """Say whether a key may be for a screen: for a dialog only what was pressed when it could be seen."""
    return not isinstance(screen, Dialog) or screen.was_seen_at(key.time)


class OneKeyAtATime(App[None]):
    """An application with such a keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self._keyboard = Keyboard(self, super().on_event)

    async def on_event(self, event: events.Event) -> None:
        """Take a key when it is its turn; anything else at once.

        A key that comes back from what had the focus, with no use for it there, is asked for on the screen of this
        moment. A dialog that has opened meanwhile is not what it was pressed for.
        """
        if not isinstance(event, events.Key):
            await super().on_event(event)
        elif not event.is_forwarded:
            await self._keyboard.take(event)
        elif is_for(self.screen, event):
            await super().on_event(event)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Do what a key does where it is pressed, at once when what has the focus only draws lines.

        Textual asks for keys that go before the focus first. Then it hands the key up from the focus, through the
        queue of every widget on the way, and asks again; but a list has no use for a key besides its bindings.
        """
        if await super()._check_bindings(key, priority):
            return True
        return priority and isinstance(self.focused, LineWidget) and await super()._check_bindings(key)
