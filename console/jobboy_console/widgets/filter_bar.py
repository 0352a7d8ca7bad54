"""Where the filter is typed: what may come next is offered, what is wrong is marked at its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.gateway import Candidate, FilterError, Words, check_filter, completions, is_quick
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import fit, safe_text
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput

HINT = "failed,failing · active · handled · unhandled · stuck · paused · waiting · code:NAME"
KEYS = (
    "{filter.take} completes · {filter.down} chooses · {filter.up} used before · enter keeps · {filter.drop} leaves"
)
SHOWN = 6
"""Offers that are shown at once."""
PAUSE_S = 0.15
"""So long nothing may be typed before a filter that no index answers is tried."""
MID_WORD_S = 0.8
"""The same where the word may go on to be another one: ``cod`` is a text to look for, and the beginning of a key."""


class FilterBar(Vertical):
    """An input that is hidden until it is asked for; enter keeps the filter, escape brings the one before back."""

    BINDINGS = bindings("filter")
    DEFAULT_CSS = """
    FilterBar { height: auto; display: none; padding: 0 1; background: $surface; }
    FilterBar.open { display: block; }
    FilterBar Input { width: 1fr; }
    """

    @dataclass
    class Applied(Message):
        """A filter that can be read."""

        text: str

    @dataclass
    class Closed(Message):
        """The operator is done with it."""

    def __init__(self) -> None:
        super().__init__()
        self._words = Words()
        self._before = ""
        self._typed = ""
        self._recent: Sequence[str] = ()
        self._recalled = -1
        """Place among the recent filters; -1 for what was typed."""
        self._offers: Sequence[Candidate] = ()
        self._chosen = -1
        """Place among the offers; -1 while none is chosen."""
        self._applied = ""
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Return the input and the lines under it."""
        yield SteadyInput(placeholder=HINT, compact=True, select_on_focus=False, id="filter-input")
        yield LineBar(id="filter-error")
        yield LineBar(id="filter-offers")

    def open(self, text: str, recent: Sequence[str] = ()) -> None:
        """Show it with the present filter and take the keys; `recent` has filters used before, the last one first."""
        self._before = self._applied = text
        self._recent, self._recalled = recent, -1
        self.add_class("open")
        field = self.query_one(SteadyInput)
        field.value = text
        field.cursor_position = len(text)
        field.focus()
        self._check(text)

    def offer(self, words: Words) -> None:
        """Offer the words of the database from now on."""
        self._words = words
        self._show_offers()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")
        self.post_message(self.Closed())

    # --- keys ---

    def action_take(self) -> None:
        """Take the chosen offer, or the first."""
        if self._offers:
            self._take(self._offers[max(self._chosen, 0)])

    def action_choose(self, by: int) -> None:
        """Go to the next offer, or back; beyond the first one are the filters used before."""
        if self._recalled >= 0 or (by < 0 and self._chosen < 0):
            self._recall(self._recalled - by)
        else:
            self._chosen = min(max(self._chosen + by, -1), len(self._offers) - 1)
            self._draw_offers()

    def action_drop(self) -> None:
        """Leave the list as it was."""
        self._apply(self._before)
        self.close()

    @on(Input.Submitted)
    def _keep(self, event: Input.Submitted) -> None:
        event.stop()
        if self._chosen >= 0:
            self.action_take()
            return
        try:
            check_filter(event.value)
        except FilterError:
            return  # what is wrong is on the screen
        self._apply(event.value.strip())
        self.close()

    # --- its parts ---

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if not self.has_class("open"):
            return
        if self._recalled < 0 or event.value != self._recent[self._recalled]:
            self._recalled, self._typed = -1, event.value
        self._check(event.value)

    def _check(self, text: str) -> None:
        self._stop_timer()
        problem = self.query_one("#filter-error", LineBar)
        self._show_offers()
        try:
            check_filter(text)
        except FilterError as error:
            problem.show(self._problem(text, error))
            return
        problem.show([])
        if is_quick(text):
            self._apply(text.strip())
        else:
            pause_s = MID_WORD_S if may_go_on(text, self._offers) else PAUSE_S
            self._timer = self.set_timer(pause_s, lambda: self._apply(text.strip()))

    def _problem(self, text: str, error: FilterError) -> list[Line]:
        width = max(self.content_size.width, 20)
        field = self.query_one(SteadyInput)
        place = cell_len(text[: error.position]) - round(field.scroll_x)
        room = max(min(place, width - 1), 0)
        marks = "^" * max(min(error.length, width - room), 1)
        return [((" " * room + marks, "error"),), *wrap(((safe_text(error), "wrong"),), width)]

    def _apply(self, text: str) -> None:
        self._stop_timer()
        if text != self._applied:
            self._applied = text
            self.post_message(self.Applied(text))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _recall(self, place: int) -> None:
        self._recalled = min(max(place, -1), len(self._recent) - 1)
        text = self._typed if self._recalled < 0 else self._recent[self._recalled]
        field = self.query_one(SteadyInput)
        field.value = text
        field.cursor_position = len(text)

    def _take(self, offer: Candidate) -> None:
        field = self.query_one(SteadyInput)
        text = offer.applied(field.value)
        end = offer.start + len(offer.text)
        if end == len(text) and not offer.text.endswith((":", ".", "<", ">")):
            text, end = text + " ", end + 1
        field.value = text
        field.cursor_position = end

    def _show_offers(self) -> None:
        field = self.query_one(SteadyInput)
        self._offers = completions(field.value, min(field.cursor_position, len(field.value)), self._words)
        self._chosen = -1
        self._draw_offers()

    def _draw_offers(self) -> None:
        first = max(min(self._chosen - SHOWN + 1, len(self._offers) - SHOWN), 0)
        lines = [
            self._offer_line(offer, is_chosen=place == self._chosen)
            for place, offer in enumerate(self._offers[first : first + SHOWN], start=first)
        ]
        more = len(self._offers) - first - SHOWN
        keys = f"… {more:,} more · {hint(KEYS)}" if more > 0 else hint(KEYS)
        self.query_one("#filter-offers", LineBar).show([*lines, ((keys, "quiet"),)])

    @staticmethod
    def _offer_line(offer: Candidate, *, is_chosen: bool) -> Line:
        sign = ("▸ ", "accent") if is_chosen else ("  ", "plain")
        return (
            sign,
            (fit(safe_text(offer.text, limit=60), 22), "bold" if is_chosen else "plain"),
            (f" {offer.says}", "quiet"),
        )


def may_go_on(text: str, offers: Sequence[Candidate]) -> bool:
    """Say whether the word at the end of a filter is the beginning of one that is offered."""
    at_end = [offer for offer in offers if offer.start < len(text) == offer.end]
    return any(offer.text.startswith(text[offer.start :]) for offer in at_end)
