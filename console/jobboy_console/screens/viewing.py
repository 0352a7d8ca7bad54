"""Which list is shown: the views with their keys, what narrows them, their orders and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jobboy_console.commands.keymap import hint
from jobboy_console.config import SavedView
from jobboy_console.facts.views import View
from jobboy_console.gateway import Gateway, Words, check_filter
from jobboy_console.listing.saved_views import Shelf, remember_filter
from jobboy_console.looks.text import safe_text
from jobboy_console.machine.memory import Memory
from jobboy_console.running.background import Lane
from jobboy_console.screens.base import BaseScreen
from jobboy_console.widgets.tab_bar import NUMBERED


class Viewing(BaseScreen):
    """A screen with a list of which there are several views.

    Args:
        gateway: the way to the database.
        memory: keeps views, orders, columns and filters from one time to the next.
        configured: the operator's own views.
        filter: with which it begins.
    """

    def __init__(self, gateway: Gateway, memory: Memory, configured: Sequence[SavedView], *, filter: str) -> None:
        super().__init__(gateway)
        self._memory = memory
        self._shelf = Shelf(memory, configured, filter=filter)
        self._paths: Lane[Words] = Lane(self, "paths", deliver=self._paths_read, trouble=self.report_trouble)

    def show_view(self, view: View) -> None:
        """Show another view, or the same one narrowed or shaped otherwise."""
        raise NotImplementedError

    @property
    def _view(self) -> View:
        return self._shelf.view

    # --- views ---

    def action_view(self, index: int) -> None:
        """Show a view; filter and toggles stay."""
        view = self._shelf.at(index)
        if view is None:
            self.notify(f"There is no view {index + 1}: :save NAME keeps this list as one.", timeout=3, markup=False)
        else:
            self.show_view(view)

    def action_last_view(self) -> None:
        """Show the view that was shown before."""
        self.show_view(self._shelf.before())

    def action_save_view(self, name: str) -> None:
        """Keep the list as it is as a view of its own.

        Raises:
            ValueError: there can be no view of this name.
        """
        self.show_view(self._shelf.save(name))
        number = self._shelf.place + 1
        key = f" on key {hint(f'{{view.{number}}}')}" if number <= NUMBERED else ""
        self.notify(f"Kept as {safe_text(self._view.name)}{key}.", timeout=4, markup=False)

    def action_forget_view(self, name: str) -> None:
        """Forget a view that was saved.

        Raises:
            ValueError: there is no saved view of this name.
        """
        self.show_view(self._shelf.forget(name))

    def words_for_forget_view(self) -> list[str]:
        """Return the names of the views that were saved."""
        return self._shelf.saved_names

    # --- what narrows and shapes them ---

    def action_filter_by(self, text: str) -> None:
        """Narrow the list by a filter that was typed elsewhere.

        Raises:
            FilterError: it cannot be read; the list stays as it is.
        """
        check_filter(text)
        remember_filter(text, self._memory)
        self.show_view(replace(self._view, filter=text))

    def action_view_named(self, name: str) -> None:
        """Show the view of a name, in upper or lower case.

        Raises:
            ValueError: there is no such view.
        """
        names = [view.casefold() for view in self.words_for_view_named()]
        if name.casefold() not in names:
            raise ValueError(f"there is no view {name!r}")
        self.action_view(names.index(name.casefold()))

    def words_for_view_named(self) -> list[str]:
        """Return the names of all views."""
        return self._shelf.names

    def action_handled(self) -> None:
        """Go on in the circle any, handled, unhandled."""
        self.show_view(self._view.with_next_handled())

    def action_statuses(self) -> None:
        """Choose statuses."""
        from jobboy_console.widgets.dialogs import Statuses

        self.app.push_screen(Statuses(self._view.statuses), self._statuses_chosen)

    def action_sort(self) -> None:
        """Choose what the list is sorted by."""
        from jobboy_console.gateway import sort_choices
        from jobboy_console.widgets.pickers import PickOrder

        own = "what needs you first, each newest first" if len(self._view.sections) > 1 else "newest first"
        self.app.push_screen(PickOrder(sort_choices(), self._view.order, own=own), self._order_chosen)

    def action_columns(self) -> None:
        """Choose the columns."""
        self._paths.ask(self.gateway.words)

    def _shape(self, view: View) -> None:
        """Show the view in another order or with other columns, and remember that."""
        self._shelf.shape(view)
        self.show_view(view)

    def _statuses_chosen(self, chosen: frozenset[str] | None) -> None:
        if chosen is not None:
            self.show_view(replace(self._view, statuses=chosen))

    def _order_chosen(self, order: str | None) -> None:
        if order is not None:
            self._shape(replace(self._view.without_typed_order(), sort=order))

    def _columns_chosen(self, columns: tuple[str, ...] | None) -> None:
        if columns is not None:
            self._shape(replace(self._view, columns=columns))

    def _paths_read(self, words: Words) -> None:
        from jobboy_console.gateway import read_path
        from jobboy_console.widgets.pickers import PickColumns

        self.app.push_screen(PickColumns(self._view.columns, words.paths, read_path), self._columns_chosen)
