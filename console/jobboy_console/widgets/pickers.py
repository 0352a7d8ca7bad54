"""Dialogs that shape a list: what it is sorted by, and which columns it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.listing.columns import KNOWN, USUAL, column_named, is_known
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import safe_text
from jobboy_console.widgets.cursor_view import CursorView, PickRow
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput

_USUAL_ORDER = ""


class PickOrder(ModalScreen[str | None]):
    """Chooses what a list is sorted by; answers as after ``sort:``, empty for the view's own order, or None.

    Args:
        choices: keys of the filter language, each with what it is.
        order: the present one.
        own: what the view's own order is, in words.
    """

    BINDINGS = bindings("picker", "orders")

    def __init__(self, choices: Sequence[tuple[str, str]], order: str, *, own: str) -> None:
        super().__init__()
        self._choices = choices
        self._order = order
        self._own = own

    def compose(self) -> ComposeResult:
        """Return the list and what its keys do."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Sort by")
            yield CursorView(id="picker-rows")
            yield LineBar(id="picker-hint")

    def on_mount(self) -> None:
        """Begin on the present order."""
        keys = hint("{rows.pick} sorts · {orders.falling} the other way round · {picker.close} leaves it")
        self.query_one("#picker-hint", LineBar).show([((keys, "quiet"),)])
        self._show(self._order.removeprefix("-"))
        self.query_one(CursorView).focus()

    def action_close(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    def action_done(self) -> None:
        """Answer with None: a choice answers by itself."""
        self.dismiss(None)

    def action_falling(self) -> None:
        """Answer with the order under the cursor, the other way round."""
        key = str(self.query_one(CursorView).cursor_key)
        self.dismiss(f"-{key}" if key else key)

    @on(CursorView.Picked)
    def _picked(self, event: CursorView.Picked) -> None:
        self.dismiss(str(event.key))

    def _show(self, cursor: str) -> None:
        rows = [PickRow(_USUAL_ORDER, self._line(_USUAL_ORDER, self._own))]
        rows += [PickRow(key, self._line(key, says)) for key, says in self._choices]
        view = self.query_one(CursorView)
        view.styles.height = min(len(rows), 16)
        view.show_rows(rows, cursor=cursor)

    def _line(self, key: str, says: str) -> Line:
        present = self._order.removeprefix("-") == key
        arrow = ("▼" if self._order.startswith("-") else "▲") if present and key else "✓" if present else " "
        quick = " · quick" if key in ("", "age", "created") else ""
        return ((f" {arrow} ", "accent"), (f"{key or 'as usual':<10} ", "bold"), (says + quick, "quiet"))


class PickColumns(ModalScreen[tuple[str, ...] | None]):
    """Chooses the columns of a list and their order; answers with their names, none for the usual ones, or None.

    Args:
        names: the present ones.
        paths: places in documents that are worth offering.
        check: raises `ValueError` for what is no path.
    """

    BINDINGS = bindings("picker", "columns")

    def __init__(self, names: Sequence[str], paths: Sequence[str], check: Callable[[str], object]) -> None:
        super().__init__()
        self._chosen = list(names or USUAL)
        self._paths = paths
        self._check = check

    def compose(self) -> ComposeResult:
        """Return the list, the field for a path and what the keys do."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Columns")
            yield CursorView(id="picker-rows")
            yield SteadyInput(
                placeholder="store.rows, parameters.tenant.name …: enter adds it", id="column-path", compact=True
            )
            yield LineBar(id="picker-problem")
            yield LineBar(id="picker-hint")

    def on_mount(self) -> None:
        """Show what there is."""
        keys = hint(
            "{columns.toggle} shows · {columns.left} {columns.right} move · tab: a path · {picker.done} takes them · "
            "{picker.close} leaves it"
        )
        self.query_one("#picker-hint", LineBar).show([((keys, "quiet"),)])
        self._show(self._chosen[0])
        self.query_one(CursorView).focus()

    def action_close(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    def action_done(self) -> None:
        """Answer with what is chosen."""
        self.dismiss(() if tuple(self._chosen) == USUAL else tuple(self._chosen))

    def action_show_or_hide(self) -> None:
        """Show the column under the cursor, or hide it; one stays."""
        name = str(self.query_one(CursorView).cursor_key)
        if name not in self._chosen:
            self._chosen.append(name)
        elif len(self._chosen) > 1:
            self._chosen.remove(name)
        self._show(name)

    def action_shift(self, by: int) -> None:
        """Move the column under the cursor."""
        name = str(self.query_one(CursorView).cursor_key)
        if name in self._chosen:
            place = self._chosen.index(name)
            self._chosen.insert(min(max(place + by, 0), len(self._chosen) - 1), self._chosen.pop(place))
            self._show(name)

    @on(CursorView.Picked)
    def _picked(self) -> None:
        self.action_show_or_hide()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        problem = self.query_one("#picker-problem", LineBar)
        try:
            if not is_known(name):
                self._check(name)
        except ValueError as error:
            problem.show([((safe_text(error), "wrong"),)])
            return
        problem.show([])
        if name not in self._chosen:
            self._chosen.append(name)
        event.input.value = ""
        self._show(name)
        self.query_one(CursorView).focus()

    def _show(self, cursor: str) -> None:
        known = [column.name for column in KNOWN]
        rest = [name for name in (*known, *self._paths) if name not in self._chosen]
        rows = [PickRow(name, self._line(name)) for name in (*self._chosen, *rest)]
        view = self.query_one(CursorView)
        view.styles.height = max(min(len(rows), self.app.size.height - 10), 3)
        view.show_rows(rows, cursor=cursor)

    def _line(self, name: str) -> Line:
        column, shown = column_named(name), name in self._chosen
        sign = ("[✓] ", "done") if shown else ("[ ] ", "quiet")
        return (
            (" ", "plain"),
            sign,
            (f"{safe_text(name, limit=40):<14} ", "bold" if shown else "plain"),
            (column.says, "quiet"),
        )
