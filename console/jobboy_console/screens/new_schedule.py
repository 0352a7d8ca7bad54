"""The form for a new schedule: what it starts and when, with the next times and mistakes while one types."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.house_snapshots import ScheduleOrder, SchedulePlanned
from jobboy_console.gateway import Gateway
from jobboy_console.looks.lines import wrap
from jobboy_console.looks.text import safe_text
from jobboy_console.places.schedules import planned_lines
from jobboy_console.running.background import Landed, Lane, is_in_use
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput

_FIELDS = (
    ("name", "nightly", ""),
    ("code", "what it starts", ""),
    ("when", "0 3 * * mon-fri, @daily, or an interval such as 10m", ""),
    ("timezone", "whose clock the cron text is about", "UTC"),
    ("missed", "one, skip or all of the times nobody was there", "one"),
    ("parameters", "JSON object for every process", "{}"),
    ("reason", "kept in the history", ""),
)


class NewSchedule(ModalScreen[tuple[ScheduleOrder, str | None] | None]):
    """Answers with what was typed and the reason, or None; it can be made only when nothing is wrong with it.

    Args:
        gateway: says when it would be due.
    """

    BINDINGS = bindings("schedule")

    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self._gateway = gateway
        self._planned: SchedulePlanned | None = None
        self._looks: Lane[SchedulePlanned] = Lane(self, "planned", deliver=self._looked, trouble=self._failed)
        self._codes: Lane[Sequence[str]] = Lane(self, "codes", deliver=self._show_codes, trouble=self._failed)

    def compose(self) -> ComposeResult:
        """Return a field for each thing, the verdict and the buttons."""
        with Vertical(classes="dialog", id="new-schedule") as box:
            box.border_title = Content("New schedule")
            for name, example, value in _FIELDS:
                with Horizontal(classes="field"):
                    label = LineBar(classes="label")
                    label.show([((name, "quiet"),)])
                    yield label
                    yield SteadyInput(
                        value, placeholder=example, compact=True, id=f"schedule-{name}", max_length=4000
                    )
            yield LineBar(id="schedule-codes")
            yield LineBar(id="schedule-verdict")
            with Horizontal(classes="buttons"):
                yield Button(Content("Cancel"), id="schedule-no", compact=True)
                yield Button(
                    Content(hint("Make it ({schedule.make})")), id="schedule-yes", compact=True, variant="error"
                )

    def on_mount(self) -> None:
        """Begin with the name: nothing is made before the button is pressed."""
        self.query_one("#schedule-name", SteadyInput).focus()
        self._codes.ask(self._gateway.house.schedules.codes)

    def on_landed(self, event: Landed) -> None:
        """Hand an answer to its lane."""
        event.stop()
        if is_in_use(self):
            event.lane.land(event.result)

    @property
    def order(self) -> ScheduleOrder:
        """What is typed now."""
        return ScheduleOrder(**{name: self._value(name) for name, _, _ in _FIELDS if name != "reason"})

    def action_yes(self) -> None:
        """Answer, when nothing is wrong."""
        if self._planned is None or self._planned.problem is not None:
            self._look()
            self.notify("Not yet: see below what is wrong.", severity="warning", markup=False)
        else:
            self.dismiss((self.order, self._value("reason") or None))

    def action_no(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    @on(Button.Pressed, "#schedule-no")
    def _pressed_no(self) -> None:
        self.action_no()

    @on(Button.Pressed, "#schedule-yes")
    def _pressed_yes(self) -> None:
        self.action_yes()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._planned = None
        self._look()

    @on(Input.Submitted)
    def _next_field(self) -> None:
        """Enter goes on to the next field and never makes anything."""
        self.focus_next()

    def _value(self, name: str) -> str:
        return self.query_one(f"#schedule-{name}", SteadyInput).value.strip()

    def _look(self) -> None:
        if self._value("name") or self._value("when"):
            self._looks.ask(partial(self._gateway.house.schedules.planned, self.order))

    def _looked(self, planned: SchedulePlanned) -> None:
        self._planned = planned
        lines = planned_lines(planned, self._gateway.now(), self._width)
        self.query_one("#schedule-verdict", LineBar).show(lines)

    def _show_codes(self, codes: Sequence[str]) -> None:
        known = (
            ", ".join(safe_text(code, limit=40) for code in codes) or "none is known: a worker must have been there"
        )
        self.query_one("#schedule-codes", LineBar).show(wrap(((f"codes: {known}", "quiet"),), self._width)[:2])

    def _failed(self, error: Exception) -> None:
        self.notify(safe_text(error), severity="error", markup=False)

    @property
    def _width(self) -> int:
        return min(70, self.app.size.width - 8)
